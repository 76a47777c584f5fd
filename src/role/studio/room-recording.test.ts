import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { markedFragment } from '../../../test/synthetic.ts';
import { open, openReader } from '../../archive/index.ts';
import { silentLog } from '../../base/log.ts';
import { BLOCK_TICKS, epochMs, FRAGMENT_TICKS, fragmentStart, ticks } from '../../base/time.ts';
import { replayStart } from '../../origin/recording.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { RoomCard } from '../../wire/room.ts';
import { openRoomRecording } from './room-recording.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-recording-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function room(slug: string) {
  const clock = manualClock(ZERO);
  const archive = await open({
    ...{ dir, clock, log: silentLog, renditions: ['opus64', 'aac96'] },
    gap: () => {},
  });
  const program = { zero: ZERO, renditions: RENDITIONS };
  const recording = openRoomRecording({ archive, slug, program, clock });
  const card: RoomCard = { slug, title: 'A room', hosts: [], status: 'open', clocks: {}, zero: ZERO };
  const say = (from: number, to: number): void => {
    for (let seq = from; seq <= to; seq++) {
      clock.advance(320);
      for (let tick = seq * FRAGMENT_TICKS; tick < (seq + 1) * FRAGMENT_TICKS; tick += BLOCK_TICKS)
        recording.block({
          tick: ticks(tick),
          stereo: true,
          samples: new Float32Array(2 * BLOCK_TICKS).fill(0.5),
        });
      for (const rendition of ['opus64', 'aac96'])
        recording.fragment({ rendition, seq, bytes: markedFragment(rendition, seq) });
    }
  };
  recording.init({ rendition: 'aac96', bytes: Buffer.from('init of aac') });
  return { archive, clock, recording, card, say };
}

describe('the recording of a room', () => {
  it.each([10 * 60_000, -10 * 60_000])(
    'is replayed from the first live moment, also when the clock was set by %d ms before it',
    async (step) => {
      const { archive, clock, recording, card, say } = await room('talk');
      recording.update(card, { firstSpeech: ZERO });
      say(0, 63);
      clock.stepWall(step);
      say(64, 99);
      recording.update({ ...card, status: 'live' }, {});
      say(100, 163);
      await archive.end('talk');
      const found = await openReader(dir).recording('talk', { over: true });
      expect(found && replayStart(found)).toBe(100);
    },
  );

  it('begins when the room goes live: the lobby costs no disk', async () => {
    const { archive, recording, card, say } = await room('talk');
    recording.update(card, {});
    recording.mark({ kind: 'speaking', id: 'a', name: 'Ada', from: ZERO, to: ZERO + 1000 });
    say(0, 99);
    expect(await readdir(dir)).toEqual([]);
    expect(recording.begun).toBe(false);
    recording.update({ ...card, status: 'live' }, {});
    say(100, 120);
    recording.update({ ...card, status: 'open' }, {});
    expect(recording.begun).toBe(true);
    say(121, 140);
    await archive.end('talk');
    const kept = await openReader(dir).recording('talk');
    expect(kept?.pieces.get('aac96')?.at(0)?.first).toBe(100);
    expect(kept?.marks).toEqual([
      { kind: 'status', status: 'live', at: fragmentStart(ZERO, 100) },
      { kind: 'status', status: 'open', at: fragmentStart(ZERO, 121) },
    ]);
    expect((await openReader(dir).init('talk', 'aac96'))?.toString()).toBe('init of aac');
  });

  it('is measured from that moment on, and the figure is kept when the room ends', async () => {
    const { archive, recording, card, say } = await room('talk');
    recording.update(card, {});
    say(0, 99);
    recording.update({ ...card, status: 'live' }, {});
    await expect.poll(() => readdir(join(dir, 'talk', 'aac96')).catch(() => [])).toContain('init.mp4');
    say(100, 199);
    await archive.end('talk');
    const { loudness } = (await openReader(dir).recording('talk')) ?? {};
    expect(loudness?.seconds).toBe(32);
    expect(loudness?.peak).toBeCloseTo(20 * Math.log10(0.5), 2);
  });

  it('continues when a studio resumes a room in which somebody has spoken', async () => {
    const { archive, recording, card, say } = await room('talk');
    recording.update(card, { firstSpeech: ZERO });
    say(0, 20);
    await archive.end('talk');
    expect((await openReader(dir).recording('talk'))?.pieces.get('opus64')?.at(0)?.first).toBe(0);
  });

  it('is never made of the demo room', async () => {
    const { archive, recording, card, say } = await room('welcome');
    recording.update({ ...card, status: 'live', welcome: true }, { firstSpeech: ZERO });
    say(0, 99);
    await archive.end('welcome');
    expect(await readdir(dir)).toEqual([]);
  });
});
