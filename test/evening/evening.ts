import { ATTACKS, type AttackName } from './attackers.ts';
import { type Dice, dice, type Logged } from './logged.ts';
import { address, BROWSERS, hear, listen, makeSite, programs, type Site, useApp, visit } from './people.ts';

/** What goes wrong by itself. */
export type FaultName = 'errors' | 'slow-disk' | 'crash-loop';

/** A made-up evening. Times are minutes from its beginning. */
export interface EveningPlan {
  readonly seed: number;
  readonly minutes: number;
  /** Visits a minute on a quiet evening. */
  readonly visits: number;
  /** A crowd: how many times as many, from when, how fast it comes (minutes) and goes (half-life in minutes). */
  readonly crowd?: {
    readonly factor: number;
    readonly at: number;
    readonly rise: number;
    readonly half: number;
  };
  readonly audience?: 'pages' | 'players' | 'app' | 'streams';
  readonly attack?: {
    readonly kind: AttackName;
    readonly from: number;
    readonly until: number;
    readonly rate: number;
    readonly sources?: number;
  };
  readonly fault?: { readonly kind: FaultName; readonly from: number; readonly until: number };
  /** Requests a second that the server can answer; more makes it slow, then fail. */
  readonly capacity?: number;
  readonly files?: boolean;
  /** Share of visits that come from one address, and programs behind it. */
  readonly behindOne?: number;
  /** Addresses of caches that stand in front of everybody. */
  readonly edges?: number;
  /** Part of the evening that is logged, in minutes. */
  readonly logged?: readonly [from: number, to: number];
}

/** 30 November 2026, 19:00 UTC. */
export const EVENING_START = Date.UTC(2026, 10, 30, 19);
const MINUTE = 60_000;

/** The requests of an evening in the order of their time. */
export function makeEvening(plan: EveningPlan): Logged[] {
  const d = dice(plan.seed);
  const site = makeSite(d, plan.files ?? true);
  const out: Logged[] = [];
  const end = EVENING_START + plan.minutes * MINUTE;
  for (let at = EVENING_START - 10 * MINUTE; at < end; ) {
    const rate = plan.visits * factorAt(plan, (at - EVENING_START) / MINUTE);
    at += d.exponential(MINUTE / rate);
    come(out, d, site, plan, at, end);
  }
  programs(out, d, site, EVENING_START, end);
  const { attack } = plan;
  if (attack)
    ATTACKS[attack.kind](out, d, site, {
      ...{ from: EVENING_START + attack.from * MINUTE, until: EVENING_START + attack.until * MINUTE },
      ...{ rate: attack.rate, ...(attack.sources ? { sources: attack.sources } : {}) },
    });
  if (plan.edges) {
    const edges = Array.from({ length: plan.edges }, () => address(d));
    for (const request of out) request.address = d.pick(edges);
  }
  const [from, to] = plan.logged ?? [0, plan.minutes];
  const kept = out
    .filter(({ at }) => at >= EVENING_START + from * MINUTE && at < EVENING_START + to * MINUTE)
    .sort((a, b) => a.at - b.at);
  return serve(kept, d, plan);
}

function factorAt({ crowd }: EveningPlan, minute: number): number {
  if (!crowd || minute < crowd.at) return 1;
  const since = minute - crowd.at;
  const up = Math.min(1, since / Math.max(0.01, crowd.rise));
  const down = since <= crowd.rise ? 1 : 0.5 ** ((since - crowd.rise) / crowd.half);
  return 1 + (crowd.factor - 1) * up * down;
}

function come(out: Logged[], d: Dice, site: Site, plan: EveningPlan, at: number, end: number): void {
  const inCrowd = plan.crowd !== undefined && at > EVENING_START + plan.crowd.at * MINUTE;
  const how = {
    at,
    ...(inCrowd ? { landing: site.pages[1]!.path } : {}),
    ...(plan.behindOne !== undefined && d() < plan.behindOne ? { address: '203.0.113.9' } : {}),
  };
  if (plan.audience === 'players') listen(out, d, site, how, end);
  else if (plan.audience === 'streams') hear(out, d, site, how, end);
  else if (plan.audience === 'app' && d() < 0.8) useApp(out, d, at, end);
  else visit(out, d, site, how);
}

/** Five programs behind the address that many people share. */
export function botsBehindOne(out: Logged[], seed: number, from: number, until: number): Logged[] {
  const d = dice(seed);
  for (let i = 0; i < 5; i++)
    for (let at = from + d() * 1000; at < until; at += d.exponential(150))
      out.push({
        ...{
          at,
          address: '203.0.113.9',
          agent: `${BROWSERS[0]} Bulk/${i}`,
          method: 'GET',
          target: '/search?q=live',
        },
        ...{ status: 200, bytes: 9_000, referer: '', duration: 4, truth: 'attacker' as const },
      });
  return out.sort((a, b) => a.at - b.at);
}

/** Works out durations and failures: a queue in front of `capacity` requests a second, and what goes wrong by itself. */
function serve(requests: Logged[], d: Dice, { capacity, fault }: EveningPlan): Logged[] {
  const perSecond = new Map<number, number>();
  for (const { at } of requests) {
    const second = Math.floor(at / 1000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  let backlog = 0;
  let last = Number.NaN;
  const limit = capacity ?? Number.POSITIVE_INFINITY;
  const served: Logged[] = [];
  for (const request of requests) {
    const second = Math.floor(request.at / 1000);
    if (second !== last) {
      // What nobody waits for any longer is dropped: at most ten seconds of work stand in line.
      if (Number.isFinite(limit))
        backlog = Math.min(10 * limit, Math.max(0, backlog + (perSecond.get(second) ?? 0) - limit));
      last = second;
    }
    const isFile = /\.\w{2,5}$/.test(request.target.split('?')[0]!);
    const own = isFile ? d.logNormal(2, 0.5) : d.logNormal(45, 0.5);
    if (request.method !== '') request.duration = own + (backlog / limit || 0) * 1000;
    if (backlog >= 8 * limit && request.method !== '' && d() < 0.4)
      Object.assign(request, { status: 503, bytes: 190 });
    const minute = (request.at - EVENING_START) / MINUTE;
    if (fault && minute >= fault.from && minute < fault.until && !fail(request, d, fault.kind, minute))
      continue;
    served.push(request);
  }
  return served;
}

/** What a fault does to a request; false when nothing was logged. */
function fail(request: Logged, d: Dice, kind: FaultName, minute: number): boolean {
  const isFile = /\.\w{2,5}$/.test(request.target.split('?')[0]!);
  if (kind === 'errors' && !isFile && d() < 0.6) Object.assign(request, { status: 500, bytes: 180 });
  if (kind === 'slow-disk') {
    request.duration += d.logNormal(900, 0.6);
    if (d() < 0.06) Object.assign(request, { status: 504, bytes: 170 });
  }
  // Fifteen seconds of every forty it is away, and the proxy in front says so.
  if (kind === 'crash-loop' && (minute * 60) % 40 < 15)
    Object.assign(request, { status: 502, bytes: 150, duration: 1 });
  return true;
}
