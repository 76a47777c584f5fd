import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { markedClock, openRoomMarks, readMark } from './room-marks.ts';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'marks-'));
  path = join(dir, 'cell-0.marks');
});
afterEach(() => rmSync(dir, { recursive: true }));
const open = () => openRoomMarks(path, silentLog);
const onLinux = test.runIf(process.platform === 'linux');

onLinux('while a room is worked on the file names it, and nobody between pieces of work', async () => {
  const marks = await open();
  const [hall, attic] = [marks.of('town-hall'), marks.of('attic')];
  expect(readMark(path)).toBeUndefined();
  expect(hall.run(() => readMark(path))).toBe('town-hall');
  expect(hall.run(() => [attic.run(() => readMark(path)), readMark(path)])).toEqual(['attic', 'town-hall']);
  expect(readMark(path)).toBeUndefined();
  const clock = manualClock();
  let seen: string | undefined;
  markedClock(clock, attic).after(ms(5), () => {
    seen = readMark(path);
  });
  clock.advance(5);
  expect(seen).toBe('attic');
});

onLinux(
  'what throws leaves its mark, until other work goes well; so does a room that dies while it opens',
  async () => {
    const marks = await open();
    expect(() =>
      marks.of('bad').run(() => {
        throw new Error('poison');
      }),
    ).toThrow('poison');
    expect(readMark(path)).toBe('bad');
    const opening = Promise.withResolvers<void>();
    const opened = marks.of('slow').opening(() => opening.promise);
    marks.of('good').run(() => undefined);
    expect(readMark(path)).toBe('bad');
    opening.resolve();
    await opened;
  },
);

onLinux('a room that dies while it opens is named', async () => {
  const marks = await open();
  const opening = Promise.withResolvers<void>();
  const opened = marks.of('slow').opening(() => opening.promise);
  expect(readMark(path)).toBe('slow');
  expect(marks.of('other').run(() => readMark(path))).toBe('other');
  opening.resolve();
  await opened;
  expect(readMark(path)).toBeUndefined();
});

onLinux(
  'the name survives a process that is killed in the middle of its work, and a new process begins with none',
  async () => {
    const script = join(dir, 'dies.mjs');
    const module_ = JSON.stringify(new URL('./room-marks.ts', import.meta.url).href);
    writeFileSync(
      script,
      `const { openRoomMarks } = await import(${module_});
     const log = { info() {} };
     const marks = await openRoomMarks(process.argv[2], log);
     marks.of('quiet').run(() => undefined);
     marks.of('guilty').run(() => process.kill(process.pid, 'SIGKILL') && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`,
    );
    expect(spawnSync(process.execPath, [script, path]).signal).toBe('SIGKILL');
    expect(readMark(path)).toBe('guilty');
    await open();
    expect(readMark(path)).toBeUndefined();
  },
);

test('time in the work of a room is counted once, and names of rooms that left are free again', async () => {
  const marks = await open();
  const hall = marks.of('hall');
  const spin = (): void => {
    const end = performance.now() + 4;
    while (performance.now() < end);
  };
  const began = performance.now();
  hall.run(() => hall.run(spin));
  const spent = performance.now() - began;
  expect(hall.busy).toBeGreaterThanOrEqual(4);
  // Counted twice it would be nearly twice the time that passed, however slow the machine is.
  expect(hall.busy).toBeLessThan(1.2 * spent);
  for (let i = 0; i < 3_000; i += 1) {
    marks.of(`room-${i}`).run(() => undefined);
    marks.forget(`room-${i}`);
  }
  if (process.platform === 'linux') expect(marks.of('last').run(() => readMark(path))).toBe('last');
});

test('a file that is missing, short or nonsense names nobody', () => {
  expect(readMark(path)).toBeUndefined();
  writeFileSync(path, 'short');
  expect(readMark(path)).toBeUndefined();
  writeFileSync(path, Buffer.alloc(200_000, 255));
  expect(readMark(path)).toBeUndefined();
});
