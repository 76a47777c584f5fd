/** A door's messages to a listener about its delivery, within the stream, in a box between two fragments. */
import { eventBox, messageIn } from './event-box.ts';

/** Where a listener is served: at the live edge, or in the delayed stream `DELAY_MS` behind it. */
export type StreamPlace = 'live' | 'ring';

/** The scheme of the box; its message is the JSON of a `Notice`. */
const NOTICE_SCHEME = 'urn:earshot:delivery:1';

/** The write period changes, `in` ms from now at the earliest; 0 means from the next write on. */
export interface PeriodNotice {
  readonly period: number;
  readonly in: number;
}

/**
 * The listener moves from the delayed stream to the live edge. The next bytes begin at fragment `from`, in writes every
 * `period` ms, the first of them in `next` ms. The fragments in between are not sent.
 */
export interface PlaceNotice {
  readonly place: StreamPlace;
  readonly from: number;
  readonly period: number;
  readonly next: number;
}

/** A notice in a stream. */
export type Notice = PeriodNotice | PlaceNotice;

/** The notice as a whole box. */
export const encodeNotice = (notice: Notice): Uint8Array<ArrayBuffer> =>
  eventBox(NOTICE_SCHEME, JSON.stringify(notice));

/** The notice in a whole `emsg` box; undefined when it is not one of ours, or invalid. */
export function decodeNotice(box: Uint8Array): Notice | undefined {
  const said = messageIn(NOTICE_SCHEME, box) as Record<string, number> | null | undefined;
  if (typeof said !== 'object' || said === null) return undefined;
  const numbers = 'place' in said ? [said.period, said.from, said.next] : [said.period, said.in];
  const good = numbers.every((n) => Number.isFinite(n) && (n as number) >= 0) && (said.period as number) > 0;
  return good ? (said as unknown as Notice) : undefined;
}
