import type { Context, Hono } from 'hono';
import { type Attempted, isRefusal, read, refused } from '../../api/index.ts';
import { isRunning } from '../../wire/room.ts';
import type { Access, Changing } from '../access/access.ts';
import { readLink } from '../accounts/adoption.ts';
import { arranged, isClosed, planned } from '../arrangements.ts';
import type { RoomRefusal } from '../refusal.ts';
import { requests } from '../requests.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { RoomOnSite } from '../rows.ts';

/** A room that another one continues ends by itself after this, ms: who hears it half a minute late is led on as well. */
export const CARRIED_MS = 90_000;

const AGREED = 'link: give the studio link of the other room, or host both rooms with one account';

/** Adds succession: a room says which other one continues it, and whoever hosts that one agrees. */
export function successionRoutes(
  app: Hono,
  deps: RoutesDeps,
  access: Access,
  changing: Changing,
  shown: (c: Context, made: RoomOnSite | RoomRefusal) => Response,
): void {
  const { book, clock, members } = deps;
  const schemas = requests(() => clock.wall());

  /** The other room, when whoever asks may speak for it. */
  const agreed = async (
    c: Context,
    slug: string,
    link: string | undefined,
  ): Promise<Attempted<RoomOnSite>> => {
    if (link !== undefined) {
      const caller = await access.hostedBy(slug, readLink(link).token);
      return isRefusal(caller) ? caller : caller.entry;
    }
    const other = await book.find(slug);
    if (other && (await access.byOperator(c))) return other;
    const who = await access.account(c);
    const role = other && who && (await members.roleIn(other.id, who.id));
    if (other && (role === 'host' || role === 'co-host')) return other;
    return other && !isClosed(other) ? { refused: 'not-host', detail: AGREED } : { refused: 'room-unknown' };
  };

  app.post('/api/rooms/:slug/continue', async (c) => {
    const some = await access.may(c, 'write-note');
    if (isRefusal(some)) return refused(some);
    const wish = await read(c, schemas.continue);
    if (isRefusal(wish)) return refused(wish);
    const caller = await changing(c, 'continue');
    if (isRefusal(caller)) return refused(caller);
    const { entry } = caller;
    const other = await agreed(c, wish.value.by, wish.value.link);
    if (isRefusal(other)) return refused(other);
    const no = cannot(entry, other);
    if (no) return refused(no);
    const at = clock.wall();
    const { slug, title } = entry.card;
    const next = await book.change(
      other.card.slug,
      (after) => cannot(entry, after) ?? carrying(planned(after, { continues: { slug, title, at } }), entry),
    );
    if (isRefusal(next)) return refused(next);
    const by = { slug: next.card.slug, title: next.card.title, at };
    return shown(c, await book.change(slug, (before) => planned(before, { continuedBy: by })));
  });
}

/** A private room lets in whoever is let into the private room that it continues. */
const carrying = (after: RoomOnSite, { id, card }: RoomOnSite): RoomOnSite =>
  isClosed(after)
    ? arranged(after, { carried: { slug: card.slug, id, guests: after.arrangements?.guests ?? 0 } })
    : after;

/** Why one room cannot lead on to the other; undefined when it can. */
function cannot(entry: RoomOnSite, other: RoomOnSite): RoomRefusal | undefined {
  const known = entry.arrangements?.plans?.continuedBy;
  if (known && known.slug !== other.card.slug)
    return { refused: 'wrong-moment', detail: `by: ${known.slug} continues this room already` };
  if (entry.id === other.id) return { refused: 'unprocessable', detail: 'by: give another room' };
  // One would name the other to people who must not know of it, or leave its listeners outside.
  if (isClosed(entry) !== isClosed(other) || entry.arrangements?.draft || other.arrangements?.draft)
    return {
      refused: 'wrong-moment',
      detail: 'by: a private room is continued by a private one only, and no other is',
    };
  if (!isRunning(other.card.status) || other.measures?.stopped)
    return { refused: 'wrong-moment', detail: 'by: open the other room first' };
  if (other.arrangements?.plans?.continuedBy || entry.card.welcome || other.card.welcome)
    return { refused: 'wrong-moment', detail: 'by: that room leads on itself' };
  return undefined;
}
