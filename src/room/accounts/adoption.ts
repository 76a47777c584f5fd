import { type Attempted, isRefusal } from '../../api/index.ts';
import type { SpeakerId } from '../../base/ids.ts';
import { find } from '../../http/index.ts';
import { withdrawn } from '../../keys/token.ts';
import type { AccountCard, RoomMemberRole } from '../../wire/account.ts';
import type { Access } from '../access/access.ts';
import { isClosed, planned } from '../arrangements.ts';
import type { Book } from '../book.ts';
import type { RoomOnSite } from '../rows.ts';
import type { RoomInvitations } from './invitations.ts';
import { type Members, speakerOf } from './members.ts';

/** A link of a room for the owner of an account. */
export interface OwnLink {
  readonly slug: string;
  readonly token: string;
  readonly speaker: SpeakerId;
  readonly role: RoomMemberRole;
}

/** What accounts do with rooms: take one in by its link, and get a link by their account. */
export interface AccountRooms {
  /** Makes the account what the link makes its holder, host or co-host. `slug` is read from a whole link when absent. */
  adopt(
    who: AccountCard,
    link: string,
    slug?: string,
  ): Promise<Attempted<{ readonly slug: string; readonly role: 'host' | 'co-host' }>>;
  /** Takes the name of an account that is being erased off the rooms that it hosts, which say so. */
  forget(who: AccountCard): Promise<void>;
  /** Where a guest who has accepted an invitation comes in; undefined for anybody else. */
  guestWay(who: AccountCard, slug: string): Promise<string | undefined>;
  readonly invitations: RoomInvitations;
  /** A link for an account that belongs to the room, or for the operator: short-lived, and withdrawn like all links. */
  ownLink(who: AccountCard, slug: string): Promise<Attempted<OwnLink>>;
}

/** How long the link that an account gets works, in seconds: it can get another at any time. */
const OWN_LINK_SECONDS = 86_400;

const REMOVED = 'The host has removed you from this room.';
const refusalFor = (entry: RoomOnSite, who: AccountCard) => {
  const { generation } = entry.revoked;
  const gone = withdrawn({ speaker: speakerOf(who.id), generation }, entry.revoked);
  return gone && { refused: gone, detail: REMOVED };
};

/** The room and the token of a pasted link, of which either may be missing. */
export function readLink(text: string): { readonly slug?: string; readonly token: string } {
  const said = text.trim();
  const at = URL.canParse(said, 'http://x.invalid') ? new URL(said, 'http://x.invalid').pathname : '';
  const known = find(at);
  const slug = known?.address.id === 'studio' ? known.room : undefined;
  const token = /(?:#|[?&])token=([\w.-]+)/.exec(said)?.[1] ?? said;
  return { ...(slug === undefined ? {} : { slug }), token };
}

/** Opens what accounts do with rooms. */
export function openAccountRooms({
  book,
  access,
  members,
  invitations,
  clock,
}: {
  readonly clock: { wall(): number };
  readonly book: Book;
  readonly access: Access;
  readonly members: Members;
  readonly invitations: RoomInvitations;
}): AccountRooms {
  return {
    invitations,
    async guestWay({ id }, slug) {
      const entry = await book.find(slug);
      if (!entry || !(await invitations.isGuest(entry.id, id))) return undefined;
      // The page of a private room asks for the key by the account: a link would outlive the list.
      return entry.arrangements?.access === 'private' ? `/r/${slug}#account` : `/r/${slug}`;
    },
    async adopt(who, link, known) {
      const { slug = known, token } = readLink(link);
      if (slug === undefined || (known !== undefined && slug !== known))
        return { refused: 'token-other-room', detail: 'link: paste the whole link of this room’s studio' };
      const holder = await access.memberBy(slug, token);
      if (isRefusal(holder)) return holder;
      const { entry, role } = holder;
      if (role === 'speaker')
        return {
          refused: 'not-host',
          detail: 'link: this is a speaker’s. Only hosts take a room into their account.',
        };
      const gone = refusalFor(entry, who);
      if (gone) return gone;
      return (await members.raise(entry.id, who.id, role))
        ? { slug: entry.card.slug, role }
        : { refused: 'unprocessable', detail: 'This room has 200 accounts already: remove one first.' };
    },
    async forget({ id, name }) {
      const now = clock.wall();
      await invitations.forget(id);
      for (const { slug, role } of await members.roomsOf(id)) {
        if (role === 'speaker') continue;
        const names = new Set([name]);
        let room: string | undefined;
        await book.change(slug, (entry) => {
          if (entry.removed !== undefined) return entry;
          const { hosts } = entry.card;
          // Whoever started the room alone is its only name, even when they wrote another than that of the account.
          const left = role === 'host' && hosts.length === 1 ? [] : hosts.filter((one) => one !== name);
          room = entry.id;
          for (const one of hosts) if (!left.includes(one)) names.add(one);
          return planned({ ...entry, card: { ...entry.card, hosts: left } }, { hostErased: now });
        });
        if (room !== undefined) await invitations.unname(room, [...names]);
      }
    },
    async ownLink(who, slug) {
      const entry = await book.find(slug);
      if (!entry) return { refused: 'room-unknown' };
      const role = await members.roleIn(entry.id, who.id);
      const acting = role ?? (who.role === 'operator' ? 'host' : undefined);
      // To a stranger a private room does not exist.
      if (!acting && isClosed(entry)) return { refused: 'room-unknown' };
      if (!acting) return { refused: 'not-host', detail: 'Your account does not belong to this room.' };
      const gone = refusalFor(entry, who);
      if (gone) return gone;
      const made = await access.link(entry, acting, who.name, speakerOf(who.id), OWN_LINK_SECONDS);
      return { slug: entry.card.slug, role: acting, ...made };
    },
  };
}
