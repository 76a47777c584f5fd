import type { PlayerOptions } from './player.ts';
import { seconds } from './playhead.ts';
import { BEAT, Pulse } from './pulse.ts';
import { Stalls } from './stalls.ts';

/** Buffered when the listener asked for a steadier sound, seconds. */
const STEADY = 8;
/** From this spare margin on the page says that the connection stalls, seconds. */
const NOTABLE = 1.5;
/** How often the longest stall is stored, seconds. */
const STORE_EVERY = 10;
/** A page that stood still within this time before it ran dry cannot blame its network, seconds. */
const JUST_NOW = 1;

/** What a player has learned about its network: how long it stalls, and how much must be buffered for that. */
export class NetworkHistory {
  readonly #store: PlayerOptions['network'];
  readonly #stalls: Stalls;
  readonly #pulse = new Pulse(seconds());
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #heard = seconds();
  #storedAt = seconds();
  #chosen = 0;

  constructor(store: PlayerOptions['network']) {
    this.#store = store;
    this.#stalls = new Stalls(store?.read(), seconds());
  }

  /** Seconds to be buffered because the connection stalls, or because the listener asked for it. */
  get spare(): number {
    return Math.max(this.#chosen, this.#stalls.spare(seconds()));
  }

  /** Why more than usual is buffered. */
  get steady(): 'learned' | 'chosen' | undefined {
    if (this.#chosen > 0) return 'chosen';
    return this.#stalls.spare(seconds()) > NOTABLE ? 'learned' : undefined;
  }

  /** The listener asks for a steadier sound, or no longer does. */
  steadier(on: boolean): void {
    this.#chosen = on ? STEADY : 0;
  }

  /** Seconds since the last fragment arrived. */
  get silence(): number {
    return seconds() - this.#heard;
  }

  /** True unless this page itself stood still just now. */
  get blamed(): boolean {
    const now = seconds();
    return this.#pulse.missed(now - JUST_NOW, now) === 0;
  }

  /** Arrivals are no longer comparable with those before; see `Stalls.anew`. */
  anew(how: 'at-once' | 'after'): void {
    this.#stalls.anew(how);
  }

  /**
   * A fragment arrived; returns how late it is in seconds, or undefined where that says nothing. `period` in seconds.
   */
  arrived(seq: number, period: number): number | undefined {
    const now = seconds();
    const late = this.#stalls.arrived(seq, now, period, this.#pulse.missed(this.#heard, now));
    this.#heard = now;
    if (now - this.#storedAt > STORE_EVERY) {
      this.#storedAt = now;
      this.#store?.write(this.#stalls.longest(now));
    }
    return late;
  }

  /** Notices from now on when this page stands still. */
  watch(): void {
    this.#pulse.beat(seconds());
    this.#heartbeat ??= setInterval(() => this.#pulse.beat(seconds()), BEAT * 1000);
  }

  /** Stops watching. */
  rest(): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
