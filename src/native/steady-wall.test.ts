import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { epochMs } from '../base/time.ts';
import { openSteadyWall } from './steady-wall.ts';

const DAY = 86_400_000;
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A machine whose clocks the test moves. */
function machine() {
  const dir = mkdtempSync(join(tmpdir(), 'steady-'));
  dirs.push(dir);
  const now = { wall: 1_700_000_000_000, monotonic: 5_000, uptime: 9_000, boot: 'a' };
  const stepped: number[] = [];
  const deps = {
    clock: { wall: () => epochMs(now.wall) },
    path: join(dir, 'clock'),
    ...{ stepped: (ahead: number) => void stepped.push(ahead) },
    ...{ monotonic: () => now.monotonic, uptime: () => now.uptime, boot: () => now.boot },
  };
  const pass = (ms: number): void => {
    now.wall += ms;
    now.monotonic += ms;
    now.uptime += ms;
  };
  return { now, stepped, pass, path: deps.path, open: () => openSteadyWall(deps) };
}

test('a step of a day is not followed, in no process, and is told once; a small one is followed', () => {
  for (const step of [DAY, -DAY]) {
    const { now, stepped, pass, open } = machine();
    const first = open();
    const start = first.wall();
    pass(1_000);
    now.wall += step;
    expect(first.wall()).toBe(start + 1_000);
    pass(60_000);
    const second = open();
    expect([first.wall(), second.wall()]).toEqual([start + 61_000, start + 61_000]);
    expect(stepped).toEqual([step, step]);
    // Somebody puts it right again.
    now.wall -= step;
    now.wall += 700;
    expect([first.wall(), second.wall(), open().wall()]).toEqual(Array(3).fill(start + 61_700));
  }
});

test('what a machine slept is followed, and nothing is taken over from before it was started', () => {
  const { now, stepped, pass, open } = machine();
  const one = open();
  const start = one.wall();
  pass(1_000);
  now.wall += 3_600_000;
  now.uptime += 3_600_000;
  expect(one.wall()).toBe(start + 3_601_000);
  expect(stepped).toEqual([]);
  Object.assign(now, { boot: 'b', monotonic: 10, uptime: 10, wall: start - DAY });
  expect(open().wall()).toBe(start - DAY);
});

test('a file that somebody removes comes back, so that whoever starts later counts by the same time', () => {
  const { now, pass, path, open } = machine();
  const first = open();
  const start = first.wall();
  now.wall += DAY;
  rmSync(path);
  pass(3_000);
  expect(first.wall()).toBe(start + 3_000);
  expect(open().wall()).toBe(start + 3_000);
});
