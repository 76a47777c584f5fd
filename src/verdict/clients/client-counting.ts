import type { LogRequest } from '../lines/log-request.ts';
import { add, type Columns, setBit } from './columns.ts';
import { hashOf } from './network.ts';
import type { Referers } from './referers.ts';
import { isPayload, randomQuery, type TargetKind } from './target-kind.ts';

/** What is counted of a request; the rest of a log's line is not looked at here. */
export type CountedRequest = Pick<LogRequest, 'at' | 'method' | 'target' | 'status' | 'bytes' | 'referer'>;

const SLOT_MS = 10_000;
/** Gap between two pages that the log's resolution of a second cannot tell from none, in seconds. */
const LEAST_GAP_S = 0.5;
/** Pages whose own leads are remembered. */
const RECENT = ['recent0', 'recent1', 'recent2', 'recent3'] as const;
const PATHS = ['paths0', 'paths1', 'paths2', 'paths3'] as const;
/** After an answer that says to wait, a request within this is hurried. */
const HURRIED_MS = 1000;

/** Counts a request in the row of its client. `path`: the hash of its path. */
export function countRequest(
  columns: Columns,
  client: number,
  request: CountedRequest,
  { kind, path, cost, referers }: { kind: TargetKind; path: number; cost: number; referers: Referers },
): void {
  const { counts, amounts, moments } = columns;
  const { at, status, method } = request;
  const first = counts.requests[client] === 0;
  add(counts.requests, client);
  add(amounts.cost, client, cost);
  add(amounts.bytes, client, request.bytes);
  if (first || at < (moments.first[client] as number)) moments.first[client] = at;
  if (at > (moments.last[client] as number)) moments.last[client] = at;
  if (status === 304) add(counts.cached, client);
  else if (status === 404) add(counts.notFound, client);
  else if (status === 401 || status === 403) add(counts.denied, client);
  else if (status >= 500) add(counts.failed, client);
  if (at - (moments.lastRefused[client] as number) < HURRIED_MS) {
    add(counts.hurried, client);
    // Once for each refusal.
    moments.lastRefused[client] = 0;
  }
  if (status === 429 || status === 503) {
    add(counts.limited, client);
    moments.lastRefused[client] = at;
  }
  if (status === 408 || (method === '' && status !== 400) || (method === '' && request.target === ''))
    add(counts.slow, client);
  if (method === '') add(counts.malformed, client);
  if (method === 'POST') add(counts.posts, client);
  countBurst(columns, client, at, kind);
  if (method !== '') countAsked(columns, client, request, { kind, path, referers });
}

function countBurst({ counts }: Columns, client: number, at: number, kind: TargetKind): void {
  const slot = Math.floor(at / SLOT_MS);
  if (counts.slot[client] !== slot) {
    counts.slot[client] = slot;
    counts.inSlot[client] = 0;
    counts.pagesInSlot[client] = 0;
  }
  add(counts.inSlot, client);
  if (kind === 'page') add(counts.pagesInSlot, client);
  if ((counts.inSlot[client] as number) > (counts.peak[client] as number))
    counts.peak[client] = counts.inSlot[client] as number;
  if ((counts.pagesInSlot[client] as number) > (counts.pagesPeak[client] as number))
    counts.pagesPeak[client] = counts.pagesInSlot[client] as number;
}

function countAsked(
  { counts, amounts, moments }: Columns,
  client: number,
  request: CountedRequest,
  { kind, path, referers }: { kind: TargetKind; path: number; referers: Referers },
): void {
  const referer = request.referer === '' ? undefined : referers.sense(request.referer);
  setBit(counts[PATHS[(path >>> 5) & 3] ?? 'paths0'], client, path);
  // The majority among its paths, if there is one. Source: Boyer and Moore, 1981.
  if (counts.topCount[client] === 0) counts.topPath[client] = path;
  if (counts.topPath[client] === path) add(counts.topCount, client);
  else counts.topCount[client] = (counts.topCount[client] as number) - 1;
  if (kind === 'asset' || kind === 'file') {
    add(kind === 'asset' ? counts.assets : counts.files, client);
    if (!referer) return;
    referers.learn(referer.host);
    add(referers.own(referer.host) ? counts.ownReferer : counts.otherReferer, client);
    return;
  }
  if (kind === 'segment' || kind === 'playlist') {
    add(kind === 'segment' ? counts.segments : counts.playlists, client);
    return;
  }
  if (kind === 'api') add(counts.apis, client);
  else if (kind === 'feed') add(counts.feeds, client);
  else if (kind === 'probe') add(counts.probes, client);
  else if (kind === 'login' && request.method === 'POST') add(counts.logins, client);
  else add(counts.pages, client);
  const before = moments.lastPage[client] as number;
  if (before > 0) {
    const gap = Math.log(Math.max(LEAST_GAP_S, (request.at - before) / 1000));
    add(counts.gaps, client);
    add(amounts.logGaps, client, gap);
    add(amounts.logGaps2, client, gap * gap);
  }
  moments.lastPage[client] = request.at;
  if (referer && referers.own(referer.host)) {
    if (RECENT.some((name) => counts[name][client] === referer.page)) add(counts.chained, client);
  } else if (referer) add(counts.otherReferer, client);
  const next = (counts.recentAt[client] as number) & 3;
  counts[RECENT[next] ?? 'recent0'][client] = path;
  add(counts.recentAt, client);
}

/** Counts a request's query; `weight`: how many such requests of the client it stands for. */
export function countQuery({ counts }: Columns, client: number, query: string, weight = 1): void {
  add(counts.queries, client, weight);
  const hash = hashOf(query);
  setBit(hash & 32 ? counts.queries1 : counts.queries0, client, hash);
  const equals = query.indexOf('=');
  const name = hashOf(equals < 0 ? query : query.slice(0, equals));
  setBit(name & 32 ? counts.names1 : counts.names0, client, name);
  if (isPayload(query)) add(counts.probes, client, weight);
  else if (randomQuery(query)) add(counts.randomQueries, client, weight);
}
