import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { keepPidFile } from './pid-file.ts';

test('the process id is in its file, and is written again after somebody has removed it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-pid-'));
  const path = join(folder, 'supervisor.pid');
  const clock = manualClock();
  const kept = keepPidFile(path, clock);
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  rmSync(path);
  clock.advance(2_000);
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`);
  rmSync(folder, { recursive: true });
  expect(() => clock.advance(2_000)).not.toThrow();
  kept[Symbol.dispose]();
});
