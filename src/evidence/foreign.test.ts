import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { appendNotes, bundleText, logFolder, openTestLog } from '../../test/evidence.ts';

const run = promisify(execFile);
const CHECK = join(import.meta.dirname, '../../test/foreign/evidence.go');
/** Debian: golang-go and golang-golang-x-mod-dev; or `EARSHOT_GO`, a folder with usr/lib/go and usr/share/gocode. */
const ROOT = process.env.EARSHOT_GO ?? '/';
const GO = ['usr/lib/go/bin/go', 'usr/lib/go-1.19/bin/go'].map((path) => join(ROOT, path)).find(existsSync);
const MODULES = join(ROOT, 'usr/share/gocode');

test.skipIf(!GO || !existsSync(join(MODULES, 'src/golang.org/x/mod/sumdb')))(
  "Go's own implementation of transparency logs finds the same in bundles, notes and tiles, and finds changes",
  { timeout: 180_000 },
  async () => {
    using folder = logFolder();
    await using log = await openTestLog(folder.path);
    for (let n = 0; n < 9; n++) {
      await appendNotes(
        log,
        Array.from({ length: 70 + n }, (_, i) => [i % 3 === 0 ? 'hall' : 'other', `${n} ${i}`] as const),
      );
      await log.checkpoint();
      if (n !== 4) continue;
      writeFileSync(join(folder.path, 'evidence/rotate-key'), '');
      await log.checkpoint();
    }
    const text = await bundleText(log, 'hall');
    const [program, bundle] = [join(folder.path, 'check'), join(folder.path, 'hall.bundle')];
    const goRoot = join(GO ?? '', '../..');
    const env = {
      GO111MODULE: 'off',
      GOPATH: MODULES,
      GOROOT: goRoot,
      GOCACHE: join(folder.path, 'cache'),
      HOME: folder.path,
    };
    await run(GO ?? '', ['build', '-o', program, CHECK], { env });
    const check = async (content: string): Promise<string> => {
      writeFileSync(bundle, content);
      return run(program, [bundle, join(folder.path, 'evidence')]).then(
        ({ stdout }) => stdout,
        (error: { stdout?: string }) => error.stdout ?? '',
      );
    };
    expect(await check(text)).toMatch(/^22\d entries, 9 checkpoints, a tree of 667: all hold\n$/);
    expect(await check(text.replace('3 30', '3 31'))).toMatch(/^inclusion: /);
    const [found = ''] = /"consistency":\["[^"]/.exec(text) ?? [];
    const changed = text.replace(found, `${found.slice(0, -1)}${found.endsWith('A') ? 'B' : 'A'}`);
    expect(await check(changed)).toMatch(/^consistency: /);
    const tile = join(folder.path, 'evidence/tile/0/000');
    const bytes = readFileSync(tile);
    writeFileSync(tile, bytes.fill(1, 100, 101));
    expect(await check(text)).toMatch(/^tile: /);
  },
);
