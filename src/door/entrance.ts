import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { isLoopback } from '../base/local.ts';
import { ms } from '../base/time.ts';
import type { Quick } from './files/file-answers.ts';
import type { Limits } from './limits.ts';
import type { Counters } from './metrics/counters.ts';
import type { Fault } from './metrics/faults.ts';
import type { Gate } from './network/connection-limit.ts';
import type { Handshakes } from './network/handshakes.ts';
import type { Unfinished } from './network/slow-senders.ts';
import type { Clients } from './network/trusted-proxies.ts';
import { readFirstHead, wholeLength } from './request/first-head.ts';
import { readStreamRequest, type StreamRequest } from './request/stream-query.ts';
import { handOver } from './socket/attach-to-http.ts';
import { endRefused, rawProblem, rawTooLarge } from './socket/raw-refusal.ts';
import { reset } from './socket/reset.ts';
import type { Fanout } from './stream/listeners.ts';
import type { Tls } from './tls.ts';

/** What the entrance needs. */
export interface FrontDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly fault: Fault;
  readonly gate: Gate;
  /** First requests that have not fully arrived; not those of listed proxies, which buffer requests themselves. */
  readonly unfinished: Unfinished<Socket>;
  readonly fanout: Fanout;
  /** Takes over connections whose first request is for a small public file. */
  readonly quick: Quick;
  /** Takes over every other connection that does not begin with a stream; it does not listen itself. */
  readonly ordinary: HttpServer;
  /**
   * Counts a connection from a listed proxy against the client's own network; false if that network is at its limit.
   */
  claims(socket: Socket, forwardedFor: string | undefined): boolean;
  /** Decides whether a listener is served at once or deferred. */
  judge(socket: Socket, request: StreamRequest): StreamRequest;
  /** Which client is behind a proxy. */
  readonly clients: Clients;
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
export interface Front {
  readonly server: Server;
  /** The server of the plain port beside TLS; it listens only where that is set. */
  readonly plainServer: Server;
  /** Receives a connection whose TLS handshake is done, in place of the one that was accepted. */
  secured(socket: Socket, accepted: Socket | undefined): void;
  sweep(): void;
}

/** How long a refused peer may take to close its side. */
const REFUSED_WAIT = 2_000;

/** The first byte of a TLS handshake; no HTTP method begins with it. Spec: RFC 8446, 5.1. */
const HANDSHAKE = 0x16;

const HEAD = Symbol('head');
/** The length of the first request that is being waited for, once its head is complete. */
const WHOLE = Symbol('whole');
type FrontSocket = Socket & { [HEAD]?: Buffer; [WHOLE]?: number };

/**
 * Opens the server that owns every accepted socket. It reads the first request head itself: a stream is served on the
 * socket directly, small public files by `quick`, and anything else is handed to `ordinary` as if nothing had been
 * read.
 */
export function openFront(deps: FrontDeps): Front {
  const { clock, limits, counters, gate, fanout, quick, ordinary, clients, unfinished } = deps;
  /** Sockets whose first head is not complete, with the time since when. */
  const fresh = new Map<Socket, number>();
  let refusals = 0;

  function letGo(socket: FrontSocket) {
    fresh.delete(socket);
    unfinished.end(socket);
    delete socket[HEAD];
    delete socket[WHOLE];
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
  }
  function refuse(socket: Socket, bytes: string) {
    letGo(socket);
    socket.on('error', onError).on('data', ignore).on('end', onEnd);
    socket.end(bytes, 'latin1');
    clock.after(ms(REFUSED_WAIT), () => socket.destroy());
  }
  /**
   * Gives up waiting. A peer that has asked for nothing (a browser that preconnects) is told nothing; neither case
   * needs a timer.
   */
  function giveUp(socket: FrontSocket) {
    fresh.delete(socket);
    if (socket[HEAD]) endRefused(socket, 'too-slow');
    else socket.destroy();
  }
  function tooMany(socket: Socket) {
    counters.unfinishedClosed += 1;
    giveUp(socket);
  }
  /** A fault in a first request costs only that connection. */
  function onData(this: FrontSocket, chunk: Buffer) {
    try {
      read.call(this, chunk);
    } catch (error) {
      deps.fault(error, 'a first request');
      letGo(this);
      this.on('error', onError);
      reset(this);
    }
  }
  function read(this: FrontSocket, chunk: Buffer) {
    if (this.writableEnded) return;
    const bytes = this[HEAD] ? Buffer.concat([this[HEAD], chunk]) : chunk;
    if (bytes.length < (this[WHOLE] ?? 0)) {
      this[HEAD] = bytes;
      return;
    }
    const head = readFirstHead(bytes, limits);
    switch (head.kind) {
      case 'more':
        this[HEAD] = bytes;
        return;
      case 'other': {
        const whole = wholeLength(bytes, limits);
        if (bytes.length < whole) {
          this[HEAD] = bytes;
          this[WHOLE] = whole;
          return;
        }
        letGo(this);
        if (!quick.take(this, bytes)) handOver(ordinary, this, bytes);
        return;
      }
      case 'bad':
        counters.badHeads += 1;
        return refuse(this, rawProblem('bad-request', 'The request head is malformed or ambiguous.'));
      case 'too-large':
        counters.badHeads += 1;
        return refuse(this, rawTooLarge(bytes));
      case 'stream': {
        const request = readStreamRequest(head.target, head.titles);
        if (!request) return refuse(this, rawProblem('not-found'));
        letGo(this);
        if (head.method === 'HEAD') return handOver(ordinary, this, bytes);
        if (!deps.claims(this, head.forwardedFor)) return refuse(this, rawProblem('door-full'));
        const refusal = fanout.join(this, deps.judge(this, request));
        if (refusal) refuse(this, rawProblem(refusal));
      }
    }
  }
  function onEnd(this: Socket) {
    this.destroy();
  }
  function onClose(this: Socket) {
    fresh.delete(this);
    unfinished.end(this);
  }
  function onError() {}
  function ignore() {}

  /**
   * Counts a new connection, or refuses it. `told`: its protocol is known, so the refusal can be sent as an answer.
   */
  function admit(socket: Socket, told: boolean): boolean {
    counters.connections += 1;
    if (gate.admit(socket, clients.trusts(socket.remoteAddress))) return true;
    counters.refusedFull += 1;
    if (!told || refusals >= limits.refusals) {
      socket.resetAndDestroy();
      return false;
    }
    refusals += 1;
    socket.once('close', () => {
      refusals -= 1;
    });
    refuse(socket, rawProblem('door-full'));
    return false;
  }
  /** Waits for the first request of a connection. */
  function expect(socket: Socket, since: number) {
    fresh.set(socket, since);
    if (!clients.trusts(socket.remoteAddress)) unfinished.begin(socket, tooMany);
  }
  function begin(socket: Socket, since: number) {
    expect(socket, since);
    socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  }
  /** Starts a handshake when it is its network's turn. */
  function shake(socket: Socket) {
    const take = (): void => deps.tls?.().take(socket);
    if (deps.handshakes) deps.handshakes.ask(socket, gate.originOf(socket).place, take);
    else take();
  }
  // Keep-alive probes cost four system calls per connection, and a listener is written to all the time anyway.
  const options = { allowHalfOpen: true, noDelay: true };
  const server = createServer(options);
  server.on('connection', (socket) => {
    if (!admit(socket, !deps.tls)) return;
    if (!deps.tls) return begin(socket, clock.now());
    expect(socket, clock.now());
    socket.on('error', onError).on('close', onClose);
    const local = deps.plainLocal === true && isLoopback(socket.remoteAddress);
    if (!local && !deps.tls().ready) return void socket.resetAndDestroy();
    // A peer that sends nothing costs no more than a socket.
    socket.once('end', onEnd).once('data', (first: Buffer) => {
      socket.off('end', onEnd).pause();
      socket.unshift(first);
      if (!local || first[0] === HANDSHAKE) return shake(socket);
      begin(socket, clock.now());
      socket.resume();
    });
  });
  const plainServer = createServer(options);
  plainServer.on('connection', (socket) => {
    if (admit(socket, true)) deps.plain?.().emit('connection', socket);
  });
  return {
    server,
    plainServer,
    secured(socket, accepted) {
      const since = (accepted && fresh.get(accepted)) ?? clock.now();
      if (accepted) {
        fresh.delete(accepted);
        unfinished.end(accepted);
        gate.replace(accepted, socket);
      }
      begin(socket, since);
    },
    sweep() {
      const now = clock.now();
      for (const [socket, since] of fresh) {
        const most = (socket as FrontSocket)[WHOLE] ? limits.requestTimeout : limits.headTimeout;
        if (now - since < most) continue;
        counters.headTimeouts += 1;
        unfinished.end(socket);
        giveUp(socket);
      }
    },
  };
}
