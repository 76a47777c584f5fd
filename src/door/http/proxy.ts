import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { ERRORS } from '../../base/errors.ts';
import { isLocal, LOCAL_HEADER, localField } from '../../base/local.ts';
import { problem } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { READ_BY_ALL } from '../../http/index.ts';
import { frameAwayPage, siteAwayPage } from '../../pages/index.ts';
import { SHORT_PAGE_HEADERS, send, shortFrameHeaders } from '../answer/send.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
import type { LateRefusals } from '../network/late-refusals.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import { RetryBudget } from './retry-budget.ts';

/** Hop-by-hop headers: never forwarded. Spec: RFC 9110, 7.6.1. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Headers that say whose request this is and where its body ends: Connection cannot remove them. Spec: RFC 9110,
 * 7.6.1.
 */
const KEPT = new Set(['host', 'content-length', 'content-type', 'authorization']);

/** Forwards a request to a process on this machine. */
export type Forward = (req: IncomingMessage, res: ServerResponse, to: Destination) => void;

type Away = 'site-away' | 'studio-away' | 'tally-away';

/** Where a request is forwarded to. */
export interface Destination {
  readonly socketPath: string;
  /** The error while nobody answers there, or who answers instead. */
  readonly away: Away | (() => void);
  /** The largest request body, in bytes; a larger one is answered with 413. */
  readonly most: number;
}

/** The headers of a message without the hop-by-hop ones, including those that Connection names. */
function endToEnd(message: IncomingMessage): Record<string, string | string[]> {
  const named = new Set(
    (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()),
  );
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name) && (KEPT.has(name) || !named.has(name)))
      kept[name] = value;
  }
  return kept;
}

const CORS = Object.keys(READ_BY_ALL);

/** Nobody was listening, so nothing was done: a GET or HEAD may be retried. */
const NOT_THERE = new Set(['ECONNREFUSED', 'ENOENT']);
const MOST_RETRIES = 3;
/**
 * The first pause is between this long and twice as long, the following ones two and three times that: together as
 * long as a restart.
 */
const RETRY_MS = 200;

/** Dependencies of the proxy. */
export interface ProxyDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly clients: Clients;
  /** Begins a request; undefined when whoever asks has too many under way. */
  begin?(req: IncomingMessage, path: string): Disposable | undefined;
  /** Whose pages may frame what stands below `/embed/`, as a policy has it; default: everybody's. */
  readonly framedBy?: string | undefined;
  /** Refuses a second later; default: at once. */
  readonly late?: Pick<LateRefusals, 'later'>;
  /** The process behind began to answer, this many ms after it was asked. */
  answered?(req: IncomingMessage, time: number): void;
}

/**
 * Opens the proxy to the site and the cells. Bodies stream both ways unbuffered; when the client leaves, the
 * forwarded request is aborted; a process that is away is answered 503 with Retry-After. The process is told one
 * address, the client's; forwarding headers count only when the peer is a listed proxy.
 */
export function openProxy(deps: ProxyDeps): Forward {
  const budget = new RetryBudget();
  return (req, res, to) => {
    budget.earn();
    if (Number(req.headers['content-length'] ?? 0) > to.most) {
      res.shouldKeepAlive = false;
      return send(req, res, problem('too-large', undefined, { connection: 'close' }));
    }
    const place = deps.begin?.(req, (req.url ?? '/').replace(/\?.*$/s, ''));
    if (deps.begin && !place)
      return deps.late ? deps.late.later(req.socket, () => refuseCrowded(req, res)) : refuseCrowded(req, res);
    new Forwarding(deps, budget, { req, res, to, place }).begin();
  };
}

/** Whoever asks has too many requests under way. */
function refuseCrowded(req: IncomingMessage, res: ServerResponse) {
  const body = !req.complete;
  if (body) res.shouldKeepAlive = false;
  const told = { 'retry-after': '5', ...(body ? { connection: 'close' } : {}) };
  send(req, res, problem('crowded', 'Too many requests of your network wait for an answer.', told));
  req.resume();
}

/** The headers with which a request is forwarded: its own, and whose it is. */
function forwardedHeaders(req: IncomingMessage, clients: Clients): Record<string, string | string[]> {
  const peer = req.socket.remoteAddress;
  const listed = clients.trusts(peer);
  const spoken = clients.spokenTo(req);
  const said = listed ? String(req.headers['x-forwarded-for'] ?? '') || undefined : undefined;
  const headers: Record<string, string | string[]> = {
    ...endToEnd(req),
    // HTTP/1.0 needs no Host, but the process behind does.
    host: req.headers.host || 'localhost',
    // A refusal may come before the body is read. With `close`, a reset would follow and overtake it.
    connection: 'keep-alive',
    'x-forwarded-for': clients.clientOf(peer, said),
    'x-forwarded-proto': spoken.scheme,
    'x-forwarded-host': spoken.host,
  };
  delete headers.forwarded;
  // A client must not set this header itself.
  delete headers[LOCAL_HEADER];
  const { httpVersion } = req;
  if (isLocal({ remoteAddress: peer, listed, httpVersion, headers: req.headers }))
    headers[LOCAL_HEADER] = localField(req.socket.remotePort, req.socket.localPort);
  if (req.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  return headers;
}

/** One request under way to the process behind. */
class Forwarding {
  readonly #deps: ProxyDeps;
  readonly #budget: RetryBudget;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  readonly #to: Destination;
  readonly #place: Disposable | undefined;
  readonly #headers: Record<string, string | string[]>;
  readonly #bodyless: boolean;
  #upstream: ClientRequest | undefined;
  #retries = 0;
  /** True once it is answered or refused, or nobody waits for the answer any more. */
  #done = false;

  constructor(
    deps: ProxyDeps,
    budget: RetryBudget,
    asked: {
      readonly req: IncomingMessage;
      readonly res: ServerResponse;
      readonly to: Destination;
      readonly place: Disposable | undefined;
    },
  ) {
    this.#deps = deps;
    this.#budget = budget;
    this.#req = asked.req;
    this.#res = asked.res;
    this.#to = asked.to;
    this.#place = asked.place;
    this.#headers = forwardedHeaders(asked.req, deps.clients);
    const { headers } = asked.req;
    this.#bodyless = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  }

  /** Asks the process behind, and sends it the body as it comes. */
  begin() {
    const upstream = this.#ask();
    this.#res.on('close', () => {
      this.#place?.[Symbol.dispose]();
      this.#done = true;
      this.#upstream?.destroy();
    });
    if (this.#bodyless) upstream.end();
    else this.#sendBody(upstream);
  }

  #ask(): ClientRequest {
    const { clock, limits } = this.#deps;
    const began = clock.now();
    const asked = request({
      socketPath: this.#to.socketPath,
      method: this.#req.method ?? 'GET',
      path: this.#req.url ?? '/',
      headers: this.#headers,
      setHost: false,
      agent: false,
      timeout: limits.upstreamTimeout,
    });
    this.#upstream = asked;
    asked.on('timeout', () => this.#refuse(this.#to.away));
    asked.on('error', (error) => this.#again(error) || this.#refuse(this.#to.away));
    asked.on('response', (answer) => {
      if (this.#done) return void answer.destroy();
      this.#deps.answered?.(this.#req, clock.now() - began);
      // Only the beginning of the answer has a time limit: a backstage stream lasts as long as the room.
      asked.setTimeout(0);
      this.#pass(answer);
    });
    return asked;
  }

  #pass(answer: IncomingMessage) {
    const res = this.#res;
    const head = endToEnd(answer);
    // The table of addresses says what foreign pages may do; only the stage knows better, for OPTIONS.
    if (this.#req.method !== 'OPTIONS') for (const name of CORS) delete head[name];
    res.writeHead(answer.statusCode ?? 502, head);
    res.flushHeaders();
    answer.pipe(res);
    answer.on('error', () => res.destroy());
    answer.on('aborted', () => res.destroy());
    answer.on('end', () => {
      this.#done = true;
    });
  }

  /** True when the request will be tried again. */
  #again(error: NodeJS.ErrnoException): boolean {
    const { method } = this.#req;
    const reads = this.#bodyless && (method === 'GET' || method === 'HEAD');
    const may = !this.#done && reads && NOT_THERE.has(error.code ?? '') && this.#retries < MOST_RETRIES;
    if (!may || typeof this.#to.away !== 'string' || !this.#budget.spend()) return false;
    this.#retries += 1;
    this.#deps.clock.after(ms(RETRY_MS * this.#retries * (1 + Math.random())), () => {
      if (!this.#done) this.#ask().end();
    });
    return true;
  }

  #refuse(code: 'too-large' | Destination['away']) {
    if (this.#done) return;
    this.#done = true;
    this.#upstream?.destroy();
    const [req, res] = [this.#req, this.#res];
    if (res.headersSent) return void res.destroy();
    if (typeof code !== 'string') return code();
    if (code !== 'too-large') this.#deps.counters.upstreamAway += 1;
    if (!req.complete) res.shouldKeepAlive = false;
    const extra = code === 'too-large' ? {} : { 'retry-after': '2' };
    const headers = { ...extra, ...(req.complete ? {} : { connection: 'close' }) };
    const isPerson = code === 'site-away' && req.headers.accept?.includes('text/html');
    const isFrame = req.url?.startsWith('/embed/') === true;
    const head = isFrame ? shortFrameHeaders(this.#deps.framedBy) : SHORT_PAGE_HEADERS;
    const told = { ...headers, ...head, 'cache-control': 'no-store', vary: 'accept' };
    const body = isFrame ? frameAwayPage() : siteAwayPage(req.method !== 'GET');
    const page = { status: ERRORS[code].status, headers: told, body };
    send(req, res, isPerson ? page : problem(code, undefined, headers));
    req.resume();
  }

  #sendBody(upstream: ClientRequest) {
    const req = this.#req;
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > this.#to.most) return this.#refuse('too-large');
      if (!this.#done && !upstream.write(chunk)) {
        req.pause();
        upstream.once('drain', () => req.resume());
      }
    });
    req.on('end', () => {
      if (!this.#done) upstream.end();
    });
  }
}
