import type { Context, Hono } from 'hono';
import { describe, isRefusal, read, refuse, refused } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { openPace } from '../../http/index.ts';
import type { AccountCard } from '../../wire/account.ts';
import type { Access } from '../access/access.ts';
import { relock } from '../life/carried.ts';
import { studioLink } from '../links.ts';
import { requests } from '../requests.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { AccountRooms } from './adoption.ts';
import { invitationPaths, invitationRoutes } from './invitation-routes.ts';

/** What one account asks of rooms: this much at once, and once more every three seconds. */
const BURST = 20;
const EVERY_MS = 3_000;

const SIGN_IN = 'Sign in first, at /sign-in, or send a personal token of your account.';

/** Adds what accounts do with rooms: claim one by its link, open it without, and see and remove its accounts. */
export function accountRoutes(
  app: Hono,
  deps: RoutesDeps,
  access: Access,
  rooms: AccountRooms,
  base: (c: Context) => string,
): void {
  const { book, members, clock } = deps;
  const schemas = requests(() => clock.wall());
  const pace = openPace(clock, 'account-rooms', BURST, EVERY_MS);

  /** The account that asks, when it has not asked too much; or the answer. */
  const account = async (c: Context): Promise<AccountCard | Response> => {
    const who = await access.account(c);
    if (!who) return refuse('token-missing', SIGN_IN);
    const wait = pace.take(c, who.id);
    return wait === undefined
      ? who
      : refused({ refused: 'too-many-changes', detail: `Try again in ${wait} s.`, wait });
  };

  invitationRoutes(app, deps, access, rooms, account);

  app.post('/api/rooms/:slug/adopt', async (c) => {
    const who = await account(c);
    if (who instanceof Response) return who;
    const wish = await read(c, schemas.adopt);
    if (isRefusal(wish)) return refused(wish);
    const made = await rooms.adopt(who, wish.value.link, c.req.param('slug'));
    return isRefusal(made) ? refused(made) : c.json(made);
  });

  app.post('/api/rooms/:slug/own-link', async (c) => {
    const who = await account(c);
    if (who instanceof Response) return who;
    const made = await rooms.ownLink(who, c.req.param('slug'));
    if (isRefusal(made)) return refused(made);
    const { slug, token, speaker, role } = made;
    return c.json({ url: studioLink(base(c), slug, token), token, speaker, role }, 201);
  });

  app.get('/api/rooms/:slug/members', async (c) => {
    const caller = await access.may(c, 'read-members');
    if (isRefusal(caller)) return refused(caller);
    return c.json({ members: await members.list(caller.entry.id) });
  });

  app.delete('/api/rooms/:slug/members/:id', async (c) => {
    const caller = await access.may(c, 'remove-member');
    if (isRefusal(caller)) return refused(caller);
    if (!(await members.remove(caller.entry.id, c.req.param('id'))))
      return refuse('not-found', 'No such account belongs to this room.');
    await relock(book, caller.entry.card.slug);
    return c.body(null, 204);
  });
}

const text = { type: 'string' } as const;
const slugParameter = { name: 'slug', in: 'path', required: true, schema: text };
const role = { enum: ['host', 'co-host', 'speaker'] };
const ROOM: readonly ErrorCode[] = [
  'token-missing',
  'room-unknown',
  'removed',
  'banned',
  'not-host',
  'too-many-changes',
];
const LINK: readonly ErrorCode[] = ['token-invalid', 'token-expired', 'token-other-room', 'link-withdrawn'];

/** Their description. */
export const accountPaths = (): Record<string, object> => {
  const { json, ref, body, refusals, BODY, bearer } = describe;
  const security = [...bearer, { session: [] }, { personal: [] }];
  return {
    ...invitationPaths(),
    '/api/rooms/{slug}/adopt': {
      parameters: [slugParameter],
      post: {
        summary: 'Take a room into one’s account by its host’s or co-host’s link',
        security: [{ session: [] }, { personal: [] }],
        requestBody: body(requests(() => 0).adopt),
        responses: {
          200: json(
            { type: 'object', required: ['slug', 'role'], properties: { slug: text, role } },
            'What the account is in the room now',
          ),
          ...refusals([...BODY, ...ROOM, ...LINK]),
        },
      },
    },
    '/api/rooms/{slug}/own-link': {
      parameters: [slugParameter],
      post: {
        summary: 'A link of the studio for an account that belongs to the room; it works for a day',
        security: [{ session: [] }, { personal: [] }],
        responses: { 201: json(ref('Invite'), 'The link'), ...refusals(ROOM) },
      },
    },
    '/api/rooms/{slug}/members': {
      parameters: [slugParameter],
      get: {
        summary: 'The accounts that belong to a room, for its hosts',
        security,
        responses: {
          200: json(
            {
              type: 'object',
              required: ['members'],
              properties: {
                members: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['id', 'name', 'role'],
                    properties: { id: text, name: text, role },
                  },
                },
              },
            },
            'Its accounts',
          ),
          ...refusals([...ROOM, ...LINK]),
        },
      },
    },
    '/api/rooms/{slug}/members/{id}': {
      parameters: [slugParameter, { name: 'id', in: 'path', required: true, schema: text }],
      delete: {
        summary: 'Take a room away from an account, for hosts',
        security,
        responses: { 204: { description: 'Done' }, ...refusals([...ROOM, ...LINK, 'not-found']) },
      },
    },
  };
};
