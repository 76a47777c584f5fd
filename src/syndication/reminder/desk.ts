import { networkOf } from '../../base/allowance.ts';
import type { Clock } from '../../base/clock.ts';
import { openPace } from '../../http/index.ts';
import { allowedHosts } from '../../outgoing/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import { isPushKeys, type PushTarget } from '../push/encryption.ts';
import type { ReminderBook, ReminderRow } from './book.ts';
import { dueIn } from './notices.ts';
import type { Plans } from './plans.ts';
import type { Reminding } from './reminding.ts';

/** Addresses whose mails are counted one by one: more than `mailsOfAll` lets through in six hours. */
const MOST_ADDRESSES = 100_000;
/** Rooms that one browser or one address is reminded of. */
const MOST_OF_ONE = 100;
/** Origins of endpoints below the names of `pushServices` that begin with a point: real ones are a few dozen. */
const MOST_ORIGINS = 2_000;
/** The longest address of a push service; those of browsers have 200 to 600 letters. */
const MOST_ENDPOINT = 1_000;
/** ASCII alone: an address that only looks like another is somebody else's. Spec: RFC 5321, 4.1.2. */
const EMAIL =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}$/;

/** Why somebody is not reminded. `target`: the address, or what a browser has told, is none. */
export type NotReminded =
  | { readonly not: 'target' | 'full' | 'away' }
  | { readonly not: 'often'; readonly wait: number };

/** An address of mail in lower case; undefined when it is none. */
export function mailAddress(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && EMAIL.test(email) && !/^\.|\.\.|\.@/.test(email) ? email : undefined;
}

/**
 * The mailbox of an address, as far as it can be told: what comes after a plus sign, and points before the @, lead to the
 * same one at large providers.
 */
function mailboxOf(address: string): string {
  const [local = '', domain = ''] = address.split('@');
  return `${local.replace(/(?<=.)\+.*$/, '').replaceAll('.', '')}@${domain}`;
}

/** What the desk needs. */
export interface ReminderDeskDeps {
  readonly book: ReminderBook;
  readonly plans: Plans;
  readonly clock: Clock;
  readonly reminding: Reminding;
  /** Reminders that are kept now. */
  total(): number;
  /** From where the endpoints are that it knows already. */
  readonly origins: readonly string[];
}

/** Where people ask to be reminded. */
export interface ReminderDesk {
  /** Whether an endpoint is one of a push service that is allowed. */
  isTaken(endpoint: string): boolean;
  push(
    card: RoomCard,
    to: PushTarget,
    language: string,
    from: string,
    account?: string,
  ): Promise<ReminderRow | NotReminded>;
  mail(card: RoomCard, address: string, language: string, from: string): Promise<true | NotReminded>;
  /** For an account that follows a host: its address is looked up when it is written to. */
  follower(card: RoomCard, account: string, language: string): Promise<void>;
  /** An address is confirmed; undefined: there is no such reminder. */
  confirm(row: ReminderRow, card: RoomCard): Promise<boolean | undefined>;
  leave(id: string): Promise<boolean>;
  /** A browser has another endpoint now. */
  move(before: string, to: PushTarget, from: string): Promise<number | NotReminded>;
}

/** Opens it. */
export function openDesk({ book, plans, clock, reminding, total, origins }: ReminderDeskDeps): ReminderDesk {
  const everybody = reminding.services.includes('*');
  const exact = new Set(reminding.services);
  const services = allowedHosts(reminding.services.filter((one) => one !== '*'));
  // A whole office, or a village behind one address, can press within a minute.
  const perNetwork = openPace(clock, 'reminders', 300, 1_000);
  const mailsPerNetwork = openPace(clock, 'reminder-mails', 20, 60_000);
  const mailsPerAddress = openPace(clock, 'reminder-mails-of-address', 3, 6 * 3_600_000, MOST_ADDRESSES);
  const mailsOfAll = openPace(clock, 'all-reminder-mails', 200, 250);
  const originsPerNetwork = openPace(clock, 'reminder-origins', 10, 10 * 60_000);
  const known = new Set(origins);

  const isTaken = (endpoint: string): boolean => {
    if (endpoint.length > MOST_ENDPOINT || !URL.canParse(endpoint)) return false;
    if (reminding.outgoing.refuses(endpoint) !== undefined) return false;
    const { hostname, port } = new URL(endpoint);
    // Other ports of a push service are nobody's: each would be one more place that does not answer.
    if (port !== '' && !everybody && !reminding.outgoing.allows(hostname.replace(/^\[|\]$/g, '')))
      return false;
    return everybody || services.name(hostname) || services.address(hostname);
  };
  /** The seconds to wait until a network may name one more origin that nobody has named before. */
  function isNew(endpoint: string, from: string): number | undefined {
    const { origin, hostname } = new URL(endpoint);
    if (known.has(origin) || exact.has(hostname)) return undefined;
    const wait = known.size >= MOST_ORIGINS ? 3_600 : originsPerNetwork.take(undefined, networkOf(from));
    if (wait === undefined) known.add(origin);
    return wait;
  }
  const isTarget = (to: PushTarget): boolean => isTaken(to.endpoint) && isPushKeys(to);
  const keysOf = ({ p256dh, auth }: PushTarget): string => `${p256dh}.${auth}`;

  /** Who comes while the others are being told, or later, is told in what is left of the time. */
  async function catchUp(row: ReminderRow, card: RoomCard): Promise<void> {
    const { scheduled } = card.clocks;
    const window = plans.window(card);
    const now = clock.wall();
    if (!window || scheduled === undefined || now < window.from - 15_000 || now >= scheduled) return;
    const until = Math.max(window.until, now + 1_000);
    await book.tellOne(row.id, 'soon', dueIn({ from: now, until }, Number(row.spread)));
  }

  return {
    isTaken,
    async push(card, to, language, from, account) {
      const wait = perNetwork.take(undefined, networkOf(from));
      if (wait !== undefined) return { not: 'often', wait };
      if (!isTarget(to)) return { not: 'target' };
      const later = isNew(to.endpoint, from);
      if (later !== undefined) return { not: 'often', wait: later };
      if (total() >= reminding.most || (await book.of(to.endpoint)) >= MOST_OF_ONE) return { not: 'full' };
      const { edition } = await plans.of(card);
      const { origin } = new URL(to.endpoint);
      const { row, again } = await book.add(
        {
          ...{ room: card.slug, way: 'push', target: to.endpoint, keys: keysOf(to), origin, language },
          ...{ confirmed: true, ...(account === undefined ? {} : { account }) },
        },
        ...[clock.wall(), edition],
      );
      if (!again) {
        plans.add(card.slug, 1, 1);
        await catchUp(row, card);
      }
      return row;
    },
    async mail(card, address, language, from) {
      if (!reminding.mail) return { not: 'away' };
      const to = mailAddress(address);
      if (to === undefined) return { not: 'target' };
      const wait =
        perNetwork.take(undefined, networkOf(from)) ??
        mailsPerNetwork.take(undefined, networkOf(from)) ??
        mailsPerAddress.take(undefined, mailboxOf(to)) ??
        mailsOfAll.take(undefined, 'all');
      if (wait !== undefined) return { not: 'often', wait };
      if (total() >= reminding.most || (await book.of(to)) >= MOST_OF_ONE) return { not: 'full' };
      const { edition } = await plans.of(card);
      const wish = { room: card.slug, way: 'mail', target: to, origin: 'mail' } as const;
      const { row, again } = await book.add({ ...wish, language, confirmed: false }, clock.wall(), edition);
      if (!again) plans.add(card.slug, 0, 1);
      // Whoever is reminded already gets nothing: the answer does not say which it was.
      if (Number(row.confirmed) === 0) await book.tellOne(row.id, 'confirm', clock.wall());
      return true;
    },
    async follower(card, account, language) {
      if (total() >= reminding.most) return;
      const { edition } = await plans.of(card);
      const wish = { room: card.slug, way: 'mail', target: `account:${account}`, origin: 'mail' } as const;
      const { again } = await book.add(
        { ...wish, language, account, confirmed: true },
        clock.wall(),
        edition,
      );
      if (!again) plans.add(card.slug, 1, 1);
    },
    async confirm(row, card) {
      const done = await book.confirm(row.id);
      if (done) {
        plans.add(row.room, 1, 0);
        await catchUp(row, card);
      }
      return done;
    },
    async leave(id) {
      const row = await book.remove(id);
      if (row) plans.add(row.room, -Number(row.confirmed), -1);
      return row !== undefined;
    },
    async move(before, to, from) {
      const wait = perNetwork.take(undefined, networkOf(from));
      if (wait !== undefined) return { not: 'often', wait };
      if (!isTarget(to)) return { not: 'target' };
      const later = isNew(to.endpoint, from);
      if (later !== undefined) return { not: 'often', wait: later };
      const { origin } = new URL(to.endpoint);
      return book.move(before, { target: to.endpoint, keys: keysOf(to), origin });
    },
  };
}
