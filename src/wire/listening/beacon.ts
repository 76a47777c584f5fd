/**
 * What a player says about every 30 s while it plays: the body of `POST /r/:room/beacon`, as JSON. Sent as
 * `text/plain`, so that no browser asks first, and `navigator.sendBeacon` can send the last one.
 */
import { LEAST_SEGMENTS, SESSION_TOKEN, WINDOW_SEGMENTS } from '../listening-proof.ts';
import { TRANSPORTS, type Way } from '../session-record.ts';

/** Longest body of a beacon, in bytes; a usual one has 170. */
export const BEACON_BYTES = 512;

/** One beacon. */
export interface Beacon {
  /** The session's token. */
  readonly session: string;
  /** How the player gets its sound. */
  readonly way: Way;
  /** Which window it proves, and how much of it; see `listening-proof.ts`. */
  readonly window: number;
  readonly segments: number;
  /** 16 hexadecimal digits; see `proofOf`. */
  readonly proof: string;
  /** Seconds that were played (the clock of the audio element ran) since the last beacon. */
  readonly seconds: number;
  /** False when it is muted, or its volume is 0; absent from browsers that ask not to be tracked. */
  readonly audible?: boolean;
  /** True when the page was hidden when it was sent; absent as well. */
  readonly hidden?: boolean;
  /** True for a player inside another site. */
  readonly embed?: true;
  /** Times that playing stopped for want of sound since the last beacon. */
  readonly stalls?: number;
}

const PROOF = /^[0-9a-f]{16}$/;
/** Longer than a window can be, and than a machine sleeps between two beacons that are believed. */
const MOST_SECONDS = 120;

const whole = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

/** Parses the body of a beacon; undefined when it is invalid. Unknown members are ignored. */
export function readBeacon(text: string): Beacon | undefined {
  let said: Partial<Record<keyof Beacon, unknown>> | null;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null) return undefined;
  const { session, way, window, segments, proof, seconds, audible, hidden, embed, stalls } = said;
  if (typeof session !== 'string' || !SESSION_TOKEN.test(session)) return undefined;
  if (!TRANSPORTS.includes(way as Way)) return undefined;
  if (typeof proof !== 'string' || !PROOF.test(proof)) return undefined;
  if (!whole(window, 0, 0xffff_ffff) || !whole(segments, LEAST_SEGMENTS, WINDOW_SEGMENTS)) return undefined;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= MOST_SECONDS)) return undefined;
  for (const flag of [audible, hidden]) if (flag !== undefined && typeof flag !== 'boolean') return undefined;
  return {
    ...{ session, way: way as Way, window, segments, proof, seconds },
    ...(typeof audible === 'boolean' ? { audible } : {}),
    ...(typeof hidden === 'boolean' ? { hidden } : {}),
    ...(embed === true ? { embed } : {}),
    ...(whole(stalls, 0, 1_000) ? { stalls } : {}),
  };
}
