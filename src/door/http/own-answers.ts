import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../../base/errors.ts';
import { languageOf, type PageLanguage } from '../../base/negotiation.ts';
import { problem } from '../../base/reply.ts';
import { type Address, mediaTypeOf, roomPath } from '../../http/index.ts';
import { clipCard, FAVICON, ROBOTS } from '../../pages/index.ts';
import type { Clip } from '../../wire/replay/edits.ts';
import type { ReplayOutline } from '../../wire/replay/outline.ts';
import { isListed, type RoomCard } from '../../wire/room.ts';
import { keptFor } from '../answer/assets.ts';
import { openPageCache } from '../answer/page-cache.ts';
import { pageHeaders, send, sendCoded, TEXT } from '../answer/send.ts';

import { radioList } from '../stream/radio-list.ts';
import { answerApp } from './app-answers.ts';
import { answerAudience, answerPostEvents, bodyOf } from './audience-answers.ts';
import { type FrameQuestion, openFrames } from './embed-answers.ts';
import { DoorFeeds } from './feeds.ts';
import type { DoorHttpDeps } from './server-deps.ts';
import { openSpokenOrigins } from './spoken-origins.ts';

/** A page may be a second old in any cache. */
const PAGE_CACHE = 'public, max-age=1';

/** What the door answers itself: pages, files of the program, refusals, and what machines ask about it. */
export class OwnAnswers {
  readonly #deps: DoorHttpDeps;
  readonly #cache: ReturnType<typeof openPageCache>;
  readonly #pageHead: Record<string, string>;
  readonly #spoken = openSpokenOrigins();
  readonly #frames: ReturnType<typeof openFrames>;
  readonly #feeds: DoorFeeds;

  constructor(deps: DoorHttpDeps) {
    this.#deps = deps;
    this.#cache = openPageCache(deps.clock, deps.limits.pages);
    this.#pageHead = pageHeaders(deps.caches ?? []);
    this.#frames = openFrames({ ...deps, cardAt: (slug, asked) => this.#cardAt(slug, asked) });
    this.#feeds = new DoorFeeds(deps, (req, res, error) => this.broken(req, res, error));
  }

  /** Says no, as a program reads it. */
  refuse(req: IncomingMessage, res: ServerResponse, code: ErrorCode, headers: Record<string, string> = {}) {
    send(req, res, problem(code, undefined, headers));
  }

  /** There is nothing here; a browser is shown a page that says so. */
  missing(req: IncomingMessage, res: ServerResponse, code: 'not-found' | 'room-unknown') {
    if (req.headers.accept?.includes('text/html'))
      return this.#page(req, res, '404', (language) => this.#deps.pages.notFound(language), 404);
    this.refuse(req, res, code);
  }

  /** No room that is open to whoever asks is here: a browser is shown a page on which one can say that one is invited. */
  #closed(req: IncomingMessage, res: ServerResponse, asked: string) {
    if (!req.headers.accept?.includes('text/html')) return this.refuse(req, res, 'room-unknown');
    const { pages } = this.#deps;
    const slug = roomPath(asked)?.slug ?? '';
    const language = languageOf(req.headers['accept-language']);
    send(req, res, {
      status: 404,
      headers: { ...this.#pageHead, 'cache-control': 'no-store', vary: 'accept-language' },
      body: pages.closed(slug, language),
    });
  }

  /** A mistake of ours in answering. */
  broken(req: IncomingMessage, res: ServerResponse, error: unknown) {
    this.#deps.fault(error, `${req.method} ${req.url}`);
    if (res.headersSent || res.destroyed) res.destroy();
    else this.refuse(req, res, 'internal');
  }

  /** Answers at one of the door's own addresses. */
  answer(
    req: IncomingMessage,
    res: ServerResponse,
    address: Address,
    {
      slug,
      path,
      query,
      asked,
    }: {
      readonly slug: string;
      readonly path: string;
      readonly query: string;
      /** The path as it was asked for: with the key to a private room. */
      readonly asked: string;
    },
  ) {
    const { origin, pages, publicUrl, clients, consent } = this.#deps;
    const { id } = address;
    switch (id) {
      case 'session':
      case 'beacon':
      case 'events':
        return this.#audience(req, res, address, slug);
      case 'post-events':
        return this.#postEvents(req, res, address);
      case 'react':
        return this.#react(req, res, address, slug);
      case 'home':
        return this.#page(req, res, '/', (language) => pages.home(origin.cards().filter(isListed), language));
      case 'room':
      case 'studio':
        return this.#room(req, res, slug, asked, id === 'studio');
      case 'embed':
      case 'embed-before':
      case 'embed-clip': {
        const language = languageOf(req.headers['accept-language']);
        return this.#embed(req, res, { id, slug, asked, query, language });
      }
      case 'clip':
      case 'clip-card':
        return this.#clip(req, res, slug, asked);
      case 'feed':
      case 'room-feed':
      case 'host-feed':
        return this.#feeds.answer(req, res, path, slug);
      case 'numbers':
        return this.#numbers(req, res, slug, asked);
      case 'figure-card':
        return this.#figureCard(req, res, slug, path);
      case 'radio-list':
        return send(req, res, radioList(this.#cardAt(slug, asked), asked, publicUrl, clients.spokenTo(req)));
      case 'asset':
        return this.#asset(req, res, path);
      case 'image':
        return this.#uploaded(req, res, path);
      case 'plan':
        return this.#plan(req, res, query);
      case 'verify':
        return this.#verify(req, res);
      case 'operate':
        return this.#operate(req, res, false);
      case 'operations':
        return this.#operate(req, res, true);
      case 'errors':
        return this.#page(req, res, '/errors', () => pages.errors());
      case 'privacy':
        return this.#page(req, res, '/privacy', (language) => pages.privacy(language));
      case 'post-numbers':
        return this.#page(req, res, '/numbers', (language) => pages.postNumbers(language));
      case 'app-manifest':
      case 'app-worker':
      case 'offline':
        return answerApp(this.#deps, id, req, res);
      case 'health':
        return this.#say(req, res, { type: TEXT, cache: 'no-store', body: 'ok\n' });
      case 'ready':
        return this.#ready(req, res);
      case 'rehearsal':
        if (consent === undefined) break;
        return this.#say(req, res, { type: 'application/json', cache: 'no-store', body: consent });
      case 'robots':
        return this.#say(req, res, { type: TEXT, cache: 'public, max-age=3600', body: ROBOTS });
      case 'icon':
        return this.#say(req, res, { type: 'image/svg+xml', cache: 'public, max-age=86400', body: FAVICON });
    }
    this.missing(req, res, 'not-found');
  }

  /** An image that somebody has uploaded. */
  #uploaded(req: IncomingMessage, res: ServerResponse, path: string) {
    const { images } = this.#deps;
    if (!images) return this.missing(req, res, 'not-found');
    images(path, req.headers).then(
      (reply) => send(req, res, reply),
      (error: unknown) => this.broken(req, res, error),
    );
  }

  /** What every process is doing: as a page, or as data. */
  #operate(req: IncomingMessage, res: ServerResponse, asData: boolean) {
    const { operations, pages } = this.#deps;
    const answer = async (): Promise<void> => {
      const told = await operations?.();
      if (res.destroyed) return;
      if (!asData) return this.#page(req, res, '/operate', (language) => pages.operate(told, language));
      if (!told) return this.refuse(req, res, 'doors-away', { 'retry-after': '5' });
      this.#say(req, res, { type: 'application/json', cache: PAGE_CACHE, body: JSON.stringify(told) });
    };
    answer().catch((error: unknown) => this.broken(req, res, error));
  }

  #audience(req: IncomingMessage, res: ServerResponse, address: Address, slug: string) {
    const { audience, clients, origin } = this.#deps;
    if (!audience) return this.missing(req, res, 'not-found');
    const known = (room: string): boolean => origin.card(room) !== undefined;
    answerAudience({ audience, clients, known }, address, slug, req, res).catch((error: unknown) =>
      this.broken(req, res, error),
    );
  }

  #postEvents(req: IncomingMessage, res: ServerResponse, address: Address) {
    const { audience, clients } = this.#deps;
    if (!audience) return this.missing(req, res, 'not-found');
    answerPostEvents({ posts: audience.posts, clients }, address, req, res).catch((error: unknown) =>
      this.broken(req, res, error),
    );
  }

  #react(req: IncomingMessage, res: ServerResponse, { body = 0 }: Address, slug: string) {
    const { reactions, clients, origin } = this.#deps;
    const said = String(req.headers['x-forwarded-for'] ?? '') || undefined;
    const client = clients.clientOf(req.socket.remoteAddress, said);
    bodyOf(req, body)
      .then((text) => {
        if (res.destroyed) return;
        if (text === undefined) res.shouldKeepAlive = false;
        const type = mediaTypeOf(req.headers['content-type']);
        const reply =
          text === undefined
            ? problem('too-large', undefined, { connection: 'close' })
            : reactions.take(origin.card(slug), client, type, text);
        send(req, res, reply);
      })
      .catch((error: unknown) => this.broken(req, res, error));
  }

  #page(
    req: IncomingMessage,
    res: ServerResponse,
    key: string,
    render: (language: PageLanguage) => string,
    status = 200,
    head = this.#pageHead,
  ) {
    const headers = {
      ...head,
      'cache-control': status === 200 ? PAGE_CACHE : 'no-store',
    };
    const language = languageOf(req.headers['accept-language']);
    const kept = this.#cache.get(`${language} ${key}`, () => render(language));
    sendCoded(req, res, kept, { ...headers, vary: 'accept-encoding, accept-language' }, status);
  }

  #verify(req: IncomingMessage, res: ServerResponse) {
    const { pages } = this.#deps;
    const policy = pages.verifyPolicy;
    const own =
      policy === undefined ? {} : { 'content-security-policy': `${policy}; frame-ancestors 'self'` };
    const render = (language: PageLanguage): string => pages.verify(language);
    this.#page(req, res, '/verify', render, 200, { ...this.#pageHead, ...own });
  }

  #asset(req: IncomingMessage, res: ServerResponse, path: string) {
    const found = this.#deps.assets.get(path);
    if (!found) return this.missing(req, res, 'not-found');
    sendCoded(req, res, found, { 'content-type': found.type, 'cache-control': keptFor(found) });
  }

  /** A room's card, under the name by which it was asked for: a page of a private room leads on with the key. */
  #cardAt(slug: string, asked: string): RoomCard | undefined {
    const card = this.#deps.origin.card(slug);
    const key = roomPath(asked)?.key;
    return card && key !== undefined ? { ...card, slug: `${slug}~${key}` } : card;
  }

  #room(req: IncomingMessage, res: ServerResponse, slug: string, asked: string, studio: boolean) {
    const { origin, pages } = this.#deps;
    const card = this.#cardAt(slug, asked);
    if (!card) return this.#closed(req, res, asked);
    if (studio) return this.#page(req, res, asked, (language) => pages.studio(card, language));
    const spoken = this.#spokenOrigin(req);
    const name = spoken === '' ? asked : `${asked} ${spoken}`;
    const show = (outline?: ReplayOutline) =>
      this.#page(req, res, name, (language) => {
        const now = this.#deps.clock.wall();
        const shown = this.#cardAt(slug, asked) ?? card;
        return pages.room(shown, origin.state(slug), language, outline, { now, spoken });
      });
    const key = `${languageOf(req.headers['accept-language'])} ${name}`;
    if (card.status !== 'ended' || !origin.outline || this.#cache.isFresh(key)) return show();
    origin.outline(slug).then(show, () => show());
  }

  #clip(req: IncomingMessage, res: ServerResponse, slug: string, asked: string) {
    const { origin, pages } = this.#deps;
    const card = this.#cardAt(slug, asked);
    if (!card) return this.missing(req, res, 'room-unknown');
    const [, , , , file = ''] = asked.split('/');
    const id = file.replace(/\.svg$/, '');
    const answer = async (): Promise<void> => {
      const clip = await origin.clip?.(slug, id);
      // Where it begins in the replay; without it the link leads to the beginning.
      const at = clip && (await origin.outline?.(slug))?.clips.find((one) => one.id === id)?.at;
      if (res.destroyed) return;
      if (file !== id) return clip ? this.#card(req, res, clip, card) : this.missing(req, res, 'not-found');
      // Programs that preview a link take no relative address of its picture.
      const spoken = this.#spokenOrigin(req);
      const render = (language: PageLanguage): string => pages.clip(card, clip, language, at, spoken);
      this.#page(req, res, `${asked} ${spoken}${clip ? '' : ' gone'}`, render, clip ? 200 : 410);
    };
    answer().catch((error: unknown) => this.broken(req, res, error));
  }

  /** The origin by which somebody asks, where no public address is set; empty otherwise. */
  #spokenOrigin(req: IncomingMessage): string {
    const { publicUrl, clients } = this.#deps;
    return publicUrl === undefined ? this.#spoken.origin(clients.spokenTo(req)) : '';
  }

  #card(req: IncomingMessage, res: ServerResponse, clip: Clip, { title: room }: RoomCard) {
    const shown = { title: clip.title, room, seconds: (clip.to - clip.from) / 1000 };
    this.#image(req, res, clipCard(shown, languageOf(req.headers['accept-language'])));
  }

  #embed(req: IncomingMessage, res: ServerResponse, question: FrameQuestion) {
    const answer = async (): Promise<void> => {
      const { key, render, status, head } = await this.#frames(question);
      if (res.destroyed) return;
      // A program that reads no pages is told in its own words.
      if (status === 404 && !req.headers.accept?.includes('text/html'))
        return this.refuse(req, res, 'room-unknown');
      this.#page(req, res, key, render, status, head);
    };
    answer().catch((error: unknown) => this.broken(req, res, error));
  }

  #numbers(req: IncomingMessage, res: ServerResponse, slug: string, asked: string) {
    const { pages, numbers } = this.#deps;
    const card = this.#cardAt(slug, asked);
    if (!card) return this.missing(req, res, 'room-unknown');
    this.#page(req, res, asked, (language) => pages.numbers(card, numbers?.(slug), language));
  }

  #figureCard(req: IncomingMessage, res: ServerResponse, slug: string, path: string) {
    const { origin, pages, numbers } = this.#deps;
    const card = origin.card(slug);
    const known = numbers?.(slug);
    const id = path.slice(path.lastIndexOf('/') + 1, -'.svg'.length);
    const drawn =
      card && known
        ? pages.figureCard(id, card, known, languageOf(req.headers['accept-language']))
        : undefined;
    if (drawn === undefined) return this.missing(req, res, card ? 'not-found' : 'room-unknown');
    this.#image(req, res, drawn);
  }

  #image(req: IncomingMessage, res: ServerResponse, drawn: string) {
    send(req, res, {
      status: 200,
      headers: {
        ...{ 'content-type': 'image/svg+xml', 'cache-control': PAGE_CACHE, vary: 'accept-language' },
        // An image that is opened as a page runs nothing and loads nothing.
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      },
      body: drawn,
    });
  }

  #plan(req: IncomingMessage, res: ServerResponse, query: string) {
    const { pages } = this.#deps;
    if (query === '') return this.#page(req, res, '/plan', () => pages.plan(new URLSearchParams()));
    send(req, res, {
      status: 200,
      headers: { ...this.#pageHead, 'cache-control': 'no-store' },
      body: pages.plan(new URLSearchParams(query)),
    });
  }

  #ready(req: IncomingMessage, res: ServerResponse) {
    const { code, text } = this.#deps.readiness?.() ?? { code: 200, text: 'ready\n' };
    const headers = { 'content-type': TEXT, 'cache-control': 'no-store' };
    send(req, res, { status: code, headers, body: text });
  }

  #say(
    req: IncomingMessage,
    res: ServerResponse,
    { type, cache, body }: { readonly type: string; readonly cache: string; readonly body: string },
  ) {
    send(req, res, { status: 200, headers: { 'content-type': type, 'cache-control': cache }, body });
  }
}
