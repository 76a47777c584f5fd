import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isStarving, runTimes } from './starving.ts';

test('who waits for a processor is starving; who has one, sleeps, or is not known is not', () => {
  const before = { ran: 100, waited: 50 };
  expect(isStarving(before, { ran: 300, waited: 5_050 }, 6_000)).toBe(true);
  // An endless loop on a busy machine.
  expect(isStarving(before, { ran: 3_200, waited: 5_050 }, 6_000)).toBe(false);
  // Stopped, or waiting for something that does not come.
  expect(isStarving(before, { ran: 110, waited: 60 }, 6_000)).toBe(false);
  expect(isStarving(undefined, { ran: 1, waited: 9_000 }, 6_000)).toBe(false);
});

test('the system tells how long a process ran', async () => {
  const child = spawn(process.execPath, [
    '-e',
    'for (const end = Date.now() + 300; Date.now() < end; );console.log(1);process.stdin.resume()',
  ]);
  await once(child.stdout, 'data');
  const times = runTimes(child.pid ?? 0);
  child.stdin.end();
  await once(child, 'exit');
  expect(times?.ran).toBeGreaterThan(20);
  expect(runTimes(child.pid ?? 0)).toBeUndefined();
});
