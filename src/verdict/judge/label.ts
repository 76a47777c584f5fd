import type { Thresholds } from '../thresholds.ts';
import type { Family } from './families.ts';
import type { CauseCondition, Findings, VerdictLabel } from './verdict.ts';

/** The hostile share that labels are decided by: the mean of cost and requests. */
export function hostileRatio({ hostile }: Pick<Findings, 'hostile'>): number {
  return ((hostile.cost.share ?? 0) + (hostile.requests.share ?? 0)) / 2;
}

/** Families that say there was an attack, with enough weight. */
export const accusing = (families: readonly Family[], t: Thresholds): Family[] =>
  families.filter(({ says, weight }) => (says === 'attack' || says === 'both') && weight >= t.familyWeight);

/** The one label that the findings support. */
export function labelOf(f: Findings, t: Thresholds): VerdictLabel {
  if (f.requests < t.leastRequests) return 'UNDETERMINED';
  const ratio = hostileRatio(f);
  const accused = accusing(f.families, t).length > 0;
  const span = (f.window.to - f.window.from) * f.demand.seconds;
  const hostileRate = (f.hostile.requests.share ?? 0) * (f.requests / Math.max(1, span));
  if (f.event) {
    if (ratio >= t.attackShare && accused) return 'ATTACK';
    if (ratio >= t.mixedShare && accused) return besides(f, ratio, t);
    if (f.fault) return 'INTERNAL_FAULT';
    return ratio >= t.mixedShare ? 'UNDETERMINED' : withoutHostile(f, t);
  }
  // Without a quiet time: hostile traffic is a load by itself, or there was nothing.
  // Where it ran for a part of the log only, the rest is a quiet time, and nothing rose over it.
  const partial = f.hostileSpan < 0.5 && ratio < t.attackShare;
  if (ratio >= t.mixedShare && accused && hostileRate >= t.eventRate && !partial) {
    if (ratio >= t.attackShare) return 'ATTACK';
    return 'MIXED';
  }
  if (f.fault) return 'INTERNAL_FAULT';
  if (f.harm && ratio >= t.mixedShare) return 'UNDETERMINED';
  if (f.harm && f.harm.seconds >= span * 0.2) return 'UNDETERMINED';
  return 'NO_OVERLOAD';
}

/** Hostile traffic beside other: an attack alone when what people asked for did not rise. */
function besides({ event, hostile }: Findings, ratio: number, t: Thresholds): VerdictLabel {
  if (!event) return 'MIXED';
  const { before, during } = event;
  const people = during.requests * (1 - (hostile.requests.share ?? 0));
  const peopleRise = people / Math.max(before.requests, 0.05);
  const excess = during.requests - before.requests;
  const hostileExcess = (during.requests * (hostile.requests.share ?? 0)) / Math.max(excess, 1e-9);
  return peopleRise < t.crowdRise && (hostileExcess >= 0.5 || ratio >= 0.5) ? 'ATTACK' : 'MIXED';
}

/** A rise without hostile traffic: of people, of programs, or of nobody knows whom. */
function withoutHostile(f: Findings, t: Thresholds): VerdictLabel {
  const { shares, hostile, harm, fronted, peopleKnown } = f;
  const high = (hostile.cost.high + hostile.requests.high) / 2;
  if (!peopleKnown && shares.unknown > t.unclearShare && high >= 0.5) return 'UNDETERMINED';
  // As much as other days have at this hour: nobody has more than was to be expected.
  if (f.usual && !harm) return 'NO_OVERLOAD';
  const people = shares.person + shares.unknown;
  const programs = shares['undeclared-bot'] + shares['declared-bot'];
  if (programs > people) return harm ? 'UNDETERMINED' : 'NO_OVERLOAD';
  const seconds = (f.window.to - f.window.from) * f.demand.seconds;
  if (!harm && (f.visitors < t.crowdClients || seconds < t.crowdSeconds)) return 'NO_OVERLOAD';
  return fronted && harm ? 'UNDETERMINED' : 'CROWD';
}

/** The causal test: an attack is the cause only if all five hold. */
export function causeConditions(f: Findings, t: Thresholds): CauseCondition[] {
  const { demand, window, event, harm } = f;
  const seconds = Math.max(1, (window.to - window.from) * demand.seconds);
  const rate = f.requests / seconds;
  const rounded = (value: number): number => Math.round(value * 10) / 10;
  const most = rate * (1 - f.hostile.requests.low);
  const served = f.servedWell;
  const known = served > 0 && event !== undefined;
  const excess = Math.max(0, rate - served * t.sameDemand);
  const least = rate * f.hostile.requests.low;
  const agreeing = accusing(f.families, t);
  return [
    {
      condition: 'what was not hostile would have fitted',
      holds: known ? most <= served * t.sameDemand : null,
      detail: known
        ? `at most ${rounded(most)} requests a second were not hostile; ${rounded(served)} had been served well`
        : 'no minute shows how much this server can serve',
    },
    {
      condition: 'the hostile part covers what was too much',
      holds: known ? least >= excess && least > 0 : null,
      detail: known
        ? `at least ${rounded(least)} requests a second were hostile; ${rounded(excess)} were more than had been served well`
        : 'what was too much is not known',
    },
    {
      condition: 'no fault of our own before',
      holds: f.fault ? false : harm ? true : null,
      detail: f.fault ? f.fault.why : harm ? 'none was found' : 'nothing failed that a log shows',
    },
    {
      condition: 'the evidence is complete',
      holds: f.complete >= t.completeShare && !f.limited && !f.fronted,
      detail: `${Math.round(f.complete * 10_000) / 100} % of the lines were read${f.fronted ? '; the clients stand behind a proxy' : ''}`,
    },
    {
      condition: 'two families of features agree',
      holds: agreeing.length >= t.agreeing,
      detail: agreeing.map(({ name }) => name).join(', ') || 'none accuses',
    },
  ];
}

/** Whether an attack caused the failure: true only if all conditions hold, false when it cannot have, else null. */
export function causedBy(
  label: VerdictLabel,
  f: Findings,
  conditions: readonly CauseCondition[],
): boolean | null {
  if (label === 'UNDETERMINED') return null;
  if (label === 'NO_OVERLOAD') return f.harm ? null : false;
  if (label === 'INTERNAL_FAULT') return false;
  // Clients that nothing is known of may be slow attackers.
  if (label === 'CROWD') return f.peopleKnown && f.hostile.cost.high < 0.15 ? false : null;
  const harmAfter = f.harm !== undefined && f.event !== undefined && f.harm.onset >= f.event.range.from - 1;
  if (!f.harm) return null;
  return harmAfter && conditions.every(({ holds }) => holds === true) ? true : null;
}
