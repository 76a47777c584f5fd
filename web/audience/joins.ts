import { type AudienceEvent, JOIN_PATIENCE_MS } from '../../src/wire/audience-events.ts';
import type { JoinFailure } from '../../src/wire/metrics.ts';
import type { PlayerState } from '../player/index.ts';

/** The state of a join at one instant. */
export interface JoinLook {
  readonly state: PlayerState;
  /** Connections that were lost or never came, since the page was loaded. */
  readonly reconnects: number;
  /** Decoders that gave up since then. */
  readonly rebuilt: number;
  /** True when sound has arrived, whether or not it was played. */
  readonly received: boolean;
  /** True when the room says that it has no more sound to give. */
  readonly full: boolean;
  readonly online: boolean;
}

/** An attempt to hear the room that has neither succeeded nor failed yet. */
interface Attempt {
  readonly key: string;
  readonly since: number;
  readonly rebuilt: number;
  retries: number;
}

const TRYING: ReadonlySet<PlayerState> = new Set(['connecting', 'reconnecting', 'playing']);

/**
 * Reports attempts to hear the room, and the outcome of each, once. An attempt begins when Listen is pressed; what the
 * player repeats by itself is part of the same attempt.
 */
export class JoinWatch {
  readonly #tell: (event: AudienceEvent) => void;
  readonly #newKey: () => string;
  #attempt: Attempt | undefined;
  #before: PlayerState = 'idle';
  #reconnects = 0;

  constructor(tell: (event: AudienceEvent) => void, newKey: () => string) {
    this.#tell = tell;
    this.#newKey = newKey;
  }

  /** Looks at the player at `now` (monotonic ms): after each change of it, and at least once a second. */
  look(now: number, seen: JoinLook): void {
    const before = this.#before;
    this.#before = seen.state;
    // A browser may forbid sound at once: between two looks Listen was pressed and refused.
    const pressed = TRYING.has(seen.state) || seen.state === 'blocked';
    if (pressed && !TRYING.has(before) && seen.state !== before) this.#begin(now, seen);
    const attempt = this.#attempt;
    if (!attempt) return;
    for (; this.#reconnects < seen.reconnects; this.#reconnects++)
      this.#tell(['retry', attempt.key, String(++attempt.retries)]);
    const late = now - attempt.since > JOIN_PATIENCE_MS;
    if (seen.state === 'playing' && !late)
      this.#end(['success', attempt.key, String(Math.round(now - attempt.since))]);
    else if (seen.state === 'blocked') this.#fail('blocked');
    else if (seen.state === 'ended') this.#fail('unknown');
    else if (seen.state === 'idle') this.#fail('abandoned');
    else if (late) this.#fail(whyLate(attempt, seen));
  }

  /** The page is left. */
  leave(): void {
    if (this.#attempt) this.#fail('abandoned');
  }

  #begin(now: number, { reconnects, rebuilt }: JoinLook): void {
    this.#reconnects = reconnects;
    this.#attempt = { key: this.#newKey(), since: now, rebuilt, retries: 0 };
    this.#tell(['attempt', this.#attempt.key]);
  }

  #fail(reason: JoinFailure): void {
    if (this.#attempt) this.#end(['failure', this.#attempt.key, reason]);
  }

  #end(event: AudienceEvent): void {
    this.#attempt = undefined;
    this.#tell(event);
  }
}

function whyLate({ rebuilt, retries }: Attempt, seen: JoinLook): JoinFailure {
  if (seen.full) return 'capacity';
  if (seen.received || seen.rebuilt > rebuilt) return 'decode';
  return retries > 0 || !seen.online ? 'network' : 'unknown';
}
