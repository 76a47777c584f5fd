import type { Clock } from '../base/clock.ts';
import type { Reply } from '../base/reply.ts';
import { problem } from '../base/reply.ts';
import { momentOf } from '../wire/moment.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { RecordingNote } from '../wire/recording.ts';
import { isListed, isRunning, MAX_TOLD_GAPS, type RoomCard } from '../wire/room.ts';
import { EACH_SECOND, OPEN_TO_ALL, Packed, type RequestHeaders } from './packed.ts';
import type { ReplayFacts } from './replay/replay-maker.ts';
import type { OriginRooms } from './rooms.ts';

const FRESH_MS = 1000;
/** Rooms whose state is kept serialised. */
const MAX_KEPT = 1000;
/** Announced rooms are listed up to this many, the soonest first: thousands would cost every visitor a megabyte. */
export const MAX_COMING_ROOMS = 200;
/** Rooms that are over are listed up to this many, the newest first. */
const MAX_PAST_ROOMS = 50;

/**
 * Nothing is known of a room in its first half minute: whoever listens counts from 15 of 30 s on. Then the tally has said
 * something of it, or is away.
 */
const UNCOUNTED_MS = 30_000;

const HEADERS = { 'content-type': 'application/json', 'cache-control': EACH_SECOND };

/** `state.json`, `numbers.json` and `questions.json` of each room, and `rooms.json`: made at most once a second, whoever asks. */
export function openStateFiles(
  clock: Clock,
  rooms: OriginRooms,
  facts: (slug: string) => Promise<ReplayFacts | undefined>,
  numbersOf: (slug: string) => RoomNumbers | undefined = () => undefined,
) {
  const kept = new Map<string, { at: number; packed: Promise<Packed | undefined> }>();
  const fresh = (key: string, make: () => Promise<string | undefined>): Promise<Packed | undefined> => {
    const old = kept.get(key);
    if (old && clock.now() - old.at < FRESH_MS) return old.packed;
    kept.delete(key);
    const packed = make().then((text) => (text === undefined ? undefined : new Packed(text)));
    packed.catch(() => kept.delete(key));
    kept.set(key, { at: clock.now(), packed });
    const oldest = kept.keys().next().value;
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
    return packed;
  };
  return {
    async state(slug: string, headers: RequestHeaders): Promise<Reply> {
      // Before anything is kept: names that do not exist must not push out those that do.
      if (!rooms.card(slug) && !rooms.program(slug)) return problem('room-unknown', undefined, OPEN_TO_ALL);
      const packed = await fresh(slug, async () => {
        const state = rooms.state(slug);
        if (!state) return undefined;
        const kept = state.status === 'ended' ? await facts(slug) : undefined;
        const gaps = state.gaps.length === 0 ? (kept?.gaps ?? []) : state.gaps;
        const recording = kept && noteOf(kept);
        return JSON.stringify({
          ...{ ...state, moment: momentOf(state), gaps: gaps.slice(-MAX_TOLD_GAPS) },
          ...(recording ? { recording } : {}),
        });
      });
      return packed ? packed.reply(headers, HEADERS) : problem('room-unknown', undefined, OPEN_TO_ALL);
    },
    async numbers(slug: string, headers: RequestHeaders): Promise<Reply> {
      const card = rooms.card(slug);
      if (!card) return problem('room-unknown', undefined, OPEN_TO_ALL);
      const packed = await fresh(`numbers ${slug}`, async () => {
        const numbers = numbersOf(slug) ?? uncounted(card, clock.wall());
        return numbers && JSON.stringify(numbers);
      });
      return packed
        ? packed.reply(headers, HEADERS)
        : problem('tally-away', undefined, { ...OPEN_TO_ALL, 'retry-after': '2' });
    },
    async questions(slug: string, headers: RequestHeaders): Promise<Reply> {
      if (!rooms.card(slug)) return problem('room-unknown', undefined, OPEN_TO_ALL);
      const packed = await fresh(`questions ${slug}`, async () => {
        const list = rooms.program(slug)?.questions;
        return list && JSON.stringify(list);
      });
      return packed
        ? packed.reply(headers, HEADERS)
        : problem('room-not-open', 'There are questions while the room runs.', OPEN_TO_ALL);
    },
    async list(headers: RequestHeaders): Promise<Reply> {
      const packed = await fresh('/', async () =>
        JSON.stringify({
          v: 1,
          at: clock.wall(),
          // Whose links were taken back is for those who let people in.
          rooms: listedCards(rooms.cards().filter(isListed)).map(({ revoked: _, lock: _lock, ...card }) => ({
            ...card,
            streams: rooms.state(card.slug)?.streams ?? 0,
          })),
        }),
      );
      return packed ? packed.reply(headers, HEADERS) : problem('not-found', undefined, OPEN_TO_ALL);
    },
  };
}

/** The numbers of a room that cannot have been counted yet; undefined for any other. */
function uncounted({ slug, clocks: { opened } }: RoomCard, at: number): RoomNumbers | undefined {
  if (opened !== undefined && at - opened > UNCOUNTED_MS) return undefined;
  return {
    ...{ v: 1, room: slug, at, status: 'reconciled', state: 'live', metrics: {}, excluded: {}, sampling: 1 },
  };
}

const noteOf = ({ seconds, removed }: ReplayFacts): RecordingNote => ({
  seconds,
  ...(removed ? { removedAt: removed.at, removedBy: removed.by } : {}),
});

/** On air first, then what comes, then what is over; cancelled ones are not listed. */
function listedCards(cards: readonly RoomCard[]): RoomCard[] {
  const on = cards.filter(({ status }) => isRunning(status));
  const next = cards.filter(({ status }) => status === 'scheduled');
  const past = cards.filter(({ status }) => status === 'ended');
  return [
    ...on.sort((a, b) => (a.status === b.status ? newest(a, b) : a.status === 'live' ? -1 : 1)),
    ...next.sort((a, b) => (a.clocks.scheduled ?? 0) - (b.clocks.scheduled ?? 0)).slice(0, MAX_COMING_ROOMS),
    ...past.sort((a, b) => (b.clocks.ended ?? 0) - (a.clocks.ended ?? 0)).slice(0, MAX_PAST_ROOMS),
  ];
}

const newest = (a: RoomCard, b: RoomCard): number => (b.clocks.opened ?? 0) - (a.clocks.opened ?? 0);
