/**
 * When a door is under strain, and how fast the ladder moves. A signal counts from `on`, is gone below `off`, and from
 * `severe` the next step does not wait for the last one to take effect.
 */

/** One signal's thresholds. */
export interface Threshold {
  readonly on: number;
  readonly off: number;
  readonly severe: number;
}

/**
 * How late slots of the write period are served, p99 in ms. A slot is 20 ms long, so 25 is normal. 80 is a quarter of the
 * shortest period, well inside the 300 ms a player keeps in hand. A door with a little too much to do is one period late
 * and merges writes; two periods mean twice too much, and players run dry. Connections that wait this long to be taken up say the
 * same: the rounds of the event loop are too long for how many come.
 */
export const WAIT: Threshold = { on: 80, off: 40, severe: 640 };

/** Event-loop delay, p99 in ms. A little above `WAIT`: garbage collection alone reaches 50. */
export const LOOP: Threshold = { on: 100, off: 50, severe: 640 };

/** Share of connections with unsent bytes. Phones in lifts make up to 2 or 3 in a hundred; more is the way out of the machine. */
export const BACKLOG: Threshold = { on: 0.1, off: 0.04, severe: 0.3 };
/** Connections with unsent bytes below which their share says nothing: a few slow readers must not move a room. */
export const BACKLOG_LEAST = 50;

/** Bytes sent against the limit. Above the limit packets are lost, so it begins before; calm is judged as if a level lower. */
export const EGRESS: Threshold = { on: 0.9, off: 0.8, severe: 1 };
/** A learned limit never falls below this, in bytes/s (100 Mbit/s): a network that carries less is set by hand. */
export const EGRESS_FLOOR = 12_500_000;
/** A learned limit rises by this share per second while the network shows no trouble beside it. */
export const EGRESS_RISE = 0.01;
/** A learned limit is forgotten after this long without trouble. */
export const EGRESS_MEMORY_MS = 600_000;

/**
 * Wait and loop delay count only from this many listeners' worth of work (about 2 % of a core): a door that does less is
 * not their cause, and writing less often would not help.
 */
export const WORK_LEAST = 400;
/** What one join costs in listener-seconds at rung 0: 180 µs against 3.1 writes of 15 µs (docs/performance.md). */
export const JOIN_COST = 4;
/** What a listener of the delayed ring costs against one at the live edge: one write in 5.12 s against sixteen. */
export const RING_COST = 1 / 16;

/** A signal this long makes a step up, in ms. */
export const UP_MS = 3_000;
/** No signal for this long makes a step down. */
export const CALM_MS = 60_000;
/** Further steps down follow at this pace while it stays calm: from the last level to the first in 60 + 6 × 4 = 84 s. */
export const DESCENT_MS = 4_000;
/** A strained second alone is a hiccup of the machine; from this long on it ends the calm. */
export const HICCUP_MS = 1_500;
/** One observation stands for at most this long: a process that stood still for an hour has not been calm for one. */
export const GLANCE_MS = 2_000;

/** A step up within this long after a step down says that the lower level does not hold. */
export const PROBE_MS = 30_000;
/** The longest wait before a level is tried again that has failed before at the same demand; it doubles from `CALM_MS`. */
export const HOLD_MOST_MS = 480_000;
/** Below this share of the demand at which a level failed it is tried again after `CALM_MS`. */
export const RELIEF = 0.8;

/** Rooms that cost at least this share of the costliest one are stepped with it: none of them is the quiet one. */
export const PEER = 0.8;
/** Another room becomes the costliest only when it costs this many times the present one: two equals must not take turns. */
export const OVERTAKE = 1.25;

/** Listeners are moved to a longer write period over this long per doubling; until then a step shows no effect. */
export const REPACE_MS = 12_000;
/** A lower bitrate has to be asked for, coded and spliced in. */
export const SPLICE_MS = 5_000;

/** While newcomers queue and there is no strain, a door takes this share of its live listeners more per second. */
export const SPARE = 0.01;
/** What a door said counts for this long, in ms; and what a cell told. */
export const FRESH_MS = 5_000;
