/** How a room reaches its listeners: the steps of the ladder, as they travel and as pages show them. */

/** One rung; `LEVELS` says what each gives up. Only the supervisor uses 6, when no door is left. */
export type Rung = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/**
 * What made a room leave rung 0: writes wait too long, the event loop is late, sockets hold unsent bytes, the egress is
 * near its limit, or the host's cap on live listeners is reached.
 */
export type Strain = 'wait' | 'loop' | 'backlog' | 'egress' | 'cap';

/**
 * Where a newcomer is sent: to the live edge, to a cache, into the queue (hearing the delayed stream), or to the text
 * page.
 */
export type Newcomers = 'live' | 'cache' | 'queue' | 'text';

/** One step between full service and text only. Rung 3 has three of them, one for each bitrate. */
export interface Level {
  readonly rung: Rung;
  /** Milliseconds between two writes of the stream, or the configured period if that is longer. A multiple of 320. */
  readonly period: number;
  /** Limit of the bitrate of Opus in bit/s; AAC uses the nearest of its own renditions. Absent: no limit. */
  readonly ceiling?: number;
  readonly newcomers: Newcomers;
}

/** True if newcomers get no live place without a ticket: they queue with the delayed stream, or read the text page. */
export const holdsNewcomers = (delivery: { readonly newcomers: Newcomers } | undefined): boolean =>
  delivery?.newcomers === 'queue' || delivery?.newcomers === 'text';

/** All levels, best first. The ladder counts in indices of this list. */
export const LEVELS: readonly Level[] = [
  { rung: 0, period: 320, newcomers: 'live' },
  { rung: 1, period: 1280, newcomers: 'live' },
  { rung: 2, period: 2560, newcomers: 'cache' },
  { rung: 3, period: 2560, ceiling: 32_000, newcomers: 'cache' },
  { rung: 3, period: 2560, ceiling: 24_000, newcomers: 'cache' },
  { rung: 3, period: 2560, ceiling: 16_000, newcomers: 'cache' },
  { rung: 4, period: 2560, ceiling: 16_000, newcomers: 'queue' },
  { rung: 5, period: 2560, ceiling: 16_000, newcomers: 'text' },
];

/** The current delivery of one door, or of the whole room. */
export interface Delivery {
  readonly rung: Rung;
  /** Index into `LEVELS`. */
  readonly level: number;
  /** Milliseconds between two writes for a new listener. */
  readonly period: number;
  /** See `Level.ceiling`. */
  readonly ceiling?: number;
  readonly newcomers: Newcomers;
  /** The reason for a rung above 0, or for a queue on rung 0; otherwise absent. */
  readonly why?: Strain;
  /** Wall-clock ms since when the level is this one. */
  readonly since: number;
  /** Base URLs of caches in front, for newcomers that can take segments there; absent when there are none. */
  readonly caches?: readonly string[];
  /** Distance of the delayed stream from the live edge, in ms. */
  readonly ring: number;
  /** The host's cap on live listeners. */
  readonly cap?: number;
  /** Interval in ms between two reads of the room's state by a page; each page varies it by up to 20 %. */
  readonly poll: number;
}

/** True while the live edge needs a ticket: the free places of a cap are for the people who wait. */
export const needsTicket = (delivery: Delivery): boolean =>
  holdsNewcomers(delivery) || (delivery.newcomers === 'live' && delivery.cap !== undefined);

/** Delay of the delayed stream: long enough for two layers of caches, short enough to follow the same event. */
export const DELAY_MS = 30_000;

/** Polling interval of pages by rung: in a crowd each listener's page must cost less than their sound. */
const POLLS_MS = [1_000, 2_000, 5_000, 10_000] as const;

/** How often pages read the room's state on a rung, ms: every second on rung 0, every ten from rung 3. */
export const pollOn = (rung: number): number => POLLS_MS[rung] ?? 10_000;

/** A count as shown to a crowd: two significant digits, so numbers below 100 are exact. */
export const roughly = (count: number): number => Number(count.toPrecision(2));

/** Rung 0 with the given write period. */
export const fullDelivery = (period: number, since: number): Delivery => ({
  rung: 0,
  level: 0,
  period,
  newcomers: 'live',
  since,
  ring: DELAY_MS,
  poll: pollOn(0),
});

/** A level as a delivery; `period` is the configured one. */
export function deliveryAt(
  level: number,
  { period, since, why }: { period: number; since: number; why?: Strain },
): Delivery {
  const at = Math.max(0, Math.min(LEVELS.length - 1, Math.trunc(level)));
  const step = LEVELS[at] ?? (LEVELS[0] as Level);
  return {
    rung: step.rung,
    level: at,
    period: at === 0 ? period : Math.max(period, step.period),
    ...(step.ceiling === undefined ? {} : { ceiling: step.ceiling }),
    newcomers: step.newcomers,
    ...(at === 0 || why === undefined ? {} : { why }),
    since,
    ring: DELAY_MS,
    poll: pollOn(step.rung),
  };
}
