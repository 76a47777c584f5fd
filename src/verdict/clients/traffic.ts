import type { LogRequest } from '../lines/log-request.ts';
import type { Thresholds } from '../thresholds.ts';
import { type AgentKind, agentKind } from './agent-kind.ts';
import { Cells } from './cells.ts';
import { countQuery, countRequest } from './client-counting.ts';
import { Names } from './names.ts';
import { prefixOf } from './network.ts';
import { SeenPaths } from './paths.ts';
import { Referers } from './referers.ts';
import { costOf, workOf } from './request-cost.ts';
import { FIRST_CLIENT, type GoneClients, openColumns, REST, retireClients } from './retirement.ts';
import type { TargetKind } from './target-kind.ts';
import { DURATION_CLASSES, TrafficTimeline } from './timeline.ts';

const SLOT_MS = 10_000;
/** Ms of the log between two attempts to make room in the table of clients. */
const RETRY_MS = 60_000;

/** A client as its row is looked for; `prefix` is asked when it is new. */
interface ClientName {
  readonly address: string;
  readonly agent: number;
  readonly at: number;
  prefix(address: string): string;
}

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
  /** Agents that claim to be an operator's crawler and are not, where addresses are no longer known. */
  readonly impostors = new Map<number, string>();
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
  /** Requests whose clients were not told apart by who counted them. */
  merged = 0;
  /** Since when it is known which prefixes are new, wall-clock ms; undefined: since the first request. */
  noveltySince: number | undefined;
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
    const work = workOf(request, kind, this.#limits);
    const cost = costOf(request, kind, work, this.#limits);
    const client = this.#clientOf(request);
    this.requests++;
    if (at < this.last - SLOT_MS) this.disordered++;
    if (at < this.first) this.first = at;
    if (at > this.last) this.last = at;
    if (request.referer !== '') this.withReferer++;
    if (request.agent !== '') this.withAgent++;
    this.#time(request, kind, work, cost);
    this.cells.add(client, at, cost, status >= 500, this.clients.counts.cell);
    countRequest(this.clients, client, request, {
      ...{ kind, path: sense.hash, cost, referers: this.#referers },
    });
    this.#seen(client, at);
    if (mark >= 0) countQuery(this.clients, client, target.slice(mark + 1));
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

  #clientOf({ address, agent, at }: LogRequest): number {
    const number = this.agents.number(agent);
    if (number === this.agentKinds.length) this.agentKinds.push(agentKind(agent));
    return this.rowOf({ address, agent: number, at, prefix: prefixOf });
  }

  /** The number of an agent of which is known already what it is, and whose crawler it falsely claims to be. */
  knownAgent(name: string, kind: AgentKind, impostor: string | undefined): number {
    const number = this.agents.number(name);
    if (number === this.agentKinds.length) this.agentKinds.push(kind);
    if (impostor !== undefined && number > 0) this.impostors.set(number, impostor);
    return number;
  }

  /** The row of a client; without room for another it is that of its prefix, or of the rest. */
  rowOf({ address: text, agent, at, prefix: prefixFor }: ClientName): number {
    const address = this.addresses.number(text);
    const key = this.#key(address, agent);
    const known = this.#byPair.get(key);
    if (known !== undefined) return known;
    if (this.full) this.#makeRoom(at);
    const prefix = prefixFor(text);
    if (!this.full) {
      // Addresses have other numbers when room was made.
      const number = this.addresses.number(text);
      return this.#open(this.#key(number, agent), number, agent, prefix, 0);
    }
    return this.mergedRow(prefix);
  }

  /** The row that stands for all clients of a prefix that are not told apart. */
  mergedRow(prefix: string): number {
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

  #seen(client: number, at: number): void {
    const prefix = this.clients.counts.prefix[client] as number;
    if (at < (this.prefixFirst[prefix] as number)) this.prefixFirst[prefix] = at;
  }
}
