import type { RehearsalFacts } from './outcome.ts';
import type { TimelineRow } from './timeline.ts';

/** A join slower than this at p99 within one second is a finding. Milliseconds. */
const SLOW_JOIN = 2_000;
/** When the generator's timers are later than this, the generator itself is suspect. Milliseconds. */
const LATE = 100;

const ERROR_WORDS: Readonly<Record<string, string>> = {
  refused: 'had their connection refused',
  reset: 'had their connection reset',
  timeout: 'got nothing in time',
  ended: 'had their stream closed cleanly by the server, and came back',
  torn: 'had their stream cut in the middle of a fragment',
  closed: 'were closed without an answer',
  structure: 'got bytes that are not an Earshot stream',
};

/** Describes the worst failure in one sentence, with the time at which it happened. */
export function firstToBreak(
  rows: readonly TimelineRow[],
  about: Pick<RehearsalFacts, 'glances' | 'listeners' | 'lost'>,
): string {
  const rung = about.glances.find((glance) => (glance.rung ?? 0) > 0);
  const row = worstOf(rows);
  if (row) {
    const what = broken(row);
    const moment = `At ${clockOf(row.at)}, with ${number(row.gauges.hearing + row.gauges.ring)} of ${number(about.listeners)} hearing, `;
    if (rung && rung.at <= row.at && what)
      return `${moment}${what}; the server had stepped to rung ${rung.rung} at ${clockOf(rung.at)}${rung.why ? ` (${rung.why})` : ''}.`;
    if (what) return `${moment}${what}.`;
  }
  const silent = about.glances.find((glance) => glance.error !== undefined);
  if (silent)
    return `At ${clockOf(silent.at)} state.json did not answer (${silent.error}); nobody's sound was hurt.`;
  if (about.lost.length > 0)
    return `A part of the generator was lost (${about.lost[0]}); nothing of the server broke.`;
  if (rung)
    return `Nothing broke: the server stepped to rung ${rung.rung} at ${clockOf(rung.at)}${rung.why ? ` (${rung.why})` : ''}, and everybody went on hearing.`;
  return 'Nothing broke, and nothing was given up.';
}

/** How much went wrong in a second: people affected, or faulty fragments. */
function hurt(row: TimelineRow): number {
  const { counts, errors } = row;
  const refused = Object.values(errors).reduce((sum, times) => sum + times, 0);
  return refused + counts.gaps + counts.repeats + counts.flips + counts.stalls - counts.doubtfulStalls;
}

/**
 * The worst second: most people affected, then the longest silence; if nobody was affected, the first second with a
 * finding.
 */
function worstOf(rows: readonly TimelineRow[]): TimelineRow | undefined {
  const found = rows.filter((row) => broken(row) !== undefined);
  return found.reduce<TimelineRow | undefined>((worst, row) => {
    if (!worst) return row;
    const more = hurt(row) - hurt(worst);
    return more > 0 || (more === 0 && (row.max.stall ?? 0) > (worst.max.stall ?? 0)) ? row : worst;
  }, undefined);
}

function broken(row: TimelineRow): string | undefined {
  const { counts, errors, max, p99 } = row;
  const late = max.lateness ?? 0;
  const ours = errors.generator ?? 0;
  if (ours > 0)
    return `the generator ran out of ports or files (${number(ours)} times): this says nothing about the server`;
  const causes = Object.entries(errors).sort(([, a], [, b]) => b - a);
  const [cause, times] = causes[0] ?? [];
  const suspicion = late >= LATE ? `, while the generator itself was ${number(late)} ms late` : '';
  if (cause !== undefined) {
    const words = /^http-\d+$/.test(cause) ? `were answered HTTP ${cause.slice(5)}` : ERROR_WORDS[cause];
    return `${number(times ?? 0)} ${words ?? `met "${cause}"`}${suspicion}`;
  }
  if (counts.gaps > 0) return `${number(counts.gaps)} fragments were missing${suspicion}`;
  if (counts.repeats > 0) return `${number(counts.repeats)} fragments came twice${suspicion}`;
  if (counts.flips > 0) return `${number(counts.flips)} fragments came in the wrong order${suspicion}`;
  const stalls = counts.stalls - counts.doubtfulStalls;
  if (stalls > 0)
    return `${number(stalls)} had nothing to play for up to ${number(max.stall ?? 0)} ms${suspicion}`;
  if (counts.heldBack > 0) return 'the generator could not bring people in time: its own limit comes first';
  if ((p99.join ?? 0) > SLOW_JOIN) return `joining took ${number(p99.join ?? 0)} ms at p99${suspicion}`;
  return undefined;
}

const number = (value: number): string => Math.round(value).toLocaleString('en');
const clockOf = (second: number): string =>
  `${Math.floor(second / 60)}:${String(Math.floor(second % 60)).padStart(2, '0')}`;
