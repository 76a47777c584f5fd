import { Hono } from 'hono';
import type { Log } from '../base/log.ts';
import { find } from '../http/index.ts';
import { type CheckDeps, checkRoutes, openChecker } from './http/check-routes.ts';
import { refusedAnswer } from './http/question.ts';

/** What the pages and the API about claims need. */
export interface ClaimsDeps extends CheckDeps {
  readonly log: Log;
}

/** The open part: answers everything about claims. */
export interface Claims {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
}

/** The rows of the table of addresses that are answered here. */
const OURS: ReadonlySet<string | undefined> = new Set(['claims', 'claim-card', 'claim-check']);

/** Opens the part. */
export function open(deps: ClaimsDeps): Claims {
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
  checkRoutes(app, deps, openChecker(deps));
  app.notFound(() => refusedAnswer({ refused: 'not-found' }));
  app.onError((error, c) => {
    deps.log.error(
      { path: c.req.path, error: error.stack ?? String(error) },
      'a request about a claim failed',
    );
    return refusedAnswer({ refused: 'internal' });
  });
  return { takes: (path) => OURS.has(find(path)?.address.id), fetch: async (request) => app.fetch(request) };
}
