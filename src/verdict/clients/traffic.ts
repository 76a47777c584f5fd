import type { LogRequest } from '../lines/log-request.ts';
import type { Thresholds } from '../thresholds.ts';
import { type AgentKind, agentKind } from './agent-kind.ts';
import { Cells } from './cells.ts';
import { add, setBit } from './columns.ts';
import { Names } from './names.ts';
import { hashOf, prefixOf } from './network.ts';
import { SeenPaths } from './paths.ts';
import { Referers } from './referers.ts';
import { FIRST_CLIENT, type GoneClients, openColumns, REST, retireClients } from './retirement.ts';
import { isPayload, randomQuery, type TargetKind } from './target-kind.ts';
import { DURATION_CLASSES, TrafficTimeline } from './timeline.ts';

const SLOT_MS = 10_000;
/** Gap between two pages that the log's resolution of a second cannot tell from none, in seconds. */
const LEAST_GAP_S = 0.5;
/** Pages whose own leads are remembered. */
const RECENT = ['recent0', 'recent1', 'recent2', 'recent3'] as const;
/** Ms of the log between two attempts to make room in the table of clients. */
const RETRY_MS = 60_000;
/** After an answer that says to wait, a request within this is hurried. */
const HURRIED_MS = 1000;

/** Everything that is kept of a log while it is read: one pass, bounded by the limits of `Thresholds`. */
export class Traffic {
  clients = openColumns();
  readonly cells: Cells;
  readonly timeline: TrafficTimeline;
  addresses: Names;
  /** Clients that have gone, and are no longer told apart. */
  readonly gone: GoneClients = { people: 0, persistent: 0, direct: 0, referred: 0 };
  readonly agents: Names;
  readonly prefixes: Names;
  readonly agentKinds: AgentKind[] = ['none'];
  /** When each prefix was seen first, wall-clock ms. */
  readonly prefixFirst: number[] = [0];
  readonly paths: SeenPaths;
  requests = 0;
  withReferer = 0;
  withAgent = 0;
  withDuration = 0;
  /** Requests whose time is earlier than the latest by more than a slot. */
  disordered = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;
  /** Clients that were let go. */
  retired = 0;
  #tried = Number.NEGATIVE_INFINITY;
  readonly #byPair = new Map<number, number>();
  readonly #referers = new Referers();
  readonly #limits: Thresholds;

  constructor(limits: Thresholds) {
    this.#limits = limits;
    const { mostClients, mostAgents } = limits;
    this.cells = new Cells(limits.mostCells, limits.slotSeconds);
    this.timeline = new TrafficTimeline(limits.mostSlots, limits.slotSeconds);
    this.addresses = new Names(mostClients * 1.25, 'other addresses');
    this.agents = new Names(mostAgents, 'other agents');
    this.prefixes = new Names(mostClients, 'other prefixes');
    this.paths = new SeenPaths(limits.mostPaths);
  }

  /** Clients that stand for several, because the table was full. */
  get full(): boolean {
    return this.clients.rows >= this.#limits.mostClients;
  }

  add(request: LogRequest): void {
    const { at, target, status } = request;
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const sense = this.paths.sense(path);
    const kind: TargetKind = request.method === '' ? 'api' : sense.kind;
    sense.requests++;
    const work = this.#work(request, kind);
    const cost = this.#cost(request, kind, work);
    const client = this.#clientOf(request);
    this.requests++;
    if (at < this.last - SLOT_MS) this.disordered++;
    if (at < this.first) this.first = at;
    if (at > this.last) this.last = at;
    if (request.referer !== '') this.withReferer++;
    if (request.agent !== '') this.withAgent++;
    this.#time(request, kind, work, cost);
    this.cells.add(client, at, cost, status >= 500, this.clients.counts.cell);
    this.#count(client, request, kind, sense.hash, cost);
    if (mark >= 0) this.#query(client, target.slice(mark + 1));
  }

  #time(request: LogRequest, kind: TargetKind, work: number, cost: number): void {
    const slot = this.timeline.at(request.at);
    const { status, duration } = request;
    slot.requests++;
    slot.work += work;
    slot.cost += cost;
    if (status >= 500) slot.errors++;
    if (status === 500) slot.internal++;
    if (status === 408 || status === 429 || status === 499) slot.gaveUp++;
    if (!(duration >= 0)) return;
    this.withDuration++;
    if (kind === 'segment' || kind === 'playlist') return;
    const of = Math.min(DURATION_CLASSES - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, duration)))));
    slot.durations[of] = (slot.durations[of] ?? 0) + 1;
  }

  /** Units that a request asks for, whatever it had to wait. */
  #work({ bytes, status, method }: LogRequest, kind: TargetKind): number {
    const { bytesPerUnit, unitsPerPage, timeoutSeconds, unitsPerSlotSecond } = this.#limits;
    if (status === 408 || (method === '' && (status === 400 || status === 499 || status === 0)))
      return 1 + (status === 408 ? timeoutSeconds * unitsPerSlotSecond : 0);
    const made = (kind === 'page' || kind === 'api' || kind === 'login') && status !== 304;
    return (made ? unitsPerPage : 1) + bytes / bytesPerUnit;
  }

  #cost({ duration, status }: LogRequest, kind: TargetKind, work: number): number {
    if (!(duration >= 0)) return work;
    const { unitsPerSlotSecond, unitsPerPage, workMs } = this.#limits;
    const made = (kind === 'page' || kind === 'api' || kind === 'login') && status !== 304;
    const slot = (duration / 1000) * unitsPerSlotSecond;
    return made
      ? work - unitsPerPage + 1 + Math.min(duration, workMs) + slot
      : (status === 408 ? 1 : work) + slot;
  }

  #clientOf(request: LogRequest): number {
    const agent = this.agents.number(request.agent);
    if (agent === this.agentKinds.length) this.agentKinds.push(agentKind(request.agent));
    const address = this.addresses.number(request.address);
    const key = this.#key(address, agent);
    const known = this.#byPair.get(key);
    if (known !== undefined) return known;
    if (this.full) this.#makeRoom(request.at);
    if (!this.full) {
      // Addresses have other numbers when room was made.
      const number = this.addresses.number(request.address);
      return this.#open(this.#key(number, agent), number, agent, prefixOf(request.address), 0);
    }
    const prefix = prefixOf(request.address);
    const merged = this.addresses.number(prefix);
    const shared = this.#key(merged, 0);
    const found = this.#byPair.get(shared);
    if (found !== undefined) return found;
    if (merged === 0 || this.clients.rows >= this.#limits.mostClients * 1.125) return REST;
    return this.#open(shared, merged, 0, prefix, 1);
  }

  #key(address: number, agent: number): number {
    return address * this.#limits.mostAgents * 2 + agent;
  }

  /** Lets clients go that have been silent, when the table is full; not again before it is worth it. */
  #makeRoom(now: number): void {
    if (this.#tried > now - RETRY_MS && this.#tried <= now) return;
    this.#tried = now;
    const { columns, from } = retireClients(this.clients, this.cells, this.agentKinds, now, this.gone);
    const old = this.addresses;
    this.retired += this.clients.rows - columns.rows;
    this.clients = columns;
    this.addresses = new Names(this.#limits.mostClients * 1.25, 'other addresses');
    this.#byPair.clear();
    for (const [row, before] of from.entries()) {
      if (row < FIRST_CLIENT || before < FIRST_CLIENT) continue;
      const address = this.addresses.number(old.text(columns.counts.address[row] as number));
      columns.counts.address[row] = address;
      this.#byPair.set(this.#key(address, columns.counts.agent[row] as number), row);
    }
  }

  #open(key: number, address: number, agent: number, prefixText: string, merged: number): number {
    const client = this.clients.push();
    const { counts } = this.clients;
    const prefix = this.prefixes.number(prefixText);
    if (prefix === this.prefixFirst.length) this.prefixFirst.push(Number.POSITIVE_INFINITY);
    this.#byPair.set(key, client);
    counts.address[client] = address;
    counts.agent[client] = agent;
    counts.prefix[client] = prefix;
    counts.merged[client] = merged;
    return client;
  }

  #count(client: number, request: LogRequest, kind: TargetKind, path: number, cost: number): void {
    const { counts, amounts, moments } = this.clients;
    const { at, status, method } = request;
    const first = counts.requests[client] === 0;
    add(counts.requests, client);
    add(amounts.cost, client, cost);
    add(amounts.bytes, client, request.bytes);
    if (first || at < (moments.first[client] as number)) moments.first[client] = at;
    if (at > (moments.last[client] as number)) moments.last[client] = at;
    const prefix = counts.prefix[client] as number;
    if (at < (this.prefixFirst[prefix] as number)) this.prefixFirst[prefix] = at;
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
    this.#bursts(client, at, kind);
    if (method !== '') this.#asked(client, request, kind, path);
  }

  #bursts(client: number, at: number, kind: TargetKind): void {
    const { counts } = this.clients;
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

  #asked(client: number, request: LogRequest, kind: TargetKind, path: number): void {
    const { counts, amounts, moments } = this.clients;
    const referer = request.referer === '' ? undefined : this.#referers.sense(request.referer);
    setBit(
      counts[(['paths0', 'paths1', 'paths2', 'paths3'] as const)[(path >>> 5) & 3] ?? 'paths0'],
      client,
      path,
    );
    // The majority among its paths, if there is one. Source: Boyer and Moore, 1981.
    if (counts.topCount[client] === 0) counts.topPath[client] = path;
    if (counts.topPath[client] === path) add(counts.topCount, client);
    else counts.topCount[client] = (counts.topCount[client] as number) - 1;
    if (kind === 'asset' || kind === 'file') {
      add(kind === 'asset' ? counts.assets : counts.files, client);
      if (!referer) return;
      this.#referers.learn(referer.host);
      add(this.#referers.own(referer.host) ? counts.ownReferer : counts.otherReferer, client);
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
    if (referer && this.#referers.own(referer.host)) {
      if (RECENT.some((name) => counts[name][client] === referer.page)) add(counts.chained, client);
    } else if (referer) add(counts.otherReferer, client);
    const next = (counts.recentAt[client] as number) & 3;
    counts[RECENT[next] ?? 'recent0'][client] = path;
    add(counts.recentAt, client);
  }

  #query(client: number, query: string): void {
    const { counts } = this.clients;
    add(counts.queries, client);
    const hash = hashOf(query);
    setBit(hash & 32 ? counts.queries1 : counts.queries0, client, hash);
    const equals = query.indexOf('=');
    const name = hashOf(equals < 0 ? query : query.slice(0, equals));
    setBit(name & 32 ? counts.names1 : counts.names0, client, name);
    if (isPayload(query)) add(counts.probes, client);
    else if (randomQuery(query)) add(counts.randomQueries, client);
  }
}
