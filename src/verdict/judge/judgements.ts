import { impostorOf } from '../clients/agent-origins.ts';
import { distinct } from '../clients/columns.ts';
import { householdOf } from '../clients/network.ts';
import { FIRST_CLIENT, GONE_PEOPLE, GONE_PROGRAMS } from '../clients/retirement.ts';
import type { Traffic } from '../clients/traffic.ts';
import type { Thresholds } from '../thresholds.ts';
import { type ClientView, viewOf, type WindowSums } from './client-view.ts';
import { judgeCohorts } from './cohorts.ts';
import {
  type AddressSums,
  type ClientJudgement,
  looksHuman,
  ownSigns,
  plainClass,
  type SiteNorm,
} from './signs.ts';

/** The judgement of every client by its number, and what it was judged by. */
export interface JudgedClients {
  readonly of: readonly ClientJudgement[];
  readonly norm: SiteNorm;
}

/** The time that is judged; without an event it is the whole log. */
export interface JudgedWindow {
  readonly from: number;
  readonly to: number;
  /** False when nothing rose. */
  readonly event: boolean;
}

const noSums = (): AddressSums => ({
  ...{ clients: 0, requests: 0, pages: 0, assets: 0, agents: 0, v6: false, steady: 0, randomQueries: 0 },
  ...{ probes: 0, notFound: 0, logins: 0, slow: 0, first: Number.POSITIVE_INFINITY, last: 0 },
});
const SUMMED = [
  'requests',
  'pages',
  'assets',
  'randomQueries',
  'probes',
  'notFound',
  'logins',
  'slow',
] as const;

/** Random queries of a client that differ from each other; many different ones are no longer told apart, and all count. */
function newQueries(counts: Traffic['clients']['counts'], row: number): number {
  const different = distinct(counts.queries0[row] as number, counts.queries1[row] as number);
  const random = counts.randomQueries[row] as number;
  return different >= 100 ? random : Math.min(random, Math.round(different));
}

/** Sums of each client's address; IPv6 by /64, of which each household has one. */
function addressSums({ clients, addresses }: Traffic): AddressSums[] {
  const { counts, moments } = clients;
  const of: AddressSums[] = Array.from({ length: FIRST_CLIENT }, noSums);
  const sums = new Map<string | number, AddressSums>();
  for (let i = FIRST_CLIENT; i < clients.rows; i++) {
    const address = counts.address[i] as number;
    const text = addresses.text(address);
    // Where addresses are hashed, those of IPv6 are a /64 already.
    const v6 = text.includes(':');
    const key = v6 ? householdOf(text) : address;
    let sum = sums.get(key);
    if (!sum) {
      sum = { ...noSums(), v6 };
      sums.set(key, sum);
    }
    of.push(sum);
    for (const name of SUMMED) sum[name] += counts[name][i] as number;
    sum.randomQueries += newQueries(counts, i);
    sum.clients++;
    sum.agents++;
    sum.first = Math.min(sum.first, moments.first[i] as number);
    sum.last = Math.max(sum.last, moments.last[i] as number);
    if (
      (counts.pages[i] as number) > 3 ||
      (counts.assets[i] as number) > 0 ||
      (counts.segments[i] as number) > 0
    )
      sum.steady++;
  }
  return of;
}

/** People are known by referers when most files are asked for with one. */
const refererKnown = ({ clients }: Traffic): boolean => {
  let assets = 0;
  let referred = 0;
  for (let i = FIRST_CLIENT; i < clients.rows; i++) {
    // One client must not decide for all.
    assets += Math.min(30, clients.counts.assets[i] as number);
    referred += Math.min(30, clients.counts.ownReferer[i] as number);
  }
  return referred >= assets * 0.2 && referred > 0;
};

/** Judges all clients: by their own signs, then by those they resemble, then by how they look. */
export function judgeClients(
  traffic: Traffic,
  sums: WindowSums,
  window: JudgedWindow,
  t: Thresholds,
): JudgedClients {
  const { clients } = traffic;
  const addresses = addressSums(traffic);
  const referers = refererKnown(traffic);
  const human = new Uint8Array(clients.rows);
  let people = 0;
  for (let i = FIRST_CLIENT; i < clients.rows; i++) {
    const c = viewOf(traffic, sums, i);
    if (c.kind !== 'browser' || c.merged || !looksHuman(c, referers)) continue;
    human[i] = 1;
    people++;
  }
  const norm = { people, flowKnown: people >= t.normClients, refererKnown: referers };
  const of: ClientJudgement[] = [];
  const undecided: number[] = [];
  const total = sums.requests.reduce((sum, requests) => sum + requests, 0);
  for (let i = 0; i < clients.rows; i++) {
    if (i < FIRST_CLIENT) {
      of.push(judgeMany(i));
      continue;
    }
    const c = viewOf(traffic, sums, i);
    const impostor = c.kind === 'declared' ? impostorFor(traffic, c) : undefined;
    const plain = plainClass(c, human[i] === 1, impostor);
    const sign =
      c.merged || (c.kind === 'declared' && !impostor)
        ? declaredSign(c, t)
        : ownSigns(c, addresses[i] ?? noSums(), human[i] === 1, norm, t);
    const spared = sign && (knownBefore(c, sign, window, t) || isMinor(c, sign, window, total));
    of.push(sign && !spared ? sign : spared ? SPARED : plain);
    if (!sign && (plain.class === 'unknown' || plain.class === 'undeclared-bot') && !c.merged)
      undecided.push(i);
  }
  for (const [i, judgement] of judgeCohorts({ traffic, sums, window, norm, human, undecided, judged: of }, t))
    of[i] = judgement;
  return { of, norm };
}

/** Rows that stand for many clients. */
function judgeMany(row: number): ClientJudgement {
  const base = { family: 'none' as const, group: `many ${row}` };
  if (row === GONE_PEOPLE)
    return { ...base, class: 'person', hostile: 0.005, why: 'many that behaved like people and have gone' };
  if (row === GONE_PROGRAMS)
    return { ...base, class: 'declared-bot', hostile: 0.02, why: 'many programs that have gone' };
  return { ...base, class: 'unknown', hostile: 0.05, why: 'stands for many clients' };
}

const impostorFor = ({ agents, addresses, impostors }: Traffic, c: ClientView): string | undefined =>
  impostors.get(c.agent) ?? impostorOf(agents.text(c.agent), addresses.text(c.address));

/** A program that says what it is is no attacker for being a program; only for looking for weaknesses. */
function declaredSign(c: ClientView, t: Thresholds): ClientJudgement | undefined {
  if (c.merged || c.probes < t.probes * 2 || c.probes < c.requests * 0.5) return undefined;
  return {
    ...{ class: 'attacker', hostile: 0.9, group: 'probes', family: 'syntax' },
    why: `asks for ${c.probes} files that only attackers look for`,
  };
}

/** A program that is busy, and that demand did not rise by. */
const SPARED: ClientJudgement = {
  class: 'undeclared-bot',
  hostile: 0.1,
  why: 'a busy program; demand did not rise by it',
  family: 'none',
  group: 'busy',
};

/** Share of all requests below which a busy client, without a rise, is no attack: an API's client, a check. */
const MINOR = 0.1;
const isMinor = (
  c: ClientView,
  { group }: ClientJudgement,
  { event }: JudgedWindow,
  total: number,
): boolean => !event && ['flood', 'crawlers', 'again'].includes(group) && c.inside.requests < MINOR * total;

/** What was as busy before the event did not make it, unless it looks for weaknesses. */
function knownBefore(
  c: ClientView,
  sign: ClientJudgement,
  { from, to, event }: JudgedWindow,
  t: Thresholds,
): boolean {
  if (!event || !['flood', 'crawlers', 'again'].includes(sign.group) || c.first > from - 60_000) return false;
  const before = c.outside / Math.max(60_000, from - c.first);
  return before >= (t.knownBefore * c.inside.requests) / Math.max(10_000, to - from);
}
