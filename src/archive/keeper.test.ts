import { access, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { type KeptRoom, open, openKeeper, openReader } from './index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const DAY = 86_400_000;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-keeper-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function kept(rooms: Record<string, KeptRoom>, limits: { keep?: number; quota?: number } = {}) {
  const clock = manualClock(ZERO);
  const archive = await open({ dir, clock, log: silentLog, renditions: ['opus64', 'aac96'], gap: () => {} });
  for (const slug of Object.keys(rooms)) {
    await archive.begin(slug, { zero: ZERO, renditions: RENDITIONS, title: slug });
    for (let seq = 0; seq < 32; seq++)
      for (const rendition of ['opus64', 'aac96'])
        archive.fragment(slug, { rendition, seq, bytes: markedFragment(rendition, seq) });
    await archive.end(slug);
  }
  const keeper = openKeeper({
    ...{ dir, clock, log: silentLog, keep: limits.keep, quota: limits.quota },
    room: (slug) => rooms[slug],
  });
  await keeper.sweep();
  return { clock, keeper };
}

describe('the keeper of recordings', () => {
  it('counts what each takes, and its length', async () => {
    const { keeper } = await kept({ a: { running: false, ended: ZERO } });
    const { bytes = 0, seconds } = keeper.note('a') ?? {};
    expect(seconds).toBe(10.24);
    expect(bytes).toBeGreaterThan(32 * 31 * 40);
    expect(keeper.note('b')).toBeUndefined();
    expect(keeper.metrics().find(({ name }) => name === 'earshot_recordings_bytes')?.value).toBe(bytes);
  });

  it('removes one on demand, frees the disk, and leaves a note about it', async () => {
    const { keeper, clock } = await kept({ a: { running: false, ended: ZERO } });
    expect(await keeper.remove('a', 'host')).toBe(true);
    expect((await readdir(join(dir, 'a'))).filter((name) => !name.includes('.'))).toEqual([]);
    expect(await readdir(dir)).toEqual(['a']);
    expect((await openReader(dir).recording('a', { over: true }))?.removed).toEqual({
      at: clock.wall(),
      by: 'host',
    });
    expect(keeper.note('a')).toMatchObject({ bytes: 0, seconds: 10.24, removedBy: 'host' });
    expect(await keeper.remove('none', 'host')).toBe(false);
    expect(await keeper.remove('../a', 'host')).toBe(false);
  });

  it('announces when one will be removed, removes it then, and never that of a running room', async () => {
    const { keeper, clock } = await kept(
      { old: { running: false, ended: ZERO }, on: { running: true } },
      { keep: 30 * DAY },
    );
    expect(keeper.note('old')).toMatchObject({ goesBy: 'age', goesAt: ZERO + 30 * DAY });
    clock.advance(30 * DAY - 1);
    await keeper.sweep();
    expect(keeper.note('old')?.removedBy).toBeUndefined();
    clock.advance(2);
    await keeper.sweep();
    expect(keeper.note('old')).toMatchObject({ removedBy: 'age' });
    expect(keeper.note('on')?.removedBy).toBeUndefined();
  });

  it('removes nothing by its age for a day after the clock was set far ahead: the date may be wrong', async () => {
    const { keeper, clock } = await kept({ old: { running: false, ended: ZERO } }, { keep: 30 * DAY });
    clock.stepWall(4000 * DAY);
    await keeper.sweep();
    clock.advance(DAY / 2);
    await keeper.sweep();
    expect(keeper.note('old')?.removedBy).toBeUndefined();
    // Somebody notices it and corrects the clock.
    clock.stepWall(-4000 * DAY);
    clock.advance(2 * DAY);
    await keeper.sweep();
    expect(keeper.note('old')?.removedBy).toBeUndefined();
    // Or the earlier date was the wrong one: after a day the new one is trusted.
    clock.stepWall(4000 * DAY);
    await keeper.sweep();
    clock.advance(DAY);
    await keeper.sweep();
    expect(keeper.note('old')).toMatchObject({ removedBy: 'age' });
  });

  it('keeps within the quota: the oldest goes first, after an announcement', async () => {
    const rooms = Object.fromEntries(
      ['a', 'b', 'c'].map((slug, n) => [slug, { running: false, ended: ZERO + n }]),
    );
    const { keeper } = await kept(rooms);
    const each = keeper.note('a')?.bytes ?? 0;
    const tight = openKeeper({
      ...{ dir, clock: manualClock(ZERO), log: silentLog, keep: undefined, quota: each * 2.4 },
      room: (slug) => rooms[slug],
    });
    await tight.sweep();
    expect(['a', 'b', 'c'].map((slug) => tight.note(slug)?.removedBy ?? tight.note(slug)?.goesBy)).toEqual([
      'quota',
      'quota',
      undefined,
    ]);
    expect(tight.note('b')?.removedBy).toBeUndefined();
  });

  it('keeps one that was reported for longer, but not for ever, and not beyond the quota', async () => {
    const rooms = { told: { running: false, held: true, ended: ZERO }, on: { running: true } };
    const { keeper, clock } = await kept(rooms, { keep: 30 * DAY });
    clock.advance(89 * DAY);
    await keeper.sweep();
    expect(keeper.note('told')?.removedBy).toBeUndefined();
    clock.advance(2 * DAY);
    await keeper.sweep();
    expect(keeper.note('told')?.removedBy).toBe('age');
  });

  it('takes what was reported last when there is no room left', async () => {
    const rooms = {
      told: { running: false, held: true, ended: ZERO },
      newer: { running: false, ended: ZERO + 1 },
    };
    const one = (await kept({ size: { running: true } })).keeper.note('size')?.bytes ?? 0;
    await rm(join(dir, 'size'), { recursive: true });
    const { keeper } = await kept(rooms, { quota: Math.round(1.5 * one) });
    expect(['told', 'newer'].map((slug) => keeper.note(slug)?.removedBy)).toEqual([undefined, 'quota']);
    const small = await kept(rooms, { quota: Math.round(0.5 * one) });
    expect(small.keeper.note('told')?.removedBy).toBe('quota');
  });

  it('removes the others although one cannot be read', async () => {
    await mkdir(join(dir, 'a', 'opus64'), { recursive: true });
    await writeFile(join(dir, 'a', 'removed.json'), '{"at":');
    const { keeper, clock } = await kept(
      { a: { running: false, ended: ZERO }, b: { running: false, ended: ZERO } },
      { keep: DAY },
    );
    expect(keeper.note('b')).toMatchObject({ goesBy: 'age' });
    clock.advance(DAY);
    await keeper.sweep();
    expect(keeper.note('b')).toMatchObject({ removedBy: 'age' });
  });

  it('removes what an older version recorded of the demo room', async () => {
    await kept({ welcome: { running: true, neverKept: true } });
    await expect(access(join(dir, 'welcome'))).rejects.toThrow();
  });

  it('forgets a room entirely when the room itself is removed', async () => {
    const { keeper } = await kept({ a: { running: false, ended: ZERO } });
    await keeper.forget('a');
    await keeper.forget('a');
    expect(await readdir(dir)).toEqual([]);
  });

  describe('while the studio is still writing its end', () => {
    const trouble: unknown[] = [];
    const note = (what: unknown): void => void trouble.push(what);
    afterEach(() => void trouble.splice(0));

    /** A room in the middle of its recording, which the site takes to be over. */
    async function ending(rooms: Record<string, KeptRoom> = {}) {
      const clock = manualClock(ZERO);
      const archive = await open({
        ...{ dir, clock, log: { ...silentLog, error: note, part: () => silentLog }, gap: note },
        renditions: ['opus64', 'aac96'],
      });
      const say = (from: number, to: number): void => {
        for (let seq = from; seq < to; seq++)
          for (const rendition of ['opus64', 'aac96'])
            archive.fragment('a', { rendition, seq, bytes: markedFragment(rendition, seq) });
      };
      const begin = () => archive.begin('a', { zero: ZERO, renditions: RENDITIONS, title: 'a' });
      const keeper = openKeeper({
        ...{ dir, clock, log: silentLog, keep: undefined, quota: undefined },
        room: (slug) => rooms[slug],
      });
      return { clock, archive, keeper, say, begin };
    }
    const sound = async (): Promise<string[]> => {
      const names = await readdir(dir, { recursive: true });
      return names.filter((name) => name.endsWith('.m4s') || name.endsWith('.tmp'));
    };

    it('removes a recording, and what is written after that', async () => {
      const { archive, keeper, say, begin } = await ending({ a: { running: false, ended: ZERO } });
      await begin();
      say(0, 40);
      await expect.poll(() => sound()).toContain('a/aac96/32.tmp');
      const removing = keeper.remove('a', 'host');
      say(40, 60);
      expect(await removing).toBe(true);
      say(60, 64);
      await archive.end('a');
      await keeper.sweep();
      expect(await sound()).toEqual([]);
      // A requested removal is not trouble with the disk.
      expect(trouble).toEqual([]);
      expect((await openReader(dir).recording('a', { over: true }))?.removed?.by).toBe('host');
    });

    it('forgets a room in the middle of it', async () => {
      const { archive, keeper, say, begin } = await ending();
      await begin();
      say(0, 40);
      await expect.poll(() => sound()).toContain('a/aac96/32.tmp');
      const end = archive.end('a');
      await keeper.forget('a');
      await end;
      await keeper.sweep();
      expect(await readdir(dir)).toEqual([]);
      expect(trouble).toEqual([]);
    });

    it('forgets a room, also when its recording begins after that', async () => {
      const { clock, archive, keeper, say, begin } = await ending();
      await keeper.forget('a');
      await begin();
      say(0, 40);
      await archive.end('a');
      expect((await sound()).length).toBeGreaterThan(0);
      clock.advance(2_000);
      await keeper.sweep();
      expect(await readdir(dir)).toEqual([]);
      // The address may later belong to another room.
      await begin();
      say(0, 40);
      await archive.end('a');
      clock.advance(600_001);
      await keeper.sweep();
      expect(keeper.note('a')?.seconds).toBeGreaterThan(0);
    });

    it('takes nothing from a new room at the same address', async () => {
      const rooms: Record<string, KeptRoom> = {};
      const { archive, keeper, say, begin } = await ending(rooms);
      await keeper.forget('a');
      rooms['a'] = { running: true };
      await begin();
      say(0, 40);
      await archive.end('a');
      await keeper.sweep();
      expect(keeper.note('a')?.seconds).toBeGreaterThan(0);
    });

    it('is asked twice at once', async () => {
      const { archive, keeper, say, begin } = await ending({ a: { running: false, ended: ZERO } });
      await begin();
      say(0, 40);
      await archive.end('a');
      expect(await Promise.all([keeper.remove('a', 'host'), keeper.remove('a', 'host')])).toEqual([
        true,
        true,
      ]);
      await Promise.all([keeper.forget('a'), keeper.forget('a')]);
      expect(await readdir(dir)).toEqual([]);
    });
  });
});
