import { curveLength } from '../order/curve.ts';
import type { Histogram } from '../order/histogram.ts';
import { firstToBreak } from './first-to-break.ts';
import type { Outcome, Percentiles, RehearsalFacts, Shares } from './outcome.ts';
import type { StateGlance } from './state-watch.ts';
import type { Timeline, TimelineRow } from './timeline.ts';

/** A generator whose timers are later than this at p99 measures itself. Milliseconds. */
const BOTTLENECK_MS = 100;
/** The hold begins this long after the last arrival, because the last to come need a moment. Seconds. */
const SETTLE_S = 3;

/** What every reader of the figures must know. */
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
  // Where the generator was late, the last to come came later than planned.
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
