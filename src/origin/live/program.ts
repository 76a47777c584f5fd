import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Rendition } from '../../base/media.ts';
import { type EpochMs, FRAGMENT_MS, type Ms, ms } from '../../base/time.ts';
import type { ToldQuestions } from '../../wire/interaction/questions.ts';
import { type RoomState, RUN_UP_MS } from '../../wire/room.ts';
import { CATCH_UP_FRAGMENTS, WINDOW_FRAGMENTS, Window } from '../window.ts';
import { FragmentArrival } from './arrival.ts';
import { Stretch } from './stretch.ts';

/** How long a program that has announced itself but sent nothing is waited for before standby begins. */
const FIRST_FRAGMENT_MS = 5000;
/** Slots that a rendition may miss before it counts as not coded; then nothing stands in for it. */
const MAX_MISSED = 3;
/** A rendition is wanted this long after somebody asked for it. */
const WANTED_MS = 60_000;
/** A resting studio that has sent nothing this long after somebody asked counts as away. */
const WAKE_MS = 30_000;

/** What a program needs from the origin. */
export interface ProgramDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly slug: string;
  readonly zero: EpochMs;
  readonly renditions: readonly Rendition[];
  /** False: slots stay empty while the studio is away. */
  readonly holdWhileAway: boolean;
  /** The tag of a segment of this room. */
  tag(segment: number): Uint8Array;
  /** True while the room should be heard. */
  wanted(): boolean;
  /** Each fragment once per rendition, in order. */
  emit(rendition: string, seq: number, bytes: Buffer): void;
}

/** One running room in a door: a window per rendition, and the standby that fills missing slots. */
export class OriginProgram {
  readonly zero: EpochMs;
  readonly windows = new Map<string, Window>();
  /** The newest state from the cell. */
  state: RoomState | undefined;
  /** The newest list of questions from the cell. */
  questions: ToldQuestions | undefined;
  /** Since when the door plays standby by itself, on the wall clock; undefined while the studio is here. */
  awaySince: EpochMs | undefined;
  /** True after the last fragment. */
  over = false;
  /** True once a real fragment came. */
  heard = false;
  readonly #deps: ProgramDeps;
  readonly #arrival: FragmentArrival;
  readonly #stretch: Stretch;
  readonly #born: Ms;
  /**
   * Windows that fall back to the best rendition of their codec and container: they take its fragments where they
   * have none of their own.
   */
  readonly #followers = new Map<Window, Window[]>();
  /** When each rendition was last asked for. */
  readonly #asked = new Map<string, Ms>();
  /**
   * While the studio rests: when it must be back; Infinity while nobody asks. Undefined while it does not rest.
   */
  #backBy: number | undefined;
  /** Wall clock minus monotonic clock when the rest began. */
  #skew = 0;
  #timer: Disposable | undefined;

  constructor(deps: ProgramDeps) {
    this.#deps = deps;
    this.zero = deps.zero;
    this.#born = deps.clock.now();
    this.#stretch = new Stretch(deps);
    this.#arrival = new FragmentArrival(ms(deps.clock.now() - (deps.clock.wall() - deps.zero)));
    this.adopt(deps.renditions);
    this.#arm();
  }

  /** Takes over the list of renditions that the cell announces; after a restart it may be a different one. */
  adopt(renditions: readonly Rendition[]): void {
    for (const rendition of renditions)
      if (!this.windows.has(rendition.id))
        this.windows.set(rendition.id, new Window(rendition, this.#deps.tag));
    this.#followers.clear();
    const families = Map.groupBy(this.windows.values(), familyOf);
    for (const [best, ...others] of families.values()) if (best) this.#followers.set(best, others);
  }

  /** Somebody asks for a rendition; true when nobody has for a minute. */
  ask(rendition: string): boolean {
    const now = this.#deps.clock.now();
    const before = this.#asked.get(rendition);
    this.#asked.set(rendition, now);
    const fresh = before === undefined || now - before >= WANTED_MS;
    // Once: whoever is being let in asks several times, and must not be sent anything in between.
    if (this.resting && fresh) this.#serveStandby();
    return fresh;
  }

  /** True while the studio makes no sound because nobody is listening. */
  get resting(): boolean {
    return this.#backBy !== undefined;
  }

  /** The studio rests until it is told that somebody wants the room. People who ask get standby at once. */
  rest(): void {
    if (this.over) return;
    const { clock } = this.#deps;
    this.#backBy = Number.POSITIVE_INFINITY;
    this.#skew = clock.wall() - clock.now();
    this.awaySince = undefined;
    this.#stretch.end();
    this.#timer?.[Symbol.dispose]();
    if (this.wanted().length > 0) this.#serveStandby();
    // Nobody will ask for what is held before it is long past.
    else for (const window of this.windows.values()) window.clear();
  }

  /** The renditions asked for within the last minute. */
  wanted(): string[] {
    const now = this.#deps.clock.now();
    for (const [id, at] of this.#asked) if (now - at >= WANTED_MS) this.#asked.delete(id);
    return [...this.#asked.keys()];
  }

  /**
   * True while a rendition is not coded and nothing stands in for it: what it holds is from an earlier time.
   */
  silent(window: Window): boolean {
    const newest = this.#leading?.last;
    return newest !== undefined && (window.last ?? Number.NEGATIVE_INFINITY) < newest - MAX_MISSED;
  }

  /**
   * Receives a real fragment. Gaps before it are filled first; a fragment whose slot was already filled is dropped.
   * The best of a family comes last in its slot: members that have no fragment by then are not coded, or failed, and
   * get this one.
   */
  receive(rendition: string, seq: number, bytes: Uint8Array): void {
    const window = this.windows.get(rendition);
    if (!window || this.over) return;
    const leading = window === this.#leading;
    if (this.resting) this.#goOn(seq);
    if (leading) this.#arrival.came(seq, this.#deps.clock.now());
    if (window.last !== undefined && seq <= window.last) return;
    // Radio that was not coded for a while begins anew: to fill the time between would delay whoever waits for it.
    if (window.rendition.container !== 'fmp4' && this.silent(window)) window.clear();
    if (!this.heard) this.#runUp(seq);
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

  /**
   * The studio's connection is gone: the state says so at once, and standby begins when the next slot is due.
   */
  lost(): void {
    if (this.resting) this.#goOn();
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

  /** The rest is over: from now on slots come from the studio, or count as missing. `seq`: its first. */
  #goOn(seq?: number): void {
    this.#followWall();
    // What other doors have filled in for their listeners is here as well.
    this.#refill((seq ?? this.#arrival.newest(this.#deps.clock.now()) + 1) - 1);
    this.#backBy = undefined;
    this.#arm();
  }

  /** Fills slots with standby up to now, and onwards for as long as somebody wants it. */
  #serveStandby(): void {
    const { clock } = this.#deps;
    if (this.#backBy === Number.POSITIVE_INFINITY) this.#backBy = clock.now() + WAKE_MS;
    this.#followWall();
    this.#refill(this.#arrival.newest(clock.now()));
    this.#arm();
  }

  /** Slots of a resting studio follow the wall clock, since there are no arrivals to learn from. */
  #followWall(): void {
    const { clock } = this.#deps;
    const skew = clock.wall() - clock.now();
    this.#arrival.shift(this.#skew - skew);
    this.#skew = skew;
  }

  /** Fills slots before the first fragment of a room that has just opened: its playlists begin with them. */
  #runUp(seq: number): void {
    const empty = [...this.windows.values()].every(({ last }) => last === undefined);
    if (empty && seq * FRAGMENT_MS < 2 * RUN_UP_MS) this.#refill(seq - 1, true);
  }

  /**
   * Fills every slot up to `to` with standby, as if it had always been playing: for players' renditions, and for
   * others that are wanted. `untold`: streams are not given the newest.
   */
  #refill(to: number, untold = false): void {
    if (!this.#deps.holdWhileAway || to < 0) return;
    const wanted = new Set(this.wanted());
    for (const [best, followers] of this.#followers) {
      const all = [best, ...followers].filter((window) => window.hasLoop);
      if (best.rendition.container !== 'fmp4' && !all.some(({ rendition }) => wanted.has(rendition.id)))
        continue;
      for (const window of all) {
        const stale = window.last === undefined || to - window.last >= CATCH_UP_FRAGMENTS;
        if (stale) window.clear();
        for (
          let seq = window.last === undefined ? Math.max(0, to + 1 - WINDOW_FRAGMENTS) : window.last + 1;
          seq <= to;
          seq++
        ) {
          // One that nobody wants has the bytes of the best one, as it had before.
          const own = window === best || wanted.has(window.rendition.id);
          const bytes = own ? window.standby(seq) : best.at(seq);
          if (!bytes) continue;
          // Of what is long past nobody waits for news.
          if (stale && (untold || seq < to)) window.put(seq, bytes, true);
          else this.#put(window, seq, bytes, true);
        }
      }
    }
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

  /** One timer per room, at the deadline of the oldest missing slot. */
  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    if (this.over) return;
    const { clock } = this.#deps;
    const next = (this.#leading?.last ?? this.#arrival.overdue(clock.now())) + 1;
    const due = this.resting ? this.#arrival.expected(next) : this.#arrival.deadline(next);
    const wait = Math.max(due - clock.now(), 10);
    this.#timer = clock.after(ms(wait), () => this.#overdue());
  }

  #overdue(): void {
    const { clock } = this.#deps;
    if (this.#backBy !== undefined && clock.now() < this.#backBy) {
      if (this.wanted().length > 0) this.#serveStandby();
      else this.#backBy = Number.POSITIVE_INFINITY;
      return;
    }
    this.#backBy = undefined;
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
