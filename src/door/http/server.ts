import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { isLoopback } from '../../base/local.ts';
import { type Language, languageOf } from '../../base/negotiation.ts';
import { problem } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import {
  type Address,
  allowed,
  canonical,
  find,
  movedStatus,
  optionsHead,
  stepsAside,
  takes,
} from '../../http/index.ts';
import { checkTimeLimits } from '../../native/node-internals.ts';
import { FAVICON, type Pages, ROBOTS } from '../../pages/index.ts';
import type { Shield } from '../admission/admission.ts';
import { answersOptions, openAnswerHeads } from '../answer/answer-head.ts';
import { type Assets, keptFor } from '../answer/assets.ts';
import { openPageCache } from '../answer/page-cache.ts';
import { isStream, pageHeaders, send, sendCoded, TEXT } from '../answer/send.ts';
import { serverOptions } from '../answer/server-options.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Fault } from '../metrics/faults.ts';
import type { SlowBodies } from '../network/slow-bodies.ts';
import type { Unfinished } from '../network/slow-senders.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import type { DoorOrigin } from '../origin-port.ts';
import type { DoorQueue } from '../queue-port.ts';
import { toOriginForm } from '../request/absolute-target.ts';
import { asksForTitles } from '../request/first-head.ts';
import { hasBody, headFault } from '../request/head-fault.ts';
import { readStreamRequest, streamFields } from '../request/stream-query.ts';
import { isTaken, takeOver } from '../socket/detach-from-http.ts';
import { rawProblem } from '../socket/raw-refusal.ts';
import type { CatchingUp } from '../stream/catching-up.ts';
import type { Fanout } from '../stream/listeners.ts';
import { radioList } from '../stream/radio-list.ts';
import { openLastWord, refusalOf } from './last-word.ts';
import { endAfterAnswers, owe, owes } from './pending-responses.ts';
import { openProxy } from './proxy.ts';

/** What the HTTP server needs. */
export interface OrdinaryDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly fanout: Fanout;
  readonly shield: Shield;
  readonly fault: Fault;
  readonly catchingUp: CatchingUp;
  /** Records which network's request a listed proxy is forwarding on a connection. */
  cameFor(socket: Socket, prefix: string | undefined): void;
  /** Limits how many requests may be waiting for their body. */
  readonly bodies: Unfinished<IncomingMessage>;
  /** Watches whether those bodies keep coming. */
  readonly slowBodies: SlowBodies;
  readonly origin: DoorOrigin;
  readonly assets: Assets;
  readonly pages: Pages;
  readonly clients: Clients;
  readonly queue?: DoorQueue;
  /** What is published about rehearsals; absent: none is allowed. */
  readonly consent?: string;
  /** What `/readyz` answers. */
  readiness?(): { readonly code: number; readonly text: string };
  readonly site: { readonly socketPath: string };
  cell(index: number): { readonly socketPath: string };
  /** The address people use, where it is set. */
  readonly publicUrl?: string;
  /** Base URLs of caches that pages may fetch sound from. */
  readonly caches?: readonly string[];
}

/** How long a redirect to the canonical form of an address is cached. */
const MOVED = 'public, max-age=3600';
/** A page may be a second old in any cache. */
const PAGE_CACHE = 'public, max-age=1';

/** Recorded sound as a player asks for it while it plays. */
const RECORDED: ReadonlySet<string> = new Set(['replay-segment', 'replay-piece']);

/** The HTTP server for everything except streams. */
export interface Ordinary {
  /** It does not listen itself: connections are handed to it. */
  readonly server: Server;
  /** From now on every answer closes its connection, because the door is stopping. */
  close(): void;
}

/** Opens the HTTP server for everything except streams. */
export function openOrdinary(deps: OrdinaryDeps): Ordinary {
  const { origin, assets, pages, limits, counters, fanout, shield } = deps;
  const cache = openPageCache(deps.clock, limits.pages);
  const heads = openAnswerHeads(deps.publicUrl);
  const lastWord = openLastWord(deps);
  const proxy = openProxy({
    ...{ clock: deps.clock, limits, counters, clients: deps.clients },
    ...{ answered: shield.forwarded, begin: shield.begin },
  });

  const refuse = (
    req: IncomingMessage,
    res: ServerResponse,
    code: ErrorCode,
    headers: Record<string, string> = {},
  ) => send(req, res, problem(code, undefined, headers));
  const pageHead = pageHeaders(deps.caches ?? []);

  function page(
    req: IncomingMessage,
    res: ServerResponse,
    key: string,
    render: (language: Language) => string,
    status = 200,
  ) {
    const headers = { ...pageHead, 'cache-control': status === 200 ? PAGE_CACHE : 'no-store' };
    const language = languageOf(req.headers['accept-language']);
    const kept = cache.get(`${language} ${key}`, () => render(language));
    sendCoded(req, res, kept, { ...headers, vary: 'accept-encoding, accept-language' }, status);
  }
  const missing = (req: IncomingMessage, res: ServerResponse, code: 'not-found' | 'room-unknown') => {
    if (req.headers.accept?.includes('text/html'))
      return page(req, res, '404', (language) => pages.notFound(language), 404);
    refuse(req, res, code);
  };
  function asset(req: IncomingMessage, res: ServerResponse, path: string) {
    const found = assets.get(path);
    if (!found) return missing(req, res, 'not-found');
    sendCoded(req, res, found, { 'content-type': found.type, 'cache-control': keptFor(found) });
  }
  function room(req: IncomingMessage, res: ServerResponse, slug: string, studio: boolean) {
    const card = origin.card(slug);
    if (!card) return missing(req, res, 'room-unknown');
    if (studio) return page(req, res, `/r/${slug}/studio`, (language) => pages.studio(card, language));
    page(req, res, `/r/${slug}`, (language) =>
      pages.room(origin.card(slug) ?? card, origin.state(slug), language),
    );
  }
  function cell(req: IncomingMessage, res: ServerResponse, slug: string, most: number) {
    const card = origin.card(slug);
    if (!card) return refuse(req, res, 'room-unknown');
    if (card.status === 'ended' || card.status === 'cancelled') return refuse(req, res, 'room-ended');
    if (card.cell === undefined) return refuse(req, res, 'room-not-open');
    proxy(req, res, { socketPath: deps.cell(card.cell).socketPath, away: 'studio-away', most });
  }
  function stream(req: IncomingMessage, res: ServerResponse, target: string) {
    const titles = asksForTitles(String(req.headers['icy-metadata'] ?? ''));
    const request = readStreamRequest(target, titles);
    if (!request) return missing(req, res, 'not-found');
    if (req.method === 'HEAD') {
      const place = origin.join(request.slug, request.rendition.id, { margin: ms(0) });
      if (typeof place === 'string') return refuse(req, res, place);
      // Answered at once: the length of a stream is unknown.
      res.writeHead(200, streamFields(request, origin.card(request.slug))).end();
    } else if (!shield.claims(req.socket, String(req.headers['x-forwarded-for'] ?? '') || undefined))
      refuse(req, res, 'door-full');
    else
      takeOver(res, (socket) => {
        const refusal = fanout.join(socket, shield.judge(socket, request));
        if (!refusal) return;
        // The socket has left the HTTP server by now, so the answer is written by hand.
        socket.on('error', () => {}).end(rawProblem(refusal), 'latin1');
        deps.clock.after(ms(2_000), () => socket.destroy());
      });
  }
  /** Counts a listener who hears the recording of a running room as catching up. */
  function listensLater(req: IncomingMessage, slug: string) {
    const status = origin.card(slug)?.status;
    if (status !== 'live' && status !== 'open') return;
    const network = deps.clients.trusts(req.socket.remoteAddress) ? (shield.prefixOf(req) ?? '') : undefined;
    deps.catchingUp.asked(slug, req.headers['earshot-listener'], req.socket, network);
  }
  function fromOrigin(req: IncomingMessage, res: ServerResponse, path: string, query: string) {
    const [abort, given] = [new AbortController(), new URLSearchParams(query)];
    const headers = req.headers as Record<string, string | undefined>;
    const answer = origin.answer(path, given, headers, abort.signal, shield.charger(req));
    if (!answer) return missing(req, res, 'not-found');
    res.on('close', () => abort.abort());
    answer.then(
      (reply) => {
        if (!res.destroyed) send(req, res, reply);
        else if (isStream(reply.body)) reply.body.destroy();
      },
      (error) => {
        // After an aborted wait there is nobody to answer; anything else is our fault.
        if (!abort.signal.aborted) broken(req, res, error);
      },
    );
  }

  /** Tickets and the line. */
  function queue(req: IncomingMessage, res: ServerResponse, path: string, query: string) {
    const { method = '', headers } = req;
    const secure = deps.clients.spokenTo(req).scheme === 'https';
    const asked = { ...{ method, path, headers, secure }, query: new URLSearchParams(query) };
    const answer = deps.queue?.answer({ ...asked, body: req.iterator({ destroyOnReturn: false }) });
    if (!answer) return missing(req, res, 'not-found');
    answer.then(
      (reply) => {
        send(req, res, reply);
        if (!req.complete) req.resume();
      },
      (error) => {
        // If the client left in the middle of a body there is nobody to answer; anything else is our fault.
        if (req.destroyed && !req.complete) res.destroy();
        else broken(req, res, error);
      },
    );
  }

  function broken(req: IncomingMessage, res: ServerResponse, error: unknown) {
    deps.fault(error, `${req.method} ${req.url}`);
    if (res.headersSent || res.destroyed) res.destroy();
    else refuse(req, res, 'internal');
  }
  function tooSlow({ socket }: IncomingMessage) {
    counters.unfinishedClosed += 1;
    lastWord.say('too-slow', socket);
  }
  function awaitBody(req: IncomingMessage) {
    const over = () => {
      deps.bodies.end(req);
      deps.slowBodies.end(req);
    };
    deps.bodies.begin(req, tooSlow);
    deps.slowBodies.begin(req, deps.clock.now(), tooSlow);
    req.once('end', over).once('close', over);
  }
  /** Answers that have not been sent yet, so that each can close its connection when the door stops. */
  const open = new Set<ServerResponse>();
  let closing = false;
  /** A fault in answering one request must not end the streams of thousands. */
  function handle(req: IncomingMessage, res: ServerResponse) {
    if (isTaken(req.socket)) return;
    counters.requests += 1;
    owe(res, req.socket);
    if (closing) res.shouldKeepAlive = false;
    open.add(res);
    res.once('close', () => open.delete(res));
    if (deps.clients.trusts(req.socket.remoteAddress)) deps.cameFor(req.socket, shield.prefixOf(req));
    else if (req.headers['x-forwarded-for'] !== undefined && isLoopback(req.socket.remoteAddress))
      counters.unlistedProxy += 1;
    if (hasBody(req)) awaitBody(req);
    const began = deps.clock.now();
    try {
      route(req, res);
    } catch (error) {
      broken(req, res, error);
    }
    shield.took(req, deps.clock.now() - began);
  }
  function route(req: IncomingMessage, res: ServerResponse) {
    toOriginForm(req);
    const { method = '' } = req;
    const target = req.url ?? '/';
    const mark = target.indexOf('?');
    const written = mark < 0 ? target : target.slice(0, mark);
    const query = mark < 0 ? '' : target.slice(mark + 1);
    const aside = stepsAside(written);
    const meant = aside ? undefined : canonical(written);
    const path = meant ?? written;
    const found = aside ? undefined : find(path);
    for (const [name, value] of heads.of(req, found?.address)) res.setHeader(name, value);
    const fault = headFault(req, limits);
    if (fault !== undefined) {
      counters.badHeads += 1;
      return refuse(req, res, fault, { connection: 'close' });
    }
    const options = method === 'OPTIONS' && answersOptions(req, found, origin);
    // These are not sorted by urgency, but no network gets more of them than its share.
    const cheap = aside || options || (found?.address.endless === true && method !== 'GET');
    if (cheap && !shield.answers(req)) return shield.putOff(req, res, path);
    if (aside) return missing(req, res, 'not-found');
    if (options) {
      const wanted = String(req.headers['access-control-request-headers'] ?? '') || undefined;
      const asked = req.headers['access-control-request-method'];
      return send(req, res, { status: 204, headers: optionsHead(found?.address, wanted, asked), body: '' });
    }
    const forwarded = found?.address.owner === 'site' || found?.address.owner === 'cell';
    // Streams are judged when they join: a deferred listener hears the delayed stream.
    if (!found?.address.endless && !shield.admits(req, path, forwarded)) return shield.putOff(req, res, path);
    if (!found) return missing(req, res, 'not-found');
    const { address, room: slug } = found;
    if (meant !== undefined) {
      const location = mark < 0 ? meant : `${meant}?${query}`;
      const status = movedStatus(address);
      if (method === 'GET' || method === 'HEAD')
        return send(req, res, { status, headers: { location, 'cache-control': MOVED }, body: '' });
      // A client that sends a body rarely sends it twice.
      req.url = location;
    }
    if (method !== 'OPTIONS' && !takes(address, method))
      return refuse(req, res, 'method-not-allowed', { allow: allowed(address) });
    const most = address.body ?? 0;
    switch (address.owner) {
      case 'site':
        return proxy(req, res, { socketPath: deps.site.socketPath, away: 'site-away', most });
      case 'cell':
        return cell(req, res, slug, most);
      case 'queue':
        return queue(req, res, path, query);
      case 'origin':
        if (RECORDED.has(address.id)) listensLater(req, slug);
        return known(req, res, slug, () =>
          address.endless ? stream(req, res, target) : fromOrigin(req, res, path, query),
        );
      case 'door':
        return known(req, res, slug, () => own(req, res, address, slug, { path, query }));
    }
  }
  /** Answers once the room is looked for that ended so long ago that this door was not told of it. */
  function known(req: IncomingMessage, res: ServerResponse, slug: string, answer: () => void) {
    const sought = slug === '' ? undefined : origin.seek?.(slug);
    if (!sought) return answer();
    sought
      .then((what) => (what === 'away' ? refuse(req, res, 'site-away', { 'retry-after': '2' }) : answer()))
      .catch((error: unknown) => broken(req, res, error));
  }
  /** What the door answers itself. */
  function own(
    req: IncomingMessage,
    res: ServerResponse,
    { id }: Address,
    slug: string,
    { path, query }: { readonly path: string; readonly query: string },
  ) {
    const say = (type: string, cache: string, body: string) =>
      send(req, res, { status: 200, headers: { 'content-type': type, 'cache-control': cache }, body });
    switch (id) {
      case 'home':
        return page(req, res, '/', (language) => pages.home([...origin.cards()], language));
      case 'room':
      case 'studio':
        return room(req, res, slug, id === 'studio');
      case 'radio-list':
        return send(req, res, radioList(origin.card(slug), path, deps.publicUrl, deps.clients.spokenTo(req)));
      case 'asset':
        return asset(req, res, path);
      case 'plan':
        if (query === '') return page(req, res, '/plan', () => pages.plan(new URLSearchParams()));
        return send(req, res, {
          status: 200,
          headers: { ...pageHead, 'cache-control': 'no-store' },
          body: pages.plan(new URLSearchParams(query)),
        });
      case 'errors':
        return page(req, res, '/errors', () => pages.errors());
      case 'health':
        return say(TEXT, 'no-store', 'ok\n');
      case 'ready': {
        const { code, text } = deps.readiness?.() ?? { code: 200, text: 'ready\n' };
        const headers = { 'content-type': TEXT, 'cache-control': 'no-store' };
        return send(req, res, { status: code, headers, body: text });
      }
      case 'rehearsal':
        if (deps.consent === undefined) break;
        return say('application/json', 'no-store', deps.consent);
      case 'robots':
        return say(TEXT, 'public, max-age=3600', ROBOTS);
      case 'icon':
        return say('image/svg+xml', 'public, max-age=86400', FAVICON);
    }
    missing(req, res, 'not-found');
  }

  const server = createServer(serverOptions(limits), handle);
  // One more than allowed, so that a head with too many lines is noticed and not silently truncated.
  server.maxHeadersCount = limits.headers + 1;
  server.maxRequestsPerSocket = limits.requestsPerSocket;
  server.on('connect', (_, socket) => lastWord.say('method-not-allowed', socket as Socket));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (lastWord.said(socket as Socket)) return;
    counters.badHeads += 1;
    if (error.code === 'ECONNRESET') return void socket.destroy();
    // Earlier valid requests are answered before the connection is closed; an answer takes `upstreamTimeout` at most.
    if (owes(socket as Socket) && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT')
      return endAfterAnswers(socket as Socket);
    lastWord.say(refusalOf(error), socket as Socket, (error as { rawPacket?: Uint8Array }).rawPacket);
  });
  checkTimeLimits(server);
  return {
    server,
    close() {
      closing = true;
      for (const res of open) if (!res.headersSent) res.shouldKeepAlive = false;
    },
  };
}
