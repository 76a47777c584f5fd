import type { HostGone } from '../../wire/room.ts';

/** How long every connection of the host must have been gone before anybody acts on it, ms: a page that is loaded again takes less. */
export const HOST_GONE_MS = 10_000;

/** What the watch sees of a room. */
export interface HostSight {
  /** Monotonic and wall clock, ms. */
  readonly now: number;
  readonly wall: number;
  /** True while the conversation is on, or in a break. */
  readonly begun: boolean;
  /** True while a host is here. */
  readonly here: boolean;
  /** Co-hosts on stage, in the order they came. */
  readonly coHosts: readonly { readonly id: string; readonly name: string; readonly connected: boolean }[];
}

/**
 * Notices that the host of a running conversation has vanished, and who stands in: the co-host who has been on stage
 * longest, and another one when they leave. It knows only hosts it has seen.
 */
export class HostWatch {
  #gone: HostGone | undefined;
  #seen: boolean;
  #lost: { readonly now: number; readonly wall: number } | undefined;

  /** `gone`: what was known when this process began. */
  constructor(gone?: HostGone) {
    this.#gone = gone;
    this.#seen = gone !== undefined;
    // Whoever was away before this process began has had the time to come back.
    this.#lost = gone && { now: Number.NEGATIVE_INFINITY, wall: gone.since };
  }

  /** Undefined while the host is here, or has not been gone for long. */
  get gone(): HostGone | undefined {
    return this.#gone;
  }

  /** Looks; true when `gone` is another than before. */
  look(sight: HostSight): boolean {
    const before = this.#gone;
    this.#gone = this.#look(sight);
    return this.#gone !== before;
  }

  #look({ now, wall, begun, here, coHosts }: HostSight): HostGone | undefined {
    if (here) this.#seen = true;
    if (here || !begun || !this.#seen) {
      this.#lost = undefined;
      return undefined;
    }
    this.#lost ??= { now, wall };
    if (now - this.#lost.now < HOST_GONE_MS) return undefined;
    const before = this.#gone?.to;
    const standIn = coHosts.find(({ id }) => id === before?.id);
    // A connection that flickers costs nobody their part, unless another co-host is there.
    const to = standIn?.connected ? standIn : (coHosts.find(({ connected }) => connected) ?? standIn);
    const same = this.#gone !== undefined && to?.id === before?.id && to?.name === before?.name;
    if (same) return this.#gone;
    return { since: this.#lost.wall, ...(to ? { to: { id: to.id, name: to.name } } : {}) };
  }
}
