import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import { problem, type Reply } from '../base/reply.ts';
import { allowed, find, READ_BY_ALL, takes } from '../http/index.ts';
import { momentOf } from '../wire/moment.ts';
import { isCalled, pollAfter } from '../wire/place-in-line.ts';
import type { TicketAnswer } from '../wire/queue.ts';
import type { RoomCard } from '../wire/room.ts';
import type { Assignment } from './assignment.ts';
import { doorPage, linePage, openPage, placePage, QUEUE_PAGE_HEADERS, wholePage } from './page.ts';
import { pageWords } from './page-words.ts';
import type { Ticket } from './ticket.ts';
import {
  COOKIE,
  COOKIE_SECONDS,
  cookieOf,
  isForm,
  one,
  type QueueRequest,
  readTicketBody,
  shownIn,
  tooLarge,
} from './ticket-request.ts';

/** What the queue's answers need. */
export interface AnswerDeps {
  readonly clock: Clock;
  readonly assignment: Assignment;
  /** The room, or why it has no queue. */
  room(
    slug: string,
  ): Pick<RoomCard, 'title' | 'status' | 'clocks'> | 'room-unknown' | 'room-not-open' | 'room-ended';
  /** The file of every state a room's queue had. */
  history(slug: string): string;
  /** In [0, 1); default `Math.random`. */
  random?(): number;
}

const SAID = {
  forged: 'The ticket was not from this server, or was altered. Here is a new one, at the end of the line.',
  foreign: 'The ticket was for another room. Here is a new one for this room.',
  expired: 'The ticket had expired: it has been renewed, at the same place.',
} as const;

const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' } as const;
const PUBLIC = { ...READ_BY_ALL, 'x-content-type-options': 'nosniff' };

const NOBODY_WAITS = 'Nobody is waiting for this room: everyone who comes hears it live.';

/** Refused: there is no line. */
const noQueue = (detail: string): Reply =>
  problem('wrong-moment', detail, { 'cache-control': 'public, max-age=1' });

const html = (body: string, headers: Record<string, string> = {}): Reply => ({
  status: 200,
  headers: { ...QUEUE_PAGE_HEADERS, ...headers },
  body,
});

const cookie = (request: QueueRequest, slug: string, text: string): Record<string, string> => ({
  'set-cookie': `${COOKIE}=${text}; Path=/r/${slug}; Max-Age=${COOKIE_SECONDS}; SameSite=Lax${
    request.secure ? '; Secure' : ''
  }`,
});

/** Opens the answers to `/r/:slug/queue…` and `/r/:slug/ticket`; undefined for every other path. */
export function openAnswers(deps: AnswerDeps): (request: QueueRequest) => Promise<Reply> | undefined {
  const answers = new Answers(deps);
  return (request) => answers.to(request);
}

class Answers {
  readonly #deps: AnswerDeps;
  readonly #random: () => number;

  constructor(deps: AnswerDeps) {
    this.#deps = deps;
    this.#random = deps.random ?? Math.random;
  }

  to(request: QueueRequest): Promise<Reply> | undefined {
    const found = find(request.path);
    if (found?.address.owner !== 'queue') return undefined;
    const { address, room: slug } = found;
    if (!takes(address, request.method))
      return Promise.resolve(problem('method-not-allowed', undefined, { allow: allowed(address) }));
    if (address.id === 'queue-history') return this.#history(slug);
    const room = this.#deps.room(slug);
    if (typeof room === 'string') return Promise.resolve(problem(room));
    if (address.id === 'queue-state') return Promise.resolve(this.#state(request, slug));
    if (address.id === 'queue-page') return Promise.resolve(this.#page(request, slug, room));
    return request.method === 'POST' ? this.#post(request, slug) : this.#leave(request, slug);
  }

  /** The ticket to continue with: the one that was sent, at its place, or a new one with what was wrong. */
  #ticketFor(
    slug: string,
    shown: string | undefined,
  ): { ticket: Ticket; note?: keyof typeof SAID } | undefined {
    if (shown === undefined) {
      const ticket = this.#deps.assignment.give(slug);
      return ticket && { ticket };
    }
    const found = this.#deps.assignment.check(shown, slug);
    if (found.kind === 'good') return { ticket: this.#deps.assignment.renew(found.ticket) };
    if (found.kind === 'expired')
      return { ticket: this.#deps.assignment.renew(found.ticket), note: 'expired' };
    const ticket = this.#deps.assignment.give(slug);
    return ticket && { ticket, note: found.kind };
  }

  #state(request: QueueRequest, slug: string): Reply {
    const told = this.#deps.assignment.state(slug);
    if (!told) return noQueue(NOBODY_WAITS);
    const etag = `"q${told.queue.seq}-${told.queue.at}"`;
    const headers = {
      ...{ ...PUBLIC, 'content-type': 'application/json', etag },
      'cache-control': 'public, max-age=1, stale-while-revalidate=5',
    };
    if (one(request.headers['if-none-match']) === etag) return { status: 304, headers, body: '' };
    return { status: 200, headers, body: told.text };
  }

  async #history(slug: string): Promise<Reply> {
    const path = this.#deps.history(slug);
    const size = await stat(path).then(
      (found) => found.size,
      () => undefined,
    );
    if (size === undefined) return problem('not-found', 'Nobody has had to wait for this room.');
    return {
      status: 200,
      headers: { ...PUBLIC, 'content-type': 'application/jsonl', 'cache-control': 'public, max-age=5' },
      body: createReadStream(path),
    };
  }

  async #post(request: QueueRequest, slug: string): Promise<Reply> {
    const body = await readTicketBody(request);
    if (body === undefined) return tooLarge();
    const form = isForm(request);
    const shown = shownIn(request, body, form);
    if (shown === null) return problem('bad-request', 'The body is not JSON in UTF-8.');
    const nobody = (): Reply =>
      form
        ? { status: 303, headers: { location: `/r/${slug}/queue`, 'cache-control': 'no-store' }, body: '' }
        : noQueue(NOBODY_WAITS);
    if (!this.#deps.assignment.queued(slug) && shown === undefined) return nobody();
    const found = this.#ticketFor(slug, shown);
    const told = this.#deps.assignment.state(slug);
    // A ticket of another room, or of an earlier evening, where there is no line.
    if (!told && !this.#deps.assignment.queued(slug)) return nobody();
    if (!found || !told) return problem('studio-away', undefined, { 'retry-after': '2' });
    const { ticket, note } = found;
    const text = this.#deps.assignment.sign(ticket);
    const page = `/r/${slug}/queue?code=${text}`;
    if (form)
      return {
        status: 303,
        headers: { location: page, 'cache-control': 'no-store', ...cookie(request, slug, text) },
        body: '',
      };
    const answer: TicketAnswer = {
      ticket: text,
      page,
      minute: ticket.minute,
      rank: ticket.rank,
      called: ticket.kind === 'wait' && isCalled(told.queue, ticket),
      poll: Math.round(pollAfter(told.queue, ticket, this.#deps.clock.wall(), this.#random())),
      until: ticket.until,
      ...(note ? { note, said: SAID[note] } : {}),
    };
    const headers = ticket.kind === 'wait' ? cookie(request, slug, text) : {};
    return { status: 200, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(answer) };
  }

  async #leave(request: QueueRequest, slug: string): Promise<Reply> {
    const body = await readTicketBody(request);
    if (body === undefined) return tooLarge();
    const shown = shownIn(request, body, isForm(request));
    const found = shown ? this.#deps.assignment.check(shown, slug) : undefined;
    if (found && 'ticket' in found && found.kind !== 'foreign' && found.ticket.kind === 'wait')
      this.#deps.assignment.leave(found.ticket);
    return {
      status: 204,
      headers: {
        'set-cookie': `${COOKIE}=; Path=/r/${slug}; Max-Age=0; SameSite=Lax`,
        'cache-control': 'no-store',
      },
      body: '',
    };
  }

  #page(request: QueueRequest, slug: string, room: Pick<RoomCard, 'title' | 'status' | 'clocks'>): Reply {
    const { title } = room;
    const words = pageWords(one(request.headers['accept-language']));
    const told = this.#deps.assignment.state(slug);
    if (!this.#deps.assignment.queued(slug) || !told) return html(openPage(slug, title, words));
    if (request.query.get('part') === 'line')
      return html(wholePage({ slug, title, words, queue: told.queue, now: this.#deps.clock.wall() }));
    const shown = request.query.get('code') ?? cookieOf(request);
    const found = shown === undefined ? undefined : this.#deps.assignment.check(shown, slug);
    // Robots and previews load pages too: only the button takes a place.
    if (!found || found.kind === 'forged' || found.kind === 'foreign' || found.ticket.kind !== 'wait')
      return html(
        doorPage(
          slug,
          title,
          words,
          found?.kind === 'forged' || found?.kind === 'foreign' ? words.said[found.kind] : undefined,
        ),
      );
    const ticket = this.#deps.assignment.renew(found.ticket);
    const facts = {
      ...{
        slug,
        title,
        moment: momentOf(room),
        words,
        ticket: this.#deps.assignment.sign(ticket),
        at: ticket,
        queue: told.queue,
      },
      ...{ now: this.#deps.clock.wall(), random: this.#random() },
      said: found.kind === 'expired' ? words.said.expired : undefined,
    };
    return html(request.query.get('part') === 'place' ? placePage(facts) : linePage(facts));
  }
}
