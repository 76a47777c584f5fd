/** How a room reaches its listeners: the steps of the ladder, as they travel and as pages show them. */

/** One rung; see `LEVELS` for what each gives up. 6 is spoken by the supervisor alone, when no door is left. */
export type Rung = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/**
 * What made a room leave rung 0: writes wait too long, the event loop is late, sockets hold unsent bytes, the egress is
 * near its limit, or the host's cap on live listeners is reached.
 */
export type Strain = 'wait' | 'loop' | 'backlog' | 'egress' | 'cap';

/** Where somebody who comes now is sent: to the live edge, to a cache, into the queue (hearing the ring), to the text. */
export type Newcomers = 'live' | 'cache' | 'queue' | 'text';

/** One step between "nothing given up" and "text only". Rung 3 has three of them, one for each bitrate. */
export interface Level {
  readonly rung: Rung;
  /** Milliseconds between two writes of the stream; the configured one where that is longer. A multiple of 320. */
  readonly period: number;
  /** No rendition above this many bit/s of Opus is sent; AAC goes to the nearest of its own. Absent: no ceiling. */
  readonly ceiling?: number;
  readonly newcomers: Newcomers;
}

/** True where newcomers get no live place without a ticket: they queue, hearing the delayed program, or read the text. */
export const holdsNewcomers = (delivery: { readonly newcomers: Newcomers } | undefined): boolean =>
  delivery?.newcomers === 'queue' || delivery?.newcomers === 'text';

/** Every level, best first; a level's index is what the ladder counts in. */
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

/** What one door, or the whole room, is doing now. */
export interface Delivery {
  readonly rung: Rung;
  /** Index into `LEVELS`. */
  readonly level: number;
  /** Milliseconds between two writes for whoever joins now. */
  readonly period: number;
  /** See `Level.ceiling`. */
  readonly ceiling?: number;
  readonly newcomers: Newcomers;
  /** Why it is not rung 0, or why newcomers queue on rung 0; else absent. */
  readonly why?: Strain;
  /** Wall-clock ms since when it is this level. */
  readonly since: number;
  /** Base URLs of caches in front, for newcomers that can take segments there; absent when there are none. */
  readonly caches?: readonly string[];
  /** How far behind the live edge the delayed ring is, in ms. */
  readonly ring: number;
  /** The host's cap on live listeners. */
  readonly cap?: number;
  /** How many ms a page lets pass, 20 % more or less by chance, before it reads the room's state again. */
  readonly poll: number;
}

/** True while the live edge is reached by a ticket: the free places of a cap are for those who wait. */
export const needsTicket = (delivery: Delivery): boolean =>
  holdsNewcomers(delivery) || (delivery.newcomers === 'live' && delivery.cap !== undefined);

/** Milliseconds that the delayed ring is behind: far enough for caches in two rows, near enough to be the same evening. */
export const RING_MS = 30_000;

/** The pace of pages by rung: in a crowd each listener's page must cost less than their sound. */
const POLLS_MS = [1_000, 2_000, 5_000, 10_000] as const;

/** How often pages read the room's state on a rung, ms: every second on rung 0, every ten from rung 3. */
export const pollOn = (rung: number): number => POLLS_MS[rung] ?? 10_000;

/** A count as pages show it in a crowd: two significant digits, so what is below 100 stays as it is. */
export const roughly = (count: number): number => Number(count.toPrecision(2));

/** Rung 0 with the given write period. */
export const fullDelivery = (period: number, since: number): Delivery => ({
  rung: 0,
  level: 0,
  period,
  newcomers: 'live',
  since,
  ring: RING_MS,
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
    ring: RING_MS,
    poll: pollOn(step.rung),
  };
}
