import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { markedFragment, markedFrames } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { diskFiles } from './files.ts';
import { type Archive, type Files, open, openReader } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const PROGRAM = { zero: ZERO, renditions: RENDITIONS, title: 'A room' };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-index-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const opened = (files: Files = diskFiles): Promise<Archive> =>
  open({
    ...{ dir, files, clock: manualClock(ZERO), log: silentLog, renditions: ['opus64', 'aac96'] },
    gap: () => {},
  });
function say(archive: Archive, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++)
    for (const rendition of ['opus64', 'aac96'])
      archive.fragment('room', { rendition, seq, bytes: markedFragment(rendition, seq) });
}
async function record(from: number, to: number, files?: Files): Promise<void> {
  const archive = await opened(files);
  await archive.begin('room', PROGRAM);
  say(archive, from, to);
  await archive.end('room');
}
const index = (rendition = 'aac96'): string => join(dir, 'room', rendition, 'pieces.idx');
const frames = (rendition = 'aac96'): string => join(dir, 'room', rendition, 'frames.idx');

/** The recording according to the index alone; the folder is listed only for a room that is over. */
async function told(rendition = 'aac96') {
  const recording = await openReader(dir, {
    ...diskFiles,
    list: (path) => (path.endsWith(rendition) ? Promise.reject(new Error('listed')) : diskFiles.list(path)),
  }).recording('room');
  return [...(recording?.pieces.get(rendition) ?? [])];
}
/** The same according to the pieces. */
async function looked(rendition = 'aac96') {
  const names = (await readdir(join(dir, 'room', rendition))).filter((name) => name.endsWith('.m4s'));
  const found = names.map(async (name) => {
    const [first = 0, count = 0] = name.split(/[-.]/).map(Number);
    const { length: bytes } = await readFile(join(dir, 'room', rendition, name));
    const per = rendition === 'aac96' ? 15 : 16;
    const sound = Buffer.concat(markedFrames(rendition, first, per)).length * count;
    return { first, count, bytes, frames: per * count, sound };
  });
  return (await Promise.all(found)).sort((a, b) => a.first - b.first);
}

describe('the index of a recording', () => {
  it('has each piece as it closes, with its bytes and frames, and is read without listing the folder', async () => {
    await record(3, 40);
    for (const rendition of ['opus64', 'aac96']) {
      expect(await told(rendition)).toEqual(await looked(rendition));
      expect(await told(rendition)).toHaveLength(3);
    }
    const sizes = await openReader(dir).frameSizes('room', 'aac96', 0, 15);
    expect(sizes?.readUInt16BE(0)).toBe(markedFrames('aac96', 3, 1)[0]?.length);
    expect((await readFile(frames())).length).toBe(38 * 15 * 2);
  });

  for (const [what, harm] of [
    ['a record that a kill tore', async () => truncate(index(), 20 * 2 + 7)],
    ['frame sizes that a kill tore', async () => truncate(frames(), 31)],
    ['a record that a power cut left empty', async () => appendFile(index(), Buffer.alloc(20))],
    ['an index that is gone, as before there were any', async () => rm(index())],
    ['an index of other pieces', async () => writeFile(index(), Buffer.alloc(60, 1))],
  ] as const)
    it(`is repaired from the pieces: ${what}`, async () => {
      await record(3, 40);
      await harm();
      await record(60, 70);
      expect(await told()).toEqual(await looked());
      expect((await readFile(frames())).length).toBe((38 + 11) * 15 * 2);
    });

  it('is made for an older recording when it is first needed, once the room is over', async () => {
    await record(0, 40);
    for (const rendition of ['opus64', 'aac96'])
      await Promise.all([rm(index(rendition)), rm(frames(rendition))]);
    const reader = openReader(dir);
    const listed = await reader.recording('room', { over: true });
    expect([...(listed?.pieces.get('aac96') ?? [])].map(({ first, count }) => [first, count])).toEqual([
      [0, 16],
      [16, 16],
      [32, 9],
    ]);
    await reader.recording('room', { over: true, sizesOf: 'aac96' });
    expect(await told()).toEqual(await looked());
  });

  it('forgets a piece that somebody removed', async () => {
    await record(0, 40);
    await rm(join(dir, 'room', 'aac96', '16-16.m4s'));
    const recording = await openReader(dir).recording('room', { over: true, sizesOf: 'aac96' });
    expect([...(recording?.pieces.get('aac96') ?? [])]).toEqual(await looked());
  });

  it('of a long older recording is made while the recording continues', async () => {
    await record(0, 16 * 200);
    await rm(index());
    const archive = await opened();
    await archive.begin('room', PROGRAM);
    say(archive, 16 * 201, 16 * 203 - 1);
    await expect.poll(() => told(), { timeout: 5000 }).toHaveLength(203);
    await archive.end('room');
    expect(await told()).toEqual(await looked());
  });

  it('that cannot be written costs no sound, and catches up', async () => {
    let broken = true;
    const files: Files = {
      ...diskFiles,
      append: (path, text) =>
        broken && path.endsWith('.idx') ? Promise.reject(new Error('EIO')) : diskFiles.append(path, text),
    };
    const archive = await opened(files);
    await archive.begin('room', PROGRAM);
    say(archive, 0, 40);
    await expect.poll(async () => (await looked()).length).toBe(2);
    expect(archive.healthy('room')).toBe(true);
    broken = false;
    say(archive, 41, 70);
    await archive.end('room');
    expect(await told()).toEqual(await looked());
  });
});
