import type { Context, Hono } from 'hono';
import { describe, isRefusal, read, refuse, refused } from '../../api/index.ts';
import { languageOf } from '../../base/negotiation.ts';
import { openPace } from '../../http/index.ts';
import type { AccountCard } from '../../wire/account.ts';
import { type Access, tooOften } from '../access/access.ts';
import { relock } from '../life/carried.ts';
import { requests } from '../requests.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { AccountRooms } from './adoption.ts';

/** Each may send a mail: one host of a room invites this many at once, and one more every ten seconds. */
const BURST = 30;
const EVERY_MS = 10_000;
const NONE = 'There is no such invitation, or it is answered or over.';

/** Adds invitations of accounts: what hosts of a room do, and what whoever is asked answers. */
export function invitationRoutes(
  app: Hono,
  { book, clock }: RoutesDeps,
  access: Access,
  { invitations }: AccountRooms,
  asks: (c: Context) => Promise<AccountCard | Response>,
): void {
  const schemas = requests(() => clock.wall());
  const pace = openPace(clock, 'account-invitations', BURST, EVERY_MS);

  app.post('/api/rooms/:slug/invitations', async (c) => {
    const caller = await access.may(c, 'invite-account');
    if (isRefusal(caller)) return refused(caller);
    const often = tooOften(pace, c, caller);
    if (often) return refused(often);
    const wish = await read(c, schemas.inviteAccount);
    if (isRefusal(wish)) return refused(wish);
    // Whom a co-host may not invite by link, they may not invite by account either.
    const may = wish.value.role === 'guest' ? caller : await access.may(c, `invite-${wish.value.role}`);
    if (isRefusal(may)) return refused(may);
    const { entry } = caller;
    const by = (await access.account(c))?.name ?? entry.card.hosts[0] ?? '';
    const french = languageOf(c.req.header('accept-language')) === 'fr';
    const made = await invitations.make(entry, by, wish.value, french);
    return made
      ? c.json(made, 201)
      : refuse('unprocessable', 'This room has 200 invitations already: take one back first.');
  });

  app.get('/api/rooms/:slug/invitations', async (c) => {
    const caller = await access.may(c, 'read-invitations');
    if (isRefusal(caller)) return refused(caller);
    return c.json({ invitations: await invitations.list(caller.entry.id) });
  });

  app.delete('/api/rooms/:slug/invitations/:id', async (c) => {
    const caller = await access.may(c, 'take-back-invitation');
    if (isRefusal(caller)) return refused(caller);
    const gone = await invitations.revoke(caller.entry.id, c.req.param('id'));
    if (!gone) return refuse('not-found', NONE);
    // The key that somebody came in with is everybody's: all others get the next one by what they hold.
    if (gone.letIn) await relock(book, caller.entry.card.slug);
    return c.body(null, 204);
  });

  app.get('/api/account/invitations', async (c) => {
    const who = await asks(c);
    return who instanceof Response ? who : c.json({ invitations: await invitations.asked(who) });
  });

  app.post('/api/account/invitations/:id', async (c) => {
    const who = await asks(c);
    if (who instanceof Response) return who;
    const wish = await read(c, schemas.answer);
    if (isRefusal(wish)) return refused(wish);
    return (await invitations.answer(who, c.req.param('id'), wish.value.answer === 'accept'))
      ? c.body(null, 204)
      : refuse('not-found', NONE);
  });
}

const text = { type: 'string' } as const;
const instant = { type: 'integer', description: 'Milliseconds since 1970-01-01T00:00:00Z' } as const;
const role = { enum: ['guest', 'speaker', 'co-host'] };
const object = (properties: Record<string, object>, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
  properties,
});
const invitation = object({
  id: text,
  who: { ...text, description: 'What the host wrote' },
  role,
  status: { enum: ['open', 'accepted', 'declined', 'expired'] },
  created: instant,
  expires: instant,
});
const ask = object(
  {
    ...{ id: text, slug: text, title: text, role, inviter: text, start: instant, expires: instant },
    accepted: { type: 'boolean', description: 'True for a guest who has accepted' },
  },
  ['start'],
);
const many = (items: object) => object({ invitations: { type: 'array', items } });

/** Their description. */
export const invitationPaths = (): Record<string, object> => {
  const { json, body, refusals, BODY, bearer } = describe;
  const own = [{ session: [] }, { personal: [] }];
  const security = [...bearer, ...own];
  const slugParameter = { name: 'slug', in: 'path', required: true, schema: text };
  const idParameter = { name: 'id', in: 'path', required: true, schema: text };
  const HOSTS = [
    ...(['token-missing', 'token-invalid', 'token-expired', 'token-other-room', 'not-host'] as const),
    ...(['link-withdrawn', 'removed', 'banned', 'room-unknown', 'too-many-changes'] as const),
  ];
  return {
    '/api/rooms/{slug}/invitations': {
      parameters: [slugParameter],
      post: {
        summary: 'Invite somebody to a room by the address or the name of their account',
        description:
          'The answer is the same whether or not there is such an account. Whoever has one finds the invitation on its page, and gets a mail. An address that gets an account later finds it then. The guests of a private room are on its list from then on: `POST /r/{slug}/enter` lets them in while they are signed in.',
        security,
        requestBody: body(requests(() => 0).inviteAccount),
        responses: {
          201: json(invitation, 'The invitation'),
          ...refusals([...BODY, ...HOSTS, 'room-ended']),
        },
      },
      get: {
        summary: 'The invitations of a room, for its hosts',
        security,
        responses: { 200: json(many(invitation), 'Its invitations'), ...refusals(HOSTS) },
      },
    },
    '/api/rooms/{slug}/invitations/{id}': {
      parameters: [slugParameter, idParameter],
      delete: {
        summary: 'Take an invitation back, and what it gave with it, for the host',
        description:
          'Whoever listens to a private room by it hears nothing from two seconds later; everybody else goes on with a new key.',
        security,
        responses: { 204: { description: 'Done' }, ...refusals([...HOSTS, 'not-found']) },
      },
    },
    '/api/account/invitations': {
      get: {
        summary: 'The rooms that one’s account is invited to',
        security: own,
        responses: {
          200: json(many(ask), 'The invitations'),
          ...refusals(['token-missing', 'too-many-changes']),
        },
      },
    },
    '/api/account/invitations/{id}': {
      parameters: [idParameter],
      post: {
        summary: 'Accept or decline an invitation',
        security: own,
        requestBody: body(requests(() => 0).answer),
        responses: {
          204: { description: 'Done' },
          ...refusals([...BODY, 'token-missing', 'too-many-changes', 'not-found']),
        },
      },
    },
  };
};
