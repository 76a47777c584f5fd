import type { Ms } from '../base/time.ts';
import { LEVELS, type Strain } from '../wire/delivery.ts';
import { EgressLimit } from './egress.ts';
import { type Assessment, assess, type RoomLoad, type Signals, unsentShare } from './signals.ts';
import * as at from './thresholds.ts';

/** A door's wish for one room changed by one level. */
export interface Step {
  readonly slug: string;
  readonly from: number;
  readonly to: number;
  /** What made it go up; on the way down, what had made it go up. */
  readonly why: Strain;
}

/** Settings of a door's ladder. */
export interface LadderSettings {
  /** Bytes/s that may leave this door; learned when absent. */
  readonly egressLimit?: number;
  /** See `WORK_LEAST`; a lower value makes a test's small crowd count. */
  readonly workLeast?: number;
}

interface RoomLevels {
  level: number;
  why: Strain;
  told: number;
  toldAt: number;
  steppedUp: number;
  steppedDown: number;
  /** Levels that did not hold, each with the demand at which they failed and how long to wait before trying again. */
  readonly failed: Map<number, { demand: number; hold: number }>;
}

const TOP = LEVELS.length - 1;

/**
 * One door's ladder: signals in, a wished level per room out (`#up` and `#down`). The room's cell follows the highest
 * wish of all doors: `RoomSteering.turn`. Which rung each level is, and what it gives up: `LEVELS`. Pure: it reads no
 * clock and does not depend on the wall clock. It remembers rooms that have listeners or are above level 0.
 */
export class Ladder {
  readonly #settings: LadderSettings;
  readonly #egress: EgressLimit;
  readonly #rooms = new Map<string, RoomLevels>();
  #loads: ReadonlyMap<string, RoomLoad> = new Map();
  #last: number | undefined;
  #strained = 0;
  #calm = 0;
  #leader: string | undefined;
  #assessed: Assessment = { severe: false, calm: true };

  constructor(settings: LadderSettings = {}) {
    this.#settings = settings;
    this.#egress = new EgressLimit(settings.egressLimit);
  }

  /** Bytes/s that may leave this door: configured or learned; Infinity while unknown. */
  get egressLimit(): number {
    return this.#egress.limit;
  }

  /**
   * Receives one second of signals, with `now` on the monotonic clock. Returns the changes: no room by more than one
   * level.
   */
  observe(now: Ms, signals: Signals): readonly Step[] {
    const dt = Math.max(0, Math.min(at.GLANCE_MS, now - (this.#last ?? now)));
    this.#last = now;
    this.#loads = signals.rooms;
    this.#forget(now);
    const demand = demandOf(signals);
    this.#assessed = assess(signals, {
      demand,
      limit: this.#egress.limit,
      below: this.#growthBelow(now),
      ...(this.#settings.workLeast === undefined ? {} : { workLeast: this.#settings.workLeast }),
    });
    this.#egress.observe(signals.egress, unsentShare(signals) >= at.BACKLOG.on, dt);
    const { why, severe, calm } = this.#assessed;
    if (why !== undefined) {
      this.#strained += dt;
      if (this.#strained > at.HICCUP_MS) this.#calm = 0;
      if (this.#strained < at.UP_MS) return [];
      return this.#up(now, why, severe, demand);
    }
    this.#strained = Math.max(0, this.#strained - dt);
    if (calm) this.#calm += dt;
    return calm ? this.#down(now, demand) : [];
  }

  /**
   * The owning cell published this level for a room: it applies here too, for `FRESH_MS`. A rise is treated like this
   * door's own step and given the time to take effect; otherwise many doors, each a second after the other, would
   * race to the top.
   */
  told(slug: string, level: number, now: Ms) {
    const room = this.#levelsOf(slug);
    const before = this.level(slug, now);
    room.told = Math.max(0, Math.min(TOP, Math.trunc(level)));
    room.toldAt = now;
    if (room.told <= before) return;
    room.steppedUp = now;
    if (slug === this.#leader || this.#leader === undefined) this.#strained = 0;
  }

  /** The level this door asks for from its own signals, and why; level 0 has no reason. */
  wish(slug: string): { readonly level: number; readonly why?: Strain } {
    const room = this.#rooms.get(slug);
    return room && room.level > 0 ? { level: room.level, why: room.why } : { level: 0 };
  }

  /** The level in force at this door: its own wish or what it was told, whichever is higher. */
  level(slug: string, now: Ms): number {
    const room = this.#rooms.get(slug);
    return room ? Math.max(room.level, toldLevel(room, now)) : 0;
  }

  /**
   * Live places this door can give away per second while newcomers of a room queue: a hundredth of its live
   * listeners, at least one, while there is no strain; none while there is, or while newcomers get only the text.
   */
  spare(slug: string, now: Ms): number {
    if (!this.#assessed.calm || LEVELS[this.level(slug, now)]?.newcomers === 'text') return 0;
    return Math.max(1, Math.floor((this.#loads.get(slug)?.live ?? 0) * at.SPARE));
  }

  /** Rooms that are above level 0 here, by wish or told. */
  *levels(now: Ms): Generator<readonly [slug: string, wish: number, level: number]> {
    for (const [slug, room] of this.#rooms) {
      const level = Math.max(room.level, toldLevel(room, now));
      if (level > 0) yield [slug, room.level, level];
    }
  }

  #levelsOf(slug: string): RoomLevels {
    let room = this.#rooms.get(slug);
    if (!room) {
      const never = Number.NEGATIVE_INFINITY;
      room = {
        ...{ level: 0, why: 'wait', told: 0, toldAt: never, steppedUp: never, steppedDown: never },
        failed: new Map(),
      };
      this.#rooms.set(slug, room);
    }
    return room;
  }

  #forget(now: number) {
    for (const [slug, room] of this.#rooms)
      if (room.level === 0 && toldLevel(room, now) === 0 && !this.#loads.has(slug)) this.#rooms.delete(slug);
  }

  /** The factor by which egress would grow if every room above level 0 were a level lower: never less than 1. */
  #growthBelow(now: number): number {
    let most = 1;
    for (const [, room] of this.#rooms) {
      const level = Math.max(room.level, toldLevel(room, now));
      if (room.level > 0) most = Math.max(most, bitrateAt(level - 1) / bitrateAt(level));
    }
    return most;
  }

  #up(now: Ms, why: Strain, severe: boolean, demand: number): Step[] {
    const first = this.#costliest(now);
    if (first === undefined) return [];
    const leader = this.#levelsOf(first);
    const level = this.level(first, now);
    if (!severe && now - leader.steppedUp < settling(level, why)) return [];
    const least = costOf(this.#loads.get(first)) * at.PEER;
    this.#strained = 0;
    const steps: Step[] = [];
    for (const [slug, load] of this.#loads) {
      if (costOf(load) < least || this.level(slug, now) > level) continue;
      const room = this.#levelsOf(slug);
      const from = this.level(slug, now);
      if (now - room.steppedDown < at.PROBE_MS) {
        const hold = room.failed.get(from)?.hold ?? at.CALM_MS;
        room.failed.set(from, { demand, hold: Math.min(at.HOLD_MOST_MS, hold * 2) });
      }
      room.level = from + 1;
      room.why = why;
      room.steppedUp = now;
      steps.push({ slug, from, to: room.level, why });
    }
    return steps;
  }

  /** The most expensive room among those that can still go up; the previous one unless it is clearly overtaken. */
  #costliest(now: Ms): string | undefined {
    let best: string | undefined;
    let most = 0;
    const open = (slug: string): boolean => this.level(slug, now) < TOP;
    for (const [slug, load] of this.#loads) {
      const cost = costOf(load);
      if (cost <= most || !open(slug)) continue;
      most = cost;
      best = slug;
    }
    const before = this.#leader;
    if (before !== undefined && open(before) && costOf(this.#loads.get(before)) * at.OVERTAKE >= most)
      best = most > 0 ? before : undefined;
    this.#leader = best;
    return best;
  }

  #down(now: Ms, demand: number): Step[] {
    const steps: Step[] = [];
    for (const [slug, room] of this.#rooms) {
      if (room.level === 0 || now - room.steppedDown < at.DESCENT_MS) continue;
      const to = room.level - 1;
      const failed = room.failed.get(to);
      const relieved = !failed || demand < failed.demand * at.RELIEF;
      if (this.#calm < (relieved ? at.CALM_MS : failed.hold)) continue;
      if (relieved) room.failed.delete(to);
      // This level has held, so what is known about higher levels no longer applies.
      room.failed.delete(room.level);
      room.level = to;
      room.steppedDown = now;
      steps.push({ slug, from: to + 1, to, why: room.why });
    }
    return steps;
  }
}

const toldLevel = (room: RoomLevels, now: number): number =>
  now - room.toldAt < at.FRESH_MS ? room.told : 0;

const costOf = (load: RoomLoad | undefined): number =>
  load ? load.live + (load.streams - load.live) * at.DELAYED_COST : 0;

/**
 * Demand, in listeners' worth of work at rung 0, joins included: what the door is asked for, whatever level it is on.
 */
export function demandOf(signals: Signals): number {
  let sum = signals.joins * at.JOIN_COST;
  for (const load of signals.rooms.values()) sum += costOf(load);
  return sum;
}

/** Opus without a ceiling. */
const FULL_BITRATE = 64_000;
const bitrateAt = (level: number): number => LEVELS[level]?.ceiling ?? FULL_BITRATE;

/**
 * How long the step to `level` takes to affect a strain and to be seen for long enough; 0 if it does not relieve that
 * strain, so that nothing waits for it.
 */
function settling(level: number, why: Strain): number {
  const now = LEVELS[level];
  const before = LEVELS[level - 1];
  if (!now || !before) return 0;
  const slow = why === 'wait' || why === 'loop';
  if (now.period > before.period)
    return slow ? Math.log2(now.period / before.period) * at.REPACE_MS + at.UP_MS : 0;
  if (now.ceiling !== before.ceiling) return slow ? 0 : at.SPLICE_MS;
  return 0;
}
