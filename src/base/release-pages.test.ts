import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { programPages } from './release-pages.ts';

const mapping = (range: string, rights: string, path: string, dirty: number): string =>
  `${range} ${rights} 00000000 fe:00 1234                          ${path}\nSize:  8 kB\nPrivate_Dirty:         ${dirty} kB\nVmFlags: rd mr mw me\n`;

test('only what is mapped from the program, is not writable and was not written to', () => {
  const smaps = [
    mapping('00400000-00600000', 'r--p', '/usr/bin/node', 0),
    mapping('00600000-00a00000', 'r-xp', '/usr/bin/node', 0),
    mapping('00a00000-00a10000', 'r--p', '/usr/bin/node', 64),
    mapping('00a10000-00a20000', 'rw-p', '/usr/bin/node', 0),
    mapping('7f0000000000-7f0000010000', 'r-xp', '/usr/lib/libc.so.6', 0),
    '7f0000010000-7f0000020000 r--p 00000000 00:00 0\nPrivate_Dirty:         0 kB\n',
  ].join('');
  expect(programPages(smaps, '/usr/bin/node')).toEqual([
    { start: 0x400000n, length: 0x200000n },
    { start: 0x600000n, length: 0x400000n },
  ]);
});

test.runIf(process.platform === 'linux')(
  'a process runs on, with a good part of its program no longer resident',
  () => {
    const program = `
    import { readFileSync } from 'node:fs';
    import { createHash } from 'node:crypto';
    const { releasePages } = await import(${JSON.stringify(new URL('./release-pages.ts', import.meta.url).href)});
    const resident = () => Number(/^RssFile:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
    const before = resident();
    await releasePages();
    const after = resident();
    console.log(JSON.stringify({ before, after, hash: createHash('sha256').update('x').digest('hex').slice(0, 4) }));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    const { before, after, hash } = JSON.parse(said);
    expect(hash).toBe('2d71');
    expect(after).toBeLessThan(before * 0.8);
  },
);
