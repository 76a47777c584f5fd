import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { exposition } from '../../base/metrics.ts';
import { type Charge, problem } from '../../base/reply.ts';
import { find } from '../../http/index.ts';
import { bearer } from '../../keys/token.ts';
import { busyPage } from '../../pages/index.ts';
import { pageHeaders, send } from '../answer/send.ts';
import { openInFlight } from '../in-flight.ts';
import type { Gate, Origin } from '../network/connection-limit.ts';
import { COST, type Share } from '../network/fair-share.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import type { StreamRequest } from '../request/stream-query.ts';
import { openQueueing } from './event-loop-wait.ts';
import { type Priority, priorityOf } from './priority.ts';
import { Admission, type AdmissionState, CLASSES } from './priority-cutoff.ts';
import type { Proofs } from './return-token.ts';

/** What admission needs. */
export interface ShieldDeps {
  readonly clock: Clock;
  readonly gate: Gate;
  readonly share: Share;
  readonly clients: Clients;
  /** True for a host's or speaker's token of the room; checked before any other work is done. */
  vouches?(token: string, slug: string, wall: number): boolean;
  /** See `Limits.busyFrom`. */
  readonly busyFrom: number;
  /** How long connections wait in the accept queue, ms; asked about once a second. Default: not at all. */
  accepting?(): number;
  /** The return tokens of listeners who come back; without it nobody can prove that they were listening. */
  readonly proofs?: Proofs;
  /** The fragment of a room's program that is due now; undefined when it is not running. */
  newest?(slug: string): number | undefined;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

/** A stream request with its judgement; a deferred one gets the delayed stream. */
export interface Judged extends StreamRequest {
  readonly putOff?: true;
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
export interface Shield extends Disposable {
  /** The network a request comes from; behind a listed proxy, the client's. */
  prefixOf(req: IncomingMessage): string | undefined;
  /** Counts a stream's connection against the client behind a listed proxy; false if that network is at its limit. */
  claims(socket: Socket, forwardedFor: string | undefined): boolean;
  /** Judges a request for a stream; nobody is refused. */
  judge(socket: Socket, request: StreamRequest): Judged;
  /**
   * Where a judged listener goes: a deferred one to the delayed stream, unless its ticket was called; `otherwise`
   * decides for the others.
   */
  place(request: Judged, otherwise: () => Place | undefined): Place;
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
  fetches(socket: Socket, cost?: number, forwardedFor?: string): boolean;
  /**
   * The same for a request outside the table of priorities; behind a listed proxy, the client's network is charged.
   */
  answers(req: IncomingMessage): boolean;
  /** How expensive work for a request, or for a player's small file, is charged to the network that asks for it. */
  charger(asker: IncomingMessage | Socket, forwardedFor?: string): Charge;
  /** True when a request may be worked on now; otherwise `putOff` answers it. */
  admits(req: IncomingMessage, path: string, forwarded: boolean): boolean;
  /** The cheap answer: a short page for a browser, 429 for programs. */
  putOff(req: IncomingMessage, res: ServerResponse, path: string): void;
  readonly strained: boolean;
  readonly state: AdmissionState;
  /** Prometheus text, `earshot_door_admission_…`. */
  metrics(): string;
}

/**
 * Requests per second that tokens of one room give priority to: a full stage makes a fraction of that. Further ones
 * are like any others.
 */
const MOST_VOUCHED = 100;
/** And so many reach the process that mixes the room at all, from this door: a stage whose people all come back at once needs fewer. */
const MOST_TO_STAGE = 400;
/** Requests per second that reach any stage without a token of its room: enough to be told what is wrong with a link. */
const MOST_STRANGERS = 40;
/** Rooms counted within a second; tokens of further rooms give no priority. */
const MOST_ROOMS = 4_096;
/**
 * An answer that takes longer is waiting for others, or for something outside, so no more than this is charged to the
 * one who asked.
 */
const MOST_FORWARDED_MS = 250;
/** Everyone who is deferred is told a pause between these, in seconds. */
const FIRST_PAUSE_S = 5;
const LAST_PAUSE_S = 20;
const HEAD = pageHeaders([]);
/** How many fragments doors hold (46 s); a listener may be a few ahead of the clock. */
const HELD_FRAGMENTS = 144;
const AHEAD_FRAGMENTS = 8;

/** Opens admission; it samples the event loop fifty times a second while anybody is connected. */
export function openShield(deps: ShieldDeps): Shield {
  const { clock, gate } = deps;
  const admission = new Admission(deps.share, clock.now(), deps.random);
  let used = process.cpuUsage();
  let since: number = clock.now();
  const looked = (now: number): void => {
    if (!admission.due(now)) return;
    const { user, system } = process.cpuUsage(used);
    const share = (user + system) / 1000 / Math.max(1, now - since);
    used = process.cpuUsage();
    since = now;
    // A request waits twice: until its connection is accepted, and until it is handled.
    admission.turn(now, queueing.take() + (deps.accepting?.() ?? 0), share >= deps.busyFrom);
  };
  const queueing = openQueueing(clock, looked, () => gate.sockets.size === 0);
  const passes = ({ prefix, place }: Origin, priority: Priority, cost: number): boolean => {
    return admission.admit(priority, prefix, place, cost, clock.wall());
  };
  /**
   * Listeners who prove that they were listening are never deferred. A plausible `after` number also marks somebody
   * who comes back, but anyone can work it out from the clock, so under load it counts for less than a proof.
   */
  const returning = ({ slug, after, back }: StreamRequest, { prefix = '' }: Origin): Priority => {
    if (after === undefined) return 3;
    if (back !== undefined && deps.proofs?.holds(back, slug, prefix)) return 1;
    const newest = deps.newest?.(slug);
    if (newest === undefined) return 3;
    return after >= newest - HELD_FRAGMENTS && after <= newest + AHEAD_FRAGMENTS ? 2 : 3;
  };
  /** Requests of this second with a valid token, by room. */
  const vouchings = new Map<string, number>();
  let second = 0;
  let strangers = 0;
  /**
   * What a request for a stage is worth: it is answered in the process that mixes. Anybody can open a room and have a
   * token: it is worth something in that room alone, and only so much.
   */
  const onStage = (authorization: string | undefined, path: string): 'first' | 'like-others' | 'never' => {
    const found = find(path);
    if (!deps.vouches || found?.address.urgency !== 'stage') return 'like-others';
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) {
      vouchings.clear();
      strangers = 0;
    }
    second = now;
    const slug = found.room;
    const count = vouchings.get(slug) ?? 0;
    if (count >= MOST_TO_STAGE) return 'never';
    const token = bearer(authorization);
    const known = count > 0 || vouchings.size < MOST_ROOMS;
    if (token === undefined || !known || !deps.vouches(token, slug, clock.wall())) {
      strangers += 1;
      return strangers > MOST_STRANGERS ? 'never' : 'like-others';
    }
    vouchings.set(slug, count + 1);
    return count < MOST_VOUCHED ? 'first' : 'like-others';
  };
  const inFlight = openInFlight();
  const originOn = (socket: Socket, forwardedFor: string | undefined): Origin => {
    const peer = socket.remoteAddress;
    return deps.clients.trusts(peer)
      ? gate.originAt(deps.clients.clientOf(peer, forwardedFor))
      : gate.originOf(socket);
  };
  const originOf = ({ socket, headers }: IncomingMessage): Origin =>
    originOn(socket, String(headers['x-forwarded-for'] ?? '') || undefined);
  return {
    prefixOf: (req) => originOf(req).prefix,
    claims(socket, forwardedFor) {
      const peer = socket.remoteAddress;
      return !deps.clients.trusts(peer) || gate.claim(socket, deps.clients.clientOf(peer, forwardedFor));
    },
    judge(socket, request) {
      const from = gate.originOf(socket);
      return passes(from, returning(request, from), COST.request) ? request : { ...request, putOff: true };
    },
    place(request, otherwise) {
      if (!request.putOff) return otherwise() ?? { at: 'live' };
      const called = request.ticket === undefined ? undefined : otherwise();
      if (called?.at === 'live' && called.seat !== undefined) return called;
      // They are moved up once the load is over, as far as the line has places: see `Door.promote`.
      return { at: 'ring' };
    },
    admits(req, path, forwarded) {
      const { headers } = req;
      const purpose = headers['sec-purpose'] ?? headers.purpose;
      const worth = onStage(headers.authorization, path);
      const stage = worth === 'first';
      const priority = priorityOf({
        ...{ method: req.method ?? 'GET', path },
        purpose: purpose === undefined ? undefined : String(purpose),
        agent: headers['user-agent'],
        holds: stage ? 'stage' : undefined,
      });
      if (worth === 'never') return false;
      const from = originOf(req);
      // A player continues whoever else comes, within its network's share; so do health checks.
      if (priority === 1 || (priority === 0 && !stage)) return admission.fetch(from.place, COST.request);
      return passes(from, priority, forwarded ? COST.forwarded : COST.request);
    },
    charger(asker, forwardedFor) {
      const { place } = 'headers' in asker ? originOf(asker) : originOn(asker, forwardedFor);
      return (cost) => deps.share.ask(place, cost);
    },
    begin(req, path) {
      const token = deps.vouches && bearer(req.headers.authorization);
      const slug = find(path)?.room ?? '';
      const ours = token !== undefined && slug !== '' && deps.vouches?.(token, slug, clock.wall());
      return ours ? { [Symbol.dispose]: () => {} } : inFlight.begin(originOf(req).prefix);
    },
    took(req, time) {
      const beyond = time * 1000 - COST.request;
      if (beyond > 0) deps.share.charge(originOf(req).place, beyond);
    },
    forwarded(req, time) {
      const beyond = Math.min(MOST_FORWARDED_MS, time) * 1000 - COST.forwarded;
      if (beyond > 0) deps.share.charge(originOf(req).place, beyond);
    },
    answers: (req) => admission.fetch(originOf(req).place, COST.request),
    fetches: (socket, cost = COST.quick, forwardedFor) =>
      admission.fetch(originOn(socket, forwardedFor).place, cost),
    putOff(req, res, path) {
      const pause = FIRST_PAUSE_S + Math.floor(deps.random() * (LAST_PAUSE_S - FIRST_PAUSE_S + 1));
      const told = { 'retry-after': String(pause), 'cache-control': 'no-store' };
      const reads = req.method === 'GET' || req.method === 'HEAD';
      const waits = !String(req.headers['sec-purpose'] ?? req.headers.purpose ?? '').includes('prefetch');
      if (reads && waits && (req.headers.accept ?? '').includes('text/html')) {
        const found = find(path);
        const body = busyPage(found?.address.id === 'room' ? found.room : undefined, pause);
        return send(req, res, { status: 200, headers: { ...HEAD, ...told }, body });
      }
      // With a body that nobody will read, the connection has to end.
      const extra = req.complete || reads ? told : { ...told, connection: 'close' };
      send(req, res, problem('crowded', undefined, extra));
      req.resume();
    },
    get strained() {
      return admission.strained;
    },
    get state() {
      return admission.state;
    },
    metrics() {
      const { level, wait, putOff } = admission.state;
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
          value: putOff.map((count, priority) => [{ priority }, count] as const),
        },
      ]);
    },
    [Symbol.dispose]: () => queueing[Symbol.dispose](),
  };
}
