import type { Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { isLoopback } from '../base/local.ts';
import { ms } from '../base/time.ts';
import type { Clients } from './client.ts';
import type { Counters } from './counters.ts';
import type { Fanout } from './fanout.ts';
import type { Fault } from './faults.ts';
import type { Gate } from './gate.ts';
import { handOver } from './hand-over.ts';
import type { Handshakes } from './handshakes.ts';
import type { Limits } from './limits.ts';
import type { Quick } from './quick.ts';
import { endRefused, rawProblem, rawTooLarge } from './raw-reply.ts';
import { readFirstHead, wholeLength } from './request-head.ts';
import { reset } from './reset.ts';
import { readStreamRequest, type StreamRequest } from './stream-request.ts';
import type { Tls } from './tls.ts';
import type { Unfinished } from './unfinished.ts';

/** What the front needs. */
export interface FrontDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly fault: Fault;
  readonly gate: Gate;
  /** First requests that are waited for; not those of listed proxies, which hold them back themselves. */
  readonly unfinished: Unfinished<Socket>;
  readonly fanout: Fanout;
  /** Takes connections that begin with a small public file. */
  readonly quick: Quick;
  /** Takes every other connection that does not begin with a stream; it does not listen itself. */
  readonly ordinary: HttpServer;
  /** Counts a listener behind a listed proxy for its own network; false when that has all it may. */
  claims(socket: Socket, forwardedFor: string | undefined): boolean;
  /** Whether a listener is served at once or put off. */
  judge(socket: Socket, request: StreamRequest): StreamRequest;
  /** Who is behind a proxy in front. */
  readonly clients: Clients;
  /** Where the public port speaks TLS: does the handshake, and brings the connection back by `secured`. */
  readonly tls?: () => Tls;
  /** True when connections from this machine may also speak plain HTTP on the port of TLS. */
  readonly plainLocal?: boolean;
  /** Whose handshake is next, where the public port speaks TLS. */
  readonly handshakes?: Handshakes;
  /** Takes connections to the plain port beside a TLS one, where there is one. */
  readonly plain?: () => HttpServer;
}

/** The accepting servers, and a sweep to be called about once a second that closes those who say nothing. */
export interface Front {
  readonly server: Server;
  /** The one of the plain port beside TLS; it listens only where that is set. */
  readonly plainServer: Server;
  /** Takes a connection whose TLS handshake is done, in place of the one that was accepted. */
  secured(socket: Socket, accepted: Socket | undefined): void;
  sweep(): void;
}

/** How long a refused peer may take to close its side. */
const REFUSED_WAIT = 2_000;

/** The first byte of TLS; no method begins with it. Spec: RFC 8446, 5.1. */
const HANDSHAKE = 0x16;

const HEAD = Symbol('head');
/** Bytes of the request that is waited for, once its head is whole. */
const WHOLE = Symbol('whole');
type FrontSocket = Socket & { [HEAD]?: Buffer; [WHOLE]?: number };

/**
 * Opens the server that owns every accepted socket. It reads the first request head itself: a stream is served on the
 * bare socket, small public files by `quick`, anything else is handed to `ordinary` as if nothing had been read.
 */
export function openFront(deps: FrontDeps): Front {
  const { clock, limits, counters, gate, fanout, quick, ordinary, clients, unfinished } = deps;
  /** Sockets whose first head is not complete, and since when. */
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
  /** Ends a wait. Who has asked for nothing (a browser that connects ahead) is told nothing; neither needs a timer. */
  function giveUp(socket: FrontSocket) {
    fresh.delete(socket);
    if (socket[HEAD]) endRefused(socket, 'too-slow');
    else socket.destroy();
  }
  function tooMany(socket: Socket) {
    counters.unfinishedClosed += 1;
    giveUp(socket);
  }
  /** A mistake in a first request costs that connection alone. */
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

  /** Counts a connection that has come, or lets it go. `told`: what it speaks is known, so a refusal can be said. */
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
  /** The first request of a connection is waited for. */
  function expect(socket: Socket, since: number) {
    fresh.set(socket, since);
    if (!clients.trusts(socket.remoteAddress)) unfinished.begin(socket, tooMany);
  }
  function begin(socket: Socket, since: number) {
    expect(socket, since);
    socket.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  }
  /** Begins a handshake when it is its network's turn. */
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
    // Whoever says nothing costs no more than a socket.
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
