import { COST } from '../network/fair-share.ts';

/**
 * Every number by which the defence decides, and where it comes from. Costs are µs of one core of this process per
 * second, as a mean over the last `HALF_LIFE_MS`.
 */
export const DEFENCE = {
  /**
   * Cost fades by half in this long, so that a mean goes back about 15 s: a page with all that belongs to it is loaded
   * in less, and an attack of a minute is seen in its first seconds.
   */
  halfLifeMs: 10_000,
  /**
   * What a person may always cost: a page with 20 requests (4 ms, docs/performance.md), loaded anew every second. Nobody
   * below it is ever put off, however strained the door is.
   */
  ownAllowance: 5_000,
  /** The same for a /24 or /48 in which nobody is known to listen: four people who reload all the time. */
  prefixAllowance: 20_000,
  /** The same for a /16 or /32. */
  networkAllowance: 200_000,
  /** What one more listener behind the same address, or in the same prefix, adds: five times what a player takes. */
  perListener: 1_000,
  /** So much of one listener is somebody who listens: a stream is believed more and more in its first seconds. */
  somebody: 0.5,
  /** Under strain, strangers' requests may take this much together; the rest of the core is for sound. */
  capacity: 250_000,
  /** Those above their allowance have at least this part of it together. */
  leastPart: 0.2,
  /** A client must be above its share for so many seconds for each further step; the further above, the fewer. */
  stepSeconds: 8,
  /** How many times faster that goes at most: sixteen times the allowance is a matter of two seconds. */
  fastest: 4,
  /** A client that is no longer above its share goes one step down in this many seconds. */
  calmSeconds: 60,
  /** Slower service: a request waits for this long, on its own connection. */
  slowMs: 1_000,
  /** Requests that wait in that way at one time; beyond it they are told to wait themselves. */
  slowMost: 1_024,
  /** How long somebody is asked to wait before they are served. */
  waitSeconds: 8,
  /** How long they are served after that, seconds. */
  passSeconds: 600,
  /** Requests per second of somebody who has waited, or holds a session: a page has 20, a player makes five. */
  provenRate: 20,
  /** As many holders of sessions and passes of one prefix are served before anybody there is known to listen. */
  fewPeople: 10,
  /** Listeners who begin, per second, of a client that is told to wait: hearing is slowed down and not refused. */
  joinRate: 2,
  /** Bytes per second that a stream is taken to cost: 64 kbit/s. */
  soundRate: 8_000,
  /** Sound per second that makes a connection a listener's, bytes: half of what the lowest rendition takes (24 kbit/s). */
  listenRate: 1_500,
  /** Listeners that sound alone stands for, where a proxy's connections say nothing of them: a download is quick. */
  mostBrought: 50,
  /** Acts of which the door knows whom they concern; those beyond it are applied but not listed. */
  mostActs: 2_048,
} as const;

/**
 * What things cost beyond processor time, µs. A byte: the kernel copies it, 4 GB/s. A second of an open connection: see
 * `COST`.
 */
export const WEIGHT = { byte: 0.000_25, connectionSecond: COST.connectionSecond } as const;
