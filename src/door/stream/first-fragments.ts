import { FRAGMENT_MS } from '../../base/time.ts';
import type { DoorOrigin } from '../origin-port.ts';
import type { Feed } from './rendition-stream.ts';
import type { Slot } from './rendition-switch.ts';

/** Where a listener joins a run of fragments. */
export interface JoinPoint {
  /** How far the run has got. */
  readonly newest: number;
  /** The last fragment the listener already has. */
  readonly after: number | undefined;
  /** Milliseconds of sound it wants to have buffered; used when `after` does not apply. */
  readonly buffered: number;
}

/** The first fragments for a new listener: those that follow `after`, or as many as make up `buffered`. */
export function firstFragments(
  origin: DoorOrigin,
  feed: Feed,
  { newest, after, buffered }: JoinPoint,
): readonly Slot[] {
  const start = newest + 1 - Math.max(1, Math.ceil(buffered / FRAGMENT_MS));
  if (after === undefined) return feed.held(start, newest);
  if (after + 1 >= (feed.oldest ?? 0)) return feed.held(after + 1, newest);
  // Away for longer than the feed remembers: the origin may have more.
  const older = origin.join(feed.slug, feed.splice.source ?? feed.wanted.id, { after });
  if (typeof older === 'string' || older.fragments[0]?.seq !== after + 1) return feed.held(start, newest);
  return older.fragments.filter(({ seq }) => seq <= newest);
}
