import {
  FIRST_SEGMENTS,
  firstSegment,
  LEAST_SEGMENTS,
  proofOf,
  sessionOf,
  WINDOW_SEGMENTS,
  windowAt,
} from '../../src/wire/listening-proof.ts';

/** Tags kept: two windows, so that the last one can still be proven while the next begins. */
const KEPT = 2 * WINDOW_SEGMENTS;

/** A proof that is ready to be sent. */
export interface WindowProof {
  readonly window: number;
  readonly segments: number;
  readonly proof: string;
}

/** The tags that a session has received, and the windows that they prove. */
export class ListeningWindows {
  readonly #session: Uint8Array;
  readonly #tags = new Map<number, Uint8Array>();
  #newest = -1;
  /** The window proven last, and with how many segments. */
  #proven = { window: -1, segments: 0 };

  /** @throws RangeError for what is no token. */
  constructor(token: string) {
    const session = sessionOf(token);
    if (!session) throw new RangeError('not a session token');
    this.#session = session;
  }

  /**
   * Takes the tag of a segment. Returns the proof that it makes possible: of a whole window with its last segment, and of
   * the first window already after `FIRST_SEGMENTS`, so that a newcomer counts soon.
   */
  take(segment: number, tag: Uint8Array): WindowProof | undefined {
    this.#tags.set(segment, tag);
    this.#newest = segment;
    for (const known of this.#tags.keys()) if (Math.abs(known - segment) >= KEPT) this.#tags.delete(known);
    const place = segment - firstSegment(this.#session, windowAt(this.#session, segment)) + 1;
    const early = this.#proven.window < 0 && place >= FIRST_SEGMENTS;
    return early || place === WINDOW_SEGMENTS ? this.#prove(place) : undefined;
  }

  /** The proof of what was received of the running window since its last proof: for a page that is being left. */
  rest(): WindowProof | undefined {
    if (this.#newest < 0) return undefined;
    return this.#prove(this.#newest - firstSegment(this.#session, windowAt(this.#session, this.#newest)) + 1);
  }

  #prove(segments: number): WindowProof | undefined {
    const window = windowAt(this.#session, this.#newest);
    if (segments < LEAST_SEGMENTS || window < 0) return undefined;
    if (this.#proven.window === window && this.#proven.segments >= segments) return undefined;
    const proof = proofOf({ session: this.#session, window, segments }, (segment) => this.#tags.get(segment));
    if (proof === undefined) return undefined;
    this.#proven = { window, segments };
    return { window, segments, proof };
  }
}
