import type { Counter } from '../clients/columns.ts';
import { networkOf } from '../clients/network.ts';
import { FIRST_CLIENT } from '../clients/retirement.ts';
import { medianDuration } from '../clients/timeline.ts';
import type { Traffic } from '../clients/traffic.ts';
import type { DemandUsual } from '../live/demand-baseline.ts';
import type { Thresholds } from '../thresholds.ts';
import { baselineFamily, isUsual } from './baseline-family.ts';
import { seriesOf, type WindowSums, windowSums } from './client-view.ts';
import { type BinRange, demandOf, findEvent, rateOf } from './demand.ts';
import { familiesOf, hostileWeight } from './families.ts';
import { findFault, findHarm, servedWell } from './harm.ts';
import { type JudgedClients, judgeClients } from './judgements.ts';
import { causeConditions, causedBy, labelOf } from './label.ts';
import { evidenceOf, unknownOf } from './reasons.ts';
import { sentencesOf } from './sentences.ts';
import { hostileShares } from './share.ts';
import type { ClientClass } from './signs.ts';
import type { ClientFinding, Findings, LogFacts, NetworkFinding, Verdict } from './verdict.ts';

const CLASSES: readonly ClientClass[] = ['person', 'declared-bot', 'undeclared-bot', 'attacker', 'unknown'];
const NETWORKS = 20;
/** Addresses behind which most requests come from, when something stands in front. */
const FRONT_ADDRESSES = 20;
const FRONT_SHARE = 0.9;
const FRONT_AGENTS = 15;
/** Share of requests whose clients are not told apart above which no cause is named. */
const MOST_MERGED = 0.01;

/** What a verdict is asked for beside the traffic. */
export interface ConcludeOptions {
  readonly facts: Pick<LogFacts, 'files' | 'unread' | 'durations'>;
  /** Clients that are listed: the most costly, and as many attackers. */
  readonly mostListed: number;
  /** How the demand of a window (wall-clock ms, requests a second) stands to what was usual on other days. */
  usual?(from: number, to: number, rate: number): DemandUsual;
}

/** Works out the verdict of everything that was read. */
export function conclude(traffic: Traffic, t: Thresholds, options: ConcludeOptions): Verdict {
  const demand = demandOf(traffic.timeline);
  const found = findEvent(demand, t);
  const event = found?.event;
  const range: BinRange = event?.range ?? { from: 0, to: demand.bins.length };
  const window = {
    ...{
      from: demand.start + range.from * demand.seconds * 1000,
      to: demand.start + range.to * demand.seconds * 1000,
    },
    event: event !== undefined,
  };
  const sums = windowSums(traffic, window.from, window.to);
  const judged = judgeClients(traffic, sums, window, t);
  const weight = hostileWeight(judged);
  const people = seriesOf(traffic, demand, (client) => 1 - weight(client));
  const hostile = seriesOf(traffic, demand, weight);
  const harm = findHarm(demand, people, t);
  const fault = harm && findFault(demand, harm, event?.range, t);
  const facts = factsOf(traffic, options);
  const during = event ? event.during : rateOf(demand, range);
  const usual = options.usual?.(window.from, window.to, during.requests);
  const classes = classesOf(sums, judged);
  const findings: Findings = {
    ...{ demand, event, window: range, harm, fault },
    hostile: hostileShares(traffic, sums, judged.of, t),
    shares: sharesOf(sums, judged),
    families: [
      ...familiesOf({ traffic, sums, judged, window, demand, event }, t),
      ...(usual ? [baselineFamily(usual, t)] : []),
    ],
    usual: usual !== undefined && isUsual(usual, t),
    servedWell: Math.max(
      servedWell(demand, harm, { from: 0, to: event ? range.from : demand.bins.length }, t),
      servedWell(demand, harm, { from: range.to, to: demand.bins.length }, t),
    ),
    requests: sums.requests.reduce((a, b) => a + b, 0),
    complete: facts.requests / Math.max(1, facts.requests + facts.unread),
    limited: facts.limits.length > 0,
    hostileSpan: spanOf(hostile.requests.slice(range.from, range.to)),
    peopleKnown: judged.norm.flowKnown,
    visitors: classes.person.clients + classes.unknown.clients,
    fronted: isFronted(traffic),
  };
  const label = labelOf(findings, t);
  const conditions = causeConditions(findings, t);
  const caused = causedBy(label, findings, conditions);
  const iso = (time: number): string => new Date(Math.round(time)).toISOString();
  const rate = (value: number): number => Math.round(value * 100) / 100;
  const rates = ({ requests, work }: { requests: number; work: number }) => ({
    ...{ requests: rate(requests), work: rate(work) },
  });
  const partial = {
    ...{ v: 1 as const, label, caused, hostile: findings.hostile, families: findings.families },
    ...evidenceOf(findings, t),
    window: facts.requests > 0 ? { from: iso(window.from), to: iso(window.to) } : { from: null, to: null },
    complete: Math.round(findings.complete * 10_000) / 10_000,
    conditions,
    unknown: unknownOf(findings, facts),
    demand: {
      before: event ? rates(event.before) : null,
      during: rates(during),
      rise: event ? rate(event.rise) : null,
      servedWell: findings.servedWell > 0 ? rate(findings.servedWell) : null,
      otherEvents: found?.others.length ?? 0,
      ...(usual ? { usual } : {}),
    },
    harm: harm
      ? {
          seconds: harm.seconds,
          failedShare: Math.round(harm.failedShare * 10_000) / 10_000,
          from: iso(demand.start + harm.onset * demand.seconds * 1000),
          fault: fault?.why ?? null,
        }
      : null,
    classes,
    clients: clientsOf(traffic, sums, judged, options.mostListed),
    networks: networksOf(traffic, sums, weight),
    log: facts,
    series: {
      start: facts.requests > 0 ? iso(demand.start) : null,
      seconds: demand.seconds,
      requests: demand.bins.map(({ requests }) => rate(requests / demand.seconds)),
      hostile: [...hostile.requests].map((requests) => rate(requests / demand.seconds)),
      failed: demand.bins.map(({ requests }, i) =>
        rate(requests > 0 ? ((people.failed[i] ?? 0) + (hostile.failed[i] ?? 0)) / requests : 0),
      ),
      duration: demand.bins.map(({ durations }) => {
        const median = medianDuration(durations);
        return median === undefined ? null : Math.round(median);
      }),
    },
  };
  return { ...partial, sentences: sentencesOf(partial) };
}

/** Part of a series that has at least a tenth of its 90th percentile. */
function spanOf(series: Float64Array): number {
  const high = series.toSorted()[Math.floor(series.length * 0.9)] ?? 0;
  if (high === 0) return 0;
  return series.filter((value) => value >= high * 0.1).length / series.length;
}

function factsOf(traffic: Traffic, { facts }: ConcludeOptions): LogFacts {
  const iso = (time: number): string | null => (Number.isFinite(time) ? new Date(time).toISOString() : null);
  const limits: string[] = [];
  if (traffic.full)
    limits.push(
      'more clients at once than are told apart: later ones are counted together by prefix, as unknown',
    );
  if (traffic.merged > traffic.requests * MOST_MERGED)
    limits.push('a door was asked by more clients at once than it tells apart');
  if (traffic.cells.seconds > 10 && traffic.cells.seconds > 120)
    limits.push(`clients over time are known by ${traffic.cells.seconds} s`);
  return {
    ...facts,
    ...{ requests: traffic.requests, from: iso(traffic.first), to: iso(traffic.last) },
    ...{ disordered: traffic.disordered, clients: traffic.clients.rows - FIRST_CLIENT + traffic.retired },
    referers: traffic.withReferer > 0,
    agents: traffic.withAgent > 0,
    limits,
  };
}

function sharesOf(sums: WindowSums, judged: JudgedClients): Record<ClientClass, number> {
  const classes = classesOf(sums, judged);
  const all = CLASSES.reduce(
    (sum, name) => ({ requests: sum.requests + classes[name].requests, cost: sum.cost + classes[name].cost }),
    { requests: 0, cost: 0 },
  );
  return Object.fromEntries(
    CLASSES.map((name) => {
      const { requests, cost } = classes[name];
      return [name, (requests / Math.max(1, all.requests) + cost / Math.max(1e-9, all.cost)) / 2];
    }),
  ) as Record<ClientClass, number>;
}

function classesOf(sums: WindowSums, { of }: JudgedClients): Verdict['classes'] {
  const classes = Object.fromEntries(
    CLASSES.map((name) => [name, { clients: 0, requests: 0, cost: 0 }]),
  ) as Record<ClientClass, { clients: number; requests: number; cost: number }>;
  for (const [i, judgement] of of.entries()) {
    if (sums.requests[i] === 0) continue;
    const sum = classes[judgement.class];
    sum.clients++;
    sum.requests += sums.requests[i] as number;
    sum.cost += sums.cost[i] as number;
  }
  for (const sum of Object.values(classes)) sum.cost = Math.round(sum.cost * 10) / 10;
  return classes;
}

/** The most costly clients, and the most costly attackers. */
function clientsOf(traffic: Traffic, sums: WindowSums, { of }: JudgedClients, most: number): ClientFinding[] {
  const { counts, moments } = traffic.clients;
  const active = [...of.keys()].filter((i) => (sums.requests[i] as number) > 0);
  const costly = active.sort((a, b) => (sums.cost[b] as number) - (sums.cost[a] as number) || a - b);
  const attackers = costly.filter((i) => of[i]?.class === 'attacker').slice(0, most * 10);
  const listed = [...new Set([...costly.slice(0, most), ...attackers])];
  const number = (name: Counter, i: number): number => counts[name][i] as number;
  return listed
    .sort((a, b) => (sums.cost[b] as number) - (sums.cost[a] as number) || a - b)
    .map((i) => {
      const address =
        i < FIRST_CLIENT
          ? (['others', 'people who have gone', 'programs that have gone', 'others who have gone'][i] ?? '')
          : traffic.addresses.text(number('address', i));
      const agent = number('merged', i) ? '' : traffic.agents.text(number('agent', i));
      return {
        ...{ key: agent === '' ? address : `${address} ${agent}`, address, agent },
        class: of[i]?.class ?? 'unknown',
        cost: Math.round((sums.cost[i] as number) * 10) / 10,
        requests: sums.requests[i] as number,
        first: new Date(moments.first[i] as number).toISOString(),
        last: new Date(moments.last[i] as number).toISOString(),
        why: of[i]?.why ?? '',
      };
    });
}

function networksOf(
  traffic: Traffic,
  sums: WindowSums,
  weight: (client: number) => number,
): NetworkFinding[] {
  const found = new Map<string, { clients: number; cost: number; hostile: number }>();
  for (let i = FIRST_CLIENT; i < traffic.clients.rows; i++) {
    const cost = sums.cost[i] as number;
    if (cost === 0) continue;
    const prefix = traffic.prefixes.text(traffic.clients.counts.prefix[i] as number);
    for (const key of [prefix, networkOf(prefix)]) {
      let sum = found.get(key);
      if (!sum) {
        sum = { clients: 0, cost: 0, hostile: 0 };
        found.set(key, sum);
      }
      sum.clients++;
      sum.cost += cost;
      sum.hostile += cost * weight(i);
    }
  }
  return [...found]
    .map(([key, { clients, cost, hostile }]) => ({
      ...{ key, clients, cost: Math.round(cost * 10) / 10 },
      hostile: Math.round((hostile / Math.max(cost, 1e-9)) * 1000) / 1000,
    }))
    .sort((a, b) => b.cost - a.cost || (a.key < b.key ? -1 : 1))
    .slice(0, NETWORKS);
}

/** True when a proxy, a CDN or one shared address stands in front of nearly everybody. */
function isFronted({ clients, requests }: Traffic): boolean {
  if (clients.rows < 50) return false;
  const { counts } = clients;
  const byAddress = new Map<number, { requests: number; agents: number }>();
  for (let i = FIRST_CLIENT; i < clients.rows; i++) {
    const address = counts.address[i] as number;
    let sum = byAddress.get(address);
    if (!sum) {
      sum = { requests: 0, agents: 0 };
      byAddress.set(address, sum);
    }
    sum.requests += counts.requests[i] as number;
    // Agents that come once are made up as easily as a query.
    if ((counts.requests[i] as number) > 3) sum.agents++;
  }
  const top = [...byAddress.values()].sort((a, b) => b.requests - a.requests).slice(0, FRONT_ADDRESSES);
  const many = top.filter(({ agents }) => agents >= FRONT_AGENTS);
  return many.reduce((sum, one) => sum + one.requests, 0) >= requests * FRONT_SHARE;
}
