/** The ladder: turns the load on a door into what its listeners give up, one level at a time; docs/ladder.md. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Ms, ms } from '../base/time.ts';
import { type Delivery, deliveryAt, holdsNewcomers } from '../wire/delivery.ts';
import { Ladder } from './ladder.ts';
import { expose, type StepCounts } from './metrics.ts';
import { type Signals, unsentShare } from './signals.ts';
import type { StepJournal } from './step-journal.ts';
import { FRESH_MS } from './thresholds.ts';

export { demandOf, Ladder, type LadderSettings, type Step } from './ladder.ts';
export { type Assessment, assess, type RoomLoad, type Signals } from './signals.ts';
export { type LevelChange, RoomSteering, type SteeringSettings } from './steering.ts';
export { type LadderStep, openStepJournal, type StepJournal } from './step-journal.ts';

/** What a door has counted since the last call; the ladder adds the event-loop delay. */
export type DoorSignals = Omit<Signals, 'loop'>;

/** Dependencies of a door's ladder. */
export interface LadderDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The door's name, in records. */
  readonly name: string;
  /** The configured write period, in ms. */
  readonly period: Ms;
  /** Bytes/s that may leave this door; learned when absent. */
  readonly egressLimit?: number;
  /** See `LadderSettings`. */
  readonly workLeast?: number;
  readonly records: StepJournal;
  /** What the door has counted since the last call; asked once a second. */
  sample(): DoorSignals;
}

/** A door's ladder, running. */
export interface DoorLadder extends AsyncDisposable {
  /** What this door does for a room now: the higher of its own wish and what the room's cell has published. */
  delivery(slug: string): Delivery;
  /** A cell published the delivery of one of its rooms. */
  told(slug: string, delivery: Delivery): void;
  /** What this door reports to the cell, as part of its presence. */
  wish(slug: string): Pick<Delivery, 'level' | 'why'> & { readonly spare: number };
  /** Rooms above level 0 by this door's own wish: their cells must be told even when nobody is listening any more. */
  wishing(): Iterable<string>;
  /** Bytes/s that may leave this door: configured or learned; Infinity while unknown. */
  readonly egressLimit: number;
  /** Prometheus text, `earshot_ladder_…`. */
  metrics(): string;
}

/** Opens the ladder of one door: it checks the door once a second until it is disposed. */
export function open(deps: LadderDeps): DoorLadder {
  const { clock, log, period, records } = deps;
  const ladder = new Ladder({
    ...(deps.egressLimit === undefined ? {} : { egressLimit: deps.egressLimit }),
    ...(deps.workLeast === undefined ? {} : { workLeast: deps.workLeast }),
  });
  const begun = clock.wall();
  const since = new Map<string, number>();
  const published = new Map<string, { delivery: Delivery; at: number }>();
  const counts: StepCounts = new Map();
  // A resolution of ten milliseconds shows what a listener could hear, and costs a hundred timer calls a second.
  const loop = monitorEventLoopDelay({ resolution: 10 });
  let watched = false;
  let last: Signals | undefined;

  const look = (): void => {
    // The histogram counts each whole sleep: what it shows above its own resolution is delay.
    const late = watched ? Math.max(0, loop.percentile(99) / 1e6 - 10) : 0;
    loop.reset();
    const signals: Signals = { ...deps.sample(), loop: late };
    // Nobody hears that an empty door is late.
    const hears = signals.rooms.size > 0;
    if (hears !== watched) hears ? loop.enable() : loop.disable();
    watched = hears;
    last = signals;
    for (const { slug, from, to, why } of ladder.observe(clock.now(), signals)) {
      since.set(slug, clock.wall());
      const key = `${to > from ? 'up' : 'down'} ${why}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const values = {
        wait: Math.round(signals.wait),
        loop: Math.round(signals.loop),
        unsent: Number(unsentShare(signals).toFixed(3)),
        egress: Math.round(signals.egress),
        ...(Number.isFinite(ladder.egressLimit) ? { limit: Math.round(ladder.egressLimit) } : {}),
        joins: Math.round(signals.joins),
        streams: signals.rooms.get(slug)?.streams ?? 0,
      };
      records.write({ at: clock.wall(), slug, by: deps.name, from, to, why, values });
      log.info(
        { slug, from, to, why, ...values },
        to > from
          ? 'more load than capacity: the ladder goes up a level, and listeners hear the room later or at a lower bitrate'
          : 'the ladder goes down a level',
      );
    }
    for (const [slug, { at }] of published)
      if (clock.now() - at >= FRESH_MS && ladder.level(slug, clock.now()) === 0) published.delete(slug);
    for (const slug of since.keys()) if (ladder.level(slug, clock.now()) === 0) since.delete(slug);
  };
  const timer = clock.every(ms(1000), look);

  return {
    get egressLimit() {
      return ladder.egressLimit;
    },
    delivery(slug) {
      const now = clock.now();
      const told = published.get(slug);
      const fresh = told && now - told.at < FRESH_MS ? told.delivery : undefined;
      const own = ladder.wish(slug);
      if (fresh && fresh.level >= own.level) return fresh;
      const mine = deliveryAt(own.level, {
        ...{ period, since: since.get(slug) ?? begun },
        ...(own.why === undefined ? {} : { why: own.why }),
      });
      return {
        ...mine,
        ...(fresh?.caches === undefined ? {} : { caches: fresh.caches }),
        ...(fresh?.cap === undefined ? {} : { cap: fresh.cap }),
        // If the cap is reached it stays reached.
        ...(fresh?.newcomers === 'queue' && !holdsNewcomers(mine) ? { newcomers: 'queue' as const } : {}),
      };
    },
    told(slug, delivery) {
      published.set(slug, { delivery, at: clock.now() });
      ladder.told(slug, delivery.level, clock.now());
    },
    wish: (slug) => ({ ...ladder.wish(slug), spare: ladder.spare(slug, clock.now()) }),
    *wishing() {
      for (const [slug, wish] of ladder.levels(clock.now())) if (wish > 0) yield slug;
    },
    metrics: () => expose(ladder, clock.now(), counts, last),
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      loop.disable();
    },
  };
}
