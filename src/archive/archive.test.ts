import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import type { Segment } from '../base/media.ts';
import { epochMs, fragmentStart } from '../base/time.ts';
import { verify } from '../journal/index.ts';
import { wholeFragments } from '../media/boxes.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import type { RecordingGap } from '../wire/room.ts';
import { diskFiles } from './files.ts';
import { type Archive, type Files, open, openReader } from './index.ts';
import { MAX_QUEUED_BYTES } from './recorder.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const PROGRAM = { zero: ZERO, renditions: RENDITIONS, title: 'A room' };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-archive-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function recording(files: Files = diskFiles) {
  const clock = manualClock(ZERO);
  const closed: Segment[] = [];
  const gaps: RecordingGap[] = [];
  const errors: string[] = [];
  const lost: (readonly [file: string, lines: number])[] = [];
  const log = { ...silentLog, error: (_: object, message: string) => void errors.push(message) };
  const archive = await open({
    dir,
    clock,
    files,
    log: { ...log, part: () => log },
    renditions: ['opus64', 'aac96'],
    closed: (segment) => void closed.push(segment),
    gap: (_, gap) => void gaps.push(gap),
    onLost: (file, lines) => void lost.push([file, lines]),
  });
  return { archive, clock, closed, gaps, errors, lost };
}

function say(archive: Archive, from: number, to: number, renditions = ['opus64', 'aac96', 'opus32']): void {
  for (let seq = from; seq <= to; seq++)
    for (const rendition of renditions)
      archive.fragment(SLUG, { rendition, seq, bytes: markedFragment(rendition, seq) });
}

async function recorded(rendition = 'opus64'): Promise<number[]> {
  const reader = openReader(dir);
  const found: number[] = [];
  for (const piece of (await reader.recording(SLUG))?.pieces.get(rendition) ?? []) {
    const bytes = (await reader.read(SLUG, rendition, piece)) ?? Buffer.alloc(0);
    const whole = wholeFragments(bytes);
    expect(whole.map((place) => place.seq)).toEqual(
      Array.from({ length: piece.count }, (_, i) => piece.first + i),
    );
    for (const { seq, start, end } of whole) {
      expect(bytes.subarray(start, end).equals(markedFragment(rendition, seq))).toBe(true);
      found.push(seq);
    }
  }
  return found;
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the archive', () => {
  it('returns byte for byte what was recorded, segment by segment', async () => {
    const { archive, closed } = await recording();
    await archive.begin(SLUG, PROGRAM);
    archive.init(SLUG, { rendition: 'opus64', bytes: Buffer.from('init of opus') });
    say(archive, 3, 40);
    await archive.end(SLUG);
    expect(await recorded()).toEqual(range(3, 40));
    expect(await recorded('aac96')).toEqual(range(3, 40));
    expect(closed.filter((s) => s.rendition === 'opus64')).toEqual([
      { rendition: 'opus64', number: 0, first: 3, fragments: 13 },
      { rendition: 'opus64', number: 1, first: 16, fragments: 16 },
      { rendition: 'opus64', number: 2, first: 32, fragments: 9 },
    ]);
    expect((await openReader(dir).init(SLUG, 'opus64'))?.toString()).toBe('init of opus');
  });

  it('keeps only the renditions it was told to keep', async () => {
    const { archive } = await recording();
    await archive.begin(SLUG, PROGRAM);
    say(archive, 0, 20);
    await archive.end(SLUG);
    expect((await readdir(join(dir, SLUG))).sort()).toEqual(['aac96', 'opus64', 'room.json']);
  });

  it('publishes a segment as soon as its sixteenth fragment is written, while the room goes on', async () => {
    const { archive } = await recording();
    await archive.begin(SLUG, PROGRAM);
    say(archive, 0, 20);
    archive.mark(SLUG, { kind: 'status', status: 'live', at: ZERO });
    await expect.poll(() => recorded(), { interval: 5 }).toEqual(range(0, 15));
    expect(archive.healthy(SLUG)).toBe(true);
    await archive.end(SLUG);
  });

  it('continues after a restart, recovers whole fragments and reports the gap', async () => {
    const first = await recording();
    await first.archive.begin(SLUG, PROGRAM);
    say(first.archive, 0, 15);
    await first.archive.end(SLUG);
    const torn = Buffer.concat([
      markedFragment('opus64', 16),
      markedFragment('opus64', 17),
      markedFragment('opus64', 18),
    ]);
    await writeFile(join(dir, SLUG, 'opus64', '16.tmp'), torn.subarray(0, torn.length - 7));

    const second = await recording();
    await second.archive.begin(SLUG, PROGRAM);
    say(second.archive, 10, 12);
    say(second.archive, 25, 33);
    await second.archive.end(SLUG);
    expect(await recorded()).toEqual([...range(0, 17), ...range(25, 33)]);
    expect(second.gaps).toEqual([{ from: fragmentStart(ZERO, 18), seconds: 2.24, reason: 'studio-restart' }]);
    expect((await openReader(dir).recording(SLUG))?.gaps).toEqual(second.gaps);
  });

  it('reports a gap within one run as the studio having been too busy', async () => {
    const { archive, gaps } = await recording();
    await archive.begin(SLUG, PROGRAM);
    say(archive, 0, 20);
    say(archive, 24, 40);
    await archive.end(SLUG);
    expect(gaps).toEqual([{ from: fragmentStart(ZERO, 21), seconds: 0.96, reason: 'studio-busy' }]);
  });

  it('reads marks although a kill tore one of them', async () => {
    const { archive } = await recording();
    await archive.begin(SLUG, PROGRAM);
    archive.mark(SLUG, { kind: 'speaking', id: 'a', name: 'Ada', from: ZERO, to: ZERO + 1000 });
    await archive.end(SLUG);
    const path = join(dir, SLUG, 'marks.jsonl');
    await writeFile(path, `${await readFile(path, 'utf8')}\n{"kind":"spea`);
    await archive.begin(SLUG, PROGRAM);
    archive.mark(SLUG, { kind: 'status', status: 'ended', at: ZERO });
    await archive.end(SLUG);
    expect((await openReader(dir).recording(SLUG))?.marks.map((mark) => mark.kind)).toEqual([
      'speaking',
      'status',
    ]);
  });

  it('reads the lines of a recording from before there was a journal, and continues with a chain', async () => {
    const folder = join(dir, SLUG);
    await mkdir(folder);
    const spoke = { kind: 'speaking', id: 'a', name: 'Ada', from: ZERO, to: ZERO + 1000 };
    const gap = { from: fragmentStart(ZERO, 2), seconds: 0.32, reason: 'disk-full' };
    // As they are written: each line between two line feeds, one torn by a kill.
    await writeFile(join(folder, 'marks.jsonl'), `\n${JSON.stringify(spoke)}\n\n{"kind":"spe`);
    await writeFile(join(folder, 'gaps.jsonl'), `\n${JSON.stringify(gap)}\n`);
    const { archive } = await recording();
    await archive.begin(SLUG, PROGRAM);
    expect(archive.gaps(SLUG)).toEqual([gap]);
    say(archive, 10, 12);
    say(archive, 20, 22);
    archive.mark(SLUG, { kind: 'status', status: 'ended', at: ZERO });
    await archive.end(SLUG);
    const kept = await openReader(dir).recording(SLUG);
    expect(kept?.marks).toEqual([spoke, { kind: 'status', status: 'ended', at: ZERO }]);
    expect(kept?.gaps).toEqual([
      gap,
      { from: fragmentStart(ZERO, 13), seconds: 2.24, reason: 'studio-busy' },
    ]);
    for (const name of ['marks.jsonl', 'gaps.jsonl'])
      expect(verify(await readFile(join(folder, name), 'utf8'))).toMatchObject({
        ...{ holds: true, entries: 1, older: 1, torn: 0 },
      });
  });

  it('treats names that could leave the folder like names that do not exist', async () => {
    const { archive } = await recording();
    await archive.begin(SLUG, PROGRAM);
    await archive.end(SLUG);
    const reader = openReader(join(dir, 'none'));
    expect(await reader.recording('../room')).toBeUndefined();
    expect(await openReader(dir).init(SLUG, '../../etc')).toBeUndefined();
    expect(await openReader(dir).recording('..')).toBeUndefined();
  });
});

/**
 * The machine's file system with injected write failures. A failing write leaves half of its bytes, as a full disk
 * does.
 */
function failingFiles(): Files & { fault: string | undefined; stuck: Promise<void> | undefined } {
  const fail = (): void => {
    if (files.fault) throw Object.assign(new Error(`${files.fault}: as told`), { code: files.fault });
  };
  const files: Files & { fault: string | undefined; stuck: Promise<void> | undefined } = {
    ...diskFiles,
    fault: undefined,
    stuck: undefined,
    async create(path) {
      if (files.fault === 'EROFS') fail();
      const file = await diskFiles.create(path);
      return {
        ...file,
        async write(bytes, position) {
          await files.stuck;
          if (files.fault) await file.write(bytes.subarray(0, bytes.length / 2), position);
          fail();
          await file.write(bytes, position);
        },
      };
    },
    async mkdir(path) {
      fail();
      await diskFiles.mkdir(path);
    },
    async append(path, text) {
      fail();
      await diskFiles.append(path, text);
    },
  };
  return files;
}

describe('the archive on a failing disk', () => {
  for (const [fault, reason] of [
    ['ENOSPC', 'disk-full'],
    ['EIO', 'disk-error'],
    ['EROFS', 'disk-error'],
  ] as const) {
    it(`continues after ${fault} with a gap of exactly what was lost, and logs once a second`, async () => {
      const files = failingFiles();
      const { archive, clock, gaps, errors } = await recording(files);
      await archive.begin(SLUG, PROGRAM);
      say(archive, 0, 19);
      archive.mark(SLUG, { kind: 'status', status: 'live', at: ZERO });
      await expect.poll(() => recorded('aac96'), { interval: 5 }).toEqual(range(0, 15));
      // The last four are in the running piece; the disk fails only once they are there.
      const four = Buffer.concat([16, 17, 18, 19].map((seq) => markedFragment('aac96', seq)));
      const running = join(dir, SLUG, 'aac96', '16.tmp');
      await expect.poll(async () => (await readFile(running)).length, { interval: 5 }).toBe(four.length);
      files.fault = fault;
      for (let seq = 20; seq < 40; seq++) {
        say(archive, seq, seq);
        archive.mark(SLUG, { kind: 'speaking', id: 'a', name: 'Ada', from: seq, to: seq });
        await settle();
        clock.advance(320);
      }
      expect(archive.healthy(SLUG)).toBe(false);
      expect(archive.gaps(SLUG).at(-1)?.reason).toBe(reason);
      expect(errors.length).toBeGreaterThanOrEqual(5);
      expect(errors.length).toBeLessThanOrEqual(8);
      files.fault = undefined;
      clock.advance(1000);
      say(archive, 40, 50);
      await archive.end(SLUG);
      expect(await recorded()).toEqual([...range(0, 19), ...range(40, 50)]);
      expect(gaps).toEqual([{ from: fragmentStart(ZERO, 20), seconds: 6.4, reason }]);
      const kept = await openReader(dir).recording(SLUG);
      expect(kept?.gaps).toEqual(gaps);
      expect(kept?.marks.filter((mark) => mark.kind === 'speaking')).toHaveLength(20);
      for (const name of ['marks.jsonl', 'gaps.jsonl'])
        expect(verify(await readFile(join(dir, SLUG, name), 'utf8'))).toMatchObject({
          ...{ holds: true, torn: 0, dropped: 0, findings: [] },
        });
    });
  }

  it('loses no sound when only its index lines cannot be written', async () => {
    let broken = true;
    const refused = Object.assign(new Error('EACCES'), { code: 'EACCES' });
    const files: Files = {
      ...diskFiles,
      append: (path, text) => (broken ? Promise.reject(refused) : diskFiles.append(path, text)),
    };
    const { archive, clock, gaps, errors } = await recording(files);
    await archive.begin(SLUG, PROGRAM);
    archive.mark(SLUG, { kind: 'status', status: 'live', at: ZERO });
    for (let seq = 0; seq < 10; seq++) {
      say(archive, seq, seq);
      await new Promise((resolve) => setTimeout(resolve, 5));
      clock.advance(320);
    }
    broken = false;
    await archive.end(SLUG);
    expect(await recorded()).toEqual(range(0, 9));
    expect([gaps, errors.length <= 5]).toEqual([[], true]);
    expect((await openReader(dir).recording(SLUG))?.marks).toEqual([
      { kind: 'status', status: 'live', at: ZERO },
    ]);
  });

  it('says how many lines are lost when they cannot be written until the end', async () => {
    const files = failingFiles();
    const { archive, lost } = await recording(files);
    await archive.begin(SLUG, PROGRAM);
    say(archive, 0, 4);
    await settle();
    files.fault = 'ENOSPC';
    for (const at of [1, 2]) archive.mark(SLUG, { kind: 'status', status: 'live', at: ZERO + at });
    say(archive, 5, 9);
    await archive.end(SLUG);
    expect(lost).toEqual([
      ['gaps', 1],
      ['marks', 2],
    ]);
  });

  it('starts without a folder and records from the moment there is one', async () => {
    const files = failingFiles();
    files.fault = 'ENOSPC';
    const { archive, clock, gaps } = await recording(files);
    await archive.begin(SLUG, PROGRAM);
    archive.init(SLUG, { rendition: 'opus64', bytes: Buffer.from('init') });
    say(archive, 0, 4);
    await settle();
    files.fault = undefined;
    clock.advance(1001);
    say(archive, 5, 20);
    await archive.end(SLUG);
    expect(await recorded()).toEqual(range(5, 20));
    expect(gaps.map((gap) => [gap.from, gap.seconds])).toEqual([[ZERO, 1.6]]);
    expect((await openReader(dir).init(SLUG, 'opus64'))?.toString()).toBe('init');
  });

  it('never holds more than its limit while the disk hangs, and reports what was lost', async () => {
    const files = failingFiles();
    const { archive } = await recording(files);
    await archive.begin(SLUG, PROGRAM);
    let release = (): void => {};
    files.stuck = new Promise((resolve) => {
      release = resolve;
    });
    const bytes = Buffer.concat([markedFragment('opus64', 0), Buffer.alloc(500_000)]);
    const fits = Math.floor(MAX_QUEUED_BYTES / bytes.length);
    for (let seq = 0; seq < fits + 5; seq++) archive.fragment(SLUG, { rendition: 'opus64', seq, bytes });
    expect(archive.healthy(SLUG)).toBe(false);
    expect(archive.gaps(SLUG)).toEqual([
      { from: fragmentStart(ZERO, fits), seconds: 1.6, reason: 'disk-error' },
    ]);
    release();
    await archive.end(SLUG);
  });
});

/** Lets queued disk work finish; the archive has no timers of its own to wait for. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
