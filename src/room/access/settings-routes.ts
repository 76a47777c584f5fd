import type { Hono } from 'hono';
import { ifMatch, isRefusal, read, refused } from '../../api/index.ts';
import { arranged, newLock, opened } from '../arrangements.ts';
import { inState } from '../change.ts';
import { relock } from '../life/carried.ts';
import type { RoomRefusal } from '../refusal.ts';
import { requests } from '../requests.ts';
import type { RoutesDeps } from '../routes-deps.ts';
import type { RoomOnSite } from '../rows.ts';
import type { Access, Changing } from './access.ts';
import { forecastRoute } from './forecast-route.ts';

/** Adds who may come: access and password, drafts, the withdrawal of everybody's key, and how many are expected. */
export function settingsRoutes(
  app: Hono,
  deps: RoutesDeps,
  rights: Pick<Access, 'may'>,
  changing: Changing,
  shown: (c: Parameters<Changing>[0], made: RoomOnSite | RoomRefusal) => Response,
): void {
  const { book, clock, passwords } = deps;
  const schemas = requests(() => clock.wall());
  forecastRoute(app, deps, rights);

  /** Whoever listens to the room that continues this one, by what they had here, shows it again. */
  const relockNext = async (before: RoomOnSite, made: RoomOnSite | RoomRefusal): Promise<void> => {
    const next = before.arrangements?.plans?.continuedBy?.slug;
    if (next !== undefined && !isRefusal(made)) await relock(book, next);
  };

  app.get('/api/rooms/:slug/settings', async (c) => {
    const caller = await rights.may(c, 'read-settings');
    if (isRefusal(caller)) return refused(caller);
    const { access = 'public', password, draft = false } = caller.entry.arrangements ?? {};
    return c.json({ access, draft, password: password !== undefined });
  });

  app.patch('/api/rooms/:slug/settings', async (c) => {
    const caller = await changing(c, 'settings');
    if (isRefusal(caller)) return refused(caller);
    const wish = await read(c, schemas.settings);
    if (isRefusal(wish)) return refused(wish);
    const { access, password } = wish.value;
    const { slug, welcome } = caller.entry.card;
    if (welcome) return refused({ refused: 'wrong-moment', detail: 'The demo room is open to everybody.' });
    const kept = typeof password === 'string' ? await passwords.keep(password) : password;
    const made = await book.change(
      slug,
      inState(ifMatch(c), (entry) => {
        const next = access ?? entry.arrangements?.access ?? 'public';
        if (typeof kept === 'string' && next !== 'private')
          return { refused: 'unprocessable', detail: 'password: only a private room has one' };
        return arranged(next === 'private' ? entry : opened(entry), {
          access: next === 'public' ? undefined : next,
          ...(next === 'private' ? {} : { password: undefined }),
          ...(kept === undefined ? {} : { password: kept ?? undefined }),
          // Whoever is in by the old way has to come in again.
          ...(next === 'private' ? { lock: newLock() } : {}),
        });
      }),
    );
    await relockNext(caller.entry, made);
    return shown(c, made);
  });

  app.post('/api/rooms/:slug/publish', async (c) => {
    const caller = await changing(c, 'publish');
    if (isRefusal(caller)) return refused(caller);
    const { slug } = caller.entry.card;
    const made = await book.change(slug, (entry) =>
      entry.arrangements?.draft ? arranged(entry, { draft: undefined }) : entry,
    );
    // A room without a time opens at once, as if it had been started now.
    if (isRefusal(made) || made.card.clocks.scheduled !== undefined || made.card.status !== 'scheduled')
      return shown(c, made);
    return shown(c, await book.act(slug, 'open'));
  });

  app.post('/api/rooms/:slug/keys/renew', async (c) => {
    const caller = await changing(c, 'renew-keys');
    if (isRefusal(caller)) return refused(caller);
    const made = await book.change(caller.entry.card.slug, (entry) =>
      arranged(entry, { guests: (entry.arrangements?.guests ?? 0) + 1, lock: newLock() }),
    );
    await relockNext(caller.entry, made);
    return shown(c, made);
  });
}
