import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import { isLocal, LOCAL_HEADER, localField } from '../../base/local.ts';
import { problem } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { READ_BY_ALL } from '../../http/index.ts';
import { send } from '../answer/send.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
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
export type Proxy = (
  req: IncomingMessage,
  res: ServerResponse,
  to: {
    readonly socketPath: string;
    readonly away: 'site-away' | 'studio-away';
    /** Bytes of a body; beyond it 413. */
    readonly most: number;
  },
) => void;

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

/**
 * Opens the proxy to the site and the cells. Bodies stream both ways unbuffered; when the client leaves, the
 * forwarded request is aborted; a process that is away is answered 503 with Retry-After. The process is told one
 * address, the client's; forwarding headers count only when the peer is a listed proxy.
 */
export function openProxy(deps: {
  clock: Clock;
  limits: Limits;
  counters: Counters;
  clients: Clients;
  /** Begins a request; undefined when whoever asks has too many under way. */
  begin?(req: IncomingMessage, path: string): Disposable | undefined;
  /** The process behind began to answer, this many ms after it was asked. */
  answered?(req: IncomingMessage, time: number): void;
}): Proxy {
  const { limits, counters, clients } = deps;
  const budget = new RetryBudget();
  return (req, res, to) => {
    budget.earn();
    const { most } = to;
    if (Number(req.headers['content-length'] ?? 0) > most) {
      res.shouldKeepAlive = false;
      return send(req, res, problem('too-large', undefined, { connection: 'close' }));
    }
    const place = deps.begin ? deps.begin(req, (req.url ?? '/').replace(/\?.*$/s, '')) : undefined;
    if (deps.begin && !place) {
      const body = !req.complete;
      if (body) res.shouldKeepAlive = false;
      const told = { 'retry-after': '5', ...(body ? { connection: 'close' } : {}) };
      send(req, res, problem('crowded', 'Too many requests of your network wait for an answer.', told));
      return void req.resume();
    }
    const peer = req.socket.remoteAddress;
    const listed = clients.trusts(peer);
    const spoken = clients.spokenTo(req);
    const said = (name: string): string | undefined =>
      listed ? String(req.headers[name] ?? '') || undefined : undefined;
    const headers: Record<string, string | string[]> = {
      ...endToEnd(req),
      // HTTP/1.0 needs no Host, but the process behind does.
      host: req.headers.host || 'localhost',
      // A refusal may come before the body is read. With `close`, a reset would follow and overtake it.
      connection: 'keep-alive',
      'x-forwarded-for': clients.clientOf(peer, said('x-forwarded-for')),
      'x-forwarded-proto': spoken.scheme,
      'x-forwarded-host': spoken.host,
    };
    delete headers.forwarded;
    // A client must not set this header itself.
    delete headers[LOCAL_HEADER];
    const { httpVersion } = req;
    if (isLocal({ remoteAddress: peer, listed, httpVersion, headers: req.headers }))
      headers[LOCAL_HEADER] = localField(req.socket.remotePort, req.socket.localPort);
    const bodyless =
      req.headers['content-length'] === undefined && req.headers['transfer-encoding'] === undefined;
    if (!bodyless && req.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
    let done = false;
    const refuse = (code: 'too-large' | 'site-away' | 'studio-away') => {
      if (done) return;
      done = true;
      upstream.destroy();
      if (res.headersSent) return void res.destroy();
      if (code !== 'too-large') counters.upstreamAway += 1;
      if (!req.complete) res.shouldKeepAlive = false;
      const extra = code === 'too-large' ? {} : { 'retry-after': '2' };
      send(req, res, problem(code, undefined, req.complete ? extra : { ...extra, connection: 'close' }));
      req.resume();
    };
    let retries = 0;
    const ask = (): ClientRequest => {
      const began = deps.clock.now();
      const asked = request({
        socketPath: to.socketPath,
        method: req.method ?? 'GET',
        path: req.url ?? '/',
        headers,
        setHost: false,
        agent: false,
        timeout: limits.upstreamTimeout,
      });
      asked.on('timeout', () => refuse(to.away));
      asked.on('error', (error) => again(error) || refuse(to.away));
      asked.on('response', (answer) => {
        if (done) return void answer.destroy();
        deps.answered?.(req, deps.clock.now() - began);
        // Only the beginning of the answer has a time limit: a backstage stream lasts as long as the room.
        asked.setTimeout(0);
        const head = endToEnd(answer);
        // The table of addresses says what foreign pages may do; only the stage knows better, for OPTIONS.
        if (req.method !== 'OPTIONS') for (const name of CORS) delete head[name];
        res.writeHead(answer.statusCode ?? 502, head);
        res.flushHeaders();
        answer.pipe(res);
        answer.on('error', () => res.destroy());
        answer.on('aborted', () => res.destroy());
        answer.on('end', () => {
          done = true;
        });
      });
      return asked;
    };
    /** True when the request will be tried again. */
    const again = (error: NodeJS.ErrnoException): boolean => {
      const reads = bodyless && (req.method === 'GET' || req.method === 'HEAD');
      if (done || !reads || !NOT_THERE.has(error.code ?? '') || retries >= MOST_RETRIES || !budget.spend())
        return false;
      retries += 1;
      deps.clock.after(ms(RETRY_MS * retries * (1 + Math.random())), () => {
        if (done) return;
        upstream = ask();
        upstream.end();
      });
      return true;
    };
    let upstream = ask();
    res.on('close', () => {
      place?.[Symbol.dispose]();
      done = true;
      upstream.destroy();
    });
    if (bodyless) return void upstream.end();
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) return refuse('too-large');
      if (!done && !upstream.write(chunk)) {
        req.pause();
        upstream.once('drain', () => req.resume());
      }
    });
    req.on('end', () => {
      if (!done) upstream.end();
    });
  };
}
