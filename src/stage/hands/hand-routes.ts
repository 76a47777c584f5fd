import type { Context, Hono } from 'hono';
import { networkOf } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import { asSlug } from '../../base/ids.ts';
import { deviceOf } from '../../keys/device-hash.ts';
import type { Tokens } from '../../keys/token.ts';
import { notAccepted } from '../../wire/moderation/block-words.ts';
import { bodyFacts } from '../../wire/refusal-facts.ts';
import type { OwnHand, RaisedHand } from '../../wire/stage/hands.ts';
import { LinkAllowance } from '../allowance.ts';
import { contentType, type Entrance, readText, refuse } from '../entrance.ts';
import type { Room } from '../room.ts';
import { type Hand, opens } from './hand.ts';
import { readOwn, readRaise } from './hand-body.ts';

const MAX_BODY_BYTES = 2_048;
/** Hands raised from one network, which may be a company or a carrier: this many at once, and so many a second. */
const RAISES = { burst: 150, perSecond: 50 };
/** The same for one device, so that nobody keeps changing their topic. */
const DEVICE = { burst: 10, perSecond: 0.5 };
/** Requests about one hand, from whoever has its secret: its id is public. */
const OWN = { burst: 20, perSecond: 2 };
/** The same without its secret, from one network. */
const GUESSES = { burst: 60, perSecond: 2 };
/** A grant of a raised hand: the page takes another before it ends, while the hand holds. */
export const GRANT_SECONDS = 900;

/** Dependencies of the routes. */
export interface HandRouteDeps {
  readonly rooms: (slug: string) => Room | undefined;
  readonly tokens: Tokens;
  readonly clock: Clock;
  /** The name of the rule that a text breaks; absent: there are no rules. */
  brokenRule?(slug: string, text: string): string | undefined;
}

/** Adds the routes by which a listener's page raises a hand and answers a call. */
export function addHands(app: Hono, deps: HandRouteDeps, entrance: Pick<Entrance, 'announce'>): void {
  const { clock } = deps;
  const raises = new LinkAllowance(RAISES);
  const devices = new LinkAllowance(DEVICE);
  const own = new LinkAllowance(OWN);
  const guesses = new LinkAllowance(GUESSES);

  // The stage is open to encoders of other origins; a hand is raised on our own page.
  app.use('/r/:slug/hand/*', async (context, next) => {
    await next();
    for (const name of ['access-control-allow-origin', 'access-control-expose-headers'])
      context.res.headers.delete(name);
  });

  const bodyOf = async <T>(context: Context, read: (text: string) => T | string): Promise<T | Response> => {
    if (contentType(context) !== 'application/json')
      return refuse('unsupported-media-type', 'Send application/json');
    const text = await readText(context.req.raw, MAX_BODY_BYTES);
    if (text === undefined) return refuse('too-large', `A hand may have at most ${MAX_BODY_BYTES} bytes`);
    const body = read(text);
    return typeof body === 'string' ? refuse('unprocessable', body, {}, bodyFacts(body)) : body;
  };
  const often = (wait: number | undefined, detail: string): Response | undefined =>
    wait === undefined ? undefined : refuse('too-often', detail, { 'retry-after': String(wait) });

  app.post('/r/:slug/hand', async (context) => {
    const slug = asSlug(context.req.param('slug'));
    const room = slug && deps.rooms(slug);
    if (!room) return refuse('room-not-open');
    const network = networkOf(context.req.header('x-forwarded-for') ?? '');
    const limit = `At most ${RAISES.perSecond} hands a second are raised from one network, ${RAISES.burst} at once`;
    const crowd = often(raises.spend(`${slug} ${network}`, clock.now()), limit);
    if (crowd) return crowd;
    const body = await bodyOf(context, readRaise);
    if (body instanceof Response) return body;
    for (const field of ['name', 'topic'] as const) {
      const rule = deps.brokenRule?.(slug, body[field]);
      if (rule === undefined) continue;
      const detail = notAccepted(field, rule);
      return refuse('unprocessable', detail, {}, bodyFacts(detail, rule));
    }
    const device = deviceOf(slug, body.device);
    const again = often(
      devices.spend(`${slug} ${device}`, clock.now()),
      'One device raised its hand too often',
    );
    if (again) return again;
    const raised = room.raised.raise({ name: body.name, topic: body.topic, device, network });
    if ('refused' in raised) {
      const after = 'retryAfter' in raised && raised.retryAfter !== undefined;
      return refuse(raised.refused, raised.detail, after ? { 'retry-after': String(raised.retryAfter) } : {});
    }
    const answer: RaisedHand = { ...room.raised.queue.own(raised.hand), secret: raised.secret };
    return json(answer, 201);
  });

  /** The hand of the request, with what its page says of it. */
  const ownHand = async (context: Context) => {
    const room = deps.rooms(context.req.param('slug') ?? '');
    if (!room) return refuse('room-not-open');
    const id = context.req.param('id') ?? '';
    const body = await bodyOf(context, readOwn);
    if (body instanceof Response) return body;
    const hand = room.raised.queue.get(id);
    const network = networkOf(context.req.header('x-forwarded-for') ?? '');
    // Whoever only knows the id of a hand uses up nothing of its page.
    if (!hand || !opens(hand, body.secret))
      return (
        often(
          guesses.spend(`${room.slug} ${network}`, clock.now()),
          'One network asked too often about hands',
        ) ?? refuse('hand-over', 'Raise a hand again to speak.')
      );
    const crowd = often(
      own.spend(`${room.slug} ${id}`, clock.now()),
      'One page asked too often about its hand',
    );
    return crowd ?? { room, hand, trouble: body.trouble };
  };

  app.post('/r/:slug/hand/:id/here', async (context) => {
    const found = await ownHand(context);
    if (found instanceof Response) return found;
    const { room, hand, trouble } = found;
    room.raised.here(hand, trouble);
    return json(room.raised.queue.own(hand));
  });

  app.post('/r/:slug/hand/:id/take', async (context) => {
    const found = await ownHand(context);
    if (found instanceof Response) return found;
    const { room, hand } = found;
    const grant = room.raised.take(hand);
    if ('refused' in grant) return refuse(grant.refused, grant.detail);
    const answer = json({ ...grant.own, token: await signed(deps.tokens, room, hand, grant.generation) });
    // Their page need not ask for the relays before it connects.
    entrance.announce(answer.headers, hand);
    return answer;
  });

  app.post('/r/:slug/hand/:id/lower', async (context) => {
    const found = await ownHand(context);
    if (found instanceof Response) return found;
    found.room.raised.lower(found.hand);
    return json(found.room.raised.queue.own(found.hand));
  });

  for (const path of ['/r/:slug/hand', '/r/:slug/hand/:id/:what'])
    app.all(path, () => refuse('method-not-allowed', undefined, { allow: 'POST' }));
}

const signed = (tokens: Tokens, room: Room, hand: Hand, generation: number): Promise<string> =>
  tokens.sign(
    {
      ...{ slug: room.slug, role: 'speaker', speaker: hand.speaker, name: hand.name },
      ...{ generation, hand: hand.id, device: hand.device },
    },
    GRANT_SECONDS,
  );

const json = (answer: OwnHand | (OwnHand & { token: string }), status = 200): Response =>
  new Response(JSON.stringify(answer), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
