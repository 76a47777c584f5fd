import type { Context, Hono } from 'hono';
import { isRefusal, mediaType, read, refuse, refused } from '../../api/index.ts';
import { networkOf, openAllowance } from '../../base/allowance.ts';
import { asSlug } from '../../base/ids.ts';
import { isForeign, openPace } from '../../http/index.ts';
import { bearer } from '../../keys/token.ts';
import { isClosed, passOf } from '../arrangements.ts';
import { letInBy } from '../life/carried.ts';
import type { RoomRefusal } from '../refusal.ts';
import { closedPage } from '../refusal-page.ts';
import { requests } from '../requests.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { RoomOnSite } from '../rows.ts';
import type { Access } from './access.ts';

/** Passwords tried at one room, by everybody together: this many at once, and one more every two seconds. */
const ROOM_BURST = 60;
const ROOM_EVERY_MS = 2_000;
/**
 * Networks of which little came lately have a share of their own: so many at one room, and one more every second. Those
 * that try again and again cannot keep everybody else out.
 */
const FIRST_BURST = 120;
const FIRST_EVERY_MS = 1_000;
/** What one network has of that share at one room: two, and one more every ten minutes. */
const FIRST_OF_NETWORK = 2;
const FIRST_OF_NETWORK_EVERY_MS = 600_000;
/** The same from one network, whatever the room. */
const NETWORK_BURST = 10;
const NETWORK_EVERY_MS = 10_000;
/** Keys asked for with a pass, which costs little: from one network. */
const PASS_BURST = 600;
const PASS_EVERY_MS = 100;
/** How long whoever has entered a password is let in again without it, in seconds: 30 days. */
const PASS_SECONDS = 30 * 86_400;
const FORM = 'application/x-www-form-urlencoded';

/** Who is let in: with what they go on. */
interface Admitted {
  readonly entry: RoomOnSite;
  /** What a guest shows next time. */
  readonly pass?: string;
}

/** What a page shows next time that was let in by the account which is signed in. */
const BY_ACCOUNT = 'account';
/** The same for every address where this account is let in nowhere. */
const NOT_LISTED: RoomRefusal = {
  refused: 'account-not-listed',
  detail: 'Ask whoever invited you, or sign in with the account that was invited.',
};

/** A room that does not exist, one that is not private, and a wrong password are answered alike. */
const UNKNOWN: RoomRefusal = { refused: 'room-unknown', detail: 'Check the address and the password.' };

/**
 * Adds `POST /r/:slug/enter`: the key of a private room, for a host's or speaker's link, a guest's pass, the password, or
 * an account of the room. A page asks with JSON and again before its key ends; a form is led to the room.
 */
export function enterRoutes(app: Hono, deps: RoutesDeps, access: Access, base: (c: Context) => string): void {
  const { book, clock, guests, passwords, roomKeys } = deps;
  const schemas = requests(() => clock.wall());
  const rooms = openPace(clock, 'passwords-of-room', ROOM_BURST, ROOM_EVERY_MS);
  const networks = openPace(clock, 'passwords-of-network', NETWORK_BURST, NETWORK_EVERY_MS);
  const passes = openPace(clock, 'passes-of-network', PASS_BURST, PASS_EVERY_MS);
  const firsts = openAllowance(clock, FIRST_BURST, FIRST_EVERY_MS);
  const firstsOf = openAllowance(clock, FIRST_OF_NETWORK, FIRST_OF_NETWORK_EVERY_MS);
  const tooOften = (wait: number): RoomRefusal => ({
    refused: 'too-many-passwords',
    detail: `Try again in ${wait} s.`,
    wait,
  });

  /** The seconds to wait before a password is compared; undefined when it may be. */
  const waitFor = (c: Context, slug: string, from: string | undefined): number | undefined => {
    if (from === undefined) return rooms.take(undefined, slug);
    const net = networkOf(from);
    const wait = networks.take(c, net);
    if (wait !== undefined) return wait;
    const isFirst = firstsOf.take(`${slug} ${net}`) === undefined && firsts.take(slug) === undefined;
    return isFirst ? undefined : rooms.take(undefined, slug);
  };

  /** By what somebody holds already. */
  const byPass = async (slug: string, token: string): Promise<Admitted | RoomRefusal> => {
    const entry = await book.find(slug);
    if (!entry || !isClosed(entry)) return UNKNOWN;
    // What opened the room before opens the one that continues it.
    for (const { room, by } of await letInBy(book, entry)) {
      const asked = await access.whoIs(room.card.slug, token, by);
      if (isRefusal(asked)) continue;
      const { role, known, trouble } = asked;
      if (known && trouble) return trouble;
      if (role !== 'stranger') return { entry };
    }
    return UNKNOWN;
  };
  const byPassword = async (
    c: Context,
    slug: string,
    given: string,
    from: string | undefined,
  ): Promise<Admitted | RoomRefusal> => {
    // Rooms that do not exist are counted, and compared with, like any other.
    // What others have tried at a room is told to nobody: it would say that there is one.
    const wait = waitFor(c, slug, from);
    if (wait !== undefined) return tooOften(wait);
    const entry = await book.find(slug);
    const kept =
      entry && isClosed(entry) && !entry.arrangements?.draft ? entry.arrangements?.password : undefined;
    const right = await passwords.is(given, kept);
    if (right === 'busy') return tooOften(2);
    if (!right || !entry) return UNKNOWN;
    return { entry, pass: guests.sign({ slug, pass: passOf(entry, 'password') ?? '' }, PASS_SECONDS) };
  };
  /** By the account that is signed in; undefined: there is none. */
  const byAccount = async (c: Context, slug: string): Promise<Admitted | RoomRefusal | undefined> => {
    const who = await access.account(c);
    if (!who) return undefined;
    const entry = await book.find(slug);
    if (!entry || !isClosed(entry)) return NOT_LISTED;
    for (const { room, by } of await letInBy(book, entry)) {
      const { role, known, trouble } = await access.ofAccount(room, who, by);
      if (known && trouble) return trouble;
      if (role === 'stranger') continue;
      // Whoever comes in has accepted; unless they were taken off the list in this moment.
      const isListed = await deps.invitations.letIn(room.id, who.id);
      if (!isListed && (await access.ofAccount(room, who)).role === 'stranger') continue;
      return { entry, pass: BY_ACCOUNT };
    }
    return NOT_LISTED;
  };
  const admitted = async (
    c: Context,
    { password, pass }: { readonly password?: string | undefined; readonly pass?: string | undefined },
  ): Promise<Admitted | RoomRefusal> => {
    const slug = c.req.param('slug') ?? '';
    const from = c.req.header('x-forwarded-for');
    const token = bearer(c.req.header('authorization')) ?? pass;
    if (token === undefined && password !== undefined) return byPassword(c, slug, password, from);
    const wait = passes.take(c, from === undefined ? '' : networkOf(from));
    if (wait !== undefined) return tooOften(wait);
    const result = token === undefined ? UNKNOWN : await byPass(slug, token);
    if (!isRefusal(result)) return result;
    if (password !== undefined) return byPassword(c, slug, password, from);
    return (await byAccount(c, slug)) ?? result;
  };

  app.post('/r/:slug/enter', async (c) => {
    const form = mediaType(c) === FORM;
    if (isForeign(c.req.raw, base(c))) return refuse('foreign-page');
    const wish = await read(c, schemas.enter, form);
    const result = isRefusal(wish) ? wish : await admitted(c, wish.value);
    if (isRefusal(result)) {
      const slug = asSlug(c.req.param('slug')) ?? '';
      // A form that showed nothing is by the account; whoever has not signed in does that first, and comes back.
      if (form && result === UNKNOWN && !isRefusal(wish) && wish.value.password === undefined)
        return c.redirect(`/sign-in?next=/r/${slug}`, 303);
      return form ? closedPage(c, result, `/r/${slug}`) : refused(result);
    }
    const { slug } = result.entry.card;
    const room = { slug, lock: result.entry.arrangements?.lock ?? '' };
    const { key, until } = roomKeys.make(room, clock.wall());
    if (form) return c.redirect(`/r/${slug}~${key}`, 303);
    return c.json({ key, until, ...(result.pass === undefined ? {} : { pass: result.pass }) });
  });
}
