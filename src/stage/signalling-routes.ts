import type { Context, Hono } from 'hono';
import { LinkAllowance } from './allowance.ts';
import { contentType, cors, type Entrance, readText, refuse } from './entrance.ts';
import type { StageRefusal } from './refusal.ts';
import type { Room } from './room.ts';
import type { OfferPace } from './rtp/pace.ts';
import { type SignallingSession, trickle } from './session.ts';
import { MAX_OFFER_BYTES, readOffer } from './signalling/offer.ts';
import { readTrickle } from './signalling/trickle.ts';

const MAX_TRICKLE_BYTES = 16_384;
const SDP = 'application/sdp';
const SDPFRAG = 'application/trickle-ice-sdpfrag';
/** Limits per link: offers, changes of connections. */
const OFFERS = { burst: 20, perSecond: 1 };
const CHANGES = { burst: 100, perSecond: 10 };

/** Dependencies of signalling. */
export interface SignallingDeps {
  readonly pace: OfferPace;
  /** True when we have a public address: candidates in private networks are then in our own network and not tried. */
  readonly behindNat: boolean;
}

/** WHIP and WHEP. Spec: RFC 9725; draft-ietf-wish-whep. */
export function addSignalling(app: Hono, deps: SignallingDeps, entrance: Entrance): void {
  const offers = new LinkAllowance(OFFERS);
  const changes = new LinkAllowance(CHANGES);
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
      const grant = context.req.header('authorization') ? await entrance.granted(context) : undefined;
      const room = typeof grant === 'object' ? entrance.room(grant) : undefined;
      if (typeof grant === 'object' && room && !room.refusal(grant)) entrance.announce(headers, grant);
      return new Response(null, { status: 204, headers });
    });

    app.post(`/r/:slug/${kind}`, async (context) => {
      const entry = await entrance.enter(context, offers);
      if (entry instanceof Response) return entry;
      // For a revoked link the body is not even read.
      const barred = entry.room.refusal(entry.grant);
      if (barred) return refuse(barred.refused, barred.detail);
      if (contentType(context) !== SDP)
        return refuse('unsupported-media-type', `Send ${SDP}`, { 'accept-post': SDP });
      const text = await readText(context.req.raw, MAX_OFFER_BYTES);
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
      entrance.announce(headers, grant);
      return new Response(session.end.answer, { status: 201, headers });
    });
    app.all(`/r/:slug/${kind}`, () => refuse('method-not-allowed', undefined, { allow: 'POST, OPTIONS' }));

    app.on(['PATCH', 'DELETE'], `/r/:slug/${kind}/:session`, async (context) => {
      const { method } = context.req;
      // The sessions of a room end with it: whoever leaves in that moment has left.
      const entry = await entrance.enter(context, changes, method === 'DELETE' ? left : undefined);
      if (entry instanceof Response) return entry;
      const session = entry.room.session(kind, context.req.param('session'), entry.grant.speaker);
      if (!session) return refuse('session-unknown');
      session.generation = Math.max(session.generation, entry.grant.generation ?? 0);
      if (method === 'PATCH') return patch(context, entry.room, session, deps.behindNat);
      entry.room.leave(session);
      return left();
    });
    app.all(`/r/:slug/${kind}/:session`, () =>
      refuse('method-not-allowed', undefined, { allow: 'PATCH, DELETE, OPTIONS' }),
    );
  }
}

const left = (): Response => new Response(null, { status: 200, headers: cors() });

/**
 * Trickle ICE. A restart is refused with 422, as the RFC requires of a server that supports only trickle: RFC 9725,
 * 4.3.
 */
async function patch(
  context: Context,
  room: Room,
  session: SignallingSession,
  behindNat: boolean,
): Promise<Response> {
  if (contentType(context) !== SDPFRAG)
    return refuse('unsupported-media-type', `Send ${SDPFRAG}`, { 'accept-patch': SDPFRAG });
  const match = context.req.header('if-match');
  if (match === undefined) return refuse('etag-missing', 'Repeat the session’s ETag in If-Match');
  const text = await readText(context.req.raw, MAX_TRICKLE_BYTES);
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

const retryAfter = ({ retryAfter: seconds }: StageRefusal): Record<string, string> =>
  seconds === undefined ? {} : { 'retry-after': String(seconds) };

/** The client's network as seen by the door that forwarded the request. The door removes the header from clients. */
const networkOf = (context: Context): string | undefined => context.req.header('x-forwarded-for');
