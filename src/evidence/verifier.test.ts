import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendNotes, bundleText, logFolder, openTestLog } from '../../test/evidence.ts';
import { ROTATE } from './index.ts';

const CLI = join(import.meta.dirname, '../cli/index.ts');

test('earshot verify, which shares no code with the log, agrees with its bundles and names a change', {
  timeout: 60_000,
}, async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  for (let n = 0; n < 5; n++) {
    await appendNotes(log, [
      ['hall', `first ${n}`],
      ['other', 'x'],
      ['hall', `second ${n}`],
    ]);
    await log.checkpoint();
    if (n !== 2) continue;
    writeFileSync(join(folder.path, 'evidence', ROTATE), '');
    await log.checkpoint();
  }
  const path = join(folder.path, 'hall.earshot-bundle');
  const verify = (text: string): Promise<{ code: unknown; out: string }> => {
    writeFileSync(path, text);
    return new Promise((resolve) =>
      execFile(process.execPath, [CLI, 'verify', path], (error, out) =>
        resolve({ code: error?.code ?? 0, out }),
      ),
    );
  };
  const text = await bundleText(log, 'hall');
  const good = await verify(text);
  expect([good.code, good.out]).toEqual([0, expect.stringContaining('✓ Everything holds.')]);
  expect(good.out).toContain('checkpoint of 16 entries');
  const changed = await verify(text.replace('first 3', 'first 4'));
  expect([changed.code, changed.out]).toEqual([1, expect.stringContaining('✗ This does not hold.')]);
});
