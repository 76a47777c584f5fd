import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { asSlug, type Slug, type SpeakerId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { problem } from '../base/reply.ts';
import { bearer, type Grant, type Tokens } from '../base/token.ts';
import type { RoomCard } from '../wire/room.ts';
import type { Book, Refusal } from './book.ts';
import { ics } from './ics.ts';
import { linksOf, studioLink, viewOf } from './links.ts';
import { MAX_MUSIC_BYTES, type MusicShelf } from './music.ts';
import { openapi } from './openapi.ts';
import { complaint, requests } from './requests.ts';
import { ACTIONS, advice } from './status.ts';

/** What the routes need. */
export interface RoutesDeps {
  readonly book: Book;
  /** True, and logged, when an error is the database's doing. */
  trouble(error: unknown): boolean;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: string | undefined;
  readonly create: 'anyone' | 'operator';
  readonly operatorKey: string | undefined;
  readonly version: string;
  /** Where hosts' music is kept; absent: nobody can send any. */
  readonly music?: MusicShelf | undefined;
}

/** The largest request body. */
const MAX_BODY_BYTES = 16 * 1024;
/** New rooms: this many at once, and one more every two seconds. */
const CREATE_BURST = 30;
const CREATE_EVERY_MS = 2000;
/** Links outlive the start of their room by this. */
const LINK_SECONDS = 90 * 86_400;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

type Outcome<T> = T | Refusal;
const isRefusal = (value: object): value is Refusal => 'refused' in value;

/** The HTTP surface of rooms, as a Request → Response function. */
export function routes(deps: RoutesDeps): (request: Request) => Promise<Response> {
  const { book, tokens, clock } = deps;
  const schemas = requests(() => clock.wall());
  const description = JSON.stringify(openapi(deps.version));
  const budget = bucket(clock, CREATE_BURST, CREATE_EVERY_MS);
  const operator = deps.operatorKey === undefined ? undefined : digest(deps.operatorKey);
  const isOperator = (token: string | undefined): boolean =>
    operator !== undefined && token !== undefined && timingSafeEqual(digest(token), operator);
  const base = (c: Context): string => deps.publicUrl ?? originOf(c);

  const link = async (card: RoomCard, role: Grant['role'], name: string) => {
    const speaker = randomBytes(9).toString('base64url') as SpeakerId;
    const ahead = Math.max(0, (card.clocks.scheduled ?? 0) - clock.wall()) / 1000;
    const token = await tokens.sign(
      { slug: card.slug as Slug, role, speaker, name },
      Math.ceil(ahead) + LINK_SECONDS,
    );
    return { token, speaker };
  };

  /** The room and the caller's role in it, or why not. */
  const hosted = async (c: Context): Promise<Outcome<{ card: RoomCard; role: 'host' | 'co-host' }>> => {
    const card = await book.find(c.req.param('slug') ?? '');
    if (!card) return { refused: 'room-unknown' };
    const token = bearer(c.req.header('authorization'));
    if (isOperator(token)) return { card, role: 'host' };
    const grant = await tokens.check(token, card.slug);
    if (typeof grant === 'string') return { refused: grant };
    return grant.role === 'speaker' ? { refused: 'not-host' } : { card, role: grant.role };
  };

  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });

  app.get('/api/rooms', (c) => {
    const query = schemas.list.safeParse(c.req.query());
    if (!query.success) return refuse('unprocessable', complaint(query.error));
    const { status, limit } = query.data;
    const cards = book.cards().filter((card) => !status || status.includes(card.status));
    return c.json({ rooms: cards.slice(0, limit).map((card) => viewOf(base(c), card)) });
  });

  app.post('/api/rooms', async (c) => {
    const form = mediaType(c) === FORM;
    // Forms and plain text need no permission of the browser to reach us from a foreign page; JSON does.
    if (mediaType(c) !== JSON_TYPE && fromForeignPage(c, base(c))) return refuse('foreign-page');
    if (deps.create === 'operator') {
      const token = bearer(c.req.header('authorization'));
      if (!token)
        return refuse(
          'token-missing',
          'Only the operator starts rooms here: send the operator key as Bearer.',
        );
      if (!isOperator(token)) return refuse('operator-only');
    }
    const wish = await read(c, schemas.create, form);
    if (isRefusal(wish)) return refused(wish);
    if (!budget()) return refuse('too-many-rooms', 'Try again in some seconds.', { 'retry-after': '5' });
    const { title, start, host, slug } = wish.value;
    const card = await book.create({ title, hosts: host ? [host] : [], start, slug });
    if (isRefusal(card)) return refused(card);
    const { token, speaker } = await link(card, 'host', host ?? 'Host');
    if (form) return c.redirect(studioLink('', card.slug, token), 303);
    const { url, whip, whep } = linksOf(base(c), card.slug);
    const studio = studioLink(base(c), card.slug, token);
    const room = viewOf(base(c), card);
    return c.json({ slug: card.slug, url, studio, whip, whep, token, speaker, room }, 201, {
      location: `/api/rooms/${card.slug}`,
    });
  });

  app.get('/api/rooms/:slug', async (c) => {
    const card = await book.find(c.req.param('slug'));
    return card ? c.json(viewOf(base(c), card)) : refuse('room-unknown');
  });

  app.patch('/api/rooms/:slug', async (c) => {
    const host = await hosted(c);
    if (isRefusal(host)) return refused(host);
    const change = await read(c, schemas.edit, false);
    if (isRefusal(change)) return refused(change);
    const card = await book.edit(host.card.slug, change.value);
    return isRefusal(card) ? refused(card) : c.json(viewOf(base(c), card));
  });

  for (const action of ACTIONS) {
    app.post(`/api/rooms/:slug/${action}`, async (c) => {
      const host = await hosted(c);
      if (isRefusal(host)) return refused(host);
      const card = await book.act(host.card.slug, action);
      return isRefusal(card) ? refused(card) : c.json(viewOf(base(c), card));
    });
  }

  app.post('/api/rooms/:slug/invites', async (c) => {
    const host = await hosted(c);
    if (isRefusal(host)) return refused(host);
    const wish = await read(c, schemas.invite, false);
    if (isRefusal(wish)) return refused(wish);
    const { status } = host.card;
    if (status === 'ended' || status === 'cancelled') return refuse('room-ended', advice(status, 'open'));
    if (wish.value.role === 'co-host' && host.role !== 'host')
      return refuse('not-host', 'A co-host invites speakers.');
    const { token, speaker } = await link(host.card, wish.value.role, wish.value.name ?? '');
    return c.json({ url: studioLink(base(c), host.card.slug, token), token, speaker }, 201);
  });

  app.put('/api/rooms/:slug/music', async (c) => {
    const host = await hosted(c);
    if (isRefusal(host)) return refused(host);
    const { slug, status } = host.card;
    if (status === 'ended' || status === 'cancelled') return refuse('room-ended');
    if (!deps.music) return refuse('not-found');
    const bytes = await bodyOf(c.req.raw, MAX_MUSIC_BYTES);
    if (!bytes)
      return refuse(
        'too-large',
        `Music holds at most ${MAX_MUSIC_BYTES / 1e6} MB; send Ogg Opus, or less of it.`,
      );
    const kept = await deps.music.put(slug, bytes);
    return 'refused' in kept ? refused(kept) : c.json({ seconds: Math.round(kept.seconds) });
  });

  app.delete('/api/rooms/:slug/music', async (c) => {
    const host = await hosted(c);
    if (isRefusal(host)) return refused(host);
    await deps.music?.remove(host.card.slug);
    return c.body(null, 204);
  });

  app.get('/r/:slug/event.ics', async (c) => {
    const card = await book.find(c.req.param('slug'));
    if (!card) return refuse('room-unknown');
    return c.body(ics(card, base(c), clock.wall()), 200, {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': `attachment; filename="${asSlug(card.slug) ?? 'room'}.ics"`,
      'cache-control': 'public, max-age=60',
    });
  });

  for (const path of ['/openapi.json', '/api/openapi.json']) {
    app.get(path, (c) => c.body(description, 200, { 'content-type': 'application/json' }));
  }

  const methods = Map.groupBy(app.routes, (route) => route.path);
  for (const [path, list] of methods) {
    const allow = [...new Set(list.map((route) => route.method))].filter((method) => method !== 'ALL');
    if (allow.length === 0) continue;
    if (allow.includes('GET')) allow.push('HEAD');
    app.all(path, () => refuse('method-not-allowed', undefined, { allow: allow.join(', ') }));
  }
  app.notFound(() => refuse('not-found'));
  app.onError((error, c) => {
    if (deps.trouble(error)) return refuse('database-away');
    deps.log.error({ path: c.req.path, error: error.stack ?? String(error) }, 'a request failed');
    return refuse('internal');
  });
  return async (request) => app.fetch(request);
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const mediaType = (c: Context): string =>
  (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** The body, or undefined when it is longer than accepted: noticed while reading, announced or not. */
async function bodyOf(request: Request, most = MAX_BODY_BYTES): Promise<Buffer | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > most) return undefined;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of request.body ?? []) {
    size += part.length;
    if (size > most) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** The body as `schema` allows it. An empty one is an empty object. */
async function read<T extends z.ZodType>(
  c: Context,
  schema: T,
  form: boolean,
): Promise<Outcome<{ value: z.output<T> }>> {
  const bytes = await bodyOf(c.req.raw);
  if (!bytes) return { refused: 'too-large', detail: 'Requests hold at most 16 kB.' };
  const type = mediaType(c);
  let value: unknown = {};
  if (bytes.length > 0 && !form && type !== JSON_TYPE) {
    return { refused: 'unsupported-media-type', detail: 'Send application/json.' };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // An empty field of a form is a field that was not filled in.
    if (form) value = Object.fromEntries([...new URLSearchParams(text)].filter(([, field]) => field !== ''));
    else if (text !== '') value = JSON.parse(text);
  } catch {
    return { refused: 'bad-request', detail: 'The body is not JSON in UTF-8.' };
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { value: parsed.data }
    : { refused: 'unprocessable', detail: complaint(parsed.error) };
}

const refused = (refusal: Refusal): Response => refuse(refusal.refused, refusal.detail);

function refuse(code: ErrorCode, detail?: string, extra: Record<string, string> = {}): Response {
  const reply = problem(code, detail, {
    ...(ERRORS[code].status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(ERRORS[code].status === 503 ? { 'retry-after': '10' } : {}),
    ...extra,
  });
  return new Response(reply.body as string, { status: reply.status, headers: reply.headers });
}

/** A token bucket: true while there is one left. */
function bucket(clock: Clock, size: number, every: number): () => boolean {
  let left = size;
  let at = clock.now() as number;
  return () => {
    const now = clock.now();
    left = Math.min(size, left + (now - at) / every);
    at = now;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}

/**
 * Whether a browser says that another site's page sends this; what is no browser says nothing. Spec: Fetch Metadata,
 * 2.3; RFC 6454, 7.
 */
function fromForeignPage(c: Context, base: string): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'cross-site';
  const origin = c.req.header('origin');
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  // By name and port alone: a proxy in front that is not listed hides which scheme people use.
  const { host, protocol } = new URL(origin);
  return [base, originOf(c)].every((own) => new URL(own.replace(/^\w+:/, protocol)).host !== host);
}

/** The origin people used: the door in front says what it was, and believes nobody but listed proxies about it. */
function originOf(c: Context): string {
  const { protocol, host } = new URL(c.req.url);
  const scheme = c.req.header('x-forwarded-proto') === 'https' ? 'https:' : protocol;
  const said = `${scheme}//${c.req.header('x-forwarded-host') ?? host}`;
  return URL.canParse(said) ? new URL(said).origin : `${scheme}//${host}`;
}
