import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { exposition } from '../../base/metrics.ts';
import type { Charge } from '../../base/reply.ts';
import { find } from '../../http/index.ts';
import { bearer } from '../../keys/token.ts';
import { openInFlight } from '../in-flight.ts';
import type { Gate } from '../network/connection-limit.ts';
import { COST, type Share } from '../network/fair-share.ts';
import type { LateRefusals } from '../network/late-refusals.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import type { StreamRequest } from '../request/stream-query.ts';
import { type Connection, connectionOf, type Network } from '../socket/connection.ts';
import { CLASSES, NEVER } from './class-limit.ts';
import { answerDeferred, isShownPage } from './deferred-answer.ts';
import { openQueueing } from './event-loop-wait.ts';
import { type Priority, priorityOf } from './priority.ts';
import { type CutoffState, PriorityCutoff } from './priority-cutoff.ts';
import type { ReturnTokens } from './return-token.ts';
import { StageRequests } from './stage-requests.ts';

/** Dependencies of admission. */
export interface AdmissionDeps {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly share: Share;
  readonly clients: Clients;
  readonly late: Pick<LateRefusals, 'later'>;
  /** True for a host's or speaker's token of the room; checked before any other work is done. */
  knowsToken?(token: string, slug: string, wall: number): boolean;
  /** See `Limits.busyFrom`. */
  readonly busyFrom: number;
  /** How long connections wait in the accept queue, ms; asked about once a second. Default: not at all. */
  accepting?(): number;
  /** The return tokens of listeners who come back; without it nobody can prove that they were listening. */
  readonly returnTokens?: ReturnTokens;
  /** The fragment of a room's program that is due now; undefined when it is not running. */
  newest?(slug: string): number | undefined;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

/** A stream request with its priority; a deferred one gets the delayed stream. */
export interface Prioritized extends StreamRequest {
  readonly deferred?: true;
  /** Its network costs much and keeps few of the streams that it begins: it is told to come again. */
  readonly churns?: true;
}

/** Where a stream begins. */
interface Place {
  readonly at: 'live' | 'ring';
  /** Given only where somebody is waiting, so it proves that the ticket was checked. */
  readonly seat?: string;
  readonly holder?: string;
}

/**
 * Admission, before any other work of a door: decides who is served first when requests wait, and what the others get
 * instead.
 */
export interface Admission extends Disposable {
  /** The network a request comes from; behind a listed proxy, the client's. */
  prefixOf(req: IncomingMessage): string | undefined;
  /** Counts a stream's connection against the client behind a listed proxy; false if that network is at its limit. */
  countForClient(connection: Connection, forwardedFor: string | undefined): boolean;
  /** Decides whether a request for a stream is deferred; refused is only who joins and leaves all the time. */
  prioritize(connection: Connection, request: StreamRequest): Prioritized;
  /**
   * Where a listener goes: a deferred one to the delayed stream, unless its ticket was called; `otherwise`
   * decides for the others.
   */
  place(request: Prioritized, otherwise: () => Place | undefined): Place;
  /** Charges the network of a stream's connection for what joining took beyond what was asked for, µs. */
  joined(connection: Connection, cost: number): void;
  /**
   * True when an unsigned request of a connection would be refused anyway, because its network has had its share; it is
   * charged for the refusal. Never behind a listed proxy.
   */
  refusesUnread(connection: Connection): boolean;
  /** Charges a network for the time, in ms, that answering a request took in this process; called afterwards. */
  took(req: IncomingMessage, time: number): void;
  /**
   * Begins a request that another process answers; undefined when its network has as many under way as it may have
   * without a token of the room that they are about. To be disposed when it is over.
   */
  begin(req: IncomingMessage, path: string): Disposable | undefined;
  /** Charges a network for the time, in ms, that another process spent on it. */
  forwarded(req: IncomingMessage, time: number): void;
  /**
   * Charges a network for one small public file, or another answer of that `cost`; false when it has had more than its
   * share. `forwardedFor` is what the request says, and counts when a listed proxy has brought it.
   */
  consume(connection: Connection, cost?: number, forwardedFor?: string): boolean;
  /**
   * The same for a request outside the table of priorities; behind a listed proxy, the client's network is charged.
   */
  consumeFor(req: IncomingMessage): boolean;
  /** How expensive work for a request, or for a player's small file, is charged to the network that asks for it. */
  charger(asker: IncomingMessage | Connection, forwardedFor?: string): Charge;
  /** True when a request may be worked on now; otherwise `defer` answers it. `last`: it comes after all others. */
  admits(req: IncomingMessage, path: string, forwarded: boolean, last?: boolean): boolean;
  /** The cheap answer: a short page for a browser; 429 for programs, a second later. */
  defer(req: IncomingMessage, res: ServerResponse, path: string): void;
  readonly strained: boolean;
  readonly state: CutoffState;
  /** Prometheus text, `earshot_door_admission_…`. */
  metrics(): string;
}

/**
 * An answer that takes longer is waiting for others, or for something outside, so no more than this is charged to the
 * one who asked.
 */
const MOST_FORWARDED_MS = 250;
/** How many fragments doors hold (46 s); a listener may be a few ahead of the clock. */
const HELD_FRAGMENTS = 144;
const AHEAD_FRAGMENTS = 8;

/** Opens admission; it samples the event loop fifty times a second while anybody is connected. */
export function openAdmission(deps: AdmissionDeps): Admission {
  return new DoorAdmission(deps);
}

class DoorAdmission implements Admission {
  readonly #deps: AdmissionDeps;
  readonly #cutoff: PriorityCutoff;
  readonly #queueing: ReturnType<typeof openQueueing>;
  readonly #stage: StageRequests;
  readonly #inFlight = openInFlight();
  #used = process.cpuUsage();
  #since: number;

  constructor(deps: AdmissionDeps) {
    const { clock, gate } = deps;
    this.#deps = deps;
    this.#since = clock.now();
    this.#cutoff = new PriorityCutoff(deps.share, clock.now(), deps.random);
    this.#stage = new StageRequests(clock, deps.knowsToken?.bind(deps));
    this.#queueing = openQueueing(
      clock,
      (now) => this.#looked(now),
      () => gate.connections.size === 0,
    );
  }

  prefixOf(req: IncomingMessage): string | undefined {
    return this.#askerOf(req).prefix;
  }

  countForClient(connection: Connection, forwardedFor: string | undefined): boolean {
    const { clients, gate } = this.#deps;
    const peer = connection.socket.remoteAddress;
    return !clients.trusts(peer) || gate.countFor(connection, clients.clientOf(peer, forwardedFor));
  }

  prioritize({ counted }: Connection, request: StreamRequest): Prioritized {
    const { share } = this.#deps;
    const { place } = counted;
    share.begun(place);
    const priority = this.#returning(request, counted);
    if (priority >= NEVER && this.strained && share.isLoud(place) && share.churns(place)) {
      this.#cutoff.refuse(priority, place, COST.refusal);
      return { ...request, deferred: true, churns: true };
    }
    return this.#passes(counted, priority, COST.request) ? request : { ...request, deferred: true };
  }

  joined({ counted }: Connection, cost: number) {
    if (cost <= 0) return;
    this.#deps.share.charge(counted.place, cost);
    this.#deps.share.stranger(counted.place, cost);
  }

  refusesUnread({ counted }: Connection): boolean {
    if (!this.strained || this.#deps.share.hasLeft(counted.place)) return false;
    this.#cutoff.refuse(3, counted.place, COST.refusal);
    return true;
  }

  place(request: Prioritized, otherwise: () => Place | undefined): Place {
    if (!request.deferred) return otherwise() ?? { at: 'live' };
    const called = request.ticket === undefined ? undefined : otherwise();
    if (called?.at === 'live' && called.seat !== undefined) return called;
    // They are moved up once the load is over, as far as the line has places: see `Door.promote`.
    return { at: 'ring' };
  }

  admits(req: IncomingMessage, path: string, forwarded: boolean, last = false): boolean {
    const { headers } = req;
    const purpose = headers['sec-purpose'] ?? headers.purpose;
    const worth = this.#stage.worth(headers.authorization, path);
    const stage = worth === 'first';
    const priority = priorityOf({
      ...{ method: req.method ?? 'GET', path },
      purpose: purpose === undefined ? undefined : String(purpose),
      agent: headers['user-agent'],
      holds: stage ? 'stage' : undefined,
    });
    const from = this.#askerOf(req);
    const admitted = worth !== 'never' && this.#admitted(from, priority, { stage, forwarded, last });
    if (!admitted) this.#deps.share.charge(from.place, COST.refusal);
    return admitted;
  }

  #admitted(
    from: Network,
    priority: Priority,
    {
      stage,
      forwarded,
      last,
    }: { readonly stage: boolean; readonly forwarded: boolean; readonly last: boolean },
  ): boolean {
    const cost = forwarded ? COST.forwarded : COST.request;
    if (last) return this.#passes(from, 6, cost);
    // A player continues whoever else comes, within its network's share; so do health checks.
    if (priority === 1 || (priority === 0 && !stage)) return this.#cutoff.fetch(from.place, COST.request);
    return this.#passes(from, priority, cost);
  }

  charger(asker: IncomingMessage | Connection, forwardedFor?: string): Charge {
    const { place } = 'headers' in asker ? this.#askerOf(asker) : this.#askerOn(asker, forwardedFor);
    return (cost) => this.#deps.share.ask(place, cost);
  }

  begin(req: IncomingMessage, path: string): Disposable | undefined {
    const { knowsToken, clock } = this.#deps;
    const token = knowsToken && bearer(req.headers.authorization);
    const slug = find(path)?.room ?? '';
    const ours = token !== undefined && slug !== '' && this.#deps.knowsToken?.(token, slug, clock.wall());
    return ours ? { [Symbol.dispose]: () => {} } : this.#inFlight.begin(this.#askerOf(req).prefix);
  }

  took(req: IncomingMessage, time: number) {
    this.#chargeBeyond(req, time * 1000 - COST.request);
  }

  forwarded(req: IncomingMessage, time: number) {
    this.#chargeBeyond(req, Math.min(MOST_FORWARDED_MS, time) * 1000 - COST.forwarded);
  }

  consumeFor(req: IncomingMessage): boolean {
    return this.#cutoff.fetch(this.#askerOf(req).place, COST.request);
  }

  consume(connection: Connection, cost: number = COST.file, forwardedFor?: string): boolean {
    return this.#cutoff.fetch(this.#askerOn(connection, forwardedFor).place, cost);
  }

  defer(req: IncomingMessage, res: ServerResponse, path: string) {
    const answer = (): void => answerDeferred(req, res, path, this.#deps.random());
    if (isShownPage(req)) answer();
    else this.#deps.late.later(req.socket, answer);
  }

  get strained(): boolean {
    return this.#cutoff.strained;
  }

  get state(): CutoffState {
    return this.#cutoff.state;
  }

  metrics(): string {
    const { level, wait, deferred } = this.state;
    return exposition([
      {
        name: 'earshot_door_admitted_ratio',
        kind: 'gauge',
        help: 'Share of all classes of requests that are let in: 1 when nothing is deferred',
        value: level / CLASSES,
      },
      {
        name: 'earshot_door_queueing_wait_seconds',
        kind: 'gauge',
        help: 'Average wait of requests in the last window',
        value: wait / 1000,
      },
      {
        name: 'earshot_door_put_off_total',
        kind: 'counter',
        help: 'Requests deferred under load, by urgency: 0 is the most urgent',
        value: deferred.map((count, priority) => [{ priority }, count] as const),
      },
    ]);
  }

  [Symbol.dispose]() {
    this.#queueing[Symbol.dispose]();
  }

  /** The event loop was looked at: once a window is over, the level is decided anew. */
  #looked(now: number) {
    if (!this.#cutoff.due(now)) return;
    const { user, system } = process.cpuUsage(this.#used);
    const share = (user + system) / 1000 / Math.max(1, now - this.#since);
    this.#used = process.cpuUsage();
    this.#since = now;
    // A request waits twice: until its connection is accepted, and until it is handled.
    const wait = this.#queueing.take() + (this.#deps.accepting?.() ?? 0);
    this.#cutoff.turn(now, wait, share >= this.#deps.busyFrom, share);
  }

  #passes({ prefix, place }: Network, priority: Priority, cost: number): boolean {
    return this.#cutoff.admit(priority, prefix, place, cost, this.#deps.clock.wall());
  }

  /**
   * Listeners who prove that they were listening are never deferred. A plausible `after` number also marks somebody
   * who comes back, but anyone can work it out from the clock, so under load it counts for less than a proof.
   */
  #returning({ slug, after, back }: StreamRequest, { prefix = '' }: Network): Priority {
    if (after === undefined) return 3;
    if (back !== undefined && this.#deps.returnTokens?.holds(back, slug, prefix)) return 1;
    const newest = this.#deps.newest?.(slug);
    if (newest === undefined) return 3;
    return after >= newest - HELD_FRAGMENTS && after <= newest + AHEAD_FRAGMENTS ? 2 : 3;
  }

  /** Charges a network for what a request has cost beyond what it was charged before; in µs. */
  #chargeBeyond(req: IncomingMessage, beyond: number) {
    if (beyond > 0) this.#deps.share.charge(this.#askerOf(req).place, beyond);
  }

  /** The network that asks: behind a listed proxy, the client's. */
  #askerOn(connection: Connection, forwardedFor: string | undefined): Network {
    const { clients, gate } = this.#deps;
    const peer = connection.socket.remoteAddress;
    return clients.trusts(peer) ? gate.networkAt(clients.clientOf(peer, forwardedFor)) : connection.counted;
  }

  #askerOf({ socket, headers }: IncomingMessage): Network {
    return this.#askerOn(connectionOf(socket), String(headers['x-forwarded-for'] ?? '') || undefined);
  }
}
