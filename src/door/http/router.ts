import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Address,
  allowed,
  canonical,
  find,
  type Match,
  movedStatus,
  optionsHead,
  roomPath,
  stepsAside,
  takes,
} from '../../http/index.ts';
import { answersOptions, openAnswerHeads } from '../answer/answer-head.ts';
import { send } from '../answer/send.ts';
import type { DefenceMeasure } from '../defence/defence.ts';
import { toOriginForm } from '../request/absolute-target.ts';
import { headFault } from '../request/head-fault.ts';
import { NOBODYS, privateHeaders } from '../request/room-gate.ts';
import { connectionOf, type Requester } from '../socket/connection.ts';
import { answerRefused, answerWait } from './defended-answer.ts';
import { OtherAnswers } from './other-answers.ts';
import type { OwnAnswers } from './own-answers.ts';
import type { DoorHttpDeps } from './server-deps.ts';

/** How long a redirect to the canonical form of an address is cached. */
const MOVED = 'public, max-age=3600';

/** Recorded sound as a player asks for it while it plays. */
const RECORDED: ReadonlySet<string> = new Set(['replay-segment', 'replay-piece']);

/** What a request asks for. */
interface Target {
  /** As it was written. */
  readonly whole: string;
  /** Its path, in canonical form where it has one, and as it is answered: see `RoomGate`. */
  readonly path: string;
  /** The same as it was asked for, with the key to a private room. */
  readonly asked: string;
  readonly query: string;
  /** True when the path is not in canonical form. */
  readonly moved: boolean;
  /** True for a path with steps that lead elsewhere, such as `..`. */
  readonly aside: boolean;
  /** The address of the table that it is, if it is one. */
  readonly found: Match | undefined;
}

function readTarget(whole: string): Target {
  const mark = whole.indexOf('?');
  const written = mark < 0 ? whole : whole.slice(0, mark);
  const query = mark < 0 ? '' : whole.slice(mark + 1);
  const aside = stepsAside(written);
  const meant = aside ? undefined : canonical(written);
  const path = meant ?? written;
  const found = aside ? undefined : find(path);
  return { whole, path, asked: path, query, moved: meant !== undefined, aside, found };
}

/** Redirects lead to the whole address. */
const redirected = ({ method }: IncomingMessage, { moved }: Target): boolean =>
  moved && (method === 'GET' || method === 'HEAD');

/** Whatever answers: nothing that a private room says is kept for long. */
function keepShort(res: ServerResponse) {
  const write = res.writeHead.bind(res) as (
    status: number,
    headers: Record<string, string>,
  ) => ServerResponse;
  res.writeHead = ((status: number, headers: Record<string, string> = {}) =>
    write(status, privateHeaders(headers))) as typeof res.writeHead;
}

/** Sends each request to whoever answers at its address, if it may be answered now. */
export class Router {
  readonly #deps: DoorHttpDeps;
  readonly #own: OwnAnswers;
  readonly #others: OtherAnswers;
  readonly #heads: ReturnType<typeof openAnswerHeads>;

  constructor(deps: DoorHttpDeps, own: OwnAnswers) {
    this.#deps = deps;
    this.#own = own;
    this.#others = new OtherAnswers(deps, own);
    this.#heads = openAnswerHeads(deps);
  }

  /** Answers a request. @throws what goes wrong in answering. */
  route(req: IncomingMessage, res: ServerResponse) {
    toOriginForm(req);
    const target = this.#gated(req, readTarget(req.url ?? '/'));
    const { found } = target;
    for (const [name, value] of this.#heads.of(req, found?.address)) res.setHeader(name, value);
    const fault = headFault(req, this.#deps.limits);
    if (fault !== undefined) {
      this.#deps.counters.badHeads += 1;
      return this.#own.refuse(req, res, fault, { connection: 'close' });
    }
    const requester = connectionOf(req.socket).requester;
    const measure = requester ? this.#measure(req, requester, target) : 'serve';
    if (measure === 'serve') return this.#admit(req, res, target, false);
    if (measure === 'defer') return this.#admit(req, res, target, true);
    if (measure === 'slow') return this.#later(req, res, target);
    if (measure === 'wait')
      return answerWait(req, res, {
        target: target.whole,
        pass: this.#deps.defence.pass(requester as Requester),
        late: this.#deps.late,
      });
    answerRefused(req, res, measure === 'deny', this.#deps.late);
  }

  /** The request as the gate of its room lets it pass. */
  #gated(req: IncomingMessage, target: Target): Target {
    const { asked, query } = target;
    const path = this.#deps.rooms.pass(asked, req.headers.authorization);
    if (path === target.path || redirected(req, target)) return target;
    const whole = query === '' ? path : `${path}?${query}`;
    return { ...target, path, whole, found: find(path) };
  }

  /** What is to be done about whoever asks. A stream is looked at when somebody joins it. */
  #measure(req: IncomingMessage, requester: Requester, { found, whole }: Target): DefenceMeasure {
    if (found?.address.endless && req.method === 'GET') return 'serve';
    const { authorization, referer } = req.headers;
    const room = found?.room ?? '';
    return this.#deps.defence.measure(requester, () => ({
      ...{ address: found?.address, room, target: whole, authorization, referer },
    }));
  }

  /** Slower service: the same in a second. */
  #later(req: IncomingMessage, res: ServerResponse, target: Target) {
    this.#deps.defence.later(() => {
      if (res.destroyed) return;
      try {
        this.#admit(req, res, target, true);
      } catch (error) {
        this.#own.broken(req, res, error);
      }
    });
  }

  /** Answers a request if its priority lets it in; `last`: it comes after everybody else's. */
  #admit(req: IncomingMessage, res: ServerResponse, target: Target, last: boolean) {
    if (this.#answersCheaply(req, res, target)) return;
    const { found } = target;
    const { admission } = this.#deps;
    const forwarded = found?.address.owner === 'site' || found?.address.owner === 'cell';
    // Streams are judged when they join: a deferred listener hears the delayed stream.
    if (!found?.address.endless && !admission.admits(req, target.path, forwarded, last))
      return admission.defer(req, res, target.path);
    if (!found) return this.#own.missing(req, res, 'not-found');
    if (target.moved && this.#redirects(req, res, target, found.address)) return;
    const { method = '' } = req;
    if (method !== 'OPTIONS' && !takes(found.address, method))
      return this.#own.refuse(req, res, 'method-not-allowed', { allow: allowed(found.address) });
    this.#known(req, res, roomPath(target.asked)?.slug ?? '', () => {
      // The room may have become known only now.
      const now = this.#gated(req, target);
      if (now.path !== now.asked) {
        req.url = now.whole;
        if (now.found?.room !== NOBODYS) keepShort(res);
      }
      this.#dispatch(req, res, now, now.found ?? found);
    });
  }

  /**
   * Answers what is not sorted by urgency: odd paths, OPTIONS, the head of a stream. No network gets more of these
   * than its share. False for everything else.
   */
  #answersCheaply(req: IncomingMessage, res: ServerResponse, { path, aside, found }: Target): boolean {
    const { admission, origin } = this.#deps;
    const { method } = req;
    const options = method === 'OPTIONS' && answersOptions(req, found, origin);
    const cheap = aside || options || (found?.address.endless === true && method !== 'GET');
    if (cheap && !admission.consumeFor(req)) {
      admission.defer(req, res, path);
      return true;
    }
    if (aside) {
      this.#own.missing(req, res, 'not-found');
      return true;
    }
    if (!options) return false;
    const wanted = String(req.headers['access-control-request-headers'] ?? '') || undefined;
    const asked = req.headers['access-control-request-method'];
    send(req, res, { status: 204, headers: optionsHead(found?.address, wanted, asked), body: '' });
    return true;
  }

  /**
   * Redirects to the canonical form of an address; false where the request is answered as if it had been sent there.
   */
  #redirects(req: IncomingMessage, res: ServerResponse, { path, whole }: Target, address: Address): boolean {
    const mark = whole.indexOf('?');
    const location = mark < 0 ? path : `${path}${whole.slice(mark)}`;
    if (req.method === 'GET' || req.method === 'HEAD') {
      const status = movedStatus(address);
      send(req, res, { status, headers: { location, 'cache-control': MOVED }, body: '' });
      return true;
    }
    // A client that sends a body rarely sends it twice.
    req.url = location;
    return false;
  }

  #dispatch(
    req: IncomingMessage,
    res: ServerResponse,
    { whole, path, asked, query }: Target,
    { address, room: slug }: Match,
  ) {
    const most = address.body ?? 0;
    switch (address.owner) {
      case 'site':
        return this.#others.site(req, res, most);
      case 'cell':
        if (address.id === 'whip-session' && req.method === 'DELETE' && this.#others.hasLeft(req, res, slug))
          return;
        return this.#others.cell(req, res, slug, most);
      case 'tally':
        // Its answer would name the room that was asked for, whatever it is called.
        if (address.id === 'evening' && !this.#deps.origin.card(slug))
          return this.#own.missing(req, res, 'room-unknown');
        return this.#others.tally(req, res, most);
      case 'press':
        return this.#others.press(req, res, path);
      case 'queue':
        return this.#others.queue(req, res, path, query);
      case 'origin':
        if (RECORDED.has(address.id)) this.#others.listensLater(req, slug);
        return address.endless
          ? this.#others.stream(req, res, whole)
          : this.#others.origin(req, res, path, query);
      case 'door':
        return this.#own.answer(req, res, address, { slug, path, query, asked });
    }
  }

  /** Goes on once the room is looked for that ended so long ago that this door was not told of it. */
  #known(req: IncomingMessage, res: ServerResponse, slug: string, answer: () => void) {
    const sought = slug === '' ? undefined : this.#deps.origin.seek?.(slug);
    if (!sought) return answer();
    sought
      .then((what) =>
        what === 'away' ? this.#own.refuse(req, res, 'site-away', { 'retry-after': '2' }) : answer(),
      )
      .catch((error: unknown) => this.#own.broken(req, res, error));
  }
}
