import { FRAGMENT_MS } from '../../base/time.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { firstFragments } from './first-fragments.ts';
import { noticeBytes } from './rendition-stream.ts';
import type { RoomStreams } from './room-streams.ts';
import type { ChannelHooks } from './write-schedule.ts';

/**
 * What a listener who moves up from the delayed stream has buffered at the start, in ms: enough time for the player
 * to seek.
 */
const PROMOTION_MARGIN = 600;

/** How a room's listeners are moved up. */
export interface Promotion {
  readonly origin: DoorOrigin;
  /** The most listeners that move. */
  readonly count: number;
  /** The room's write period, ms. */
  readonly period: number;
  /** Fragments in one write. */
  readonly perWrite: number;
  /** Monotonic ms. */
  readonly now: number;
  readonly write: ChannelHooks['write'];
  readonly flush: ChannelHooks['flush'];
}

/**
 * Moves the listeners who have waited longest on a room's delayed stream to the live edge; returns how many it moved.
 */
export function promote(
  room: RoomStreams,
  { origin, count, period, perWrite, now, write, flush }: Promotion,
): number {
  try {
    return moveUp(room, { origin, count, period, perWrite, now, write });
  } finally {
    flush();
  }
}

function moveUp(
  room: RoomStreams,
  { origin, count, period, perWrite, now, write }: Omit<Promotion, 'flush'>,
): number {
  let promoted = 0;
  /** One Buffer for all that begin in the same slot of the period. */
  const made = new Map<string, Buffer>();
  for (const listener of room.waits) {
    if (promoted >= count) break;
    const feed = room.feedOf(listener.channel);
    if (!feed || feed.newest < 0) continue;
    room.waits.delete(listener);
    listener.channel.remove(listener);
    const lane = feed.lane(perWrite, now);
    // A listener who is already near the live edge must not hear anything twice.
    const after = listener.channel === feed.delayed ? undefined : listener.next - 1;
    const before = listener.next;
    listener.next = lane.newest + 1;
    lane.adopt(listener, Infinity);
    const next = lane.need(listener) + FRAGMENT_MS;
    const slots = firstFragments(origin, feed, {
      newest: lane.newest,
      after,
      buffered: PROMOTION_MARGIN + next,
    });
    const from = slots[0]?.seq ?? lane.newest + 1;
    listener.first += from - before;
    const key = `${feed.wanted.id} ${from} ${next}`;
    let bytes = made.get(key);
    if (!bytes) {
      const parts = slots.map((slot) => slot.bytes);
      const state = feed.stateAt(slots);
      if (state) parts.unshift(state);
      if (feed.wanted.container === 'fmp4') parts.unshift(noticeBytes({ place: 'live', from, period, next }));
      bytes = Buffer.concat(parts);
      made.set(key, bytes);
    }
    write(listener, bytes, lane.newest);
    promoted += 1;
  }
  return promoted;
}
