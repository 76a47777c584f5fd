/**
 * When a door is under strain, and how fast the ladder moves. A signal starts at `on` and ends below `off`; from
 * `severe` on, the next step does not wait for the last one to take effect.
 */

/** One signal's thresholds. */
export interface Threshold {
  readonly on: number;
  readonly off: number;
  readonly severe: number;
}

/**
 * How late slots of the write period are served, p99 in ms. A slot is 20 ms long, so 25 is normal. 80 is a quarter of
 * the shortest period, well within the 300 ms that a player keeps buffered. A door with slightly too much to do is
 * one period late and merges writes; two periods mean twice too much, and players run dry. Connections that wait this
 * long in the accept queue mean the same: the rounds of the event loop are too long for the number of arrivals.
 */
export const WAIT: Threshold = { on: 80, off: 40, severe: 640 };

/** Event-loop delay, p99 in ms. A little above `WAIT`: garbage collection alone reaches 50. */
export const LOOP: Threshold = { on: 100, off: 50, severe: 640 };

/**
 * Share of connections with unsent bytes. Phones in lifts account for up to 2 or 3 in a hundred; more means the
 * machine's own network.
 */
export const BACKLOG: Threshold = { on: 0.1, off: 0.04, severe: 0.3 };
/**
 * With fewer connections with unsent bytes than this, their share says nothing: a few slow readers must not change a
 * room's level.
 */
export const BACKLOG_LEAST = 50;

/**
 * Bytes sent against the limit. Above the limit packets are lost, so the signal starts before it; calm is judged for
 * one level lower.
 */
export const EGRESS: Threshold = { on: 0.9, off: 0.8, severe: 1 };
/**
 * A learned limit never falls below this, in bytes/s (100 Mbit/s): for a network that carries less, configure the
 * limit.
 */
export const EGRESS_FLOOR = 12_500_000;
/** A learned limit rises by this share per second while the network keeps up at it. */
export const EGRESS_RISE = 0.01;
/** A learned limit is forgotten after this long without trouble. */
export const EGRESS_MEMORY_MS = 600_000;

/**
 * Wait and loop delay count only from this many listeners' worth of work on (about 2 % of a core): a door that does
 * less is not their cause, and writing less often would not help.
 */
export const WORK_LEAST = 400;
/** What one join costs in listener-seconds at rung 0: 180 µs against 3.1 writes of 15 µs (docs/performance.md). */
export const JOIN_COST = 4;
/** The cost of a delayed listener relative to a live one: one write in 5.12 s against sixteen. */
export const DELAYED_COST = 1 / 16;

/** A signal that lasts this long makes a step up, in ms. */
export const UP_MS = 3_000;
/** No signal for this long makes a step down. */
export const CALM_MS = 60_000;
/**
 * Further steps down follow at this interval while it stays calm: from the last level to the first in 60 + 6 × 4 = 84
 * s.
 */
export const DESCENT_MS = 4_000;
/** A single strained second is a hiccup of the machine; a strain of this length ends the calm. */
export const HICCUP_MS = 1_500;
/**
 * One observation counts for at most this long: a process that stood still for an hour has not been calm for an hour.
 */
export const GLANCE_MS = 2_000;

/** A step up within this time after a step down means that the lower level does not hold. */
export const PROBE_MS = 30_000;
/** The longest wait before trying a level again that has failed at the same demand; it doubles from `CALM_MS`. */
export const HOLD_MOST_MS = 480_000;
/** Below this share of the demand at which a level failed, it is tried again after `CALM_MS`. */
export const RELIEF = 0.8;

/** Rooms that cost at least this share of the most expensive one go up with it: none of them is a quiet room. */
export const PEER = 0.8;
/**
 * Another room becomes the most expensive one only when it costs this many times the current one: two equal rooms
 * must not alternate.
 */
export const OVERTAKE = 1.25;

/** Listeners are moved to a longer write period over this long per doubling; until then a step shows no effect. */
export const REPACE_MS = 12_000;
/** A lower bitrate has to be requested, encoded and spliced in. */
export const SPLICE_MS = 5_000;

/**
 * While newcomers queue and there is no strain, a door takes this share of its live listeners as new ones per second.
 */
export const SPARE = 0.01;
/** How long a report of a door, or the level published by a cell, counts, in ms. */
export const FRESH_MS = 5_000;
