import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from './log.ts';
import { lockFolder } from './socket-file.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(dir, 'studio.lock');
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a second process is refused while the first holds the lock, and gets it afterwards', async () => {
  const first = await lockFolder(path);
  expect(first).toBeDefined();
  expect(await lockFolder(path)).toBeUndefined();
  await first?.[Symbol.asyncDispose]();
  const second = await lockFolder(path);
  expect(second).toBeDefined();
  await second?.[Symbol.asyncDispose]();
});

test('the lock of a killed process can be taken', async () => {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('held'))`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  expect(await lockFolder(path)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const mine = await lockFolder(path);
  expect(mine).toBeDefined();
  await mine?.[Symbol.asyncDispose]();
});

test('a lock whose file was removed and taken by another process is lost: that is reported once, and the other keeps it', async () => {
  const clock = manualClock();
  const lost = vi.fn();
  const first = await lockFolder(path, { clock, log: silentLog, lost });
  rmSync(path);
  const second = await lockFolder(path);
  expect(second).toBeDefined();
  for (let i = 0; i < 2; i += 1) {
    clock.advance(2000);
    await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1));
  }
  await first?.[Symbol.asyncDispose]();
  expect(await lockFolder(path)).toBeUndefined();
  await second?.[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});
