import { roughly } from '../../src/wire/delivery.ts';
import type { StreamPlace } from '../../src/wire/notice.ts';
import { type Clocks, isRunning, type RoomState, type RoomStatus, stateOfCard } from '../../src/wire/room.ts';
import { Skew } from './skew.ts';
import { paceOf } from './ways.ts';

/** A state older than this, with failing requests, is out of date, ms. */
const STALE_MS = 15_000;
/**
 * A state older than the known one by more than this is from a server whose clock was set, not from an old copy, ms.
 */
const OLDER_MS = 15_000;

/** What a new state changed that the page has to act on. */
export type StatusChange = 'opened' | 'ended' | undefined;

/** What a page knows about its room, and how old that is. */
export class RoomNews {
  state: RoomState;
  /** In which its hosts announced it, when the page was made; undefined: UTC. */
  readonly zone: string | undefined;
  readonly #skew = new Skew();
  #freshAt = Date.now();
  #failing = false;
  #newest = 0;
  /** Wall-clock ms at which the program's time began. */
  zero: number | undefined;

  /** Begins with what the server rendered into the page. */
  constructor({ slug = '', title, status, hosts, clocks, zero, zone }: DOMStringMap, heading: string) {
    this.zone = zone;
    const card = {
      ...{ slug, title: title || heading, status: (status ?? 'scheduled') as RoomStatus },
      ...{ hosts: parsed<string[]>(hosts, []), clocks: parsed<Clocks>(clocks, {}) },
    };
    this.zero = zero === undefined ? undefined : Number(zero);
    this.state = { ...stateOfCard(card, Date.now()), studio: 'here' };
  }

  /** The server's wall clock, ms since 1970. */
  readonly now = (): number => Date.now() - (this.#skew.value ?? 0);

  /** True when the server's clock is known. */
  get timed(): boolean {
    return this.#skew.value !== undefined;
  }

  /** True while the room is open or live. */
  get running(): boolean {
    return isRunning(this.state.status);
  }

  /** True when what is known is too old to be shown as the present. */
  get stale(): boolean {
    return this.#failing && Date.now() - this.#freshAt > STALE_MS + 2 * paceOf(this.state.delivery);
  }

  /** True for a state that a cache kept, older than the known one. */
  isOlder({ at }: RoomState): boolean {
    return at < this.#newest && this.#newest - at < OLDER_MS;
  }

  /** A new state, from the room's file or from the stream at `place`; false when it is not this room's. */
  take(fresh: RoomState, place?: StreamPlace): { readonly turn: StatusChange } | false {
    if (fresh.v !== 1 || fresh.slug !== this.state.slug) return false;
    this.#failing = false;
    this.#newest = fresh.at;
    // The delayed stream tells as late as it sounds.
    if (place !== 'ring') this.#skew.saw(fresh.at, Date.now(), performance.now());
    const before = this.state.status;
    this.state = { ...fresh, streams: fresh.delivery.rung ? roughly(fresh.streams) : fresh.streams };
    this.stillFresh();
    if (before === 'scheduled' && this.running) return { turn: 'opened' };
    return { turn: before !== 'ended' && fresh.status === 'ended' ? 'ended' : undefined };
  }

  /** What is known is still the present. */
  stillFresh(): void {
    this.#freshAt = Date.now();
  }

  /** A request failed. */
  failed(): void {
    this.#failing = true;
  }
}

function parsed<T>(text: string | undefined, otherwise: T): T {
  try {
    return JSON.parse(text ?? '') as T;
  } catch {
    return otherwise;
  }
}
