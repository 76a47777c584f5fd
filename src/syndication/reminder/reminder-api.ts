import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { describe, isRefusal, keptByNobody, read, refuse, refused, refuseTheRest } from '../../api/index.ts';
import { isForeign, tellPaces } from '../../http/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { AroundRoomDeps } from '../deps.ts';
import type { NotReminded, ReminderDesk } from './desk.ts';
import type { FollowedChoices } from './followed.ts';
import type { Plans } from './plans.ts';

const ENDPOINT = z
  .string()
  .max(1_000)
  .regex(/^https?:\/\/[\x21-\x7e]+$/, 'use the address of a push service')
  .meta({
    description: 'Where messages for this browser go',
    example: 'https://updates.push.services.mozilla.com/wpush/v2/example',
  });
/** What a browser tells of its subscription. Spec: Push API, PushSubscriptionJSON. */
const subscription = z.object({
  endpoint: ENDPOINT,
  // Those of the example in RFC 8291, 5.
  keys: z.object({
    p256dh: z.string().max(100).meta({
      description: 'The public key, base64url',
      example: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    }),
    auth: z.string().max(40).meta({
      description: 'The shared secret, base64url',
      example: 'BTBZMqHH6r4Tts7J_aSIgg',
    }),
  }),
});
const LANGUAGE = z.enum(['en', 'fr']).optional().meta({ description: 'Of the messages; default en' });
const NEW_REMINDER = subscription.extend({ language: LANGUAGE });
const MOVED = z.strictObject({ from: ENDPOINT, to: subscription });
const CHOICE = z.object({
  way: z
    .enum(['off', 'mail'])
    .meta({ description: 'How you are reminded of rooms of those whom you follow' }),
  language: LANGUAGE,
});

/** What the API of reminders needs. */
export interface ReminderApiDeps extends Pick<AroundRoomDeps, 'publicUrl' | 'account'> {
  readonly desk: ReminderDesk;
  readonly plans: Plans;
  readonly choices: FollowedChoices;
  /** What browsers subscribe with; undefined: nobody is told by their browser. */
  readonly key: string | undefined;
  readonly hasMail: boolean;
  /** A room of which one may be reminded. */
  waiting(slug: string): Promise<RoomCard | 'unknown' | 'begun'>;
}

const stamp = (at: number): string => new Date(at).toISOString();

function notReminded(no: NotReminded): Response {
  if (no.not === 'often') return refuse('too-many-reminders', undefined, { 'retry-after': String(no.wait) });
  if (no.not === 'full') return refuse('too-many-reminders', 'No more reminders are taken at the moment.');
  return refuse(
    'unprocessable',
    no.not === 'target'
      ? 'endpoint: use a subscription of a browser, at a push service that this server allows'
      : 'This server does not remind in this way.',
  );
}

/** The API of reminders. */
export function openReminderApi(deps: ReminderApiDeps): Hono {
  const { desk, plans, choices, key, hasMail, waiting } = deps;
  const app = new Hono();
  app.onError((error) => {
    throw error;
  });
  app.use(tellPaces);
  keptByNobody(app);
  app.use(async (c, next) => {
    if (c.req.method !== 'GET' && isForeign(c.req.raw, deps.publicUrl)) return refuse('foreign-page');
    return next();
  });
  const from = (c: Context): string => c.req.header('x-forwarded-for') ?? '';

  app.get('/api/rooms/:slug/reminders', async (c) => {
    const card = await waiting(c.req.param('slug'));
    if (card === 'unknown') return refuse('room-unknown');
    if (card === 'begun') return refuse('wrong-moment', 'The room has begun, or is over.');
    const window = plans.window(card);
    return c.json({
      ...{ people: plans.count(card.slug), mail: hasMail, push: key === undefined ? null : { key } },
      ...(window ? { window: { from: stamp(window.from), until: stamp(window.until) } } : {}),
    });
  });
  app.post('/api/rooms/:slug/reminders', async (c) => {
    const sent = await read(c, NEW_REMINDER);
    if (isRefusal(sent)) return refused(sent);
    const card = await waiting(c.req.param('slug'));
    if (card === 'unknown') return refuse('room-unknown');
    if (card === 'begun') return refuse('wrong-moment', 'The room has begun, or is over.');
    if (key === undefined) return notReminded({ not: 'away' });
    const { endpoint, keys, language = 'en' } = sent.value;
    const made = await desk.push(card, { endpoint, ...keys }, language, from(c));
    if ('not' in made) return notReminded(made);
    return c.json({ id: made.id, room: card.slug }, 201, { location: `/api/reminders/${made.id}` });
  });
  app.post('/api/reminders/moved', async (c) => {
    const sent = await read(c, MOVED);
    if (isRefusal(sent)) return refused(sent);
    const { from: before, to } = sent.value;
    const moved = await desk.move(before, { endpoint: to.endpoint, ...to.keys }, from(c));
    return typeof moved === 'number' ? c.json({ moved }) : notReminded(moved);
  });
  app.get('/api/reminders/followed', async (c) => {
    const who = await deps.account(c.req.raw);
    if (!who) return refuse('account-needed');
    return c.json({ way: (await choices.of(who.id)) ?? 'off', mail: hasMail });
  });
  app.put('/api/reminders/followed', async (c) => {
    const sent = await read(c, CHOICE);
    if (isRefusal(sent)) return refused(sent);
    const who = await deps.account(c.req.raw);
    if (!who) return refuse('account-needed');
    const { way, language = 'en' } = sent.value;
    if (way === 'mail' && !hasMail) return notReminded({ not: 'away' });
    await choices.choose(who.id, way, language);
    return c.json({ way, mail: hasMail });
  });
  // After the addresses that it would take for a reminder's name: the first one that fits says what it takes.
  app.delete('/api/reminders/:id', async (c) =>
    (await desk.leave(c.req.param('id'))) ? c.body(null, 204) : refuse('not-found'),
  );
  refuseTheRest(app, '/api');
  return app;
}

const text = { type: 'string' } as const;
const moment = { type: 'string', format: 'date-time' } as const;
const object = (required: readonly string[], properties: object): object => ({
  ...{ type: 'object', required, properties },
});
const param = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, schema: text, description },
});
const PLANNED = object(['people', 'mail', 'push'], {
  people: { type: 'integer', minimum: 0, description: 'How many will be reminded' },
  mail: { type: 'boolean', description: 'Whether this server reminds by mail' },
  push: {
    anyOf: [object(['key'], { key: { ...text, description: 'The applicationServerKey' } }), { type: 'null' }],
  },
  window: {
    ...object(['from', 'until'], { from: moment, until: moment }),
    description: 'When they are told',
  },
});

/** The addresses of reminders, for the description of the API. */
export const reminderPaths = (): Record<string, object> => {
  const { BODY, body, json, refusals } = describe;
  const FOLLOWED = object(['way', 'mail'], { way: { enum: ['off', 'mail'] }, mail: { type: 'boolean' } });
  return {
    '/api/rooms/{slug}/reminders': {
      parameters: [param('slug', 'Of an announced room')],
      get: {
        summary: 'How many will be reminded of a room, and when',
        responses: { 200: json(PLANNED, 'So it is planned'), ...refusals(['room-unknown', 'wrong-moment']) },
      },
      post: {
        summary: 'Reminds a browser of a room, without an account',
        requestBody: body(NEW_REMINDER),
        responses: {
          201: json(object(['id', 'room'], { id: text, room: text }), 'The id ends it'),
          ...refusals([...BODY, 'room-unknown', 'wrong-moment', 'foreign-page', 'too-many-reminders']),
        },
      },
    },
    '/api/reminders/{id}': {
      parameters: [param('id', 'Of the reminder')],
      delete: {
        summary: 'Ends a reminder; nothing of it is kept',
        responses: { 204: { description: 'Ended' }, ...refusals(['not-found', 'foreign-page']) },
      },
    },
    '/api/reminders/moved': {
      post: {
        summary: 'A browser has another subscription now',
        requestBody: body(MOVED),
        responses: {
          200: json(object(['moved'], { moved: { type: 'integer', minimum: 0 } }), 'So many reminders'),
          ...refusals([...BODY, 'too-many-reminders', 'foreign-page']),
        },
      },
    },
    '/api/reminders/followed': {
      get: {
        ...{ summary: 'How you are reminded of rooms of those whom you follow' },
        security: [{ personal: [] }, { session: [] }],
        responses: { 200: json(FOLLOWED, 'So'), ...refusals(['account-needed']) },
      },
      put: {
        ...{ summary: 'Chooses that', security: [{ personal: [] }, { session: [] }] },
        requestBody: body(CHOICE),
        responses: {
          200: json(FOLLOWED, 'Chosen'),
          ...refusals([...BODY, 'account-needed', 'foreign-page']),
        },
      },
    },
  };
};
