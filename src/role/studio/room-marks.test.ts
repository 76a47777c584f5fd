import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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
const open = (clock = manualClock(), log = silentLog) => openRoomMarks(path, { clock, log });
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
     const marks = await openRoomMarks(process.argv[2], { clock: { every() {} }, log: { info() {} } });
     marks.of('quiet').run(() => undefined);
     marks.of('guilty').run(() => process.kill(process.pid, 'SIGKILL') && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`,
    );
    expect(spawnSync(process.execPath, [script, path]).signal).toBe('SIGKILL');
    expect(readMark(path)).toBe('guilty');
    await open();
    expect(readMark(path)).toBeUndefined();
  },
);

onLinux(
  'a file that is removed or replaced is made again with what stands in it, and a crash after that names its room',
  async () => {
    const script = join(dir, 'dies.mjs');
    const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
    writeFileSync(
      script,
      `import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
     import { dirname } from 'node:path';
     const { openRoomMarks, readMark } = await import(${from('./room-marks.ts')});
     const { manualClock } = await import(${from('../../../test/clock.ts')});
     const path = process.argv[2];
     const said = [];
     const clock = manualClock();
     const marks = await openRoomMarks(path, { clock, log: { info() {}, warn: (_, text) => said.push(text) } });
     const guilty = marks.of('guilty');
     let opened;
     marks.of('slow').opening(() => new Promise((resolve) => { opened = resolve; }));
     const recreated = async (count) => {
       while (said.length < count) { clock.advance(2000); await new Promise(setImmediate); }
     };
     rmSync(dirname(path), { recursive: true });
     await recreated(1);
     process.stdout.write(readMark(path) + ' ');
     rmSync(path);
     writeFileSync(path, 'of somebody else');
     await recreated(2);
     process.stdout.write(readMark(path) + ' ');
     opened();
     await new Promise(setImmediate);
     process.stdout.write(readMark(path) + ' ' + (statSync(path).mode & 0o777).toString(8) + ' ' + said.join());
     guilty.run(() => process.kill(process.pid, 'SIGKILL') && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));`,
    );
    const below = join(dir, 'run', 'cell-0.marks');
    mkdirSync(join(dir, 'run'), { mode: 0o700 });
    const { signal, stdout, stderr } = spawnSync(process.execPath, [script, below], { encoding: 'utf8' });
    const recreated = 'the file that says which room a crash comes from was removed: it has been recreated';
    expect([signal, stdout, stderr]).toEqual([
      'SIGKILL',
      `slow slow undefined 600 ${recreated},${recreated}`,
      '',
    ]);
    expect(readMark(below)).toBe('guilty');
    expect(readdirSync(join(dir, 'run'))).toEqual(['cell-0.marks']);
  },
);

onLinux('what cannot be made again is logged once, and made as soon as it can be', async () => {
  const said: string[] = [];
  const clock = manualClock();
  const warn = (_fields: object, text: string) => said.push(text);
  const below = join(dir, 'run', 'cell-0.marks');
  mkdirSync(join(dir, 'run'), { mode: 0o700 });
  path = below;
  using marks = await open(clock, { ...silentLog, warn });
  const look = async () => {
    clock.advance(2000);
    for (let i = 0; i < 50; i += 1) await new Promise(setImmediate);
  };
  rmSync(join(dir, 'run'), { recursive: true });
  writeFileSync(join(dir, 'run'), 'no folder');
  await expect.poll(async () => [await look(), said.length][1]).toBe(1);
  for (let i = 0; i < 5; i += 1) await look();
  expect(said).toEqual([expect.stringMatching(/cannot be recreated yet/)]);
  rmSync(join(dir, 'run'));
  await expect.poll(async () => [await look(), said.length][1]).toBe(2);
  expect(marks.of('hall').run(() => readMark(below))).toBe('hall');
});

onLinux('a new process replaces the file and leaves the memory of an old one as it is', async () => {
  const old = await open();
  const young = await open();
  expect(old.of('old').run(() => readMark(path))).toBeUndefined();
  expect(young.of('young').run(() => old.of('old').run(() => readMark(path)))).toBe('young');
});

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
