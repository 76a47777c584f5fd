import type { Context, Hono } from 'hono';
import { isRefusal, read, refuse, refused } from '../api/index.ts';
import { asSpeakerId } from '../base/ids.ts';
import { openPace } from '../http/index.ts';
import { type Access, type Changing, tooOften } from './access/access.ts';
import { relock } from './life/carried.ts';
import { studioLink } from './links.ts';
import { requests } from './requests.ts';
import type { RoutesDeps } from './routes-deps.ts';
import { advice } from './status.ts';

/** Invitations of one person to one room: this many at once, and one more every three seconds. */
const INVITE_BURST = 40;
const INVITE_EVERY_MS = 3000;

/** Adds invitations, the removal of people and the withdrawal of all links. */
export function peopleRoutes(
  app: Hono,
  deps: RoutesDeps,
  access: Access,
  changing: Changing,
  base: (c: Context) => string,
): void {
  const { book, clock } = deps;
  const schemas = requests(() => clock.wall());
  const invites = openPace(clock, 'invitations', INVITE_BURST, INVITE_EVERY_MS);

  app.post('/api/rooms/:slug/invites', async (c) => {
    const some = await access.may(c, 'write-note');
    if (isRefusal(some)) return refused(some);
    const often = tooOften(invites, c, some);
    if (often) return refused(often);
    const wish = await read(c, schemas.invite);
    if (isRefusal(wish)) return refused(wish);
    const { role, name } = wish.value;
    const caller = await access.may(c, `invite-${role}`);
    if (isRefusal(caller)) {
      if (caller.refused === 'room-ended')
        return refuse('room-ended', advice(some.entry.card.status, 'open'));
      return caller.refused === 'operator-only'
        ? refuse(
            'operator-only',
            'role: only the operator gives out host links (earshot room link SLUG --host).',
          )
        : refused(caller);
    }
    const { entry } = caller;
    if (role === 'guest') return c.json(access.guestLink(entry, base(c)), 201);
    const back = role === 'host';
    const { token, speaker } = await access.link(entry, role, name ?? (back ? 'Host' : ''));
    return c.json({ url: studioLink(base(c), entry.card.slug, token), token, speaker, role }, 201);
  });

  app.delete('/api/rooms/:slug/people/:id', async (c) => {
    const caller = await changing(c, 'remove-person');
    if (isRefusal(caller)) return refused(caller);
    const who = asSpeakerId(c.req.param('id'));
    if (!who) return refuse('unprocessable', 'id: use the id of somebody in the roster');
    if (who === caller.speaker) return refuse('unprocessable', 'id: this is your own link');
    const made = await book.bar(caller.entry.card.slug, who);
    // The key with which they listen to a private room would open it for another hour.
    if (await deps.members.remove(caller.entry.id, who)) await relock(book, caller.entry.card.slug);
    return isRefusal(made) ? refused(made) : c.body(null, 204);
  });

  app.post('/api/rooms/:slug/links/renew', async (c) => {
    const caller = await changing(c, 'renew-links');
    if (isRefusal(caller)) return refused(caller);
    const made = await book.renew(caller.entry.card.slug, caller.speaker);
    if (isRefusal(made)) return refused(made);
    const name = made.card.hosts[0] ?? 'Host';
    const { token, speaker } = await access.link(made, 'host', name, caller.speaker);
    return c.json({ url: studioLink(base(c), made.card.slug, token), token, speaker, role: 'host' }, 201);
  });
}
