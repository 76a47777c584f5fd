import type { Clock } from '../../base/clock.ts';
import { openHmac } from '../../keys/hmac.ts';
import { isSampled, type ProofSample } from '../../wire/listening/proof-sample.ts';
import { FLAG } from '../../wire/session-record.ts';
import type { SessionRows } from './session-table.ts';

/**
 * A session that is asked again counts among those who are asked only after this, ms: by then its first proof has come,
 * if it sends any (a window of 31 s, and 4 s of spread).
 */
const ASKED_AFTER_MS = 50_000;
/** Rooms that are remembered; the one that was asked about first is dropped. */
const MOST_ROOMS = 10_000;

/** What deciding who proves needs. */
export interface ProofSamplingDeps {
  readonly clock: Clock;
  /** 32 bytes, of the purpose `listening sessions`: all doors have the same, and so the same sample. */
  readonly key: Uint8Array;
  /** The share of a room's sessions that the tally wants to prove, 0 to 1; undefined while it has said nothing. */
  share(slug: string): number | undefined;
}

/** The share of a room, and since when. */
interface RoomShare extends ProofSample {
  /** Monotonic ms; in the past for ever for the first share that was heard of. */
  readonly since: number;
}

/** Which sessions prove what they hear: the share is the tally's, the choice follows from a session's id. */
export class ProofSampling {
  readonly #deps: ProofSamplingDeps;
  readonly #hmac: ReturnType<typeof openHmac>;
  readonly #rooms = new Map<string, RoomShare>();

  constructor(deps: ProofSamplingDeps) {
    this.#deps = deps;
    this.#hmac = openHmac(deps.key);
  }

  /** What the state of a room says to its players; undefined while all of them prove. */
  sample(slug: string): ProofSample | undefined {
    const { share, salt } = this.#of(slug);
    return share < 1 ? { share, salt } : undefined;
  }

  /** True for a session that proves. */
  asks(slug: string, low: number, high: number): boolean {
    const { share, salt } = this.#of(slug);
    return share >= 1 || isSampled(low, high, salt, share);
  }

  /** Whether others stand for a session now; `was`: they did until now. */
  isStoodFor(slug: string, low: number, high: number, was: boolean): boolean {
    if (!this.asks(slug, low, high)) return true;
    return was && this.#deps.clock.now() - this.#of(slug).since < ASKED_AFTER_MS;
  }

  /** Marks the row of a session of the room if others stand for it now, and unmarks it if they no longer do. */
  mark(table: SessionRows, row: number, slug: string): void {
    const flags = (table.kind[row] ?? 0) >>> 4;
    if ((flags & FLAG.silent) !== 0) return;
    const was = (flags & FLAG.unsampled) !== 0;
    if (this.isStoodFor(slug, table.idLow[row] ?? 0, table.idHigh[row] ?? 0, was) === was) return;
    table.kind[row] = (table.kind[row] ?? 0) ^ (FLAG.unsampled << 4);
    table.touch(row, table.minute[row] ?? 0);
  }

  #of(slug: string): RoomShare {
    const known = this.#rooms.get(slug);
    const share = this.#deps.share(slug) ?? known?.share ?? 1;
    if (known?.share === share) return known;
    const since = known ? this.#deps.clock.now() : Number.NEGATIVE_INFINITY;
    const salt = known?.salt ?? this.#hmac(`proofs of ${slug}`).readUInt32LE(0);
    const now = { share, salt, since };
    this.#rooms.set(slug, now);
    const oldest = this.#rooms.keys().next().value;
    if (this.#rooms.size > MOST_ROOMS && oldest !== undefined) this.#rooms.delete(oldest);
    return now;
  }
}
