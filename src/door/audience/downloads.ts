import { randomBytes } from 'node:crypto';
import { DAY_MS } from '../../wire/listening/day-keys.ts';
import { RENDITIONS } from '../../wire/renditions.ts';

/** Bytes of a second of the recording as one file. */
export const DOWNLOAD_BYTES_PER_S = (RENDITIONS.find(({ id }) => id === 'aac96')?.bitrate ?? 96_000) / 8;

/** Listeners whose pieces are kept apart; the one that began longest ago is forgotten. */
const MOST_KEPT = 50_000;
/** Pieces of one download that are kept apart; a player that jumps about more often is believed no more. */
const MOST_PIECES = 64;
/** Beyond this nothing more has to be known of a download, seconds. Spec: IAB Podcast Measurement 2.2, one minute. */
const WHOLE_S = 60;

type Piece = readonly [from: number, to: number];

interface Taken {
  /** Bytes, in order, that do not touch. */
  pieces: readonly Piece[];
  /** For whoever asked not to be known: a key that nobody else has. */
  readonly alone: readonly [low: number, high: number];
  seconds: number;
}

/** A part of a recording that was delivered. */
export interface DownloadedPart {
  readonly slug: string;
  /** By which the listener is known at this door. */
  readonly key: readonly [low: number, high: number];
  /** Bytes of the file: from, and up to but without. */
  readonly from: number;
  readonly to: number;
}

/**
 * What listeners have taken of recordings as files on this day. The pieces of one listener are one download, and bytes
 * that come twice count once.
 */
export class Downloads {
  readonly #bytesPerSecond: number;
  #day = 0;
  readonly #taken = new Map<string, Taken>();

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /**
   * Takes a part at `wall` (ms); the whole seconds of different sound that the listener has now, at most 60, or undefined
   * when they are as many as before. `alone`: a key of this download.
   */
  take(
    { slug, key, from, to }: DownloadedPart,
    wall: number,
  ): { readonly seconds: number; readonly alone: readonly [low: number, high: number] } | undefined {
    const day = Math.floor(wall / DAY_MS);
    if (day > this.#day) this.#taken.clear();
    this.#day = Math.max(day, this.#day);
    const name = `${slug} ${key.join(' ')}`;
    let taken = this.#taken.get(name);
    if (!taken) {
      const random = randomBytes(8);
      taken = { pieces: [], alone: [random.readInt32LE(0), random.readInt32LE(4)], seconds: 0 };
      this.#taken.set(name, taken);
      const oldest = this.#taken.keys().next().value;
      if (this.#taken.size > MOST_KEPT && oldest !== undefined) this.#taken.delete(oldest);
    }
    if (taken.seconds >= WHOLE_S || taken.pieces.length >= MOST_PIECES || to <= from) return undefined;
    taken.pieces = joined(taken.pieces, [from, to]);
    const bytes = taken.pieces.reduce((sum, [a, b]) => sum + b - a, 0);
    const seconds = Math.min(WHOLE_S, Math.floor(bytes / this.#bytesPerSecond));
    if (seconds === taken.seconds) return undefined;
    taken.seconds = seconds;
    return { seconds, alone: taken.alone };
  }
}

/** Pieces with one more; those that touch or overlap become one. */
function joined(pieces: readonly Piece[], [from, to]: Piece): Piece[] {
  const apart = pieces.filter(([a, b]) => b < from || a > to);
  const touching = pieces.filter(([a, b]) => !(b < from || a > to));
  const whole: Piece = [
    Math.min(from, ...touching.map(([a]) => a)),
    Math.max(to, ...touching.map(([, b]) => b)),
  ];
  return [...apart, whole].sort((one, other) => one[0] - other[0]);
}
