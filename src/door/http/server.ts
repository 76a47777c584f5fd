import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ERRORS } from '../../base/errors.ts';
import { isLoopback } from '../../base/local.ts';
import { find, type Owner } from '../../http/index.ts';
import { checkTimeLimits } from '../../native/node-internals.ts';
import { serverOptions } from '../answer/server-options.ts';
import { COST } from '../network/fair-share.ts';
import { hasBody } from '../request/head-fault.ts';
import { connectionOf, type Requester } from '../socket/connection.ts';
import { OwnAnswers } from './own-answers.ts';
import { responsesOn } from './pending-responses.ts';
import { Router } from './router.ts';
import type { DoorHttpDeps } from './server-deps.ts';
import { openUnreadableRequests, refusalOf, type UnreadableRequests } from './unreadable-requests.ts';

export type { DoorHttpDeps } from './server-deps.ts';

/** The HTTP server for everything except streams. */
export interface DoorHttp {
  /** It does not listen itself: connections are handed to it. */
  readonly server: Server;
  /** From now on every answer closes its connection, because the door is stopping. */
  close(): void;
}

/** Another process answers these. */
const FORWARDED: ReadonlySet<Owner> = new Set(['site', 'cell', 'tally', 'press']);

/** Opens the HTTP server for everything except streams. */
export function openHttp(deps: DoorHttpDeps): DoorHttp {
  return new DoorHttpServer(deps);
}

class DoorHttpServer implements DoorHttp {
  readonly server: Server;
  readonly #deps: DoorHttpDeps;
  readonly #own: OwnAnswers;
  readonly #router: Router;
  readonly #unreadableRequests: UnreadableRequests;
  /** Answers that have not been sent yet, so that each can close its connection when the door stops. */
  readonly #open = new Set<ServerResponse>();
  #closing = false;

  constructor(deps: DoorHttpDeps) {
    this.#deps = deps;
    const { limits } = deps;
    this.#own = new OwnAnswers(deps);
    this.#router = new Router(deps, this.#own);
    this.#unreadableRequests = openUnreadableRequests(deps);
    this.server = createServer(serverOptions(limits), (req, res) => this.#handle(req, res));
    // One more than allowed, so that a head with too many lines is noticed and not silently truncated.
    this.server.maxHeadersCount = limits.headers + 1;
    this.server.maxRequestsPerSocket = limits.requestsPerSocket;
    this.server.on('connect', (_, socket) =>
      this.#unreadableRequests.refuse('method-not-allowed', socket as Socket),
    );
    this.server.on('clientError', (error, socket) => this.#unreadable(error, socket as Socket));
    checkTimeLimits(this.server);
  }

  close() {
    this.#closing = true;
    for (const res of this.#open) if (!res.headersSent) res.shouldKeepAlive = false;
  }

  /** A fault in answering one request must not end the streams of thousands. */
  #handle(req: IncomingMessage, res: ServerResponse) {
    const responses = responsesOn(req.socket);
    if (!responses || responses.taken) return;
    const { counters, clients, admission, clock } = this.#deps;
    counters.requests += 1;
    responses.track(res);
    // Node itself says `close` then, and goes on answering 503 to whoever does not.
    if (this.#closing || responses.requests >= this.#deps.limits.requestsPerSocket)
      res.shouldKeepAlive = false;
    this.#open.add(res);
    const peer = req.socket.remoteAddress;
    if (clients.trusts(peer)) connectionOf(req.socket).client = admission.prefixOf(req);
    else if (req.headers['x-forwarded-for'] !== undefined && isLoopback(peer)) counters.unlistedProxy += 1;
    if (hasBody(req)) this.#awaitBody(req);
    const forwardedFor = String(req.headers['x-forwarded-for'] ?? '') || undefined;
    const connection = connectionOf(req.socket);
    const requester = this.#deps.requesters.on(connection, req.headers['user-agent'] ?? '', forwardedFor);
    const began = clock.now();
    let took = 0;
    res.once('close', () => {
      this.#open.delete(res);
      if (!responses.taken) this.#tell(requester, res, began, took);
    });
    try {
      this.#router.route(req, res);
    } catch (error) {
      this.#own.broken(req, res, error);
    }
    took = clock.now() - began;
    admission.took(req, took);
  }

  /** Tells of a request that is over; `took`: the time it took here, ms. */
  #tell(requester: Requester, res: ServerResponse, began: number, took: number) {
    const { finished, clock } = this.#deps;
    const { method = '', url = '/', socket } = res.req;
    const connection = connectionOf(socket);
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = mark < 0 ? '' : url.slice(mark + 1);
    const bytes = Math.max(0, socket.bytesWritten - connection.told);
    connection.told = socket.bytesWritten;
    const behind = FORWARDED.has(find(path)?.address.owner ?? 'door') ? COST.forwarded : 0;
    const cpu = COST.request + behind + took * 1_000;
    const status = res.headersSent ? res.statusCode : 0;
    finished.tell(requester, began, method, path, query, status, bytes, cpu, clock.now() - began);
  }

  #awaitBody(req: IncomingMessage) {
    const { bodies, slowBodies, clock } = this.#deps;
    const tooSlow = ({ socket }: IncomingMessage): void => {
      this.#deps.counters.unfinishedClosed += 1;
      this.#unreadableRequests.refuse('too-slow', socket);
    };
    const over = (): void => {
      bodies.end(req);
      slowBodies.end(req);
    };
    bodies.begin(req, tooSlow);
    slowBodies.begin(req, clock.now(), tooSlow);
    req.once('end', over).once('close', over);
  }

  #tellUnreadable(error: NodeJS.ErrnoException, socket: Socket) {
    const { requesters, finished, clock } = this.#deps;
    const status = error.code === 'ECONNRESET' ? 0 : ERRORS[refusalOf(error)].status;
    const requester = requesters.on(connectionOf(socket), undefined);
    finished.tell(requester, clock.now(), '', '', '', status, 0, COST.request, 0);
  }

  /** What a connection sends cannot be read, or takes too long. */
  #unreadable(error: NodeJS.ErrnoException, socket: Socket) {
    if (this.#unreadableRequests.refused(socket)) return;
    this.#deps.counters.badHeads += 1;
    this.#tellUnreadable(error, socket);
    if (error.code === 'ECONNRESET') return void socket.destroy();
    // Earlier valid requests are answered before the connection is closed; an answer takes `upstreamTimeout` at most.
    const responses = responsesOn(socket);
    if (responses?.unfinished && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT')
      return responses.endAfterAnswers(socket);
    this.#unreadableRequests.refuse(
      refusalOf(error),
      socket,
      (error as { rawPacket?: Uint8Array }).rawPacket,
    );
  }
}
