import { type Curve, curveLength } from '../people/curve.ts';
import type { Histogram } from '../people/histogram.ts';
import { firstToBreak } from './first-to-break.ts';
import type { StateGlance } from './state-watch.ts';
import type { Timeline, TimelineRow } from './timeline.ts';

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

/** A generator whose timers are later than this at p99 measures itself. Milliseconds. */
export const BOTTLENECK_MS = 100;
/** The hold begins this long after the last arrival, because the last people need a moment. Seconds. */
const SETTLE_S = 3;

/** Notes that every reader of the figures needs. */
const LIMITS = [
  'Listeners are connections of one program, not devices: nothing is decoded, and a stall is what a model of our player would have heard.',
  'Stalls and delays include the lateness of the generator itself, which is printed beside them; stalls at moments when it was late by half as much are counted as doubtful.',
  'Delays compare the wall clocks of generator and server: between two machines they are as right as those clocks.',
  'From one machine there is no loss, no radio and no distance in between, and generator and server share its processors when both run on it.',
  'Percentiles are rounded up to steps of at most 3 %; a delay of 0 is one of 0 or less.',
];

/** Sums up a rehearsal. */
export function sumUp(timeline: Timeline, about: RehearsalFacts): Outcome {
  const rows = timeline.rows();
  const { totals, measures, errors, served } = timeline;
  const arrivals = curveLength(about.curve) / 1000;
  const heard = ({ gauges }: TimelineRow): number => gauges.hearing + gauges.ring;
  // When the generator was late, the last people arrived later than planned.
  const last = Math.max(Math.ceil(arrivals), rows.findLast(({ counts }) => counts.arrived > 0)?.at ?? 0);
  const hold = rows.filter(({ at, complete }) => complete && at >= last + SETTLE_S && at < rows.length - 1);
  const latenessMs = percentiles(measures.lateness);
  const bottleneck =
    (latenessMs?.p99 ?? 0) > BOTTLENECK_MS ||
    totals.heldBack > 0 ||
    (errors.generator ?? 0) > 0 ||
    about.lost.length > 0;
  return {
    v: 1,
    kind: 'earshot-rehearsal',
    software: about.software,
    target: about.target,
    began: new Date(about.began).toISOString(),
    ended: new Date(about.ended).toISOString(),
    stopped: about.stopped,
    asked: {
      listeners: about.listeners,
      curve: about.curve.kind,
      arrivalSeconds: Math.round(arrivals),
      holdSeconds: Math.round(about.hold / 1000),
      codec: about.codec,
      rate: about.rate ?? null,
      pages: about.pages,
      hls: about.hls,
      asPage: about.asPage,
    },
    arrived: totals.arrived,
    joined: totals.joined,
    held: hold.length > 0 ? Math.min(...hold.map(heard)) : 0,
    peak: Math.max(0, ...rows.map(heard)),
    within5s: totals.soon,
    reached: totals.reached,
    shares: sharesOf(hold),
    line: { tickets: totals.tickets, climbs: totals.climbs, rose: totals.rose },
    joinMs: percentiles(measures.join),
    delayMs: percentiles(measures.delay),
    earMs: percentiles(measures.ear),
    hlsEarMs: percentiles(measures.hlsEar),
    stallMs: percentiles(measures.stall),
    pageMs: percentiles(measures.page),
    stalls: totals.stalls,
    doubtfulStalls: totals.doubtfulStalls,
    stalledSeconds: Math.round(totals.stalledMs / 100) / 10,
    gaps: totals.gaps,
    repeats: totals.repeats,
    flips: totals.flips,
    reconnects: totals.reconnects,
    fragments: totals.fragments,
    bytes: totals.bytes,
    errors,
    served,
    rungs: changes(about.glances),
    firstToBreak: firstToBreak(rows, about),
    clean:
      totals.joined === totals.arrived &&
      totals.arrived === about.listeners &&
      Object.keys(errors).length === 0 &&
      totals.gaps + totals.repeats + totals.flips === 0 &&
      totals.stalls === totals.doubtfulStalls,
    generator: {
      machines: about.machines,
      processes: about.processes,
      latenessMs,
      heldBack: totals.heldBack,
      lost: about.lost,
      bottleneck,
    },
    limits: LIMITS,
  };
}

function sharesOf(hold: readonly TimelineRow[]): Shares {
  const sum = { live: 0, ring: 0, line: 0, nothing: 0 };
  let least = 1;
  let seconds = 0;
  for (const { gauges } of hold) {
    const { hearing, ring, placed, dry, waiting } = gauges;
    const all = hearing + ring + placed + dry + waiting;
    if (all === 0) continue;
    seconds += 1;
    sum.live += hearing / all;
    sum.ring += ring / all;
    sum.line += placed / all;
    sum.nothing += (dry + waiting) / all;
    least = Math.min(least, 1 - (dry + waiting) / all);
  }
  if (seconds === 0) return null;
  const mean = (value: number): number => Math.round((value / seconds) * 10_000) / 10_000;
  return {
    live: mean(sum.live),
    ring: mean(sum.ring),
    line: mean(sum.line),
    nothing: mean(sum.nothing),
    least: Math.floor(least * 10_000) / 10_000,
  };
}

function percentiles(histogram: Histogram): Percentiles {
  const at = (share: number): number => histogram.quantile(share) ?? 0;
  if (histogram.count === 0) return null;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1), count: histogram.count };
}

function changes(glances: readonly StateGlance[]): Outcome['rungs'] {
  const found: { at: number; rung: number; level: number; why: string | null }[] = [];
  for (const { at, rung, level, why } of glances) {
    if (rung === undefined) continue;
    const last = found.at(-1);
    if (last?.rung !== rung || last.level !== (level ?? 0))
      found.push({ at, rung, level: level ?? 0, why: why ?? null });
  }
  return found;
}
