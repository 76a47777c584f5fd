import type { DemandUsual } from '../live/demand-baseline.ts';
import type { Reason } from '../words/reason.ts';
import type { BinRange, DemandCurve, DemandEvent } from './demand.ts';
import type { Family } from './families.ts';
import type { Harm, OwnFault } from './harm.ts';
import type { ShareEstimate } from './share.ts';
import type { ClientClass } from './signs.ts';

/** What the measurements support. */
export type VerdictLabel = 'NO_OVERLOAD' | 'CROWD' | 'ATTACK' | 'MIXED' | 'INTERNAL_FAULT' | 'UNDETERMINED';

/** One client as it is published. */
export interface ClientFinding {
  /** Address and agent, with a space between. */
  readonly key: string;
  readonly address: string;
  readonly agent: string;
  readonly class: ClientClass;
  /** Units in the window; in a log without an event, in all of it. */
  readonly cost: number;
  readonly requests: number;
  /** First and last request, ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly why: string;
}

/** One prefix or network and what its clients cost. */
export interface NetworkFinding {
  readonly key: string;
  readonly clients: number;
  readonly cost: number;
  readonly hostile: number;
}

/** One of the five conditions under which an attack is called the cause. */
export interface CauseCondition {
  readonly condition: string;
  readonly holds: boolean | null;
  readonly detail: string;
}

/** What the log had, and what was lost on the way. */
export interface LogFacts {
  readonly files: readonly {
    readonly name: string;
    readonly format: string;
    readonly lines: number;
    readonly unread: number;
    readonly example?: string;
  }[];
  readonly requests: number;
  readonly unread: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly disordered: number;
  readonly clients: number;
  readonly durations: boolean;
  readonly referers: boolean;
  readonly agents: boolean;
  /** Limits that were reached, each with what was done. */
  readonly limits: readonly string[];
}

/** The answer. */
export interface Verdict {
  readonly v: 1;
  readonly label: VerdictLabel;
  readonly caused: boolean | null;
  readonly hostile: { readonly cost: ShareEstimate; readonly requests: ShareEstimate };
  readonly families: readonly Family[];
  readonly for: readonly string[];
  readonly against: readonly string[];
  /** The same by their codes, for other languages. */
  readonly reasons: { readonly for: readonly Reason[]; readonly against: readonly Reason[] };
  readonly window: { readonly from: string | null; readonly to: string | null };
  /** Share of the lines that could be read and were told apart, 0 to 1. */
  readonly complete: number;
  readonly conditions: readonly CauseCondition[];
  /** What this log cannot tell. */
  readonly unknown: readonly string[];
  /** Five sentences. */
  readonly sentences: readonly string[];
  readonly demand: {
    /** Requests and units of work a second; null without a quiet time. */
    readonly before: { readonly requests: number; readonly work: number } | null;
    readonly during: { readonly requests: number; readonly work: number };
    readonly rise: number | null;
    /** Requests a second that were served without harm for a minute; null without such a minute. */
    readonly servedWell: number | null;
    readonly otherEvents: number;
    /** Against the same hour of other days; absent for a log. */
    readonly usual?: DemandUsual;
  };
  readonly harm: {
    readonly seconds: number;
    readonly failedShare: number;
    readonly from: string;
    readonly fault: string | null;
  } | null;
  readonly classes: Readonly<
    Record<ClientClass, { readonly clients: number; readonly requests: number; readonly cost: number }>
  >;
  readonly clients: readonly ClientFinding[];
  readonly networks: readonly NetworkFinding[];
  readonly log: LogFacts;
  /** What the page draws: by bin, requests a second in all and hostile, failed share, median duration (ms). */
  readonly series: {
    readonly start: string | null;
    readonly seconds: number;
    readonly requests: readonly number[];
    readonly hostile: readonly number[];
    readonly failed: readonly number[];
    readonly duration: readonly (number | null)[];
  };
}

/** What was worked out before the label. */
export interface Findings {
  readonly demand: DemandCurve;
  readonly event: DemandEvent | undefined;
  readonly window: BinRange;
  readonly hostile: { readonly cost: ShareEstimate; readonly requests: ShareEstimate };
  /** Share of the window's demand by class: mean of cost and requests. */
  readonly shares: Readonly<Record<ClientClass, number>>;
  readonly families: readonly Family[];
  readonly harm: Harm | undefined;
  readonly fault: OwnFault | undefined;
  readonly servedWell: number;
  readonly requests: number;
  readonly complete: number;
  readonly limited: boolean;
  readonly peopleKnown: boolean;
  /** Clients in the window that are people or may be. */
  readonly visitors: number;
  /** Part of the window's bins in which hostile traffic ran, 0 to 1. */
  readonly hostileSpan: number;
  /** True when nearly all requests come from a few addresses with many agents: something stands in front. */
  readonly fronted: boolean;
  /** True when demand rose to what other days have at this hour as well. */
  readonly usual: boolean;
}
