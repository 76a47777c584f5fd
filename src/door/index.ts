/**
 * The door: the public HTTP surface of the crowd on one port. Stateless: pages, the stream, and the way to the
 * others.
 */
import type { Server } from 'node:net';
import { type Ms, ms } from '../base/time.ts';
import type { DoorAnswers } from '../wire/figures/door-answers.ts';
import type { Door, DoorDeps } from './deps.ts';
import type { Bound } from './ground.ts';
import { filesPossible, withinFiles } from './limits.ts';
import { exposition } from './metrics/counters.ts';
import { type DoorStrain, openStrain } from './metrics/load-sample.ts';
import { openAcceptQueue } from './network/accept-backlog.ts';
import { openSpareFile } from './network/file-exhaustion.ts';
import { type DoorParts, openParts } from './parts.ts';
import type { Connection } from './socket/connection.ts';
import { reset } from './socket/reset.ts';
import type { RoomCount } from './stream/room-streams.ts';
import { openTls } from './tls.ts';

export type { Pages } from '../pages/index.ts';
export { loadManifest, loadVerifyFiles, openPages } from '../pages/index.ts';
export type { Asset, Assets } from './answer/assets.ts';
export { loadAssets } from './answer/assets.ts';
export type { AudienceOptions, AudienceOutlet } from './audience/audience.ts';
export type { KeyBatch } from './audience/day-keys.ts';
export { openOwnSalts, openSalts } from './audience/listener-key.ts';
export { networksIn, openNetworkList } from './audience/network-list.ts';
export { ProofSampling, type ProofSamplingDeps } from './audience/proof-sampling.ts';
export { type ActChange, type DefenceAct, REST } from './defence/acts.ts';
export { type BadLine, type ListedNetwork, readAddressList, readNetwork } from './defence/address-lists.ts';
export type { DefenceMode } from './defence/defence.ts';
export type { Door, DoorDeps } from './deps.ts';
export type { ToldHost } from './http/syndication.ts';
export type { Limits } from './limits.ts';
export { LIMITS, memoryPossible, withinMemory } from './limits.ts';
export type { DoorStrain } from './metrics/load-sample.ts';
export type { DoorOrigin, Joined } from './origin-port.ts';
export type { DoorQueue } from './queue-port.ts';
export type { FinishedRequest, RequestListener } from './request/finished-request.ts';
export type { Requester } from './socket/connection.ts';
export { checkLightTls } from './socket/tls-offload-check.ts';
export { checkUring } from './socket/uring-check.ts';
export type { RoomCount } from './stream/room-streams.ts';
export type { DoorTls } from './tls.ts';

/** Opens the door. @throws the system's error when the port cannot be bound. */
export async function open(deps: DoorDeps): Promise<Door> {
  const log = deps.log.part('door');
  const files = await filesPossible();
  const limits = withinFiles(deps.limits, files);
  if (limits.connections < deps.limits.connections)
    log.warn(
      { files, connections: limits.connections },
      'the limit on open files (ulimit -n) allows this door only this many connections: `earshot doctor` says what to set',
    );
  const bound: Bound = {
    port: deps.port,
    plainPort: undefined,
    tls: undefined,
    accepting: undefined,
    admission: undefined,
  };
  const parts = openParts({ ...deps, log, limits }, bound);
  const { entrance, tlsOffload, counters } = parts;
  if (deps.tls)
    bound.tls = await openTls({
      ...{ ...deps.tls, clock: deps.clock, log, counters },
      ...{ tlsOffload, secured: (connection) => entrance.secured(connection) },
    });
  bound.port = await listen(entrance.server, deps.port, deps);
  bound.accepting = openAcceptQueue(entrance.server);
  if (deps.plain) bound.plainPort = await listen(entrance.plainServer, deps.plain.port, deps);
  log.info({ door: deps.name, port: bound.port }, 'the door is open');
  return new OpenDoor({ ...deps, log, limits }, parts, bound);
}

async function listen(
  server: Server,
  port: number,
  { host = '0.0.0.0', backlog, reusePort }: Pick<DoorDeps, 'host' | 'backlog' | 'reusePort'>,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog, reusePort }, resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

class OpenDoor implements Door {
  readonly port: number;
  readonly plainPort: number | undefined;
  readonly strain: () => DoorStrain;
  readonly #deps: DoorDeps;
  readonly #mostConnections: number;
  readonly #parts: DoorParts;
  readonly #bound: Bound;
  readonly #spare: ReturnType<typeof openSpareFile>;
  readonly #sweeper: Disposable;
  #closing: Promise<void> | undefined;

  constructor(deps: DoorDeps, parts: DoorParts, bound: Bound) {
    this.#deps = deps;
    this.#mostConnections = deps.limits.connections;
    this.#parts = parts;
    this.#bound = bound;
    this.port = bound.port;
    this.plainPort = bound.plainPort;
    const { clock, log } = deps;
    const { counters, gate, entrance } = parts;
    this.strain = openStrain({
      ...{ clock, counters, connections: gate.connections },
      accepting: () => bound.accepting?.take() ?? 0,
    });
    this.#spare = openSpareFile({ log, counters });
    for (const server of [entrance.server, entrance.plainServer])
      server.on('error', (error) =>
        log.error(
          { error: error.message },
          'new connections cannot be accepted right now; current listeners are not affected',
        ),
      );
    this.#sweeper = clock.every(ms(1_000), () => this.#sweep());
  }

  // Each of these may be passed on without its door.
  readonly presence = (): ReadonlyMap<string, number> => this.#parts.fanout.presence();
  readonly live = (slug: string): number => this.#parts.fanout.live(slug);
  readonly counts = (): ReadonlyMap<string, RoomCount> => this.#parts.fanout.counts();
  readonly catchingUp = (): ReadonlyMap<string, number> => this.#parts.catchingUp.counts();
  readonly takeReactions = (): ReturnType<Door['takeReactions']> => {
    const taken = this.#parts.reactions.takeAway();
    for (const [slug, counts] of taken) this.#parts.audience?.reacted(slug, counts);
    return taken;
  };
  // While requests have to wait nobody moves up: the people who were deferred would be back at once.
  readonly promote = (slug: string, count: number): number =>
    this.#parts.admission.strained ? 0 : this.#parts.fanout.promote(slug, count);
  readonly tellAudience = (): void => this.#parts.audience?.again();
  readonly crowdedNetworks = (hashes: Iterable<number>): void => this.#parts.audience?.crowded(hashes);
  readonly listed: Door['listed'] = (allow, deny) => this.#parts.defence.lists.set(allow, deny);
  readonly acts: Door['acts'] = () => this.#parts.defence.acts.all();
  readonly lift: Door['lift'] = (network) => this.#parts.defence.lift(network);
  readonly metrics = (): string => {
    const { counters, gate, fanout, admission, audience, defence } = this.#parts;
    const own = exposition(counters, gate.connections.size, fanout.presence());
    return own + admission.metrics() + defence.metrics() + (audience?.metrics() ?? '');
  };
  readonly answers = (): DoorAnswers => {
    const { counters, answerCounts, gate, audience } = this.#parts;
    const { departures } = counters;
    return {
      groups: answerCounts.taken(counters.refusedFull),
      cut: departures.fault + departures['tls-fault'],
      firstSound: audience?.firstSound ?? [],
      bytes: counters.bytes + counters.fileBytes,
      ...{ connections: gate.connections.size, mostConnections: this.#mostConnections },
    };
  };
  readonly close = (grace: Ms): Promise<void> => {
    this.#closing ??= this.#shut(grace);
    return this.#closing;
  };

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(ms(0));
  }

  /** What is looked at once a second. */
  #sweep() {
    const { entrance, files, beacons, slowBodies, tlsOffload, gate, stalledReaders, waitingBytes, audience } =
      this.#parts;
    const { fanout, locks } = this.#parts;
    const now = this.#deps.clock.now();
    this.#spare.look();
    this.#parts.defence.turn();
    entrance.sweep();
    files.sweep();
    beacons?.sweep();
    audience?.sweep();
    for (const slug of locks.closed(fanout.presence().keys())) fanout.evict(slug);
    slowBodies.sweep(now);
    tlsOffload?.sweep();
    const letGo = (connection: Connection): void => this.#letGo(connection);
    stalledReaders.sweep(now, gate.connections, letGo);
    waitingBytes.sweep(gate.connections, letGo);
  }

  /** Closes a connection whose reader does not read. */
  #letGo(connection: Connection) {
    const { fanout, counters } = this.#parts;
    if (fanout.drop(connection, 'stalled')) return;
    counters.stalledRequests += 1;
    reset(connection.socket);
  }

  async #shut(grace: Ms): Promise<void> {
    const { log, name } = this.#deps;
    const { entrance, http, files, beacons, plainPort, gate, unfinished, bodies, admission, audience } =
      this.#parts;
    const gone = Promise.all(
      [entrance.server, entrance.plainServer].map(
        (server) => new Promise<void>((resolve) => server.close(() => resolve())),
      ),
    );
    audience?.close();
    plainPort?.closeAllConnections();
    http.close();
    files.close();
    beacons?.close();
    this.#closeIdle();
    if (grace > 0) await this.#drain(grace, gone);
    for (const { socket } of gate.connections) socket.destroy();
    http.server.close();
    await gone;
    this.#sweeper[Symbol.dispose]();
    unfinished[Symbol.dispose]();
    bodies[Symbol.dispose]();
    admission[Symbol.dispose]();
    audience?.[Symbol.dispose]();
    this.#bound.tls?.[Symbol.dispose]();
    plainPort?.close();
    log.info({ door: name, port: this.port }, 'the door is closed');
  }

  /** Lets listeners hear the rest of the segment, and requests have their answers. */
  async #drain(grace: Ms, gone: Promise<unknown>): Promise<void> {
    const { clock } = this.#deps;
    const { fanout } = this.#parts;
    using _idle = clock.every(ms(100), () => this.#closeIdle());
    fanout.drain(ms(clock.now() + grace));
    const patience = Promise.withResolvers<void>();
    using _timer = clock.after(grace, () => patience.resolve());
    await Promise.race([Promise.all([fanout.empty, gone]), patience.promise]);
  }

  #closeIdle() {
    this.#parts.http.server.closeIdleConnections();
    this.#parts.files.closeIdle();
    this.#parts.beacons?.closeIdle();
  }
}
