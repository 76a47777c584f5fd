import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
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

  it('removes one on demand, frees the disk, and leaves a word about it', async () => {
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

  it('tells when one will go, removes it then, and never that of a running room', async () => {
    const { keeper, clock } = await kept(
      { old: { running: false, ended: ZERO }, on: { running: true } },
      { keep: 30 * DAY },
    );
    expect(keeper.note('old')).toMatchObject({ goesBy: 'age', goesAt: ZERO + 30 * DAY });
    clock.stepWall(30 * DAY - 1);
    await keeper.sweep();
    expect(keeper.note('old')?.removedBy).toBeUndefined();
    clock.stepWall(2);
    await keeper.sweep();
    expect(keeper.note('old')).toMatchObject({ removedBy: 'age' });
    expect(keeper.note('on')?.removedBy).toBeUndefined();
  });

  it('keeps within the quota: the oldest goes first, and is told before', async () => {
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

  it('takes away what an older version recorded of the demo room', async () => {
    await kept({ welcome: { running: true, neverKept: true } });
    await expect(access(join(dir, 'welcome'))).rejects.toThrow();
  });

  it('forgets a room wholly when it is removed itself', async () => {
    const { keeper } = await kept({ a: { running: false, ended: ZERO } });
    await keeper.forget('a');
    await keeper.forget('a');
    expect(await readdir(dir)).toEqual([]);
  });
});
