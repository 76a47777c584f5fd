import type { Context, Hono } from 'hono';
import { type Attempted, isRefusal, openPace, read, refuse, refused } from '../api/index.ts';
import { asSpeakerId } from '../base/ids.ts';
import { isOver } from '../wire/room.ts';
import { type Access, type Caller, tooOften } from './access.ts';
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
  changing: (c: Context) => Promise<Attempted<Caller>>,
  base: (c: Context) => string,
): void {
  const { book, clock } = deps;
  const schemas = requests(() => clock.wall());
  const invites = openPace(clock, 'invitations', INVITE_BURST, INVITE_EVERY_MS);

  app.post('/api/rooms/:slug/invites', async (c) => {
    const caller = await access.hosted(c);
    if (isRefusal(caller)) return refused(caller);
    const often = tooOften(invites, c, caller);
    if (often) return refused(often);
    const wish = await read(c, schemas.invite);
    if (isRefusal(wish)) return refused(wish);
    const { entry } = caller;
    const { status } = entry.card;
    const { role, name } = wish.value;
    // A way back for a host who has lost their link: they still want the recording.
    const back = role === 'host';
    if (back && caller.speaker !== undefined)
      return refuse(
        'operator-only',
        'role: only the operator gives out host links (earshot room link SLUG --host).',
      );
    if (!back && isOver(status)) return refuse('room-ended', advice(status, 'open'));
    if (role === 'co-host' && caller.role !== 'host')
      return refuse('not-host', 'role: a co-host can invite speakers only.');
    const { token, speaker } = await access.link(entry, role, name ?? (back ? 'Host' : ''));
    return c.json({ url: studioLink(base(c), entry.card.slug, token), token, speaker, role }, 201);
  });

  app.delete('/api/rooms/:slug/people/:id', async (c) => {
    const caller = await changing(c);
    if (isRefusal(caller)) return refused(caller);
    // Whose link is whose only the stage knows: there co-hosts remove people, but no host.
    if (caller.role !== 'host')
      return refuse('not-host', 'A co-host can remove people in the studio, not here.');
    const who = asSpeakerId(c.req.param('id'));
    if (!who) return refuse('unprocessable', 'id: use the id of somebody in the roster');
    if (who === caller.speaker) return refuse('unprocessable', 'id: this is your own link');
    const made = await book.bar(caller.entry.card.slug, who);
    return isRefusal(made) ? refused(made) : c.body(null, 204);
  });

  app.post('/api/rooms/:slug/links/renew', async (c) => {
    const caller = await changing(c);
    if (isRefusal(caller)) return refused(caller);
    if (caller.role !== 'host') return refuse('not-host', 'Only the host can withdraw the links of a room.');
    const made = await book.renew(caller.entry.card.slug, caller.speaker);
    if (isRefusal(made)) return refused(made);
    const name = made.card.hosts[0] ?? 'Host';
    const { token, speaker } = await access.link(made, 'host', name, caller.speaker);
    return c.json({ url: studioLink(base(c), made.card.slug, token), token, speaker, role: 'host' }, 201);
  });
}
