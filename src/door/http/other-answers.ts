import type { IncomingMessage, ServerResponse } from 'node:http';
import { ms } from '../../base/time.ts';
import { isOver, isRunning } from '../../wire/room.ts';
import { isStream, send } from '../answer/send.ts';
import { asksForTitles } from '../request/first-head.ts';
import { listeningTo } from '../request/listening.ts';
import { readStreamRequest, streamFields } from '../request/stream-query.ts';
import { connectionOf } from '../socket/connection.ts';
import { rawProblem } from '../socket/raw-refusal.ts';
import { countFile } from './counted-files.ts';
import { takeFromHttp } from './hand-over.ts';
import type { OwnAnswers } from './own-answers.ts';
import { type Forward, openProxy } from './proxy.ts';
import type { DoorHttpDeps } from './server-deps.ts';

/** How long somebody who is refused a stream may take to close their side. */
const REFUSED_WAIT = ms(2_000);

/** Requests that the door passes on: to the fan-out, the origin, the queue, and the processes behind it. */
export class OtherAnswers {
  readonly #deps: DoorHttpDeps;
  readonly #own: OwnAnswers;
  readonly #proxy: Forward;

  constructor(deps: DoorHttpDeps, own: OwnAnswers) {
    this.#deps = deps;
    this.#own = own;
    const { clock, limits, counters, clients, admission, late } = deps;
    this.#proxy = openProxy({
      ...{ clock, limits, counters, clients, late, framedBy: deps.framedBy },
      answered: (req, time) => admission.forwarded(req, time),
      begin: (req, path) => admission.begin(req, path),
    });
  }

  /** Answered by the site; `most`: bytes of a body. */
  site(req: IncomingMessage, res: ServerResponse, most: number) {
    this.#proxy(req, res, { socketPath: this.#deps.site.socketPath, away: 'site-away', most });
  }

  /** Answered by the tally, where there is one. */
  tally(req: IncomingMessage, res: ServerResponse, most: number) {
    const { tally } = this.#deps;
    if (!tally) return this.#own.refuse(req, res, 'tally-away', { 'retry-after': '2' });
    this.#proxy(req, res, { socketPath: tally.socketPath, away: 'tally-away', most });
  }

  /** Answered by the press, or while that is away from the same files. */
  press(req: IncomingMessage, res: ServerResponse, path: string) {
    const { press } = this.#deps;
    if (!press) return this.#own.missing(req, res, 'not-found');
    const instead = (): void => {
      press.read(path, req.headers).then(
        (reply) => (reply.status === 404 ? this.#own.missing(req, res, 'not-found') : send(req, res, reply)),
        (error: unknown) => this.#own.broken(req, res, error),
      );
    };
    this.#proxy(req, res, { socketPath: press.socketPath, away: instead, most: 0 });
  }

  /**
   * Answers whoever leaves the stage of a room that is no longer on the air: their session ended with it. False while
   * there are sessions to end.
   */
  hasLeft(req: IncomingMessage, res: ServerResponse, slug: string): boolean {
    const card = this.#deps.origin.card(slug);
    if (!card || (isRunning(card.status) && card.cell !== undefined)) return false;
    send(req, res, { status: 200, headers: { 'cache-control': 'no-store' }, body: '' });
    return true;
  }

  /** Answered by the cell in which the room is on the air. */
  cell(req: IncomingMessage, res: ServerResponse, slug: string, most: number) {
    const card = this.#deps.origin.card(slug);
    if (!card) return this.#own.refuse(req, res, 'room-unknown');
    if (isOver(card.status)) return this.#own.refuse(req, res, 'room-ended');
    if (card.status === 'stopped') return this.#own.refuse(req, res, 'room-stopped');
    if (card.cell === undefined) return this.#own.refuse(req, res, 'room-not-open');
    this.#proxy(req, res, { socketPath: this.#deps.cell(card.cell).socketPath, away: 'studio-away', most });
  }

  /** Answered by the fan-out, which gets the connection for it. */
  stream(req: IncomingMessage, res: ServerResponse, target: string) {
    const { admission, clock } = this.#deps;
    const titles = asksForTitles(String(req.headers['icy-metadata'] ?? ''));
    const request = readStreamRequest(target, titles);
    if (!request) return this.#own.missing(req, res, 'not-found');
    if (req.method === 'HEAD') {
      const place = this.#deps.origin.join(request.slug, request.rendition.id, { margin: ms(0) });
      if (typeof place === 'string') return this.#own.refuse(req, res, place);
      // Answered at once: the length of a stream is unknown.
      res.writeHead(200, streamFields(request, this.#deps.origin.card(request.slug))).end();
      return;
    }
    const forwardedFor = String(req.headers['x-forwarded-for'] ?? '') || undefined;
    if (!admission.countForClient(connectionOf(req.socket), forwardedFor))
      return this.#own.refuse(req, res, 'door-full');
    const { audience, clients, requesters, joins } = this.#deps;
    const agent = req.headers['user-agent'] ?? '';
    const asked = audience ? { ...request, who: listeningTo(clients, req) } : request;
    const { referer } = req.headers;
    takeFromHttp(res, (connection) => {
      const requester = requesters.on(connection, agent, forwardedFor);
      joins.join(connection, { request: asked, requester, target, referer }, (refusal) => {
        // The connection has left the HTTP server by now, so the answer is written by hand.
        connection.finish(rawProblem(refusal));
        clock.after(REFUSED_WAIT, () => connection.socket.destroy());
      });
    });
  }

  /** Counts a listener who hears the recording of a running room as catching up. */
  listensLater(req: IncomingMessage, slug: string) {
    const { origin, clients, admission, catchingUp } = this.#deps;
    const status = origin.card(slug)?.status;
    if (!isRunning(status)) return;
    const network = clients.trusts(req.socket.remoteAddress) ? (admission.prefixOf(req) ?? '') : undefined;
    catchingUp.asked(slug, req.headers['earshot-listener'], req.socket, network);
  }

  /** Answered by the origin: playlists, sound, state. */
  origin(req: IncomingMessage, res: ServerResponse, path: string, query: string) {
    const { origin, admission, audience, clients } = this.#deps;
    if (audience) countFile({ audience, clients }, req, res, path, query);
    const [abort, given] = [new AbortController(), new URLSearchParams(query)];
    const headers = req.headers as Record<string, string | undefined>;
    const answer = origin.answer(path, given, headers, abort.signal, admission.charger(req));
    if (!answer) return this.#own.missing(req, res, 'not-found');
    res.on('close', () => abort.abort());
    answer.then(
      (reply) => {
        if (!res.destroyed) send(req, res, reply);
        else if (isStream(reply.body)) reply.body.destroy();
      },
      (error) => {
        // After an aborted wait there is nobody to answer; anything else is our fault.
        if (!abort.signal.aborted) this.#own.broken(req, res, error);
      },
    );
  }

  /** Answered by the queue: tickets and the line. */
  queue(req: IncomingMessage, res: ServerResponse, path: string, query: string) {
    const { method = '', headers } = req;
    const secure = this.#deps.clients.spokenTo(req).scheme === 'https';
    const asked = { ...{ method, path, headers, secure }, query: new URLSearchParams(query) };
    const answer = this.#deps.queue?.answer({ ...asked, body: req.iterator({ destroyOnReturn: false }) });
    if (!answer) return this.#own.missing(req, res, 'not-found');
    answer.then(
      (reply) => {
        send(req, res, reply);
        if (!req.complete) req.resume();
      },
      (error) => {
        // If the client left in the middle of a body there is nobody to answer; anything else is our fault.
        if (req.destroyed && !req.complete) res.destroy();
        else this.#own.broken(req, res, error);
      },
    );
  }
}
