import type { Thresholds } from '../thresholds.ts';
import type { ClientView } from './client-view.ts';

/** What a client is taken for. */
export type ClientClass = 'person' | 'declared-bot' | 'undeclared-bot' | 'attacker' | 'unknown';

/** A class with how likely it is that the client is hostile, and the sign that says so. */
export interface ClientJudgement {
  readonly class: ClientClass;
  /** 0 to 1. */
  readonly hostile: number;
  readonly why: string;
  /** Clients whose judgements would be wrong together share a group. */
  readonly group: string;
  /** The family that the sign belongs to. */
  readonly family: 'rate' | 'syntax' | 'flow' | 'resemblance' | 'manners' | 'none';
}

/** What is known of an address (IPv6: a /64, which is one household), over all its agents. */
export interface AddressSums {
  /** Clients. */
  clients: number;
  requests: number;
  pages: number;
  assets: number;
  agents: number;
  v6: boolean;
  /** Agents with more pages than somebody who switches agents has, or with files. */
  steady: number;
  randomQueries: number;
  probes: number;
  notFound: number;
  logins: number;
  slow: number;
  /** Wall-clock ms. */
  first: number;
  last: number;
}

/** What people do on this site, learnt from the log itself. */
export interface SiteNorm {
  /** Clients that behave like people, and whether they are enough to know what others leave out. */
  readonly people: number;
  readonly flowKnown: boolean;
  readonly refererKnown: boolean;
}

const attacker = (
  why: string,
  hostile: number,
  family: ClientJudgement['family'],
  group: string,
): ClientJudgement => ({
  ...{ class: 'attacker', hostile, why, family, group },
});

/** How sure a sign is that is far beyond its threshold, or just beyond. */
const sure = (count: number, far: number): number =>
  count >= 10 * far ? 0.9995 : count >= far ? 0.995 : 0.97;

/** True for a client that loads pages as browsers do, or plays as players do, with traces that programs seldom leave. */
export function looksHuman(c: ClientView, refererKnown: boolean): boolean {
  if (c.segments >= 3 && c.segments >= c.playlists * 0.3) return true;
  const withReferer = refererKnown ? c.ownReferer >= Math.max(1, (c.assets + c.files) * 0.3) : true;
  if (c.assets >= 2 && withReferer && c.assets >= c.pages * 0.3) return true;
  if (c.cached >= 2 && c.cached >= c.requests * 0.1 && c.kind === 'browser') return true;
  return c.pages >= 2 && c.chained >= Math.max(1, (c.pages - 1) * 0.4) && c.kind === 'browser';
}

/** Signs of a single client that are enough by themselves; undefined when there are none. */
export function ownSigns(
  c: ClientView,
  address: AddressSums,
  human: boolean,
  norm: SiteNorm,
  t: Thresholds,
): ClientJudgement | undefined {
  const share = (part: number): number => part / Math.max(1, c.requests);
  if (c.kind === 'tool' && c.requests >= t.toolRequests && c.probes < t.probes)
    return attacker('its agent is a tool for load tests or scans', sure(c.requests, 100), 'syntax', 'tool');
  if (
    c.probes >= t.probes &&
    (share(c.probes) >= t.probeShare || (c.probes >= 10 * t.probes && share(c.probes) >= 0.05))
  )
    return attacker(`sends ${c.probes} requests that only attackers send`, 0.97, 'syntax', 'probes');
  if (c.notFound >= t.guesses && share(c.notFound) >= t.guessShare && c.differentPaths >= t.guesses && !human)
    return attacker(`guesses addresses: ${c.notFound} were not found`, 0.92, 'syntax', 'guesses');
  if (c.logins >= t.logins && share(c.logins) >= t.loginShare)
    return attacker(`tries ${c.logins} logins`, 0.95, 'manners', 'logins');
  if (c.slow >= t.slowConnections && share(c.slow) >= t.slowShare)
    return attacker(`holds ${c.slow} connections without a request`, 0.96, 'rate', 'slow');
  return (
    addressSigns(c, address, human, norm, t) ?? queriesOrRate(c, human, t) ?? sameAgain(c, human, norm, t)
  );
}

/** Signs of an address over all agents that it calls itself. */
function addressSigns(
  c: ClientView,
  address: AddressSums,
  human: boolean,
  norm: SiteNorm,
  t: Thresholds,
): ClientJudgement | undefined {
  if (human || address.agents < 2 || c.assets + c.segments > c.pages * 0.2) return undefined;
  const share = (part: number): number => part / Math.max(1, address.requests);
  if (address.randomQueries >= t.randomQueries * 2 && share(address.randomQueries) >= t.randomShare)
    return attacker(
      `its address sends ${address.randomQueries} requests with random queries`,
      ...([0.95, 'syntax', 'queries'] as const),
    );
  const guessed = address.probes + address.notFound;
  if (guessed >= t.guesses && share(guessed) >= t.guessShare)
    return attacker(`its address asks for ${guessed} things that are not there`, 0.93, 'syntax', 'guesses');
  if (address.logins >= t.logins * 2 && share(address.logins) >= t.loginShare && c.logins > 0)
    return attacker(`its address tries ${address.logins} logins`, 0.93, 'manners', 'logins');
  if (address.slow >= t.slowConnections * 2 && share(address.slow) >= t.slowShare)
    return attacker(`its address holds ${address.slow} connections without a request`, 0.94, 'rate', 'slow');
  const switches =
    address.agents >= t.switchedAgents &&
    address.steady <= address.agents * 0.1 &&
    address.requests >= t.switchedAgents * 2 &&
    address.pages >= address.requests * 0.5;
  const seconds = Math.max(10, (address.last - address.first) / 1000);
  if (address.v6 && address.clients >= 4 && address.pages >= address.requests * 0.5) {
    const rate = address.requests / seconds;
    if (rate >= t.floodRequests10s / 10 && address.requests >= 100)
      return attacker(
        `one of ${address.clients} of its /64, together ${rate.toFixed(1)} requests a second`,
        0.93,
        'rate',
        'flood',
      );
  }
  // Where pages come without files, many agents are also what stands behind a shared address.
  const fast = address.requests / seconds >= 2;
  if (switches && (norm.flowKnown || fast))
    return attacker(
      `one of ${address.agents} agents that its address changes between`,
      0.93,
      'syntax',
      'agents',
    );
  return undefined;
}

function queriesOrRate(c: ClientView, human: boolean, t: Thresholds): ClientJudgement | undefined {
  const random = c.randomQueries / Math.max(1, c.requests);
  const noFiles = c.assets + c.segments < c.pages * 0.2;
  if (c.randomQueries >= t.randomQueries && random >= t.randomShare && noFiles)
    return attacker(
      `${c.randomQueries} requests with random queries`,
      sure(c.randomQueries, 100),
      'syntax',
      'queries',
    );
  if (human || c.segments > 0) return floodOfPages(c, t);
  if (c.peak < t.floodRequests10s) return undefined;
  const same = c.topShare >= 0.75 || (c.pages > 0 && c.differentPaths <= 5);
  if (same)
    return attacker(
      `${c.peak} requests in 10 s, again and again for the same`,
      ...([sure(c.peak, 4 * t.floodRequests10s), 'rate', 'flood'] as const),
    );
  if (c.peak >= t.floodAnyhow10s && c.kind !== 'declared')
    return attacker(`${c.peak} requests in 10 s, without what a page needs`, 0.9, 'rate', 'flood');
  return {
    ...{ class: 'undeclared-bot', hostile: 0.15, why: `${c.peak} requests in 10 s for different addresses` },
    ...{ family: 'rate', group: 'crawlers' },
  };
}

/** Asks for one page again and again, with nothing of what a reload brings: files, or answers from the cache. */
function sameAgain(
  c: ClientView,
  human: boolean,
  norm: SiteNorm,
  t: Thresholds,
): ClientJudgement | undefined {
  if (human || !norm.flowKnown || c.pages < t.samePages || c.topShare < 0.85) return undefined;
  if (c.assets + c.files + c.segments + c.cached + c.chained > 0) return undefined;
  const seconds = Math.max(10, (c.last - c.first) / 1000);
  if (c.pages / seconds < t.samePagesRate) return undefined;
  return attacker(`asks for the same page ${c.pages} times, without its files`, 0.94, 'flow', 'again');
}

/** What loads whole pages again and again without a cache or a pause, as load tests that read HTML do. */
function floodOfPages(c: ClientView, t: Thresholds): ClientJudgement | undefined {
  const active = Math.max(1, (c.last - c.first) / 10_000);
  const sustained = c.pages / active >= t.humanPages10s && active >= 3;
  const repeats = c.requests >= 500 && c.differentPaths <= 60 && c.requests / c.differentPaths >= 50;
  if (!sustained || !repeats || c.cached > 0 || c.chained > c.pages * 0.2 || c.ownReferer > c.assets * 0.3)
    return undefined;
  return attacker(
    `loads the same ${Math.round(c.differentPaths)} addresses ${c.requests} times, never from a cache`,
    ...([0.9, 'rate', 'flood'] as const),
  );
}

/** The class of a client without signs of its own. */
export function plainClass(c: ClientView, human: boolean, impostor: string | undefined): ClientJudgement {
  if (c.merged > 0)
    return {
      class: 'unknown',
      hostile: 0.05,
      why: 'stands for several clients',
      family: 'none',
      group: 'rest',
    };
  if (c.kind === 'declared' || c.kind === 'tool')
    return {
      class: 'declared-bot',
      hostile: 0.01,
      why: impostor
        ? `says it is a program of ${impostor}, from an address that is not known as theirs`
        : 'says what program it is',
      ...{ family: 'none', group: 'declared' },
    };
  if (human) {
    const what =
      c.segments >= 3
        ? 'plays'
        : c.assets >= 2
          ? 'loads pages with their files'
          : 'follows links, has a cache';
    return { class: 'person', hostile: 0.005, why: what, family: 'none', group: 'people' };
  }
  if (c.kind === 'library' || c.feeds > c.requests * 0.5)
    return { class: 'undeclared-bot', hostile: 0.03, why: 'a program', family: 'none', group: 'programs' };
  if (c.requests >= 30 && c.pages >= 20 && c.differentPaths >= c.requests * 0.3)
    return {
      ...{ class: 'undeclared-bot', hostile: 0.08, why: `reads ${c.pages} pages without their files` },
      ...{ family: 'none', group: 'crawlers' },
    };
  return { class: 'unknown', hostile: 0.03, why: 'too little to tell', family: 'none', group: 'brief' };
}
