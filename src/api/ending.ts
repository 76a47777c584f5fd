import type { Hono } from 'hono';
import { refuse } from './answer.ts';

/** Answers that say nothing about caches are kept by none. To be called before routes are added. */
export function keptByNobody(app: Hono): void {
  app.use(async (c, next) => {
    await next();
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  });
}

/**
 * Answers what the routes of an app leave: 405 with `Allow` for methods that an address does not have (RFC 9110, 15.5.6),
 * 404 for addresses that are none. To be called after all routes are added.
 * @param within Only addresses that begin so have their other methods refused.
 */
export function refuseTheRest(app: Hono, within = '/'): void {
  for (const [path, list] of Map.groupBy(app.routes, (route) => route.path)) {
    const allow = [...new Set(list.map(({ method }) => method))].filter((method) => method !== 'ALL');
    if (allow.length === 0 || !path.startsWith(within)) continue;
    if (allow.includes('GET')) allow.push('HEAD');
    app.all(path, () => refuse('method-not-allowed', undefined, { allow: allow.join(', ') }));
  }
  app.notFound(() => refuse('not-found'));
}
