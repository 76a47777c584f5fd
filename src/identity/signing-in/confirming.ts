import type { AccountId } from '../../wire/account.ts';
import { onward, shown } from '../forms.ts';
import { dataLink } from '../own-data.ts';
import { changedPage, provePage, type Shown, suspendedPage, tellPage } from '../pages/sign-in-pages.ts';
import type { PageAnswer, PagesDeps, PageVisit } from '../visit.ts';

/** Where the links that prove an address lead, of a new account and of a changed one. The account's password is asked for. */
export function confirmingPage(deps: PagesDeps): PageAnswer {
  const { people, links, limits, frame } = deps;
  return async (visit, sent) => {
    const { words, engine, request, url } = visit;
    const token = (sent ?? url.searchParams).get('token') ?? '';
    const change = (sent ?? url.searchParams).get('change') === '1';
    const over = (): Response => shown(frame, words, tellPage(words, words.proveTitle, words.linkOver), 410);
    const link = await links.look(change ? 'change' : 'verify', token);
    const seconds = limits.take('secret', visit.from, link?.email ?? '');
    if (seconds !== undefined)
      return shown(frame, words, tellPage(words, words.proveTitle, words.tooOften(seconds)), 429, {
        'retry-after': `${seconds}`,
      });
    if (!link) return over();
    const { email, account } = link;
    const page = (view: Shown, status: number): Response =>
      shown(frame, words, (change ? changedPage : provePage)(words, token, view), status);
    if (!sent) return page({ email }, 200);
    const password = (sent.get('password') ?? '').slice(0, 129);
    if (!(await people.isPassword(engine, account as AccountId, password)))
      return page({ email, wrong: change ? words.wrongPassword : words.proveWrong }, 422);
    if (!(await people.prove(change ? 'change' : 'verify', token))) return over();
    const answer = await engine.api.signInEmail({
      body: { email, password },
      headers: request.headers,
      asResponse: true,
    });
    return answer.ok
      ? admitted(deps, words, email, answer, '/account?told=proved')
      : onward('/sign-in?told=proved');
  };
}

/** The answer to a right password: the page that was wanted, or why it is suspended. */
export async function admitted(
  { accounts, frame, links }: PagesDeps,
  words: PageVisit['words'],
  email: string | undefined,
  { headers }: Response,
  next: string,
): Promise<Response> {
  const account = email === undefined ? undefined : await accounts.byEmail(email);
  // The session that was just made is nobody's then: its cookie is not sent.
  return account?.suspended
    ? shown(frame, words, suspendedPage(words, account.suspended, await dataLink(links, account)), 403)
    : onward(next, headers.getSetCookie());
}
