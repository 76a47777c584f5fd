import { join } from 'node:path';
import { Hono } from 'hono';
import { keptByNobody, refuseTheRest } from '../api/index.ts';
import type { Log } from '../base/log.ts';
import { find, tellPaces } from '../http/index.ts';
import { ClaimBook } from './book/claim-book.ts';
import { type ClaimLog, journalClaims } from './book/claim-log.ts';
import { openWaiting } from './book/waiting-claims.ts';
import { caseRoutes } from './case-2024/routes.ts';
import { type BookRoutesDeps, bookRoutes } from './http/book-routes.ts';
import { checkRoutes, openChecker } from './http/check-routes.ts';
import { type NoteRoutesDeps, noteRoutes } from './http/note-routes.ts';
import { isRefused, refusedAnswer } from './http/question.ts';

/** Dependencies of the claims part. */
export interface ClaimsDeps extends Omit<BookRoutesDeps, 'book'>, NoteRoutesDeps {
  readonly log: Log;
  /** Where statements are kept. */
  readonly dir: string;
  /** Where they are written down for good; default: one journal for each room in `dir`. */
  readonly claimLog?: ClaimLog;
}

/** The claims part, once open: it answers all requests about claims. */
export interface Claims {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
}

/** The rows of the table of addresses that are answered here. */
const OURS: ReadonlySet<string | undefined> = new Set([
  ...['claims', 'claim-card', 'claim-check', 'claims-waiting', 'room-claims', 'room-claim-card'],
  ...['figure-png', 'case', 'case-file'],
]);

/** The steps after `/api/rooms/:slug/` that are answered here. */
const ACTS: ReadonlySet<string | undefined> = new Set(['claims', 'notes']);

/** Opens the claims part. */
export async function open(deps: ClaimsDeps): Promise<Claims> {
  const checker = openChecker(deps);
  const book = new ClaimBook({
    ...{ log: deps.claimLog ?? journalClaims(deps.dir), now: () => deps.clock.wall() },
    waiting: await openWaiting(join(deps.dir, 'waiting.json')),
    async verdictOf(room, text) {
      const answered = await checker.answer({ room, text });
      if (isRefused(answered)) return undefined;
      const { verdict, metric, value } = answered.verdict;
      return [verdict, metric, value].filter((part) => part !== undefined).join(' ');
    },
  });
  const app = new Hono();
  app.use(tellPaces);
  keptByNobody(app);
  checkRoutes(app, deps, checker);
  caseRoutes(app, deps);
  bookRoutes(app, { ...deps, book }, checker);
  noteRoutes(app, deps, checker.charge);
  refuseTheRest(app);
  app.onError((error, c) => {
    deps.log.error(
      { path: c.req.path, error: error.stack ?? String(error) },
      'a request about a claim failed',
    );
    return refusedAnswer({ refused: 'internal' });
  });
  return {
    takes(path) {
      const id = find(path)?.address.id;
      return OURS.has(id) || (id === 'api-room-act' && ACTS.has(path.split('/')[4]));
    },
    fetch: async (request) => app.fetch(request),
  };
}
