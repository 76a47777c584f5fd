import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { isLoopback } from '../base/local.ts';
import { ms } from '../base/time.ts';
import type { Defence } from './defence/defence.ts';
import { type Awaited, type FirstRequestDeps, FirstRequests } from './first-request.ts';
import type { Gate } from './network/connection-limit.ts';
import type { Handshakes } from './network/handshakes.ts';
import { Connection } from './socket/connection.ts';
import { rawProblem } from './socket/raw-refusal.ts';
import type { Tls } from './tls.ts';

/** Dependencies of the entrance. */
export interface DoorEntranceDeps extends Omit<FirstRequestDeps, 'refuse'> {
  readonly gate: Gate;
  readonly defence: Pick<Defence, 'denies'>;
  /** Where the public port speaks TLS: does the handshake, and returns the connection through `secured`. */
  readonly tls?: () => Tls;
  /** True when connections from this machine may also speak plain HTTP on the TLS port. */
  readonly plainLocal?: boolean;
  /** Decides whose handshake is next, where the public port speaks TLS. */
  readonly handshakes?: Handshakes;
  /** Takes connections to the plain port beside a TLS one, where there is one. */
  readonly plain?: () => HttpServer;
}

/**
 * The accepting servers, and a sweep, to be called about once a second, that closes connections that send nothing.
 */
export interface DoorEntrance {
  readonly server: Server;
  /** The server of the plain port beside TLS; it listens only where that is set. */
  readonly plainServer: Server;
  /** Receives a connection whose TLS handshake is done. */
  secured(connection: Connection): void;
  sweep(): void;
}

/** How long a refused peer may take to close its side. */
const REFUSED_WAIT = 2_000;

/** The first byte of a TLS handshake; no HTTP method begins with it. Spec: RFC 8446, 5.1. */
const HANDSHAKE = 0x16;

/** Keep-alive probes cost four system calls per connection, and a listener is written to all the time anyway. */
const ACCEPTING = { allowHalfOpen: true, noDelay: true };

/** What went wrong is seen by the connection's end. */
const ignore = (): void => {};

/** A connection that has not sent the first bytes of its TLS handshake yet, or has not finished it. */
class BeforeHandshake implements Awaited {
  readonly phase = 'tls';
  readonly since: number;
  readonly #entrance: Entrance;

  constructor(entrance: Entrance, since: number) {
    this.#entrance = entrance;
    this.since = since;
  }

  received(connection: Connection, first: Buffer) {
    this.#entrance.firstBytes(connection, first);
  }

  ended({ socket }: Connection) {
    socket.destroy();
  }

  closed(connection: Connection) {
    this.#entrance.requests.end(connection);
  }
}

/**
 * Opens the servers that own every accepted socket. What is let in shakes hands where the port speaks TLS; then its
 * first request decides who takes it (see `FirstRequests`).
 */
export function openEntrance(deps: DoorEntranceDeps): DoorEntrance {
  return new Entrance(deps);
}

class Entrance implements DoorEntrance {
  readonly server = createServer(ACCEPTING);
  readonly plainServer = createServer(ACCEPTING);
  readonly requests: FirstRequests;
  readonly #deps: DoorEntranceDeps;
  #refusals = 0;

  constructor(deps: DoorEntranceDeps) {
    this.#deps = deps;
    const refuse = this.#refuse.bind(this);
    this.requests = new FirstRequests({ ...deps, refuse });
    this.server.on('connection', (socket) => this.#accept(socket));
    this.plainServer.on('connection', (socket) => {
      if (this.#admit(new Connection(socket), true)) deps.plain?.().emit('connection', socket);
    });
  }

  secured(connection: Connection) {
    const since = this.requests.since(connection);
    this.requests.end(connection);
    this.requests.begin(connection, since ?? this.#deps.clock.now());
  }

  sweep() {
    this.requests.sweep();
  }

  /** The first bytes show whether a connection of this machine speaks TLS; the others have to. */
  firstBytes(connection: Connection, first: Buffer) {
    const { socket } = connection;
    connection.handToNode(connection.handler);
    socket.pause();
    socket.unshift(first);
    if (!this.#mayBePlain(connection) || first[0] === HANDSHAKE) return this.#shake(connection);
    this.requests.begin(connection, this.#deps.clock.now());
    socket.resume();
  }

  #accept(socket: Socket) {
    const { tls, clock } = this.#deps;
    const connection = new Connection(socket);
    if (!this.#admit(connection, !tls)) return;
    if (!tls) return this.requests.begin(connection, clock.now());
    const before = new BeforeHandshake(this, clock.now());
    this.requests.await(connection, before);
    // While the handshake lasts, only TLS hears of it otherwise.
    socket.on('error', ignore);
    // A peer that sends nothing costs no more than a socket.
    connection.handTo(before);
    if (!this.#mayBePlain(connection) && !tls().ready) socket.resetAndDestroy();
  }

  #mayBePlain({ accepted }: Connection): boolean {
    return this.#deps.plainLocal === true && isLoopback(accepted.remoteAddress);
  }

  /** Starts a handshake when it is its network's turn. */
  #shake(connection: Connection) {
    const { tls, handshakes } = this.#deps;
    const take = (): void => tls?.().take(connection);
    if (handshakes) handshakes.ask(connection.accepted, connection.counted.place, take);
    else take();
  }

  /**
   * Counts a new connection, or refuses it. `told`: its protocol is known, so the refusal can be sent as an answer.
   */
  #admit(connection: Connection, told: boolean): boolean {
    const { counters, gate, clients, limits, defence } = this.#deps;
    const { accepted } = connection;
    counters.connections += 1;
    const proxy = clients.trusts(accepted.remoteAddress);
    if (!proxy && defence.denies(accepted.remoteAddress ?? '')) {
      accepted.resetAndDestroy();
      return false;
    }
    if (gate.admit(connection, proxy)) return true;
    counters.refusedFull += 1;
    if (!told || this.#refusals >= limits.refusals) {
      accepted.resetAndDestroy();
      return false;
    }
    this.#refusals += 1;
    accepted.once('close', () => {
      this.#refusals -= 1;
    });
    this.#refuse(connection, rawProblem('door-full'));
    return false;
  }

  #refuse(connection: Connection, bytes: string) {
    connection.refuse(bytes);
    this.#deps.clock.after(ms(REFUSED_WAIT), () => connection.socket.destroy());
  }
}
