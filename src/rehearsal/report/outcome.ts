import type { Curve } from '../order/curve.ts';
import type { StateGlance } from './state-watch.ts';
import type { TimelineRow } from './timeline.ts';

/** A distribution in ms, rounded up by at most 3 %; null where nothing was measured. */
export type Percentiles = {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly count: number;
} | null;

/**
 * The conditions of the people who had arrived, during the hold, as shares (0 to 1, averaged over its seconds): at the
 * live edge, on the delayed stream, without sound but with a place in line, or with nothing. `least`: the smallest
 * share with any of the first three in any second. Null if there was no hold.
 */
export type Shares = {
  readonly live: number;
  readonly ring: number;
  readonly line: number;
  readonly nothing: number;
  readonly least: number;
} | null;

/** What a rehearsal found: plain JSON, the part of a certificate that is signed. */
export interface Outcome {
  readonly v: 1;
  readonly kind: 'earshot-rehearsal';
  readonly software: { readonly tool: string; readonly server: string };
  readonly target: { readonly origin: string; readonly room: string };
  /** ISO 8601. */
  readonly began: string;
  readonly ended: string;
  /** `complete`, or why it stopped early. */
  readonly stopped: string;
  readonly asked: {
    readonly listeners: number;
    readonly curve: string;
    readonly arrivalSeconds: number;
    readonly holdSeconds: number;
    readonly codec: string;
    readonly rate: number | null;
    readonly pages: number;
    readonly hls: number;
    readonly asPage: number;
  };
  readonly arrived: number;
  readonly joined: number;
  /** The smallest number who had sound buffered in any second of the hold, live or delayed. */
  readonly held: number;
  /** The largest number who had sound buffered in any second. */
  readonly peak: number;
  /** People who had sound within 5 s of their arrival. */
  readonly within5s: number;
  /** People who had sound, live or delayed, or a place in line, at any time. */
  readonly reached: number;
  readonly shares: Shares;
  /** Places in line that pages took, times they asked for the live edge with them, and times they got there. */
  readonly line: { readonly tickets: number; readonly climbs: number; readonly rose: number };
  readonly joinMs: Percentiles;
  readonly delayMs: Percentiles;
  readonly earMs: Percentiles;
  readonly hlsEarMs: Percentiles;
  readonly stallMs: Percentiles;
  readonly pageMs: Percentiles;
  readonly stalls: number;
  readonly doubtfulStalls: number;
  readonly stalledSeconds: number;
  readonly gaps: number;
  readonly repeats: number;
  readonly flips: number;
  readonly reconnects: number;
  readonly fragments: number;
  readonly bytes: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly served: Readonly<Record<string, number>>;
  /** Each change of `state.json`. */
  readonly rungs: readonly {
    readonly at: number;
    readonly rung: number;
    readonly level: number;
    readonly why: string | null;
  }[];
  readonly firstToBreak: string;
  /**
   * True if nobody had an error, a gap, a repeat or a stall that is not doubtful, and everyone who arrived heard the
   * room.
   */
  readonly clean: boolean;
  readonly generator: {
    readonly machines: number;
    readonly processes: number;
    readonly latenessMs: Percentiles;
    readonly heldBack: number;
    readonly lost: readonly string[];
    /** True if the generator was at its own limit; the figures then say little about the server. */
    readonly bottleneck: boolean;
  };
  readonly limits: readonly string[];
}

/** The facts about a rehearsal besides its seconds. */
export interface RehearsalFacts {
  readonly software: Outcome['software'];
  readonly target: Outcome['target'];
  readonly began: number;
  readonly ended: number;
  readonly stopped: string;
  readonly listeners: number;
  readonly curve: Curve;
  readonly hold: number;
  readonly codec: string;
  readonly rate: number | undefined;
  readonly pages: number;
  readonly hls: number;
  readonly asPage: number;
  readonly machines: number;
  readonly processes: number;
  readonly lost: readonly string[];
  readonly glances: readonly StateGlance[];
}

/** Everything a report is made of. */
export interface RehearsalResult {
  readonly outcome: Outcome;
  readonly rows: readonly TimelineRow[];
  readonly glances: readonly StateGlance[];
}
