import type { Traffic } from '../clients/traffic.ts';
import type { Thresholds } from '../thresholds.ts';
import { type ClientView, viewOf, type WindowSums } from './client-view.ts';
import type { ClientJudgement, SiteNorm } from './signs.ts';

/** Clients that no sign of their own decides, with what they are compared with. */
export interface CohortInput {
  readonly traffic: Traffic;
  readonly sums: WindowSums;
  readonly window: { readonly from: number; readonly to: number; readonly event: boolean };
  readonly norm: SiteNorm;
  readonly human: Uint8Array;
  readonly undecided: readonly number[];
  readonly judged: readonly ClientJudgement[];
}

interface Cohort {
  readonly what: string;
  readonly family: ClientJudgement['family'];
  /** For each person, how many of this kind are expected where no quiet time tells. */
  readonly prior: number;
  /** True when people's behaviour on this site need not be known to suspect it. */
  readonly alone: boolean;
  readonly members: number[];
  /** Clients whose requests are mostly inside or outside of the window. */
  inside: number;
  outside: number;
  cost: number;
  requests: number;
  paced: number;
  timed: number;
}

const KINDS: Readonly<Record<string, Pick<Cohort, 'what' | 'family' | 'prior' | 'alone'>>> = {
  random: { what: 'send random queries', family: 'syntax', prior: 0.01, alone: true },
  // One is what a campaign's link has as well, so people must be known, or others send more.
  once: { what: 'send a random query', family: 'syntax', prior: 0.05, alone: false },
  slow: { what: 'hold connections without a request', family: 'rate', prior: 0.1, alone: true },
  logins: {
    what: 'post to the login without having opened a page',
    family: 'manners',
    prior: 0.05,
    alone: true,
  },
  lists: {
    what: 'ask for playlists and never for the sound in them',
    family: 'flow',
    prior: 0.1,
    alone: false,
  },
  persistent: {
    what: 'read page after page without files, cache or links',
    family: 'flow',
    prior: 0.1,
    alone: false,
  },
  poll: { what: 'ask for one address again and again', family: 'resemblance', prior: 0.5, alone: false },
  direct: {
    what: 'ask for a page without its files and come from nowhere',
    family: 'flow',
    prior: 0.5,
    alone: false,
  },
  referred: { what: 'ask for a page without its files', family: 'flow', prior: 0.5, alone: false },
};

/** The cohort that an undecided client resembles; undefined for none. */
function cohortOf(c: ClientView, t: Thresholds): string | undefined {
  if (c.slow > 0 && c.slow >= c.requests * 0.5) return 'slow';
  if (c.randomQueries > 0 && c.randomQueries >= c.requests * t.randomShare)
    return c.randomQueries === 1 ? 'once' : 'random';
  if (c.logins > 0 && c.logins >= c.requests * 0.4 && c.assets === 0 && c.chained === 0) return 'logins';
  if (c.playlists >= 4 && c.segments === 0 && c.pages === 0) return 'lists';
  const bare = c.assets + c.segments + c.files === 0 && c.chained === 0 && c.cached === 0;
  if (!bare || c.pages + c.apis === 0) return undefined;
  if (c.apis > c.pages) return c.apis >= t.persistentPages && c.differentPaths <= 2.2 ? 'poll' : undefined;
  if (c.pages >= t.persistentPages) return 'persistent';
  return c.otherReferer > 0 ? 'referred' : 'direct';
}

const mostlyInside = (c: ClientView): boolean => c.inside.requests > c.outside;

function gather({ traffic, sums, undecided }: CohortInput, t: Thresholds): Map<string, Cohort> {
  const cohorts = new Map<string, Cohort>();
  for (const i of undecided) {
    const c = viewOf(traffic, sums, i);
    const of = cohortOf(c, t);
    const kind = KINDS[of ?? ''];
    if (of === undefined || !kind) continue;
    // Programs that use a library openly do not resemble those that call themselves browsers.
    const name = c.kind === 'browser' ? of : `${of} by ${c.kind}`;
    let cohort = cohorts.get(name);
    if (!cohort) {
      cohort = { ...kind, members: [], inside: 0, outside: 0, cost: 0, requests: 0, paced: 0, timed: 0 };
      cohorts.set(name, cohort);
    }
    if (!mostlyInside(c)) {
      cohort.outside++;
      continue;
    }
    cohort.members.push(i);
    cohort.inside++;
    cohort.cost += c.inside.cost;
    cohort.requests += c.inside.requests;
    if (c.gaps >= t.pacedGaps) {
      cohort.timed++;
      if (c.pace < t.pacedDeviation) cohort.paced++;
    }
  }
  return cohorts;
}

/** People whose requests are mostly inside or outside of the window. */
function peopleOf({ human, sums }: CohortInput): { inside: number; outside: number } {
  const people = { inside: 0, outside: 0 };
  for (const [i, yes] of human.entries()) {
    if (yes === 0) continue;
    if ((sums.requests[i] as number) > (sums.outside[i] as number)) people.inside++;
    else people.outside++;
  }
  return people;
}

/**
 * Judges clients by those they resemble: more of a kind than people explain, all at the same time, are an attack of
 * many sources, each of which could be a person. How many people explain is learnt from the quiet time of the log.
 */
export function judgeCohorts(input: CohortInput, t: Thresholds): Map<number, ClientJudgement> {
  const { sums, window, norm, judged } = input;
  const found = new Map<number, ClientJudgement>();
  const people = peopleOf(input);
  const total = sums.requests.reduce((sum, requests) => sum + requests, 0);
  const totalCost = sums.cost.reduce((sum, cost) => sum + cost, 0);
  const seconds = Math.max(10, (window.to - window.from) / 1000);
  const { pages } = input.traffic.paths;
  let random = false;
  const cohorts = [...gather(input, t)].sort(
    ([a], [b]) => Number(a.startsWith('once')) - Number(b.startsWith('once')),
  );
  for (const [name, cohort] of cohorts) {
    const [of] = name.split(' ');
    const paced = cohort.timed >= t.cohortClients && cohort.paced >= cohort.timed * 0.6;
    const { gone } = input.traffic;
    const peopleBefore = people.outside + gone.people;
    const before =
      cohort.outside + (of === 'persistent' || of === 'direct' || of === 'referred' ? gone[of] : 0);
    const learnt = peopleBefore >= t.normClients;
    const ratio = learnt ? (before + 1) / peopleBefore : cohort.prior;
    const expected = people.inside * ratio;
    const excess = cohort.inside === 0 ? 0 : 1 - expected / cohort.inside;
    const share = Math.max(cohort.requests / Math.max(1, total), cohort.cost / Math.max(1, totalCost));
    // Without a rise it must at least be a load by itself: a site has programs that visit it on any day.
    const matters = window.event ? share >= 0.02 : share >= 0.3 && cohort.requests / seconds >= t.eventRate;
    // Who reads each page about once copies a site; an attack has to repeat itself.
    const copies = of === 'persistent' && (pages.more || cohort.requests <= 1.5 * pages.count);
    const known =
      cohort.alone || norm.flowKnown || (paced && of === 'persistent') || (of === 'once' && random);
    const suspected = cohort.inside >= t.cohortClients && excess >= t.cohortExcess && matters && known;
    // Few requests each are what a page without files looks like as well: only a quiet time tells how many do that.
    const brief = of === 'direct' || of === 'referred' || of === 'poll';
    const sure = excess >= t.cohortAttack && (!brief || (learnt && cohort.inside >= t.cohortClients * 5));
    if (of === 'random' && sure && suspected) random = true;
    for (const i of cohort.members) {
      if (suspected && copies)
        found.set(i, {
          ...{ class: 'undeclared-bot', hostile: 0.3, family: 'none', group: 'cohort that copies' },
          why: `one of ${cohort.inside} that ${cohort.what}, each page about once`,
        });
      else if (suspected)
        found.set(i, {
          class: sure && of !== 'poll' ? 'attacker' : 'unknown',
          // Those who poll are an app as likely as an attack, and nothing in a log tells them apart.
          hostile: of === 'poll' ? excess * 0.4 : Math.min(0.96, brief && !learnt ? excess * 0.8 : excess),
          why: `one of ${cohort.inside} that ${cohort.what}${paced ? ', at the pace of a timer' : ''}; about ${Math.round(expected)} such are expected`,
          family: cohort.family,
          group: `cohort ${name}`,
        });
      else if (of === 'persistent' && judged[i]?.class === 'unknown')
        found.set(i, {
          ...{ class: 'undeclared-bot', hostile: 0.06, family: 'none', group: 'crawlers' },
          why: 'reads pages without files, cache or links',
        });
    }
  }
  return found;
}
