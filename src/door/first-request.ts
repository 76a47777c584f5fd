import type { Server as HttpServer } from 'node:http';
import type { Clock } from '../base/clock.ts';
import { ERRORS } from '../base/errors.ts';
import type { BeaconRequests } from './audience/beacon-requests.ts';
import type { FileAnswers } from './files/file-answers.ts';
import { handToHttp } from './http/hand-over.ts';
import type { Limits } from './limits.ts';
import type { Counters } from './metrics/counters.ts';
import type { Fault } from './metrics/faults.ts';
import { COST } from './network/fair-share.ts';
import type { LateRefusals } from './network/late-refusals.ts';
import type { Requesters } from './network/requesters.ts';
import type { Unfinished } from './network/slow-senders.ts';
import type { Clients } from './network/trusted-proxies.ts';
import { agentIn, refererIn } from './request/file-head.ts';
import type { FinishedRequests } from './request/finished-request.ts';
import { type FirstHead, isUnsignedPost, readFirstHead, wholeLength } from './request/first-head.ts';
import type { Listening } from './request/listening.ts';
import { passTarget, type RoomGate } from './request/room-gate.ts';
import { readStreamRequest } from './request/stream-query.ts';
import type { Connection, Handler } from './socket/connection.ts';
import { endRefused, rawProblem, rawTooLarge } from './socket/raw-refusal.ts';
import { reset } from './socket/reset.ts';
import type { StreamJoins } from './stream-joins.ts';

/** Dependencies of reading the first request. */
export interface FirstRequestDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly fault: Fault;
  /** First requests that have not fully arrived; not those of listed proxies, which buffer requests themselves. */
  readonly unfinished: Unfinished<Connection>;
  /** Takes connections whose first request is for a small public file. */
  readonly files: FileAnswers;
  /** Takes connections whose first request is a beacon; absent where nobody is counted. */
  readonly beacons?: Pick<BeaconRequests, 'take'>;
  /** Takes every other connection that does not begin with a stream; it does not listen itself. */
  readonly http: HttpServer;
  /**
   * Counts a connection from a listed proxy against the client's own network; false if that network is at its limit.
   */
  countForClient(connection: Connection, forwardedFor: string | undefined): boolean;
  /** Which client is behind a proxy. */
  readonly clients: Clients;
  /** Who asks, from the lines of a head; absent where nobody is counted. */
  who?(connection: Connection, lines: string): Listening;
  readonly joins: Pick<StreamJoins, 'join'>;
  readonly requesters: Pick<Requesters, 'on'>;
  readonly finished: Pick<FinishedRequests, 'tell'>;
  /** True when a request of a connection would be refused anyway, so that nothing else of it need be read. */
  refusesUnread(connection: Connection): boolean;
  readonly late: Pick<LateRefusals, 'later'>;
  /** Who may pass to which room. */
  readonly rooms: Pick<RoomGate, 'pass'>;
  /** Sends a refusal and closes the connection, whatever else it sends. */
  refuse(connection: Connection, bytes: string): void;
}

/** A connection that has not sent its first request yet. */
export interface Awaited extends Handler {
  /** Since when, on the monotonic clock. */
  readonly since: number;
  /** What has come of the request. */
  readonly bytes?: Buffer | undefined;
  /** The length of the whole request, once its head is complete; 0 before. */
  readonly whole?: number;
}

/** For those who are about to be refused: nothing that they send is read. */
const TURNED_AWAY: Handler = { phase: 'closing', ended: ({ socket }) => void socket.destroy() };

/** The first request of a connection, as far as it has come. */
class FirstRequest implements Awaited {
  readonly phase = 'head';
  readonly since: number;
  bytes: Buffer | undefined = undefined;
  whole = 0;
  readonly #reader: FirstRequests;

  constructor(reader: FirstRequests, since: number) {
    this.#reader = reader;
    this.since = since;
  }

  received(connection: Connection, chunk: Buffer) {
    this.#reader.received(connection, this, chunk);
  }

  ended({ socket }: Connection) {
    socket.destroy();
  }

  closed(connection: Connection) {
    this.#reader.end(connection);
  }
}

/**
 * Reads the first request head of each connection, and hands the connection to whoever answers: a stream to the
 * fan-out, a small public file to `files`, and anything else to `http`, as if nothing had been read.
 */
export class FirstRequests {
  readonly #deps: FirstRequestDeps;
  /** Connections whose first request is not complete. */
  readonly #awaited = new Map<Connection, Awaited>();

  constructor(deps: FirstRequestDeps) {
    this.#deps = deps;
  }

  /** Reads the first request of a connection; `since`: when the wait for it began. */
  begin(connection: Connection, since: number) {
    const request = new FirstRequest(this, since);
    this.await(connection, request);
    connection.handTo(request);
  }

  /** Watches over a connection that is `awaited` to send something. */
  await(connection: Connection, awaited: Awaited) {
    this.#awaited.set(connection, awaited);
    const { clients, unfinished } = this.#deps;
    if (!clients.trusts(connection.accepted.remoteAddress)) unfinished.begin(connection, this.#tooMany);
  }

  /** Since when a connection is awaited. */
  since(connection: Connection): number | undefined {
    return this.#awaited.get(connection)?.since;
  }

  /** The wait is over: the request is complete, or the connection has gone. */
  end(connection: Connection) {
    this.#awaited.delete(connection);
    this.#deps.unfinished.end(connection);
  }

  /** Closes connections that have taken too long; call about once a second. */
  sweep() {
    const { clock, limits, counters, unfinished } = this.#deps;
    const now = clock.now();
    for (const [connection, { since, whole }] of this.#awaited) {
      if (now - since < (whole ? limits.requestTimeout : limits.headTimeout)) continue;
      counters.headTimeouts += 1;
      unfinished.end(connection);
      this.#giveUp(connection);
    }
  }

  /** A fault in a first request costs only that connection. */
  received(connection: Connection, request: FirstRequest, chunk: Buffer) {
    try {
      this.#read(connection, request, chunk);
    } catch (error) {
      this.#deps.fault(error, 'a first request');
      this.end(connection);
      reset(connection.socket);
    }
  }

  readonly #tooMany = (connection: Connection): void => {
    this.#deps.counters.unfinishedClosed += 1;
    this.#giveUp(connection);
  };

  /**
   * Gives up waiting. A peer that has asked for nothing (a browser that preconnects) is told nothing; neither case
   * needs a timer.
   */
  #giveUp(connection: Connection) {
    const bytes = this.#awaited.get(connection)?.bytes;
    this.#awaited.delete(connection);
    this.#unreadable(connection, bytes ? 408 : 0);
    if (bytes) endRefused(connection.socket, 'too-slow');
    else connection.socket.destroy();
  }

  #read(connection: Connection, request: FirstRequest, chunk: Buffer) {
    if (connection.socket.writableEnded) return;
    const bytes = request.bytes ? Buffer.concat([request.bytes, chunk]) : chunk;
    request.bytes = bytes;
    if (bytes.length < request.whole) return;
    const { counters, limits } = this.#deps;
    const head = readFirstHead(bytes, limits);
    switch (head.kind) {
      case 'more':
        return;
      case 'other':
        request.whole = wholeLength(bytes, limits);
        if (bytes.length >= request.whole) this.#toFilesOrHttp(connection, request, bytes);
        return;
      case 'bad':
        counters.badHeads += 1;
        this.#unreadable(connection, 400);
        return this.#refuse(
          connection,
          rawProblem('bad-request', 'The request head is malformed or ambiguous.'),
        );
      case 'too-large':
        counters.badHeads += 1;
        this.#unreadable(connection, 431);
        return this.#refuse(connection, rawTooLarge(bytes));
      case 'stream':
        return this.#toStream(connection, head, bytes);
    }
  }

  #toFilesOrHttp(connection: Connection, request: FirstRequest, bytes: Buffer) {
    this.end(connection);
    request.bytes = undefined;
    const { files, beacons, http } = this.#deps;
    if (beacons?.take(connection, bytes) || files.take(connection, bytes)) return;
    if (isUnsignedPost(bytes) && this.#deps.refusesUnread(connection))
      return this.#turnAway(connection, bytes);
    handToHttp(http, connection, bytes);
  }

  /** Refuses a request of which only the head has been read; nothing else of it ever is. */
  #turnAway(connection: Connection, bytes: Buffer) {
    const { clock, requesters, finished, late } = this.#deps;
    const lines = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n'));
    const [method = '', target = ''] = lines.split(' ', 2);
    const [path = '', query = ''] = target.split('?', 2);
    const requester = requesters.on(connection, agentIn(lines));
    const refusal = rawProblem('crowded');
    finished.tell(
      ...([requester, clock.now(), method, path, query] as const),
      ...([ERRORS.crowded.status, refusal.length, COST.refusal, 0] as const),
    );
    connection.handTo(TURNED_AWAY);
    connection.socket.pause();
    late.later(connection.socket, () => {
      connection.socket.resume();
      this.#deps.refuse(connection, refusal);
    });
  }

  #toStream(connection: Connection, head: Extract<FirstHead, { kind: 'stream' }>, bytes: Buffer) {
    const { http } = this.#deps;
    const target = passTarget(this.#deps.rooms, head.target);
    const request = readStreamRequest(target, head.titles);
    if (!request) return this.#refuse(connection, rawProblem('not-found'));
    this.end(connection);
    if (head.method === 'HEAD') return handToHttp(http, connection, bytes);
    if (!this.#deps.countForClient(connection, head.forwardedFor))
      return this.#refuse(connection, rawProblem('door-full'));
    const lines = bytes.toString('latin1', 0, bytes.indexOf('\r\n\r\n'));
    const who = this.#deps.who?.(connection, lines);
    const asked = who ? { ...request, who } : request;
    const { requesters, joins } = this.#deps;
    const requester = requesters.on(connection, agentIn(lines), head.forwardedFor);
    const stream = { request: asked, requester, target, referer: refererIn(lines) };
    joins.join(connection, stream, (code) => this.#refuse(connection, rawProblem(code)));
  }

  /** A head that cannot be read, or does not come in time, costs something as well. */
  #unreadable(connection: Connection, status: number) {
    const { clock, requesters, finished } = this.#deps;
    finished.tell(requesters.on(connection, undefined), clock.now(), '', '', '', status, 0, COST.request, 0);
  }

  #refuse(connection: Connection, bytes: string) {
    this.end(connection);
    this.#deps.refuse(connection, bytes);
  }
}
