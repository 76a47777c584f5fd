import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Rendition } from '../base/media.ts';
import { type EpochMs, FRAGMENT_MS, type Ms, ms } from '../base/time.ts';
import type { RoomState } from '../wire/room.ts';
import { Arrival } from './arrival.ts';
import { Stretch } from './stretch.ts';
import { CATCH_UP_FRAGMENTS, Window } from './window.ts';

/** A program that has announced itself and sent nothing is given this long before standby begins. */
const FIRST_FRAGMENT_MS = 5000;
/** Slots that a rendition may miss before it counts as not coded: then nothing is put in their place. */
const MAX_MISSED = 3;
/** A rendition is wanted this long after somebody asked for it. */
const WANTED_MS = 60_000;

/** What a program needs from the origin. */
export interface ProgramDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly slug: string;
  readonly zero: EpochMs;
  readonly renditions: readonly Rendition[];
  /** False: slots stay empty while the studio is away. */
  readonly holdWhileAway: boolean;
  /** True while the room should be heard. */
  wanted(): boolean;
  /** Each fragment once per rendition, in order. */
  emit(rendition: string, seq: number, bytes: Buffer): void;
}

/** One running room in a door: a window per rendition, and the standby that fills slots which do not come. */
export class Program {
  readonly zero: EpochMs;
  readonly windows = new Map<string, Window>();
  /** The newest state that the cell told. */
  state: RoomState | undefined;
  /** Since when the door plays standby by itself, on the wall clock; undefined while the studio is here. */
  awaySince: EpochMs | undefined;
  /** True after the last fragment. */
  over = false;
  /** Real fragments that came after their slot was filled: how often standby was wrong. */
  late = 0;
  /** True once a real fragment came. */
  heard = false;
  readonly #deps: ProgramDeps;
  readonly #arrival: Arrival;
  readonly #stretch: Stretch;
  readonly #born: Ms;
  /** Behind the best rendition of each codec and container: those that have its fragments where they have none of their own. */
  readonly #followers = new Map<Window, Window[]>();
  /** When each rendition was last asked for. */
  readonly #asked = new Map<string, Ms>();
  #timer: Disposable | undefined;

  constructor(deps: ProgramDeps) {
    this.#deps = deps;
    this.zero = deps.zero;
    this.#born = deps.clock.now();
    this.#stretch = new Stretch(deps);
    this.#arrival = new Arrival(ms(deps.clock.now() - (deps.clock.wall() - deps.zero)));
    this.adopt(deps.renditions);
    this.#arm();
  }

  /** Takes over the list of renditions that the cell announces, after a restart perhaps another one. */
  adopt(renditions: readonly Rendition[]): void {
    for (const rendition of renditions)
      if (!this.windows.has(rendition.id)) this.windows.set(rendition.id, new Window(rendition));
    this.#followers.clear();
    const families = Map.groupBy(this.windows.values(), familyOf);
    for (const [best, ...others] of families.values()) if (best) this.#followers.set(best, others);
  }

  /** Somebody asks for a rendition; true when nobody has for a minute. */
  ask(rendition: string): boolean {
    const now = this.#deps.clock.now();
    const before = this.#asked.get(rendition);
    this.#asked.set(rendition, now);
    return before === undefined || now - before >= WANTED_MS;
  }

  /** What somebody asked for within the last minute. */
  wanted(): string[] {
    const now = this.#deps.clock.now();
    for (const [id, at] of this.#asked) if (now - at >= WANTED_MS) this.#asked.delete(id);
    return [...this.#asked.keys()];
  }

  /** True while a rendition is not coded and nothing stands in for it: what is held of it is of another time. */
  silent(window: Window): boolean {
    const newest = this.#leading?.last;
    return newest !== undefined && (window.last ?? Number.NEGATIVE_INFINITY) < newest - MAX_MISSED;
  }

  /**
   * A real fragment. Holes before it are filled first; one whose slot was given out already is dropped. The best of a
   * family comes last of its slot, so whoever of the family has none by then is not coded, or failed, and gets this one.
   */
  receive(rendition: string, seq: number, bytes: Uint8Array): void {
    const window = this.windows.get(rendition);
    if (!window || this.over) return;
    const leading = window === this.#leading;
    if (leading) this.#arrival.came(seq, this.#deps.clock.now());
    if (window.last !== undefined && seq <= window.last) {
      if (leading) this.late++;
      return;
    }
    // Radio that was not coded for a while begins anew: to fill the time between would delay whoever waits for it.
    if (window.rendition.container !== 'fmp4' && this.silent(window)) window.clear();
    this.heard = true;
    if (leading) {
      this.awaySince = undefined;
      this.#stretch.heard();
    }
    const copy = Buffer.from(bytes);
    this.#take(window, seq, copy);
    for (const follower of this.#followers.get(window) ?? [])
      if (follower.last === undefined || follower.last < seq) this.#take(follower, seq, copy, true);
    if (leading) this.#arm();
  }

  #take(window: Window, seq: number, bytes: Buffer, substitute = false): void {
    if (window.last !== undefined) this.#fill(window, seq - 1);
    this.#put(window, seq, bytes, substitute);
  }

  /** The studio's connection is gone: said at once, heard when the next slot is due. */
  lost(): void {
    this.awaySince ??= this.#deps.clock.wall();
  }

  /** Milliseconds until the fragment after the newest one is expected, 0 to one period. */
  untilNext(rendition: string): Ms {
    const last = this.windows.get(rendition)?.last;
    if (last === undefined) return ms(FRAGMENT_MS);
    const wait = this.#arrival.expected(last + 1) - this.#deps.clock.now();
    return ms(Math.max(0, Math.min(FRAGMENT_MS, Math.round(wait))));
  }

  /** The program is over, nothing more will come. */
  end(): void {
    this.over = true;
    this.#stretch.end();
    this.#timer?.[Symbol.dispose]();
    for (const window of this.windows.values()) window.end();
  }

  /** The rendition whose arrivals are measured. */
  get #leading(): Window | undefined {
    return this.windows.values().next().value;
  }

  #put(window: Window, seq: number, bytes: Buffer, substitute: boolean): void {
    window.put(seq, bytes, substitute);
    this.#deps.emit(window.rendition.id, seq, bytes);
  }

  #fill(window: Window, to: number): void {
    const from = window.last === undefined ? to : window.last + 1;
    // A longer hole is a jump of the clock or a machine that slept: nobody waits at its other side.
    if (!this.#deps.holdWhileAway || to - from >= CATCH_UP_FRAGMENTS) return;
    for (let seq = from; seq <= to; seq++) {
      const bytes = window.standby(seq);
      if (bytes) this.#put(window, seq, bytes, true);
    }
  }

  /** One timer per room, at the deadline of the oldest slot that has not come. */
  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    if (this.over) return;
    const { clock } = this.#deps;
    const next = (this.#leading?.last ?? this.#arrival.overdue(clock.now())) + 1;
    const wait = Math.max(this.#arrival.deadline(next) - clock.now(), 10);
    this.#timer = clock.after(ms(wait), () => this.#overdue());
  }

  #overdue(): void {
    const { clock } = this.#deps;
    const patient = !this.heard && clock.now() - this.#born < FIRST_FRAGMENT_MS;
    if (this.#deps.wanted() && !patient) {
      const slot = this.#arrival.overdue(clock.now());
      const wanted = new Set(this.wanted());
      const uncoded = new Set([...this.windows.values()].filter((window) => this.silent(window)));
      for (const window of this.windows.values()) {
        if (uncoded.has(window) && !wanted.has(window.rendition.id)) continue;
        if (slot < 0 || (window.last !== undefined && window.last >= slot)) continue;
        if (window === this.#leading) {
          this.#stretch.missed(slot);
          this.awaySince ??= clock.wall();
        }
        const before = window.last;
        this.#fill(window, slot);
        // Too long a hole to fill: go on with the present slot.
        if (window.last === before && window.hasLoop && this.#deps.holdWhileAway) {
          const bytes = window.standby(slot);
          if (bytes) this.#put(window, slot, bytes, true);
        }
      }
    }
    this.#arm();
  }
}

/** Renditions that can stand in for each other: the same decoder configuration, the same boundaries. */
const familyOf = ({ rendition }: Window): string => `${rendition.codec} ${rendition.container}`;
