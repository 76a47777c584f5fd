/** `/r/:slug/numbers.json`: what is known of a room's audience, the same for everyone. */
import type { Counting, Exclusion, JoinFailure, MetricId, Unit } from './metrics.ts';

/**
 * How the server's count S and the players' proofs C agree: within 5 %, within 15 %, worse (then the range replaces the
 * headline), or only one of them is there.
 */
export type Reconciliation = 'reconciled' | 'discrepant' | 'range' | 'client_only' | 'server_only';

/** One figure. A figure that is not known is absent, never 0. */
export interface Figure {
  /** The headline, as `net`; absent in a range. */
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly unit: Unit;
  /** After the rules of who counts. */
  readonly net: number;
  /** Before them. */
  readonly gross: number;
  readonly method: Counting;
  /** Half of the 95 % interval, in the figure's unit. */
  readonly error?: number;
  /** Address of the definition. */
  readonly definition: string;
  /** Index of the entry in the evidence log that it can be derived from; absent until one is written. */
  readonly entry?: number;
  /** Parts of it that are told apart: reasons of failures, stage and standby seconds, live and replay listens. */
  readonly parts?: Readonly<Record<string, number>>;
}

/** One sample of the room; there is one every 10 s. */
export interface AudienceSample {
  /** Wall-clock ms, a multiple of 10,000: the same instant on every door. */
  readonly at: number;
  /** Sessions by the server's count, by proofs, and by both; net. */
  readonly s: number;
  readonly c: number;
  readonly m: number;
  readonly gross: number;
}

/** The numbers of a room. */
export interface RoomNumbers {
  readonly v: 1;
  readonly room: string;
  /** Wall-clock ms of what they are from. */
  readonly at: number;
  readonly status: Reconciliation;
  /** `final` after the pass over the raw records; both stay to be seen. */
  readonly state: 'live' | 'final';
  readonly metrics: Readonly<Partial<Record<MetricId, Figure>>>;
  /** Sessions that do not count, by reason. */
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
  readonly failures?: Readonly<Partial<Record<JoinFailure, number>>>;
  /** The share of sessions that send proofs; 1 unless a crowd is sampled. */
  readonly sampling: number;
}
