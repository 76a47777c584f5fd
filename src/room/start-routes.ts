import type { Context, Hono } from 'hono';
import type { z } from 'zod';
import { type Attempted, isRefusal, mediaType, read, refuse, refused, rowIdOf } from '../api/index.ts';
import { networkOf } from '../base/allowance.ts';
import { isLoopbackHost, LOCAL_HEADER, localPorts } from '../base/local.ts';
import { isForeign, openPace } from '../http/index.ts';
import { bearer } from '../keys/token.ts';
import type { AccountCard } from '../wire/account.ts';
import type { RoomAccess } from '../wire/room.ts';
import type { Access } from './access/access.ts';
import type { Passwords } from './access/password.ts';
import { speakerOf } from './accounts/members.ts';
import { linksOf, studioLink, viewOf } from './links.ts';
import type { RoomRefusal } from './refusal.ts';
import { refusalPage } from './refusal-page.ts';
import { requests } from './requests.ts';
import type { RoutesDeps } from './routes-deps.ts';
import type { Arrangements } from './rows.ts';

/** New rooms on the whole server: this many at once, and one more every two seconds. */
const ALL_BURST = 30;
const ALL_EVERY_MS = 2000;
/** The same for one network, which leaves most of it to the others. */
const NETWORK_BURST = 6;
const NETWORK_EVERY_MS = 30_000;
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** What is needed to start a room, in words, by the setting `roomsCreate`. */
const WAY_IN = {
  local:
    'Rooms are started on the machine that runs this server, at http://localhost and as the user who runs it, by accounts with the role host, or with the operator’s link: earshot operator link prints it.',
  hosts:
    'Rooms are started by accounts with the role host: sign in at /sign-in. The operator’s link does as well: earshot operator link prints it.',
  operator:
    'Only the operator can start rooms here, with the operator’s link (earshot operator link prints it) or key.',
} as const;

/** Adds starting rooms: `POST /api/rooms`, and `GET /api/start`, which says whether one may. */
export function startRoutes(app: Hono, deps: RoutesDeps, access: Access, base: (c: Context) => string): void {
  const { book, clock, create } = deps;
  const schemas = requests(() => clock.wall());
  const all = openPace(clock, 'rooms', ALL_BURST, ALL_EVERY_MS);
  const network = openPace(clock, 'rooms-of-network', NETWORK_BURST, NETWORK_EVERY_MS);
  // With a public address there is most likely a proxy on this machine, and what looks local may come through it.
  const localCounts =
    deps.loopback !== false && (deps.publicUrl === undefined || isLoopbackHost(new URL(deps.publicUrl).host));

  /**
   * True for a request from this machine, as the door saw it, by a program of the user who runs the server, and from
   * no other site's page.
   */
  const isLocal = async (c: Context): Promise<boolean> => {
    const ports = localPorts(c.req.header(LOCAL_HEADER));
    if (!localCounts || !ports) return false;
    const site = c.req.header('sec-fetch-site');
    const origin = c.req.header('origin');
    // Another port of this machine is another program's: what it shows may be anybody's.
    if (site === 'cross-site' || site === 'same-site') return false;
    // Pages in a sandbox have no origin either, whoever's they are.
    if (origin === 'null' && site !== 'same-origin') return false;
    const foreign = origin !== undefined && origin !== 'null';
    if (foreign && !(URL.canParse(origin) && isLoopbackHost(new URL(origin).host))) return false;
    return (await deps.isOwnProgram?.(ports)) ?? true;
  };

  /** Undefined when the caller may start rooms. */
  const closed = async (
    local: boolean,
    token: string | undefined,
    who: AccountCard | undefined,
  ): Promise<RoomRefusal | undefined> => {
    if (create === 'anyone' || (create === 'local' && local)) return undefined;
    if (who?.role === 'operator' || (who?.role === 'host' && create !== 'operator')) return undefined;
    if (who) return { refused: 'operator-only', detail: WAY_IN[create] };
    if (token === undefined) return { refused: 'token-missing', detail: WAY_IN[create] };
    return (await access.isOperator(token))
      ? undefined
      : { refused: 'operator-only', detail: WAY_IN[create] };
  };

  app.get('/api/start', async (c) => {
    const token = bearer(c.req.header('authorization'));
    const why = await closed(create === 'local' && (await isLocal(c)), token, await access.account(c));
    return c.json({ may: why === undefined, who: create, operator: await access.byOperator(c) });
  });

  app.post('/api/rooms', async (c) => {
    const form = mediaType(c) === FORM;
    const no = (refusal: RoomRefusal): Response => (form ? refusalPage(c, refusal) : refused(refusal));
    // Forms and plain text need no permission of the browser to reach us from a foreign page. JSON does, and gets none.
    const foreign =
      mediaType(c) === JSON_TYPE
        ? c.req.header('sec-fetch-site') === 'cross-site' && c.req.header('authorization') === undefined
        : isForeign(c.req.raw, base(c));
    if (foreign) return refuse('foreign-page');
    const wish: Attempted<{
      value: z.output<typeof schemas.createForm> & { about?: string | undefined };
    }> = form ? await read(c, schemas.createForm, true) : await read(c, schemas.create);
    const token = bearer(c.req.header('authorization')) ?? tokenIn(wish);
    const local = await isLocal(c);
    const account = token === undefined || token.startsWith('ea_') ? await access.account(c) : undefined;
    const why = await closed(local, token, account);
    if (why) return no(why);
    if (isRefusal(wish)) return no(wish);
    const from = c.req.header('x-forwarded-for');
    const known =
      local || (account !== undefined && account.role !== 'member') || (await access.isOperator(token));
    const wait =
      (known || from === undefined ? undefined : network.take(c, networkOf(from))) ?? all.take(c, 'all');
    if (wait !== undefined) return no({ refused: 'too-many-rooms', detail: `Try again in ${wait} s.`, wait });
    const { title, start, zone, host, slug } = wish.value;
    const arrangements = await arrangementsOf(wish.value, deps.passwords);
    if (arrangements && isRefusal(arrangements)) return no(arrangements);
    const id = rowIdOf(c.req.raw);
    const hosts = host ? [host] : account ? [account.name] : [];
    const entry = await book.create({ id, title, hosts, start, zone, slug, arrangements });
    if (isRefusal(entry)) return no(entry);
    const { card } = entry;
    if (account) await deps.members.set(entry.id, account.id, 'host');
    const link = await access.link(
      entry,
      'host',
      host ?? account?.name ?? 'Host',
      account && speakerOf(account.id),
    );
    if (form) return c.redirect(studioLink('', card.slug, link.token), 303);
    const { url, whip, whep } = linksOf(base(c), card.slug);
    const studio = studioLink(base(c), card.slug, link.token);
    const room = viewOf(base(c), card);
    return c.json({ slug: card.slug, url, studio, whip, whep, ...link, room }, 201, {
      location: `/api/rooms/${card.slug}`,
    });
  });
}

/** What is arranged for a new room; undefined for one that is announced to everybody at once. */
async function arrangementsOf(
  {
    about,
    access,
    password,
    draft,
  }: {
    readonly about?: string | undefined;
    readonly access?: RoomAccess | undefined;
    readonly password?: string | undefined;
    readonly draft?: boolean | undefined;
  },
  passwords: Passwords,
): Promise<Attempted<Arrangements> | undefined> {
  if (password !== undefined && access !== 'private')
    return { refused: 'unprocessable', detail: 'password: only a private room has one' };
  if ((access ?? 'public') === 'public' && !draft && about === undefined) return undefined;
  return {
    ...(about === undefined ? {} : { about }),
    ...(access === undefined || access === 'public' ? {} : { access }),
    ...(password === undefined ? {} : { password: await passwords.keep(password) }),
    ...(draft ? { draft: true } : {}),
  };
}

/** The token in what somebody pasted into the form: the link whole, or what follows its `#operator=`. */
function tokenIn(wish: Attempted<{ value: { operator?: string | undefined } }>): string | undefined {
  return isRefusal(wish) ? undefined : wish.value.operator?.trim().replace(/^.*#operator=/s, '');
}
