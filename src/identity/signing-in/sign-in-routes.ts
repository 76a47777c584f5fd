import { emailOf, nameOf, passwordFault } from '../fields.ts';
import { afterSignIn, onward, shown } from '../forms.ts';
import { resetPage, type Shown, sentPage, signInPage, signUpPage, tellPage } from '../pages/sign-in-pages.ts';
import { type PageAnswer, type PagesDeps, type PageVisit, signedIn } from '../visit.ts';
import { admitted, confirmingPage } from './confirming.ts';

/** The pages that need nobody to be signed in: sign in, sign up, prove an address, set a password. */
export function signInRoutes(deps: PagesDeps): Readonly<Record<string, PageAnswer>> {
  const { people, invitations, links, limits, frame, isOpen } = deps;
  const often = (visit: PageVisit, what: 'secret' | 'mail', about: string) =>
    limits.take(what, visit.from, about);
  const wait = (seconds: number) => ({ 'retry-after': `${seconds}` });

  const signIn: PageAnswer = async (visit, sent) => {
    const { words, engine, request, url } = visit;
    const next = afterSignIn((sent ?? url.searchParams).get('next'));
    const page = (view: Shown, status: number, more = {}): Response =>
      shown(frame, words, signInPage(words, { ...view, next }, isOpen, deps.services.list), status, more);
    if (!sent) {
      const told = { ready: words.ready, reset: words.resetDone, erased: words.erased, proved: words.proved };
      return page({ told: told[url.searchParams.get('told') as keyof typeof told] }, 200);
    }
    const typed = sent.get('email') ?? '';
    const email = emailOf(typed);
    const seconds = often(visit, 'secret', email ?? '');
    if (seconds !== undefined)
      return page({ wrong: words.tooOften(seconds), email: typed }, 429, wait(seconds));
    const password = sent.get('password') ?? '';
    const wrong = (text = words.wrong): Response => page({ wrong: text, email: typed }, 401);
    if (password.length > 128) return wrong();
    // A text that is no address is tried like one, for the same time.
    const answer = await engine.api.signInEmail({
      body: { email: email ?? 'nobody@invalid.example', password },
      headers: request.headers,
      asResponse: true,
    });
    if (answer.ok) return admitted(deps, words, email, answer, next);
    if (answer.status >= 500) throw new Error(`signing in failed: ${await answer.text()}`);
    if (answer.status !== 403) return wrong();
    const account = email && (await deps.accounts.byEmail(email));
    if (account && often(visit, 'mail', account.email) === undefined)
      deps.later(people.sendConfirmation(account, words));
    return wrong(words.notProved);
  };

  const signUp: PageAnswer = async (visit, sent) => {
    const { words, engine, url } = visit;
    const token = (sent ?? url.searchParams).get('invitation') ?? '';
    const invitation = token === '' ? undefined : await invitations.look(token);
    if (!invitation && (token !== '' || !isOpen))
      return shown(
        frame,
        words,
        tellPage(words, words.signUp, token === '' ? words.invitedOnly : words.invitationOver),
        token === '' ? 403 : 410,
      );
    const here = (await signedIn(deps, visit))?.account.name;
    const page = (view: Shown, status: number, more = {}): Response =>
      shown(frame, words, signUpPage(words, view, invitation, token, here), status, more);
    if (!sent) return page({}, 200);
    const typed = {
      email: (sent.get('email') ?? '').slice(0, 254),
      name: (sent.get('name') ?? '').slice(0, 200),
    };
    const [name, email] = [nameOf(typed.name), emailOf(invitation?.email ?? typed.email)];
    const password = sent.get('password') ?? '';
    const fault = !name ? 'name' : !email ? 'email' : passwordFault(password, email);
    if (fault || !name || !email) return page({ ...typed, wrong: words.faults[fault ?? 'email'] }, 422);
    const seconds = often(visit, 'mail', email);
    if (seconds !== undefined) return page({ ...typed, wrong: words.tooOften(seconds) }, 429, wait(seconds));
    const work = people.signUp(engine, { name, email, password, invitation }, words);
    if (invitation?.role === 'operator') {
      await work;
      if ((await deps.accounts.byEmail(email))?.verified) return onward('/sign-in?told=ready');
    } else deps.later(work);
    return shown(frame, words, sentPage(words, email, deps.hasMail));
  };

  const reset: PageAnswer = async (visit, sent) => {
    const { words, engine, url } = visit;
    const token = (sent ?? url.searchParams).get('token') ?? '';
    const page = (view: Shown, status: number, more = {}): Response =>
      shown(frame, words, resetPage(words, view, token), status, more);
    const over = (): Response => shown(frame, words, tellPage(words, words.resetTitle, words.linkOver), 410);
    if (!sent) return token !== '' && !(await links.look('reset', token)) ? over() : page({}, 200);
    if (token === '') {
      const email = emailOf(sent.get('email') ?? '');
      if (!email) return page({ wrong: words.faults.email }, 422);
      const seconds = often(visit, 'mail', email);
      if (seconds !== undefined) return page({ wrong: words.tooOften(seconds), email }, 429, wait(seconds));
      deps.later(people.askReset(email, words));
      return shown(frame, words, sentPage(words, email, deps.hasMail));
    }
    const seconds = often(visit, 'secret', '');
    if (seconds !== undefined) return page({ wrong: words.tooOften(seconds) }, 429, wait(seconds));
    const link = await links.look('reset', token);
    if (!link) return over();
    const password = sent.get('password') ?? '';
    const fault = passwordFault(password, link.email);
    if (fault) return page({ wrong: words.faults[fault] }, 422);
    return (await people.reset(engine, token, password)) ? onward('/sign-in?told=reset') : over();
  };
  return { '/sign-in': signIn, '/sign-up': signUp, '/verify-email': confirmingPage(deps), '/reset': reset };
}
