import { escapeHtml } from '../../base/plain-text.ts';
import { afterSignIn, onward, shown } from '../forms.ts';
import { dataLink } from '../own-data.ts';
import { signInPage, suspendedPage, tellPage } from '../pages/sign-in-pages.ts';
import type { PageAnswer } from '../visit.ts';
import { type PagesDeps, type PageVisit, signedIn } from '../visit.ts';
import type { SignInService } from './services.ts';

/** Where a form asks for a service. */
export const WITH = '/sign-in/with';
/** Where a service leads back to. */
export const backFrom = (id: string): string => `/sign-in/back/${id}`;

/** What a service, or the library that speaks with it, says went wrong: a key of the words. */
function faultIn(location: string): string | undefined {
  return URL.canParse(location, 'http://x')
    ? (new URL(location, 'http://x').searchParams.get('error') ?? undefined)
    : 'other';
}

/**
 * The pages for signing in with another service: one that leads there, one that it leads back to. Code flow with PKCE,
 * state and nonce. Spec: OpenID Connect Core 1.0, 3.1; RFC 9700.
 */
export function serviceRoutes(deps: PagesDeps): Readonly<Record<string, PageAnswer>> {
  const { services, frame } = deps;
  const tooOften = (visit: PageVisit): Response | undefined => {
    const { words, from } = visit;
    const seconds = deps.limits.take('secret', from, '');
    return seconds === undefined
      ? undefined
      : shown(frame, words, tellPage(words, words.signIn, words.tooOften(seconds)), 429, {
          'retry-after': `${seconds}`,
        });
  };
  const refused = ({ words }: PageVisit, text: string, status: number, cookies: readonly string[] = []) => {
    const page = signInPage(words, { wrong: text }, deps.isOpen, services.list);
    const answer = shown(frame, words, page, status);
    for (const cookie of cookies) answer.headers.append('set-cookie', cookie);
    return answer;
  };

  const lead: PageAnswer = async (visit, sent) => {
    if (!sent) return onward('/sign-in');
    const { words, request } = visit;
    const slow = tooOften(visit);
    if (slow) return slow;
    const one = services.list.find(({ id }) => id === sent.get('service'));
    if (!one) return refused(visit, words.serviceFaults.other, 404);
    const origin = deps.engines.originOf(request);
    const engine = await services.engine(one.id, origin);
    if (!engine) return refused(visit, words.serviceAway(one.name), 503);
    // Connecting is for somebody who is signed in here already, and has pressed for it.
    const connects = sent.get('connect') === '1' && (await signedIn(deps, visit)) !== undefined;
    if (sent.get('connect') === '1' && !connects) return onward('/sign-in');
    const wish = {
      provider: one.id,
      callbackURL: connects ? '/account?told=connected' : afterSignIn(sent.get('next')),
      errorCallbackURL: '/sign-in',
      disableRedirect: true,
    };
    const ask = { headers: request.headers, asResponse: true } as const;
    const answer = connects
      ? await engine.api.linkSocialAccount({ body: wish, ...ask })
      : await engine.api.signInSocial({ body: wish, ...ask });
    const { url } = answer.ok ? ((await answer.json()) as { url?: string }) : {};
    if (url === undefined) return refused(visit, words.serviceAway(one.name), 503);
    // A redirect after a form would be stopped by our own form-action: a page leads on, by itself or by its link.
    const page = {
      title: words.signIn,
      main: `<meta http-equiv="refresh" content="0;url=${escapeHtml(url)}"><main class="page people"><h1>${words.signIn}</h1><p><a href="${escapeHtml(url)}">${escapeHtml(words.serviceGoing(one.name))}</a></p></main>`,
    };
    const led = shown(frame, words, page);
    for (const cookie of answer.headers.getSetCookie()) led.headers.append('set-cookie', cookie);
    return led;
  };

  const back =
    (one: SignInService): PageAnswer =>
    async (visit) => {
      const { words, request, url } = visit;
      const slow = tooOften(visit);
      if (slow) return slow;
      const engine = await services.engine(one.id, deps.engines.originOf(request));
      if (!engine) return refused(visit, words.serviceAway(one.name), 503);
      const answer = await engine.api.callbackOAuth({
        params: { id: one.id },
        query: Object.fromEntries(
          ['code', 'state', 'error', 'error_description', 'iss'].flatMap((name) => {
            const value = url.searchParams.get(name);
            return value === null ? [] : [[name, value.slice(0, 4_000)]];
          }),
        ),
        headers: request.headers,
        asResponse: true,
      });
      const to = answer.headers.get('location') ?? '';
      const cookies = answer.headers.getSetCookie();
      const fault = to === '' ? 'other' : faultIn(to);
      if (fault !== undefined) {
        const why = words.serviceFaults;
        const said = why[fault as keyof typeof why] ?? why.other;
        return refused(visit, said.replaceAll('{name}', one.name), fault === 'other' ? 502 : 403, cookies);
      }
      const found = await engine.api.getSession({
        headers: new Headers({ cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; ') }),
      });
      const account = found ? await deps.accounts.find(found.user.id) : undefined;
      // The session that was just made is nobody's then: its cookie is not sent.
      if (account?.suspended)
        return shown(
          frame,
          words,
          suspendedPage(words, account.suspended, await dataLink(deps.links, account)),
          403,
        );
      return onward(to, cookies);
    };

  return {
    [WITH]: lead,
    ...Object.fromEntries(services.list.map((one) => [backFrom(one.id), back(one)])),
  };
}
