/** The door: the public HTTP surface of the crowd on one port. Stateless: pages, the stream, and the way to the others. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { FRAGMENT_MS, type Ms, ms } from '../base/time.ts';
import type { Openssl } from '../native/openssl.ts';
import type { TcpInfoReader } from '../native/tcp-info.ts';
import type { Uring } from '../native/uring.ts';
import type { Pages } from '../pages/index.ts';
import type { Delivery } from '../wire/delivery.ts';
import { openShield } from './admission/admission.ts';
import { openProofs } from './admission/return-token.ts';
import type { Assets } from './answer/assets.ts';
import { openFront } from './entrance.ts';
import { openQuick } from './files/file-answers.ts';
import { openPlainPort } from './http/plain-http-port.ts';
import { openOrdinary } from './http/server.ts';
import { filesPossible, type Limits, withinFiles } from './limits.ts';
import { exposition, openCounters } from './metrics/counters.ts';
import { openFaults } from './metrics/faults.ts';
import { type DoorStrain, openStrain } from './metrics/load-sample.ts';
import { type AcceptQueue, openAcceptQueue } from './network/accept-backlog.ts';
import { openGate } from './network/connection-limit.ts';
import { COST, Share } from './network/fair-share.ts';
import { openSpareFile } from './network/file-exhaustion.ts';
import { openHandshakes } from './network/handshakes.ts';
import { openSlowBodies } from './network/slow-bodies.ts';
import { openUnfinished } from './network/slow-senders.ts';
import { openStalledReaders } from './network/stalled-readers.ts';
import { openClients } from './network/trusted-proxies.ts';
import { openWaitingBytes } from './network/waiting-bytes.ts';
import type { DoorOrigin } from './origin-port.ts';
import type { DoorQueue } from './queue-port.ts';
import { handOver } from './socket/attach-to-http.ts';
import { openBatch } from './socket/batched-write.ts';
import { reset } from './socket/reset.ts';
import { openBares } from './socket/tls-offload.ts';
import { openCatchingUp } from './stream/catching-up.ts';
import { openFanout } from './stream/listeners.ts';
import type { RoomCount } from './stream/room-streams.ts';
import { type DoorTls, openTls, type Tls } from './tls.ts';

export type { Pages } from '../pages/index.ts';
export { loadManifest, openPages } from '../pages/index.ts';
export type { Asset, Assets } from './answer/assets.ts';
export { loadAssets } from './answer/assets.ts';
export type { Limits } from './limits.ts';
export { LIMITS, memoryPossible, withinMemory } from './limits.ts';
export type { DoorStrain } from './metrics/load-sample.ts';
export type { DoorOrigin, Joined } from './origin-port.ts';
export type { DoorQueue } from './queue-port.ts';
export { checkLightTls } from './socket/tls-offload-check.ts';
export { checkUring } from './socket/uring-check.ts';
export type { RoomCount } from './stream/room-streams.ts';
export type { DoorTls } from './tls.ts';

/** What a door needs. */
export interface DoorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The public TCP port; 0 picks a free one. */
  readonly port: number;
  /** Address to bind; default all of IPv4. */
  readonly host?: string;
  /** True when several doors share the port (SO_REUSEPORT). */
  readonly reusePort: boolean;
  /** This door's name in logs. */
  readonly name: string;
  readonly origin: DoorOrigin;
  /** The UNIX socket on which the site speaks HTTP. */
  readonly site: { readonly socketPath: string };
  /** The UNIX socket on which a studio cell speaks HTTP. */
  cell(index: number): { readonly socketPath: string };
  readonly assets: Assets;
  readonly pages: Pages;
  readonly limits: Limits;
  /** Writes to many listeners in one call; without it each write is a call of its own. */
  readonly uring?: Uring;
  /**
   * Asks the kernel whether a slow reader still acknowledges data; absent: only what the kernel accepts from us is
   * known.
   */
  readonly tcpInfo?: TcpInfoReader;
  /**
   * With it, streams over TLS 1.3 keep a key instead of OpenSSL's connection; without it they keep the connection.
   */
  readonly openssl?: Openssl;
  /** The queue for the live edge; without it everyone is live. */
  readonly queue?: DoorQueue;
  /** Length of the listen queue; 4,096 holds one second of a flash crowd. */
  readonly backlog: number;
  /**
   * True for a host's or speaker's token of the room, whose requests are never deferred. Default: no token is known.
   */
  vouches?(token: string, slug: string, wall: number): boolean;
  /**
   * The installation's secret, by which doors recognise each other's listeners. Default: a door recognises only its
   * own.
   */
  readonly secret?: Uint8Array;
  /** Base URLs of caches in front that pages may fetch sound from; default none. */
  readonly caches?: readonly string[];
  /** The consent to a rehearsal, as JSON; absent: none. */
  readonly consent?: string;
  /** How a room is delivered now: write period and bitrate; by default every 320 ms without a ceiling. */
  delivery?(slug: string): Pick<Delivery, 'period' | 'ceiling'>;
  /**
   * What `/readyz` answers: the whole installation as the supervisor sees it. Default: only this door, which is
   * ready.
   */
  readiness?(): { readonly code: number; readonly text: string };
  /** Addresses and networks of proxies in front whose X-Forwarded-* headers are trusted; default none. */
  readonly trustedProxies?: readonly string[];
  /** The address people use, where it is set. */
  readonly publicUrl?: string;
  /** Where the public port speaks TLS. */
  readonly tls?: DoorTls;
  /** A second port without TLS that redirects people to the first; only beside `tls`. */
  readonly plain?: {
    readonly port: number;
    /** The answer to a certificate challenge, or undefined. Spec: RFC 8555, 8.3. */
    challenge(token: string): Promise<string | undefined>;
  };
}

/** An open door. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  /** The port without TLS, where there is one. */
  readonly plainPort: number | undefined;
  /** Streams per room right now. */
  presence(): ReadonlyMap<string, number>;
  /** Streams of a room at the live edge right now. */
  live(slug: string): number;
  /** Streams, those at the live edge, and the renditions needed, for each room that is heard or was within the last minute. */
  counts(): ReadonlyMap<string, RoomCount>;
  /** How many listeners of each running room are hearing its recording. */
  catchingUp(): ReadonlyMap<string, number>;
  /**
   * Moves the `count` listeners who have waited longest on a room's delayed stream to the live edge; returns how many
   * it moved.
   */
  promote(slug: string, count: number): number;
  /** The load signals of this door since the last call; only for the ladder, about once a second. */
  strain(): DoorStrain;
  /** Prometheus text, `earshot_door_…`. */
  metrics(): string;
  /**
   * Stops cleanly: no new connections; each listener gets the rest of the current segment (5.12 s), or what there is
   * when `grace` is over, and then FIN; requests in flight are answered within `grace`.
   */
  close(grace: Ms): Promise<void>;
}

/** Opens the door. @throws the system's error when the port cannot be bound. */
export async function open(deps: DoorDeps): Promise<Door> {
  const { clock, origin } = deps;
  const log = deps.log.part('door');
  const files = await filesPossible();
  const limits = withinFiles(deps.limits, files);
  if (limits.connections < deps.limits.connections)
    log.warn(
      { files, connections: limits.connections },
      'the limit of open files (ulimit -n) leaves this door room for fewer connections: `earshot doctor` says what to set',
    );
  const counters = openCounters();
  const fault = openFaults({ clock, log, counters });
  const batch = openBatch(deps.uring, {
    fault,
    lost: (reset) =>
      log.error(
        { reset },
        'io_uring stopped answering: from now on each write to a listener is a call of its own, which takes a little more CPU',
      ),
  });
  const share = new Share(Math.floor(Math.random() * 2 ** 32));
  const gate = openGate({ limits, share, expendable: (socket) => !fanout.carries(socket) });
  const clients = openClients(deps.trustedProxies ?? []);
  const proofs = openProofs(deps.secret ?? randomBytes(32), () => clock.wall());
  let accepting: AcceptQueue | undefined;
  const shield = openShield({
    ...{ clock, gate, share, clients, busyFrom: limits.busyFrom, random: Math.random },
    accepting: () => accepting?.look() ?? 0,
    proofs,
    newest(slug) {
      const zero = origin.card(slug)?.zero;
      return zero === undefined ? undefined : Math.floor((clock.wall() - zero) / FRAGMENT_MS);
    },
    ...(deps.vouches ? { vouches: deps.vouches } : {}),
  });
  const behindProxy = new WeakMap<Socket, string | undefined>();
  const networkOf = (socket: Socket): string | undefined =>
    behindProxy.get(socket) ?? gate.originOf(socket).prefix;
  const stalledReaders = openStalledReaders({
    limits,
    ...(deps.tcpInfo ? { tcpInfo: deps.tcpInfo } : {}),
    isStream: (socket) => fanout.carries(socket),
    prefixOf: networkOf,
  });
  const unfinished = openUnfinished<Socket>({
    ...{ clock, limits },
    prefixOf: (socket) => gate.originOf(socket).prefix,
  });
  const bodies = openUnfinished<IncomingMessage>({
    ...{ clock, limits: { ...limits, unfinished: limits.unfinishedBodies } },
    perNetwork: limits.unfinishedBodiesPerNetwork,
    prefixOf: shield.prefixOf,
  });
  const slowBodies = openSlowBodies(limits);
  const { openssl } = deps;
  const bares =
    openssl && deps.tls
      ? openBares({
          ...{ openssl, clock, replace: gate.replace },
          spares: (accepted) => clients.trusts(accepted.remoteAddress),
          failed: (error) =>
            log.error(
              { error: String(error), node: process.version, openssl: process.versions.openssl },
              'OpenSSL did not do what lightTls needs: from now on streams keep the whole TLS connection, which takes 40 kB more memory each; listeners notice nothing. To avoid this message, set lightTls=no',
            ),
        })
      : undefined;
  const fanout = openFanout({
    ...{ clock, origin, limits, counters, batch, fault },
    bares,
    heard: (socket, change) => share.heard(gate.originOf(socket).place, change),
    back: (slug, socket) => proofs.give(slug, gate.originOf(socket).prefix ?? ''),
    delivery: (slug) => deps.delivery?.(slug) ?? { period: FRAGMENT_MS },
    place: (slug, request, retake) =>
      shield.place(request, () => deps.queue?.place(slug, request.ticket, retake)),
  });
  const catchingUp = openCatchingUp(clock);
  const ordinaryHttp = openOrdinary({
    catchingUp,
    ...{ clock, limits, counters, fanout, shield, fault, origin, bodies, slowBodies },
    cameFor: (socket, prefix) => void behindProxy.set(socket, prefix),
    ...{ assets: deps.assets, pages: deps.pages, site: deps.site, cell: deps.cell },
    ...(deps.caches ? { caches: deps.caches } : {}),
    ...(deps.publicUrl === undefined ? {} : { publicUrl: deps.publicUrl }),
    ...(deps.consent === undefined ? {} : { consent: deps.consent }),
    readiness: () => deps.readiness?.() ?? { code: 200, text: 'ready\n' },
    clients,
    ...(deps.queue ? { queue: deps.queue } : {}),
  });
  const ordinary = ordinaryHttp.server;
  const quick = openQuick({
    ...{ clock, limits, counters, batch, origin, fault, charger: shield.charger },
    fetches: (socket, forwardedFor) => shield.fetches(socket, COST.quick, forwardedFor),
    isProxy: (socket) => clients.trusts(socket.remoteAddress),
    back: (socket, bytes) => handOver(ordinary, socket, bytes),
  });
  const handshakes = openHandshakes({
    ...{ now: () => clock.now(), share, most: limits.handshakes },
    refused() {
      counters.handshakesRefused += 1;
    },
    fault: (error) => fault(error, 'handshake'),
  });
  let tls: Tls | undefined;
  let port = deps.port;
  const { plain } = deps;
  const plainPort =
    plain &&
    openPlainPort({
      ...{ limits, ordinary, port: () => port, ready: () => tls?.ready === true },
      ...(deps.publicUrl === undefined ? {} : { publicUrl: deps.publicUrl }),
      challenge: plain.challenge,
      fetches: (socket) => shield.fetches(socket, COST.request),
    });
  const front = openFront({
    ...{
      clock,
      limits,
      counters,
      fault,
      gate,
      unfinished,
      fanout,
      quick,
      ordinary,
      clients,
      judge: shield.judge,
      claims: shield.claims,
    },
    ...(deps.tls ? { tls: () => tls as Tls, plainLocal: deps.tls.plainLocal === true, handshakes } : {}),
    ...(plainPort ? { plain: () => plainPort } : {}),
  });
  if (deps.tls)
    tls = await openTls({
      ...{ ...deps.tls, clock, log, counters, headTimeout: limits.headTimeout },
      bares,
      secured: front.secured,
    });
  const { host = '0.0.0.0', backlog, reusePort } = deps;
  const listen = async (server: typeof front.server, port: number): Promise<number> => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host, backlog, reusePort }, resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address ? address.port : port;
  };
  port = await listen(front.server, deps.port);
  accepting = openAcceptQueue(front.server);
  const second = plain && (await listen(front.plainServer, plain.port));
  const spare = openSpareFile({ log, counters });
  for (const server of [front.server, front.plainServer])
    server.on('error', (error) =>
      log.error(
        { error: error.message },
        'new connections cannot be accepted right now; current listeners are not affected',
      ),
    );
  const waitingBytes = openWaitingBytes({ limits, prefixOf: networkOf });
  const sweeper = clock.every(ms(1_000), () => {
    spare.look();
    front.sweep();
    quick.sweep();
    slowBodies.sweep(clock.now());
    bares?.sweep();
    const letGo = (socket: Socket): void => {
      if (fanout.drop(socket, 'stalled')) return;
      counters.stalledRequests += 1;
      reset(socket);
    };
    stalledReaders.sweep(clock.now(), gate.sockets, letGo);
    waitingBytes.sweep(gate.sockets, letGo);
  });
  log.info({ door: deps.name, port }, 'open');

  let closing: Promise<void> | undefined;
  const shut = async (grace: Ms): Promise<void> => {
    const gone = Promise.all(
      [front.server, front.plainServer].map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      ),
    );
    plainPort?.closeAllConnections();
    ordinaryHttp.close();
    quick.close();
    ordinary.closeIdleConnections();
    quick.closeIdle();
    if (grace > 0) {
      using _idle = clock.every(ms(100), () => {
        ordinary.closeIdleConnections();
        quick.closeIdle();
      });
      fanout.drain(ms(clock.now() + grace));
      const patience = Promise.withResolvers<void>();
      using _timer = clock.after(grace, () => patience.resolve());
      await Promise.race([Promise.all([fanout.empty, gone]), patience.promise]);
    }
    for (const socket of gate.sockets) socket.destroy();
    ordinary.close();
    await gone;
    sweeper[Symbol.dispose]();
    unfinished[Symbol.dispose]();
    bodies[Symbol.dispose]();
    shield[Symbol.dispose]();
    tls?.[Symbol.dispose]();
    plainPort?.close();
    log.info({ door: deps.name, port }, 'closed');
  };
  const close = (grace: Ms): Promise<void> => {
    closing ??= shut(grace);
    return closing;
  };
  return {
    port,
    plainPort: second,
    presence: () => fanout.presence(),
    live: (slug) => fanout.live(slug),
    counts: () => fanout.counts(),
    catchingUp: () => catchingUp.counts(),
    // While requests have to wait nobody moves up: the people who were deferred would be back at once.
    promote: (slug, count) => (shield.strained ? 0 : fanout.promote(slug, count)),
    strain: openStrain({
      ...{ clock, counters, sockets: gate.sockets },
      isStream: (socket) => fanout.carries(socket),
      accepting: () => accepting?.take() ?? 0,
    }),
    metrics: () => exposition(counters, gate.sockets.size, fanout.presence()) + shield.metrics(),
    close,
    [Symbol.asyncDispose]: () => close(ms(0)),
  };
}
