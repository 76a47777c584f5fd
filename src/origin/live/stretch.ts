import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Ms } from '../../base/time.ts';

/**
 * Standby that resumes sooner than this belongs to the same stretch, so a studio that stumbles is logged once.
 */
const CALM_MS = 5000;

/**
 * Logs when a room's stretches of standby begin and end, once each, even if single fragments arrive in between.
 */
export class Stretch {
  readonly #deps: { readonly clock: Clock; readonly log: Log; readonly slug: string };
  #since: Ms | undefined;
  /** When the studio came back; undefined while it is away. */
  #back: Ms | undefined;

  constructor(deps: { readonly clock: Clock; readonly log: Log; readonly slug: string }) {
    this.#deps = deps;
  }

  /** Slot `seq` has not arrived in time. */
  missed(seq: number): void {
    const { clock, log, slug } = this.#deps;
    this.#back = undefined;
    if (this.#since !== undefined) return;
    this.#since = clock.now();
    log.warn({ slug, seq }, 'no sound from the studio in time: listeners hear hold music until it is back');
  }

  /** A real fragment has arrived. */
  heard(): void {
    if (this.#since === undefined) return;
    const now = this.#deps.clock.now();
    this.#back ??= now;
    if (now - this.#back >= CALM_MS) this.end();
  }

  /** Ends the stretch, if there is one: the room has ended. */
  end(): void {
    const { clock, log, slug } = this.#deps;
    if (this.#since === undefined) return;
    const lasted = Math.round((this.#back ?? clock.now()) - this.#since);
    log.warn({ slug, ms: lasted }, 'the studio is heard again');
    this.#since = undefined;
    this.#back = undefined;
  }
}
