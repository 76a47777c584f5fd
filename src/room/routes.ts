import { type Context, Hono } from 'hono';
import {
  complaint,
  ifMatch,
  isRefusal,
  pageOf,
  read,
  readCursor,
  refuse,
  refused,
  refuseTheRest,
  shownWithTag,
} from '../api/index.ts';
import { openPace, originOf, tellPaces } from '../http/index.ts';
import { type Access, type Changing, tooOften } from './access/access.ts';
import { enterRoutes } from './access/enter-routes.ts';
import { settingsRoutes } from './access/settings-routes.ts';
import type { AccountRooms } from './accounts/adoption.ts';
import { openNews } from './accounts/news.ts';
import { accountPaths, accountRoutes } from './accounts/routes.ts';
import { editState, measured } from './change.ts';
import { openapi } from './described/openapi.ts';
import { icsAnswer } from './ics.ts';
import { successionRoutes } from './life/succession.ts';
import { viewOf } from './links.ts';
import { measurePaths, measureRoutes } from './measure-routes.ts';
import { musicRoutes } from './music-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import type { RoomRefusal } from './refusal.ts';
import { requests } from './requests.ts';
import { openRoomList } from './room-list.ts';
import type { RoutesDeps } from './routes-deps.ts';
import type { RoomOnSite } from './rows.ts';
import { startRoutes } from './start-routes.ts';
import { ACTIONS } from './status.ts';

/** Changes of one person to one room: this many at once, and one more each second. */
const CHANGE_BURST = 20;
const CHANGE_EVERY_MS = 1000;

/** Adds the list of rooms. */
function listRoute(app: Hono, deps: RoutesDeps, view: (c: Context, entry: RoomOnSite) => object): void {
  const schemas = requests(() => deps.clock.wall());
  const list = openRoomList(deps);
  app.get('/api/rooms', async (c) => {
    const query = schemas.list.safeParse(c.req.query());
    if (!query.success) return refuse('unprocessable', complaint(query.error));
    const { status, limit } = query.data;
    const from = readCursor(query.data.cursor);
    if (isRefusal(from)) return refused(from);
    const { rooms, next } = await list.read({ status, limit, after: from.after });
    return pageOf(
      c,
      'rooms',
      rooms.map((entry) => view(c, entry)),
      next,
    );
  });
}

/** The description of the API, made for the first who asks: it takes longer than opening everything else. */
function describedOnce({ version, described }: RoutesDeps): () => string {
  let made: string | undefined;
  return () => {
    made ??= JSON.stringify(openapi(version, { ...measurePaths(), ...accountPaths(), ...described }));
    return made;
  };
}

/** The HTTP surface of rooms, as a Request → Response function. */
export function routes(
  deps: RoutesDeps,
  access: Access,
  accountRooms: AccountRooms,
): (request: Request) => Promise<Response> {
  const { book, clock } = deps;
  const schemas = requests(() => clock.wall());
  const described = describedOnce(deps);
  const changes = openPace(clock, 'changes', CHANGE_BURST, CHANGE_EVERY_MS);
  const tell = openNews(deps, access);
  const base = (c: Context): string => deps.publicUrl ?? originOf(c.req.raw);

  /** A room of the book as the API shows it to anyone. */
  const view = (at: string, entry: RoomOnSite) =>
    viewOf(at, measured(entry), deps.recordingNote?.(entry.card.slug));

  /** The caller, when they may change this room now. */
  const changing: Changing = async (c, act) => {
    const caller = await access.may(c, act);
    return isRefusal(caller) ? caller : (tooOften(changes, c, caller) ?? caller);
  };
  const shown = (c: Context, made: RoomOnSite | RoomRefusal): Response =>
    isRefusal(made) ? refused(made) : tagged(c, made);
  /** A room with its ETag. */
  const tagged = (c: Context, entry: RoomOnSite): Response =>
    shownWithTag(c, editState(entry), view(base(c), entry));

  const app = new Hono();
  app.use(tellPaces);
  app.use(async (c, next) => {
    await next();
    // Whoever has the answer finds every door and cell informed.
    if (c.req.method !== 'GET' && c.res.status < 400) await deps.told?.();
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });

  listRoute(app, deps, (c, entry) => view(base(c), entry));
  startRoutes(app, deps, access, base);

  app.get('/api/rooms/:slug', async (c) => {
    const asked = await access.may(c, 'read');
    return isRefusal(asked) ? refused(asked) : tagged(c, asked.entry);
  });

  app.patch('/api/rooms/:slug', async (c) => {
    const caller = await changing(c, 'edit');
    if (isRefusal(caller)) return refused(caller);
    const change = await read(c, schemas.edit);
    if (isRefusal(change)) return refused(change);
    return shown(c, await tell(c, caller, await book.edit(caller.entry.card.slug, change.value, ifMatch(c))));
  });

  app.delete('/api/rooms/:slug', async (c) => {
    const caller = await changing(c, 'remove');
    if (isRefusal(caller)) return refused(caller);
    const { slug } = caller.entry.card;
    const removed = await tell(c, caller, await book.remove(slug, ifMatch(c)));
    if (isRefusal(removed)) return refused(removed);
    await deps.removeRecording?.(slug);
    await deps.music?.remove(slug);
    return c.body(null, 204);
  });

  app.delete('/api/rooms/:slug/recording', async (c) => {
    const caller = await changing(c, 'remove-recording');
    if (isRefusal(caller))
      return caller.refused === 'wrong-moment'
        ? refuse('wrong-moment', 'The room is on air or open: end it, then remove its recording.')
        : refused(caller);
    return (await deps.dropRecording?.(caller.entry.card.slug, caller.operator ? 'operator' : 'host'))
      ? c.body(null, 204)
      : refuse('not-found', 'There is no recording of this room.');
  });

  for (const action of ACTIONS) {
    app.post(`/api/rooms/:slug/${action}`, async (c) => {
      const caller = await changing(c, action);
      if (isRefusal(caller)) return refused(caller);
      const why = action === 'cancel' ? await read(c, schemas.cancel) : { value: {} as { reason?: string } };
      if (isRefusal(why)) return refused(why);
      return shown(
        c,
        await tell(c, caller, await book.act(caller.entry.card.slug, action, why.value.reason)),
      );
    });
  }

  measureRoutes(app, deps, access, shown);
  peopleRoutes(app, deps, access, changing, base);
  settingsRoutes(app, deps, access, changing, shown);
  successionRoutes(app, deps, access, changing, shown);
  enterRoutes(app, deps, access, base);
  accountRoutes(app, deps, access, accountRooms, base);
  musicRoutes(app, deps, access, changing);

  app.get('/r/:slug/event.ics', async (c) => {
    const entry = await book.find(c.req.param('slug'));
    if (!entry) return refuse('room-unknown');
    // Where no address is set, it has the one by which it was asked for.
    const cacheControl = deps.publicUrl === undefined ? 'no-cache' : 'public, max-age=60';
    return icsAnswer(entry, c.req.raw.headers, { at: base(c), now: clock.wall(), cacheControl });
  });

  for (const path of ['/openapi.json', '/api/openapi.json']) {
    app.get(path, (c) => c.body(described(), 200, { 'content-type': 'application/json' }));
  }

  refuseTheRest(app);
  app.onError((error, c) => {
    if (deps.trouble(error)) return refuse('database-away');
    deps.log.error(
      { path: c.req.path, error: error.stack ?? String(error) },
      'a bug in Earshot made an API request fail: please report it with this line',
    );
    return refuse('internal');
  });
  return async (request) => app.fetch(request);
}
