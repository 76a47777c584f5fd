import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { keepFile } from './kept-file.ts';

test('a file that somebody removes is written again, also once its folder is back', () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-kept-'));
  const [path, clock] = [join(dir, 'words.json'), manualClock()];
  const write = (): void => writeFileSync(path, 'words');
  write();
  {
    using _kept = keepFile(path, clock, write);
    rmSync(path);
    clock.advance(2_000);
    expect(readFileSync(path, 'utf8')).toBe('words');
    rmSync(dir, { recursive: true });
    clock.advance(4_000);
    expect(existsSync(path)).toBe(false);
  }
  clock.advance(4_000);
  expect(existsSync(path)).toBe(false);
});
