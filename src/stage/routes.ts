import { type Context, Hono } from 'hono';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { problem } from '../base/reply.ts';
import { bearer, bearerTrouble, type Grant, type Tokens } from '../keys/token.ts';
import { Allowance } from './allowance.ts';
import type { Refusal } from './refusal.ts';
import type { Room } from './room.ts';
import type { Pace } from './rtp/pace.ts';
import { type Session, trickle } from './session.ts';
import { type IceServer, iceLinks } from './signalling/ice-servers.ts';
import { MAX_OFFER_BYTES, readOffer } from './signalling/offer.ts';
import { readTrickle } from './signalling/trickle.ts';

const MAX_ACTION_BYTES = 16_384;
const MAX_TRICKLE_BYTES = 16_384;
const SDP = 'application/sdp';
const SDPFRAG = 'application/trickle-ice-sdpfrag';

/** An admitted person, or the response that refuses them. */
type Entry = { readonly grant: Grant; readonly room: Room } | Response;

/** Limits per link: offers, changes of connections, backstage actions. */
const OFFERS = { burst: 20, perSecond: 1 };
const CHANGES = { burst: 100, perSecond: 10 };
const ACTIONS = { burst: 60, perSecond: 10 };

/** What the routes need. */
export interface RouteDeps {
  readonly rooms: (slug: string) => Room | undefined;
  readonly tokens: Tokens;
  readonly iceServers: readonly IceServer[];
  readonly clock: Clock;
  readonly log: Log;
  readonly pace: Pace;
  /** True when we have a public address: candidates in private networks are then in our own network and not tried. */
  readonly behindNat: boolean;
}

/** The stage's HTTP routes: WHIP, WHEP and backstage. Spec: RFC 9725; draft-ietf-wish-whep. */
export function routes(deps: RouteDeps): Hono {
  const { tokens, clock, log } = deps;
  const app = new Hono({ strict: false });
  const offers = new Allowance(OFFERS);
  const changes = new Allowance(CHANGES);
  const actions = new Allowance(ACTIONS);

  const granted = (context: Context): Promise<Grant | ErrorCode> =>
    tokens.check(bearer(context.req.header('authorization')), context.req.param('slug'));

  /** Admits a request with a link of this room, unless it comes too often. */
  const enter = async (context: Context, allowance?: Allowance): Promise<Entry> => {
    const grant = await granted(context);
    if (typeof grant === 'string')
      return refuse(
        grant,
        grant.startsWith('token-') ? bearerTrouble(context.req.header('authorization')) : undefined,
      );
    const wait = allowance?.spend(`${grant.slug} ${grant.speaker}`, clock.now());
    if (wait !== undefined) return refuse('too-often', undefined, { 'retry-after': String(wait) });
    const room = deps.rooms(grant.slug);
    return room ? { grant, room } : refuse('room-not-open');
  };
  /** Relays are announced only to people with a link; anyone else could use them at the operator's cost. */
  const announce = (headers: Headers, { speaker }: Grant): void => {
    for (const link of iceLinks(deps.iceServers, speaker, clock.wall())) headers.append('link', link);
    headers.set('cache-control', 'no-store');
  };

  for (const kind of ['whip', 'whep'] as const) {
    app.on('OPTIONS', [`/r/:slug/${kind}`, `/r/:slug/${kind}/:session`], async (context) => {
      const session = context.req.param('session') !== undefined;
      const headers = cors();
      headers.set(
        'access-control-allow-methods',
        session ? 'PATCH, DELETE, OPTIONS' : 'POST, PATCH, DELETE, OPTIONS',
      );
      headers.set('access-control-allow-headers', 'Authorization, Content-Type, If-Match');
      headers.set('access-control-max-age', '86400');
      if (session) headers.set('accept-patch', SDPFRAG);
      else headers.set('accept-post', SDP);
      // A preflight has no token, and its answer contains only what it asked for.
      const grant = context.req.header('authorization') ? await granted(context) : undefined;
      const room = typeof grant === 'object' ? deps.rooms(grant.slug) : undefined;
      if (typeof grant === 'object' && room && !room.refusal(grant)) announce(headers, grant);
      return new Response(null, { status: 204, headers });
    });

    app.post(`/r/:slug/${kind}`, async (context) => {
      const entry = await enter(context, offers);
      if (entry instanceof Response) return entry;
      // For a revoked link the body is not even read.
      const barred = entry.room.refusal(entry.grant);
      if (barred) return refuse(barred.refused, barred.detail);
      if (contentType(context) !== SDP)
        return refuse('unsupported-media-type', `Send ${SDP}`, { 'accept-post': SDP });
      const text = await readBody(context.req.raw, MAX_OFFER_BYTES);
      if (text === undefined)
        return refuse('too-large', `An offer may have at most ${MAX_OFFER_BYTES} bytes`);
      const read = await deps.pace.run(() => readOffer(text, deps.behindNat));
      if (!read)
        return refuse('stage-full', 'Too many people are connecting right now', { 'retry-after': '2' });
      const offer = read.done;
      if (typeof offer === 'string') return refuse('bad-sdp', offer);
      const takeover = context.req.query('takeover') === '1';
      const { room, grant } = entry;
      const session = await (kind === 'whip'
        ? room.publish(grant, offer, takeover, networkOf(context))
        : room.listen(grant, offer, networkOf(context)));
      if ('refused' in session) return refuse(session.refused, session.detail, retryAfter(session));
      const headers = cors();
      headers.set('content-type', SDP);
      headers.set('location', `/r/${grant.slug}/${kind}/${session.id}`);
      headers.set('etag', session.etag);
      headers.set('accept-patch', SDPFRAG);
      announce(headers, grant);
      return new Response(session.end.answer, { status: 201, headers });
    });
    app.all(`/r/:slug/${kind}`, () => refuse('method-not-allowed', undefined, { allow: 'POST, OPTIONS' }));

    app.on(['PATCH', 'DELETE'], `/r/:slug/${kind}/:session`, async (context) => {
      const entry = await enter(context, changes);
      if (entry instanceof Response) return entry;
      const session = entry.room.session(kind, context.req.param('session'), entry.grant.speaker);
      if (!session) return refuse('session-unknown');
      session.generation = Math.max(session.generation, entry.grant.generation ?? 0);
      if (context.req.method === 'PATCH') return patch(context, entry.room, session, deps.behindNat);
      entry.room.leave(session);
      return new Response(null, { status: 200, headers: cors() });
    });
    app.all(`/r/:slug/${kind}/:session`, () =>
      refuse('method-not-allowed', undefined, { allow: 'PATCH, DELETE, OPTIONS' }),
    );
  }

  app.get('/r/:slug/backstage', async (context) => {
    const entry = await enter(context);
    if (entry instanceof Response) return entry;
    const first = entry.room.backstage(entry.grant);
    if ('refused' in first) return refuse(first.refused, first.detail);
    const stream = entry.room.readers.open(entry.grant, first, context.req.raw.signal);
    if (!stream)
      return refuse('stage-full', 'Too many studio pages are open for this room', { 'retry-after': '10' });
    const headers = cors();
    headers.set('content-type', 'application/x-ndjson');
    headers.set('cache-control', 'no-store');
    headers.set('x-accel-buffering', 'no');
    return new Response(stream, { headers });
  });
  app.post('/r/:slug/backstage', async (context) => {
    const entry = await enter(context, actions);
    if (entry instanceof Response) return entry;
    if (contentType(context) !== 'application/json')
      return refuse('unsupported-media-type', 'Send application/json');
    const text = await readBody(context.req.raw, MAX_ACTION_BYTES);
    if (text === undefined)
      return refuse('too-large', `An action may have at most ${MAX_ACTION_BYTES} bytes`);
    // The validator is loaded with the first action, because it takes more memory than the stage.
    const { readAction } = await import('./action.ts');
    const action = readAction(text);
    if (typeof action === 'string') return refuse('unprocessable', action);
    const refusal = entry.room.act(entry.grant, action);
    return refusal
      ? refuse(refusal.refused, refusal.detail)
      : new Response(null, { status: 204, headers: cors() });
  });
  app.options('/r/:slug/backstage', () => {
    const headers = cors();
    headers.set('access-control-allow-methods', 'GET, POST, OPTIONS');
    headers.set('access-control-allow-headers', 'Authorization, Content-Type');
    headers.set('access-control-max-age', '86400');
    return new Response(null, { status: 204, headers });
  });
  app.all('/r/:slug/backstage', () =>
    refuse('method-not-allowed', undefined, { allow: 'GET, POST, OPTIONS' }),
  );
  app.notFound(() => refuse('not-found'));
  app.onError((error) => {
    log.error({ error: error.stack ?? String(error) }, 'a stage request failed');
    return refuse('internal', undefined, { 'retry-after': '1' });
  });
  return app;
}

/**
 * Trickle ICE. A restart is refused with 422, as the RFC requires of a server that supports only trickle: RFC 9725,
 * 4.3.
 */
async function patch(context: Context, room: Room, session: Session, behindNat: boolean): Promise<Response> {
  if (contentType(context) !== SDPFRAG)
    return refuse('unsupported-media-type', `Send ${SDPFRAG}`, { 'accept-patch': SDPFRAG });
  const match = context.req.header('if-match');
  if (match === undefined) return refuse('etag-missing', 'Repeat the session’s ETag in If-Match');
  const text = await readBody(context.req.raw, MAX_TRICKLE_BYTES);
  if (text === undefined)
    return refuse('too-large', `A fragment may have at most ${MAX_TRICKLE_BYTES} bytes`);
  const fragment = readTrickle(text, behindNat);
  if (!fragment) return refuse('bad-sdp', 'The fragment has a line that is not of the form x=value');
  if (fragment.ufrag !== undefined && fragment.ufrag !== session.end.ufrag) {
    // libjuice, the ICE agent of the library, cannot restart. The place belongs to the token, so a new offer loses
    // nothing and is not refused because somebody is already on stage.
    room.yieldSession(session);
    return refuse('unprocessable', 'ICE restart is not offered: POST a new offer, your place is kept');
  }
  if (match !== session.etag && match !== '*') return refuse('etag-mismatch');
  for (const candidate of fragment.candidates) trickle(session, candidate);
  return new Response(null, { status: 204, headers: cors() });
}

function cors(): Headers {
  return new Headers({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'Location, ETag, Link, Accept-Patch, Retry-After',
  });
}

function refuse(code: ErrorCode, detail?: string, extra: Record<string, string> = {}): Response {
  const reply = problem(code, detail, extra);
  const headers = cors();
  for (const [name, value] of Object.entries(reply.headers)) headers.set(name, value);
  if (reply.status === 401) headers.set('www-authenticate', 'Bearer');
  return new Response(String(reply.body), { status: reply.status, headers });
}

const retryAfter = ({ retryAfter: seconds }: Refusal): Record<string, string> =>
  seconds === undefined ? {} : { 'retry-after': String(seconds) };

/** The client's network as seen by the door that forwarded the request. The door removes the header from clients. */
const networkOf = (context: Context): string | undefined => context.req.header('x-forwarded-for');

const contentType = (context: Context): string =>
  (context.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * The body as text. Undefined when it is longer than `limit` bytes, which is detected while reading; empty when it
 * broke off.
 */
async function readBody(request: Request, limit: number): Promise<string | undefined> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return undefined;
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of request.body ?? []) {
      size += part.length;
      if (size > limit) return undefined;
      parts.push(part);
    }
  } catch {
    // A client that disconnects in the middle is not our fault and reads no answer.
    return '';
  }
  return Buffer.concat(parts).toString('utf8');
}
