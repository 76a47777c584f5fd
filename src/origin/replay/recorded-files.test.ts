import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { testTag } from '../../../test/segment-tag.ts';
import { markedFragment, syntheticBox } from '../../../test/synthetic.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import { feedText } from '../../door/http/syndication.ts';
import { EMPTY } from '../../wire/feed.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { RoomCard } from '../../wire/room.ts';
import { open, type Recording } from '../index.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const stsd = syntheticBox('stsd', Buffer.alloc(8));
const INIT = syntheticBox(
  'moov',
  syntheticBox('trak', syntheticBox('mdia', syntheticBox('minf', syntheticBox('stbl', stsd)))),
);

/** A feed of one room whose recording can change. */
function feed() {
  const clock = manualClock(ZERO);
  const renditions = RENDITIONS.filter(({ id }) => id === 'aac96');
  const whole: Recording = {
    ...{ title: 'A room', zero: ZERO, renditions, gaps: [], marks: [] },
    pieces: new Map(renditions.map(({ id }) => [id, [{ first: 0, count: 16 }]])),
  };
  const kept: { recording: Recording | undefined; fails: boolean } = { recording: whole, fails: false };
  let version = 0;
  const origin = open({
    clock,
    log: silentLog,
    archive: {
      async recording() {
        if (kept.fails) throw new Error('the disk');
        return kept.recording;
      },
      version: async () => String(version++),
      init: async () => INIT,
      read: async (_, rendition, { first, count }) =>
        Buffer.concat(Array.from({ length: count }, (_, n) => markedFragment(rendition, first + n))),
    },
    ...{ holdWhileAway: true, tag: testTag },
  });
  const say = (more: Partial<RoomCard>): void => {
    const card = { slug: 'room', title: 'A room', hosts: ['Ana'], status: 'ended' as const, zero: ZERO };
    const clocks = { opened: ZERO, firstSpeech: ZERO, ended: ZERO + 5_120 };
    origin.receive({ head: { kind: 'rooms', rooms: [{ ...card, clocks, ...more }] }, body: EMPTY });
  };
  const spoken = { scheme: 'http', host: 'a.example' };
  const read = async (): Promise<string> => {
    const asked = { path: '/feed.xml', slug: '', head: undefined, language: 'en' as const, now: ZERO };
    // The episode alone.
    return String(await feedText({ origin, spoken }, asked)).split('<item>')[1] ?? '';
  };
  const get = (path: string) =>
    origin.answer(path, new URLSearchParams(), {}, AbortSignal.timeout(5_000)) ?? Promise.reject(path);
  const later = (): void => clock.advance(31_000);
  return { kept, whole, say, read, get, later };
}

test('a recording in a feed has the length of the file that is downloaded, and its duration', async () => {
  const { say, read, get, later } = feed();
  say({});
  const length = (await get('/r/room/replay.m4a')).headers?.['content-length'];
  expect(Number(length)).toBeGreaterThan(1_000);
  const enclosure = (bytes: string | undefined): string =>
    `<enclosure url="http://a.example/r/room/replay.m4a" length="${bytes}" type="audio/mp4"/>`;
  expect(await read()).toContain(enclosure(length));
  // The title is in the file.
  say({ title: 'A room with another and much longer title' });
  later();
  const other = (await get('/r/room/replay.m4a')).headers?.['content-length'];
  expect(other).not.toBe(length);
  expect(await read()).toContain(enclosure(other));
});

test('what was never recorded, was removed, or is still on has no enclosure; what cannot be read has one of unknown length', async () => {
  const { kept, whole, say, read, later } = feed();
  say({ status: 'live' });
  expect(await read()).not.toContain('enclosure');
  say({});
  kept.recording = undefined;
  expect(await read()).not.toContain('enclosure');
  kept.fails = true;
  kept.recording = whole;
  say({ title: 'Another' });
  later();
  expect(await read()).toContain('length="0"');
  kept.fails = false;
  later();
  expect(await read()).toMatch(/length="[1-9]\d{3,}"/);
  kept.recording = { ...whole, pieces: new Map(), removed: { at: ZERO, by: 'host' } };
  later();
  expect(await read()).not.toContain('enclosure');
});
