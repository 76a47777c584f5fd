import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { FRAGMENT_MS } from '../base/time.ts';
import { type Admission, openAdmission } from './admission/admission.ts';
import { BeaconRequests } from './audience/beacon-requests.ts';
import type { DoorDeps } from './deps.ts';
import { type DoorEntrance, openEntrance } from './entrance.ts';
import { type FileAnswers, openFileAnswers } from './files/file-answers.ts';
import { type Bound, type DoorGround, openGround } from './ground.ts';
import { handToHttp } from './http/hand-over.ts';
import { openPlainPort } from './http/plain-http-port.ts';
import { type DoorHttp, openHttp } from './http/server.ts';
import { DoorReactions } from './interaction/reactions.ts';
import { COST } from './network/fair-share.ts';
import { openHandshakes } from './network/handshakes.ts';
import { openSlowBodies, type SlowBodies } from './network/slow-bodies.ts';
import { openUnfinished, type Unfinished } from './network/slow-senders.ts';
import { openStalledReaders, type StalledReaders } from './network/stalled-readers.ts';
import { openWaitingBytes, type WaitingBytes } from './network/waiting-bytes.ts';
import { listeningOn } from './request/listening.ts';
import { type Connection, connectionOf } from './socket/connection.ts';
import { openTlsOffload, type TlsOffload } from './socket/tls-offload.ts';
import { type CatchingUp, openCatchingUp } from './stream/catching-up.ts';
import { type Fanout, openFanout } from './stream/listeners.ts';
import { RoomLocks } from './stream/room-locks.ts';
import { StreamJoins } from './stream-joins.ts';
import type { Tls } from './tls.ts';

/** Everything a door is made of, in the order in which a connection meets it. */
export interface DoorParts extends DoorGround, Watches {
  readonly admission: Admission;
  readonly tlsOffload: TlsOffload | undefined;
  readonly fanout: Fanout;
  readonly locks: RoomLocks;
  readonly joins: StreamJoins;
  readonly catchingUp: CatchingUp;
  readonly reactions: DoorReactions;
  readonly http: DoorHttp;
  readonly files: FileAnswers;
  /** Answers beacons; absent where nothing is counted. */
  readonly beacons: BeaconRequests | undefined;
  readonly plainPort: HttpServer | undefined;
  readonly entrance: DoorEntrance;
}

/** What looks after those who are slow. */
interface Watches {
  readonly unfinished: Unfinished<Connection>;
  readonly bodies: Unfinished<IncomingMessage>;
  readonly slowBodies: SlowBodies;
  readonly stalledReaders: StalledReaders;
  readonly waitingBytes: WaitingBytes;
}

/** Opens everything but the ports; `bound` is read once they are open. */
export function openParts(deps: DoorDeps, bound: Bound): DoorParts {
  const ground = openGround(deps, bound);
  const admission = openDoorAdmission(deps, bound, ground);
  bound.admission = admission;
  const watches = openWatches(deps, admission);
  const tlsOffload = openDoorTlsOffload(deps, ground);
  const fanout = openDoorFanout(deps, ground, { admission, tlsOffload });
  const catchingUp = openCatchingUp(deps.clock);
  const reactions = new DoorReactions(deps.clock);
  const locks = new RoomLocks((slug) => deps.origin.card(slug));
  const joins = new StreamJoins({
    ...{ clock: deps.clock, fanout, locks, ...ground },
    prioritize: (connection, request) => admission.prioritize(connection, request),
    charge: (connection, cost) => admission.joined(connection, cost),
  });
  const http = openDoorHttp(deps, ground, { ...watches, admission, joins, catchingUp, reactions });
  const files = openDoorFiles(deps, ground, { admission, http });
  const beacons = openDoorBeacons(deps, ground, { admission, http });
  const plainPort = openDoorPlainPort(deps, bound, { admission, http });
  const handlers = { ...watches, admission, fanout, joins, http, files, beacons, plainPort };
  const entrance = openDoorEntrance(deps, bound, { ...ground, ...handlers });
  return { ...ground, ...handlers, locks, tlsOffload, catchingUp, reactions, entrance };
}

function openDoorAdmission(deps: DoorDeps, bound: Bound, ground: DoorGround): Admission {
  const { clock, origin, limits } = deps;
  const { gate, share, clients, returnTokens, late } = ground;
  return openAdmission({
    ...{ clock, gate, share, clients, late, returnTokens, busyFrom: limits.busyFrom, random: Math.random },
    accepting: () => bound.accepting?.look() ?? 0,
    newest(slug) {
      const zero = origin.card(slug)?.zero;
      return zero === undefined ? undefined : Math.floor((clock.wall() - zero) / FRAGMENT_MS);
    },
    ...(deps.knowsToken ? { knowsToken: deps.knowsToken } : {}),
  });
}

function openWatches({ clock, limits, tcpInfo }: DoorDeps, admission: Admission): Watches {
  return {
    unfinished: openUnfinished<Connection>({
      ...{ clock, limits },
      prefixOf: ({ counted }) => counted.prefix,
    }),
    bodies: openUnfinished<IncomingMessage>({
      ...{ clock, limits: { ...limits, unfinished: limits.unfinishedBodies } },
      perNetwork: limits.unfinishedBodiesPerNetwork,
      prefixOf: (req) => admission.prefixOf(req),
    }),
    slowBodies: openSlowBodies(limits),
    stalledReaders: openStalledReaders({ limits, ...(tcpInfo ? { tcpInfo } : {}) }),
    waitingBytes: openWaitingBytes({ limits }),
  };
}

function openDoorTlsOffload(
  { openssl, tls, clock, log }: DoorDeps,
  { clients }: DoorGround,
): TlsOffload | undefined {
  if (!openssl || !tls) return undefined;
  return openTlsOffload({
    ...{ openssl, clock },
    spares: ({ accepted }) => clients.trusts(accepted.remoteAddress),
    failed: (error) =>
      log.error(
        { error: String(error), node: process.version, openssl: process.versions.openssl },
        'OpenSSL did not do what lightTls needs: from now on streams keep the whole TLS connection, which takes 40 kB more memory each; listeners notice nothing. To avoid this message, set lightTls=no',
      ),
  });
}

function openDoorFanout(
  deps: DoorDeps,
  { counters, batch, fault, share, returnTokens, audience, defence }: DoorGround,
  { admission, tlsOffload }: Pick<DoorParts, 'admission' | 'tlsOffload'>,
): Fanout {
  const { clock, origin, limits } = deps;
  return openFanout({
    ...{ clock, origin, limits, counters, batch, fault, tlsOffload },
    heard({ counted, requester }, change) {
      share.heard(counted.place, change);
      if (requester) defence.stream(requester, change);
      if (requester) deps.streamHeard?.(requester, change);
    },
    back: (slug, { counted }) => returnTokens.give(slug, counted.prefix ?? ''),
    ...(audience
      ? {
          counted: (listener, request) => audience.counted(listener, request),
          left: (listener) => audience.left(listener),
        }
      : {}),
    delivery: (slug) => deps.delivery?.(slug) ?? { period: FRAGMENT_MS },
    place: (slug, request, closeOther) =>
      admission.place(request, () => deps.queue?.place(slug, request.ticket, closeOther)),
  });
}

function openDoorHttp(
  deps: DoorDeps,
  { counters, fault, clients, audience, requesters, finished, defence, late, rooms }: DoorGround,
  parts: Pick<DoorParts, 'admission' | 'joins' | 'catchingUp' | 'reactions' | 'bodies' | 'slowBodies'>,
): DoorHttp {
  const { clock, limits, origin, assets, pages, site } = deps;
  const { admission, joins, catchingUp, reactions, bodies, slowBodies } = parts;
  return openHttp({
    ...{ clock, limits, counters, joins, admission, fault, origin, bodies, slowBodies, catchingUp },
    reactions,
    ...{ requesters, finished, defence, late, rooms },
    ...{ assets, pages, site, clients, cell: (index) => deps.cell(index) },
    ...(deps.tally ? { tally: deps.tally } : {}),
    ...(deps.operations ? { operations: deps.operations } : {}),
    ...(deps.press ? { press: deps.press } : {}),
    ...(deps.images ? { images: deps.images } : {}),
    ...(deps.caches ? { caches: deps.caches } : {}),
    ...(deps.framedBy === undefined ? {} : { framedBy: deps.framedBy }),
    ...(deps.publicUrl === undefined ? {} : { publicUrl: deps.publicUrl }),
    ...(deps.hsts ? { hsts: deps.hsts } : {}),
    ...(deps.consent === undefined ? {} : { consent: deps.consent }),
    ...(deps.numbers ? { numbers: (slug) => deps.numbers?.(slug) } : {}),
    signedHead: () => deps.signedHead?.(),
    ...(deps.feedSeed === undefined ? {} : { feedSeed: deps.feedSeed }),
    hostOf: (name) => deps.hostOf?.(name) ?? Promise.resolve(undefined),
    readiness: () => deps.readiness?.() ?? { code: 200, text: 'ready\n' },
    ...(deps.queue ? { queue: deps.queue } : {}),
    ...(audience ? { audience } : {}),
  });
}

function openDoorFiles(
  { clock, limits, origin }: DoorDeps,
  { counters, batch, fault, clients, audience, requesters, finished, defence, late, rooms }: DoorGround,
  { admission, http }: Pick<DoorParts, 'admission' | 'http'>,
): FileAnswers {
  return openFileAnswers({
    ...{ clock, limits, counters, batch, origin, fault, requesters, finished, defence, late, rooms },
    charger: (connection, forwardedFor) => admission.charger(connection, forwardedFor),
    consume: (connection, forwardedFor, times) =>
      admission.consume(connection, COST.file * times, forwardedFor),
    isProxy: ({ socket }) => clients.trusts(socket.remoteAddress),
    back: (connection, bytes) => handToHttp(http.server, connection, bytes),
    ...(audience ? { audience, clients } : {}),
  });
}

function openDoorBeacons(
  { clock, limits, origin }: DoorDeps,
  { counters, batch, fault, clients, audience, requesters, finished, defence, late, rooms }: DoorGround,
  { admission, http }: Pick<DoorParts, 'admission' | 'http'>,
): BeaconRequests | undefined {
  if (!audience) return undefined;
  return new BeaconRequests({
    ...{
      clock,
      limits,
      counters,
      batch,
      audience,
      clients,
      fault,
      requesters,
      finished,
      defence,
      late,
      rooms,
    },
    known: (slug) => origin.card(slug) !== undefined,
    consume: (connection, forwardedFor) => admission.consume(connection, COST.file, forwardedFor),
    back: (connection, bytes) => handToHttp(http.server, connection, bytes),
  });
}

function openDoorPlainPort(
  { plain, limits, publicUrl }: DoorDeps,
  bound: Bound,
  { admission, http }: Pick<DoorParts, 'admission' | 'http'>,
): HttpServer | undefined {
  if (!plain) return undefined;
  return openPlainPort({
    ...{ limits, http: http.server, port: () => bound.port, ready: () => bound.tls?.ready === true },
    ...(publicUrl === undefined ? {} : { publicUrl }),
    challenge: (token) => plain.challenge(token),
    consume: (socket) => admission.consume(connectionOf(socket), COST.request),
  });
}

function openDoorEntrance(
  { clock, limits, tls }: DoorDeps,
  bound: Bound,
  parts: DoorGround &
    Pick<DoorParts, 'admission' | 'joins' | 'http' | 'files' | 'beacons' | 'plainPort' | 'unfinished'>,
): DoorEntrance {
  const { counters, fault, gate, clients, share, unfinished, joins, files, admission, plainPort } = parts;
  const { audience, beacons, requesters, finished, defence, late, rooms } = parts;
  const handshakes = openHandshakes({
    ...{ now: () => clock.now(), share, most: limits.handshakes },
    refused() {
      counters.handshakesRefused += 1;
    },
    fault: (error) => fault(error, 'handshake'),
  });
  return openEntrance({
    ...{
      clock,
      limits,
      counters,
      fault,
      gate,
      unfinished,
      joins,
      files,
      clients,
      requesters,
      finished,
      defence,
      late,
      rooms,
    },
    http: parts.http.server,
    refusesUnread: (connection) => admission.refusesUnread(connection),
    ...(beacons ? { beacons } : {}),
    countForClient: (connection, forwardedFor) => admission.countForClient(connection, forwardedFor),
    ...(audience ? { who: (connection, lines) => listeningOn(clients, connection, lines) } : {}),
    ...(tls ? { tls: () => bound.tls as Tls, plainLocal: tls.plainLocal === true, handshakes } : {}),
    ...(plainPort ? { plain: () => plainPort } : {}),
  });
}
