import { isOver, type RoomCard } from '../../wire/room.ts';

/**
 * What somebody is told. `confirm`: that an address was entered, and how to say yes. `soon`, `live`, `late`, `moved`,
 * `cancelled`: of a room.
 */
export type ReminderNotice = 'confirm' | 'soon' | 'live' | 'late' | 'moved' | 'cancelled';

/** When messages of a room go out, wall-clock ms. */
export interface SendWindow {
  readonly from: number;
  readonly until: number;
}

/** The last of those who are reminded beforehand are told so long before the start. */
const LAST_BEFORE_MS = 2 * 60_000;
const SHORTEST_MS = 3 * 60_000;
/** Longer than this nobody is reminded before the start: then more come in a second. */
const LONGEST_MS = 60 * 60_000;
/** What is told at once, because it just happened, is spread over less. */
const LONGEST_NEWS_MS = 10 * 60_000;
const SHORTEST_NEWS_MS = 2_000;
/** That a room begins is no news any more after this. */
const BEGINS_MS = 30 * 60_000;
/** That it was moved or cancelled is told for so long. */
const NEWS_MS = 24 * 3_600_000;

const between = (least: number, value: number, most: number): number =>
  Math.min(Math.max(value, least), most);

/** How long messages to `people` take, when `perSecond` of them may come within one second. */
const lengthFor = (people: number, perSecond: number): number => (people / perSecond) * 1_000;

/**
 * When those who are reminded are told that a room starts soon; the last 2 minutes before, the first 5 or earlier.
 * `spread`: for so long at least, ms, as the forecast has it.
 */
export function windowBefore(start: number, people: number, perSecond: number, spread = 0): SendWindow {
  const until = start - LAST_BEFORE_MS;
  const length = Math.max(lengthFor(people, perSecond), spread);
  return { from: until - between(SHORTEST_MS, length, LONGEST_MS), until };
}

/** When they are told of what happens now. */
export const windowAfter = (now: number, people: number, perSecond: number): SendWindow => ({
  ...{ from: now },
  until: now + between(SHORTEST_NEWS_MS, lengthFor(people, perSecond), LONGEST_NEWS_MS),
});

/** Where in a window somebody is told; `spread`: 0 to 9,999. */
export const dueIn = ({ from, until }: SendWindow, spread: number): number =>
  Math.floor(from + ((until - from) * spread) / 10_000);

/** Until when a notice is of use to anybody; after that it is not sent. */
export function usefulUntil(notice: ReminderNotice, card: RoomCard | undefined, madeAt: number): number {
  const { scheduled = madeAt, firstSpeech } = card?.clocks ?? {};
  if (notice === 'confirm') return madeAt + NEWS_MS;
  if (notice === 'cancelled') return madeAt + NEWS_MS;
  if (!card || isOver(card.status)) return Number.NEGATIVE_INFINITY;
  if (notice === 'live')
    return card.status === 'live' ? (firstSpeech ?? madeAt) + BEGINS_MS : Number.NEGATIVE_INFINITY;
  // Once it has begun, nobody is told that it will.
  if (card.status === 'live') return Number.NEGATIVE_INFINITY;
  if (notice === 'soon') return scheduled + BEGINS_MS;
  return Math.max(scheduled, madeAt) + NEWS_MS;
}

/** What a plan remembers of a room. */
export interface RoomSeen {
  readonly start: number | undefined;
  readonly late: string | undefined;
  readonly status: string;
}

/** What a room says of itself, as a plan remembers it; a room that is gone is `removed`. */
export const seenOf = (card: RoomCard | undefined): RoomSeen => ({
  ...{ start: card?.clocks.scheduled, late: card?.plans?.late?.reason },
  status: card?.status ?? 'removed',
});

/** What those who are reminded are told at once when a room changes; undefined: nothing. */
export function newsBetween(
  before: RoomSeen,
  now: RoomSeen,
): Exclude<ReminderNotice, 'confirm' | 'soon'> | undefined {
  const waits = before.status === 'scheduled' || before.status === 'open';
  if (now.status === 'live') return waits ? 'live' : undefined;
  if (now.status === 'cancelled' || now.status === 'removed') return waits ? 'cancelled' : undefined;
  if (now.status !== 'scheduled' && now.status !== 'open') return undefined;
  if (now.late !== undefined && now.late !== before.late) return 'late';
  return now.start === before.start ? undefined : 'moved';
}
