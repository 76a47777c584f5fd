import type { Log } from '../base/log.ts';
import { accountRoutes } from './account-routes.ts';
import { fieldsOf, shown, wordsOf } from './forms.ts';
import { operateRoutes } from './operate-routes.ts';
import { tellPage } from './pages/sign-in-pages.ts';
import { isForeign } from './request-origin.ts';
import { type PageAnswer, signInRoutes } from './sign-in-routes.ts';
import type { PagesDeps } from './visit.ts';

/**
 * Opens the pages of accounts; undefined for other paths. A form that a foreign page sends changes nothing, and while
 * the database is away a page says so.
 */
export function openAccountPages(
  deps: PagesDeps & { readonly log: Log },
): (request: Request) => Promise<Response> | undefined {
  const routes: Readonly<Record<string, PageAnswer>> = {
    ...signInRoutes(deps),
    ...accountRoutes(deps),
    ...operateRoutes(deps),
  };
  async function answer(route: PageAnswer, request: Request, url: URL): Promise<Response> {
    const words = wordsOf(request);
    const tell = (text: string, status: number): Response =>
      shown(deps.frame, words, tellPage(words, words.account, text), status);
    const origin = deps.engines.originOf(request);
    const from = request.headers.get('x-forwarded-for') ?? '';
    const visit = { request, url, words, engine: deps.engines.of(origin), from };
    try {
      if (request.method === 'GET' || request.method === 'HEAD') return await route(visit, undefined);
      if (isForeign(request, origin)) return tell(words.foreign, 403);
      const sent = await fieldsOf(request);
      return sent ? await route(visit, sent) : tell(words.unread, 413);
    } catch (error) {
      deps.log.warn({ path: url.pathname, error: String(error) }, 'a page of accounts could not be answered');
      return tell(words.away, 503);
    }
  }
  return (request) => {
    const url = new URL(request.url);
    const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
    return route && answer(route, request, url);
  };
}
