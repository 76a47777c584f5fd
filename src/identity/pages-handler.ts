import { failureOf, type RequestFailure } from '../api/index.ts';
import type { Log } from '../base/log.ts';
import { sentFields } from '../form/index.ts';
import { isForeign, mediaTypeOf, parseJson, readBody } from '../http/index.ts';
import type { Store } from '../store/index.ts';
import { accountRoutes } from './account-routes.ts';
import { MOST_FORM, shown, wordsOf } from './forms.ts';
import { operateRoutes } from './operate-routes.ts';
import { ownData } from './own-data.ts';
import { tellPage } from './pages/sign-in-pages.ts';
import { passkeyRoutes, type ScriptAnswer, told } from './passkeys/passkey-routes.ts';
import { serviceRoutes } from './services/service-routes.ts';
import { signInRoutes } from './signing-in/sign-in-routes.ts';
import type { PageAnswer, PagesDeps, PageVisit } from './visit.ts';

/** The longest answer of a passkey, in bytes. */
const MOST_JSON = 32 * 1_024;

/** What a script of ours sent; undefined for anything that is no object of JSON. */
async function sentJson(request: Request): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (mediaTypeOf(request.headers.get('content-type') ?? undefined) !== 'application/json') return undefined;
  const bytes = await readBody(request.body, request.headers.get('content-length'), MOST_JSON);
  if (typeof bytes === 'string') return undefined;
  try {
    const sent: unknown = parseJson(bytes);
    return typeof sent === 'object' && sent !== null && !Array.isArray(sent) ? { ...sent } : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong with the database now, in one sentence; undefined when it answers. */
const away = ({ db, fault }: Pick<Store, 'db' | 'fault'>): Promise<string | undefined> =>
  db
    .selectFrom('account')
    .select('id')
    .limit(1)
    .execute()
    .then(
      () => undefined,
      (error: unknown) => fault(error),
    );

/**
 * Opens the pages of accounts; undefined for other paths. A form that a foreign page sends changes nothing. While the
 * database is away a page says so, and a mistake of ours has a mark that the log has as well.
 */
export function openAccountPages(
  deps: PagesDeps & { readonly log: Log; readonly store: Pick<Store, 'db' | 'fault'> },
): (request: Request) => Promise<Response> | undefined {
  const routes: Readonly<Record<string, PageAnswer>> = {
    ...signInRoutes(deps),
    ...serviceRoutes(deps),
    '/account/data': ownData(deps),
    ...accountRoutes(deps),
    ...operateRoutes(deps),
  };
  const scripts = passkeyRoutes(deps);
  const { log, store } = deps;
  async function why(request: Request, error: unknown, what: string): Promise<RequestFailure> {
    // The library does not always say why it failed: then the database is asked itself.
    const said = store.fault(error) ?? (await away(store));
    const known = { log, store: { fault: () => said } };
    return failureOf(known, request, error, what);
  }
  const visitOf = async (request: Request, url: URL, origin: string): Promise<PageVisit> => ({
    ...{ request, url, words: wordsOf(request), engine: await deps.engines.of(origin) },
    from: request.headers.get('x-forwarded-for') ?? '',
  });
  async function script(route: ScriptAnswer, request: Request, url: URL): Promise<Response> {
    const words = wordsOf(request);
    const origin = deps.engines.originOf(request);
    if (request.method !== 'POST') return told({ wrong: words.unread }, 405, [], { allow: 'POST' });
    if (isForeign(request, origin)) return told({ wrong: words.foreign }, 403);
    try {
      const sent = await sentJson(request);
      return sent
        ? await route(await visitOf(request, url, origin), sent)
        : told({ wrong: words.unread }, 400);
    } catch (error) {
      const { mark } = await why(request, error, 'a script of accounts could not be answered');
      return mark === undefined ? told({ wrong: words.away }, 503) : told({ wrong: words.broken(mark) }, 500);
    }
  }
  async function answer(route: PageAnswer, request: Request, url: URL): Promise<Response> {
    const words = wordsOf(request);
    const tell = (text: string, status: number): Response =>
      shown(deps.frame, words, tellPage(words, words.account, text), status);
    const origin = deps.engines.originOf(request);
    try {
      const visit = await visitOf(request, url, origin);
      if (request.method === 'GET' || request.method === 'HEAD') return await route(visit, undefined);
      if (isForeign(request, origin)) return tell(words.foreign, 403);
      const sent = await sentFields(request, MOST_FORM);
      return sent ? await route(visit, sent) : tell(words.unread, 413);
    } catch (error) {
      const { mark } = await why(request, error, 'a page of accounts could not be answered');
      return mark === undefined ? tell(words.away, 503) : tell(words.broken(mark), 500);
    }
  }
  return (request) => {
    const url = new URL(request.url);
    const asked = Object.hasOwn(scripts, url.pathname) ? scripts[url.pathname] : undefined;
    if (asked) return script(asked, request, url);
    const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
    return route && answer(route, request, url);
  };
}
