import type { Traffic } from '../clients/traffic.ts';
import type { Thresholds } from '../thresholds.ts';
import { type FamilyName, type Reason, reasonText } from '../words/reason.ts';
import type { WindowSums } from './client-view.ts';
import type { DemandCurve, DemandEvent } from './demand.ts';
import type { JudgedClients, JudgedWindow } from './judgements.ts';
import { hostilePart } from './share.ts';
import type { ClientJudgement } from './signs.ts';

/** What one kind of feature says by itself. */
export interface Family {
  readonly name: FamilyName;
  readonly says: 'attack' | 'crowd' | 'both' | 'nothing';
  /** 0 to 1: how much it can be relied on here. */
  readonly weight: number;
  /** The measured value in English words, and by its code. */
  readonly detail: string;
  readonly reason: Reason;
}

/** Everything that families are worked out from. */
export interface FamilyInput {
  readonly traffic: Traffic;
  readonly sums: WindowSums;
  readonly judged: JudgedClients;
  readonly window: JudgedWindow;
  readonly demand: DemandCurve;
  readonly event: DemandEvent | undefined;
}

const family = (name: FamilyName, says: Family['says'], weight: number, reason: Reason): Family => ({
  ...{ name, says, weight: Math.round(Math.min(1, Math.max(0, weight)) * 100) / 100 },
  ...{ detail: reasonText(reason), reason },
});
const plain = (code: PlainReason): Reason => ({ code, values: {} });
type PlainReason = 'flow-unknown' | 'nobody-told-to-wait' | 'nothing-before' | 'no-rise' | 'no-shape';
/** Shares as they are published: to a thousandth. */
const share3 = (share: number): number => Math.round(share * 1000) / 1000;

const spoken = (share: number): Family['says'] =>
  share >= 0.5 ? 'attack' : share >= 0.15 ? 'both' : 'crowd';

/** All seven families for a window, in their order. */
export function familiesOf(input: FamilyInput, t: Thresholds): Family[] {
  return [
    flow(input),
    rate(input, t),
    manners(input),
    novelty(input),
    shape(input, t),
    resemblance(input),
    syntax(input),
  ];
}

interface Parts {
  readonly all: number;
  of(which: (judgement: ClientJudgement, client: number) => boolean): number;
}

/** Shares of what the window asked for: the mean of cost and requests. */
function parts({ sums, judged }: FamilyInput): Parts {
  const cost = sums.cost.reduce((a, b) => a + b, 0) || 1;
  const requests = sums.requests.reduce((a, b) => a + b, 0) || 1;
  return {
    all: requests,
    of(which) {
      let share = 0;
      for (const [i, judgement] of judged.of.entries())
        if (which(judgement, i))
          share += ((sums.cost[i] as number) / cost + (sums.requests[i] as number) / requests) / 2;
      return Math.round(share * 1e6) / 1e6;
    },
  };
}

/** Do they go on as people do: from pages to their files, from playlists to the sound? */
function flow(input: FamilyInput): Family {
  const { judged, traffic } = input;
  const { clients } = traffic;
  const share = parts(input);
  const people = share.of(({ class: is }) => is === 'person');
  const bare = share.of(({ class: is, hostile }, i) => {
    if (is === 'declared-bot' || hostile < 0.5) return false;
    const files = (clients.counts.assets[i] as number) + (clients.counts.segments[i] as number);
    return files < (clients.counts.pages[i] as number) * 0.3 + 1;
  });
  if (!judged.norm.flowKnown) return family('flow', 'nothing', 0, plain('flow-unknown'));
  const known = people + bare;
  const says = known < 0.3 ? 'nothing' : spoken(bare / known);
  return family('flow', says, known < 0.3 ? 0.1 : 0.3 + 0.6 * known, {
    code: 'flow',
    values: { people: share3(people), bare: share3(bare) },
  });
}

/** Is the cost of the window made by clients beyond what a person can do? */
function rate(input: FamilyInput, t: Thresholds): Family {
  const { clients } = input.traffic;
  const beyond = parts(input).of(
    ({ class: is, hostile, group }, i) =>
      is !== 'person' &&
      is !== 'declared-bot' &&
      hostile >= 0.1 &&
      (group === 'slow' || group === 'flood' || (clients.counts.peak[i] as number) >= t.floodRequests10s),
  );
  // Nobody beyond the envelope is what a botnet of slow clients looks like as well.
  const weight = beyond >= 0.15 ? 0.5 + beyond / 2 : 0.2;
  return family('rate', spoken(beyond), weight, { code: 'rate', values: { beyond: share3(beyond) } });
}

/** Do they slow down when they are told to? */
function manners({ traffic, judged, sums }: FamilyInput): Family {
  const { counts } = traffic.clients;
  let [limited, hurried, hostile] = [0, 0, 0];
  let logins = 0;
  let all = 0;
  for (const [i, judgement] of judged.of.entries()) {
    limited += counts.limited[i] as number;
    hurried += counts.hurried[i] as number;
    if (judgement.hostile >= 0.5) hostile += counts.hurried[i] as number;
    if (judgement.family === 'manners' && judgement.hostile >= 0.5) logins += sums.requests[i] as number;
    all += sums.requests[i] as number;
  }
  if (all > 0 && logins / all >= 0.05)
    return family('manners', spoken(logins / all), 0.6, {
      code: 'logins',
      values: { share: share3(logins / all) },
    });
  if (limited < 20) return family('manners', 'nothing', 0, plain('nobody-told-to-wait'));
  const share = hurried / limited;
  const says = share < 0.3 ? 'crowd' : hostile > hurried * 0.5 ? 'attack' : 'nothing';
  return family('manners', says, says === 'nothing' ? 0.1 : 0.5, {
    code: 'manners',
    values: { share: share3(share) },
  });
}

/** How much comes from prefixes that were never seen before? */
function novelty({ traffic, sums, window }: FamilyInput): Family {
  if (!window.event) return family('novelty', 'nothing', 0, plain('nothing-before'));
  const { counts } = traffic.clients;
  const days = (window.from - (traffic.noveltySince ?? traffic.first)) / 86_400_000;
  let [fresh, all] = [0, 0];
  for (let i = 1; i < traffic.clients.rows; i++) {
    const cost = sums.cost[i] as number;
    all += cost;
    if ((traffic.prefixFirst[counts.prefix[i] as number] as number) >= window.from - 60_000) fresh += cost;
  }
  const share = all > 0 ? fresh / all : 0;
  // Crowds are new as well: a log of less than weeks says little.
  const says = days < 1 ? 'nothing' : share > 0.9 ? 'attack' : share < 0.6 ? 'crowd' : 'nothing';
  return family('novelty', says, Math.min(0.3, days / 90), {
    code: 'novelty',
    values: { share: share3(share), minutes: Math.round(days * 1440) },
  });
}

/** How did it begin, hold and end? */
function shape({ demand, event }: FamilyInput, t: Thresholds): Family {
  if (!event) return family('shape', 'nothing', 0, plain('no-rise'));
  const { range, before } = event;
  const series = demand.bins.slice(range.from, range.to).map(({ requests }) => requests / demand.seconds);
  const excess = series.map((rate) => rate - before.requests);
  const most = Math.max(...excess, 0);
  if (most <= 0 || series.length < 6) return family('shape', 'nothing', 0.05, plain('no-shape'));
  const high = excess.filter((rate) => rate >= 0.8 * most).length / excess.length;
  const upAt = excess.findIndex((rate) => rate >= 0.8 * most);
  const off = excess.filter((rate) => rate < 0.2 * most).length / excess.length;
  const flat = high >= 0.8 && upAt <= 1;
  const periodic = upAt <= 1 && off >= 0.2 && high + off >= 0.9 && switches(excess, most) >= 4;
  const rises: Reason = {
    code: 'shape',
    values: { seconds: Math.round(upAt * demand.seconds), share: share3(high) },
  };
  if (periodic)
    return family('shape', 'attack', 0.35, { code: 'on-and-off', values: { times: switches(excess, most) } });
  if (flat) return family('shape', 'attack', 0.2, rises);
  return family('shape', 'crowd', upAt * demand.seconds >= t.healthySeconds ? 0.3 : 0.2, rises);
}

function switches(excess: readonly number[], most: number): number {
  let on = false;
  let count = 0;
  for (const rate of excess) {
    const now: boolean = on ? rate >= 0.2 * most : rate >= 0.8 * most;
    if (now !== on) count++;
    on = now;
  }
  return count;
}

/** How alike are the sources? */
function resemblance(input: FamilyInput): Family {
  const { traffic, sums, judged } = input;
  const { counts } = traffic.clients;
  const share = parts(input);
  const alike = share.of(
    ({ hostile, group }) =>
      hostile >= 0.5 &&
      (group.startsWith('cohort') ||
        group === 'flood' ||
        group === 'again' ||
        group === 'queries' ||
        group === 'tool' ||
        group === 'slow' ||
        group === 'logins'),
  );
  const tops = new Map<number, number>();
  let of = 0;
  for (const [i, { hostile }] of judged.of.entries()) {
    if (hostile < 0.5 || sums.requests[i] === 0) continue;
    const top = counts.topPath[i] as number;
    const requests = sums.requests[i] as number;
    tops.set(top, (tops.get(top) ?? 0) + requests);
    of += requests;
  }
  const [most] = [...tops].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const path = most && most[1] >= of * 0.5 ? traffic.paths.nameOf(most[0]) : undefined;
  const values = { share: share3(alike), ...(path === undefined ? {} : { path: path.slice(0, 80) }) };
  return family(
    'resemblance',
    spoken(alike),
    alike >= 0.15 ? 0.4 + alike / 2 : judged.norm.flowKnown ? 0.4 : 0.2,
    { code: 'resemblance', values },
  );
}

/** Random queries, changing agents, files that only attackers want, broken requests. */
function syntax(input: FamilyInput): Family {
  const odd = parts(input).of(({ hostile, family: of }) => hostile >= 0.5 && of === 'syntax');
  const weight = odd >= 0.15 ? 0.5 + odd / 2 : 0.1;
  return family('syntax', odd < 0.15 ? 'nothing' : spoken(odd), weight, {
    code: 'syntax',
    values: { share: share3(odd) },
  });
}

/** The hostile weight of a client in sums over time. */
export const hostileWeight =
  (judged: JudgedClients) =>
  (client: number): number =>
    hostilePart(judged.of[client]?.hostile ?? 0);
