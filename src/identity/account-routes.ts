import type { AccountId } from '../wire/account.ts';
import { cardOf } from './accounts.ts';
import { emailOf, nameOf, passwordFault } from './fields.ts';
import { onward, shown, wordsFor } from './forms.ts';
import { type AccountView, accountPage } from './pages/account-page.ts';
import type { PageAnswer } from './visit.ts';
import { type PagesDeps, type PageVisit, type SignedIn, signedIn } from './visit.ts';

/** What a form of one's account did: what to show, or a whole answer. */
type Done = Partial<AccountView> | Response;

/** The page of one's own account, and what its forms do. */
export function accountRoutes(deps: PagesDeps): Readonly<Record<string, PageAnswer>> {
  const { people, tokens, signIns } = deps;

  /** Undefined when the password is right; the same work and count for everybody. */
  async function wrongPassword(
    visit: PageVisit,
    id: AccountId,
    email: string,
    password: string,
  ): Promise<Done | undefined> {
    const seconds = deps.limits.take('secret', visit.from, email);
    if (seconds !== undefined) return { wrong: visit.words.tooOften(seconds) };
    const right = password.length <= 128 && (await people.isPassword(visit.engine, id, password));
    return right ? undefined : { wrong: visit.words.wrongPassword };
  }

  async function act(visit: PageVisit, { account, session }: SignedIn, sent: URLSearchParams): Promise<Done> {
    const { words, engine, request } = visit;
    const { id } = account;
    const said = (name: string): string => sent.get(name) ?? '';
    switch (said('act')) {
      case 'sign-out': {
        const answer = await engine.api.signOut({ headers: request.headers, asResponse: true });
        const gone = onward('/sign-in', answer.headers.getSetCookie());
        // Whoever comes to this browser next does not see by its button Back what was theirs. Spec: Clear Site Data.
        gone.headers.set('clear-site-data', '"cache"');
        return gone;
      }
      case 'name': {
        const name = nameOf(said('name'));
        if (!name) return { wrong: words.faults.name };
        await people.setName(id, name);
        return { told: words.saved };
      }
      case 'email': {
        const email = emailOf(said('email'));
        if (!email) return { wrong: words.faults.email };
        const wrong = await wrongPassword(visit, id, account.email, said('password'));
        if (wrong) return wrong;
        const seconds = deps.limits.take('mail', visit.from, account.email);
        if (seconds !== undefined) return { wrong: words.tooOften(seconds) };
        deps.later(people.askChange(account, email, words));
        return { told: words.changeEmailSent };
      }
      case 'password': {
        const fault = passwordFault(said('new'), account.email);
        if (fault) return { wrong: words.faults[fault] };
        const wrong = await wrongPassword(visit, id, account.email, said('old'));
        if (wrong) return wrong;
        await people.setPassword(engine, id, said('new'), session);
        return { told: words.passwordChanged };
      }
      case 'end':
        await signIns.end(id, said('id'));
        return { told: words.ended };
      case 'end-others':
        await signIns.endOthers(id, session);
        return { told: words.ended };
      case 'token': {
        const name = nameOf(said('label'));
        if (!name) return { wrong: words.faults.name };
        const wrong = await wrongPassword(visit, id, account.email, said('password'));
        if (wrong) return wrong;
        const made = await tokens.make(id, name);
        return made === undefined ? { wrong: words.tokenMost } : { made };
      }
      case 'passkey-end':
        await deps.passkeys.remove(id, said('id'));
        return { told: words.ended };
      case 'disconnect':
        await deps.services.disconnect(id, said('id'));
        return { told: words.ended };
      case 'adopt': {
        const made = await deps.roomsPort?.adopt(cardOf(account), said('link').slice(0, 2_000));
        if (!made) return { wrong: words.adoptRefused.other };
        if (!('refused' in made)) return { told: words.adopted };
        const why = words.adoptRefused;
        return { wrong: why[made.refused as keyof typeof why] ?? why.other };
      }
      case 'studio': {
        const at = await deps.roomsPort?.studio(cardOf(account), said('slug'));
        return at === undefined ? { wrong: words.noStudio } : onward(at);
      }
      case 'accept':
      case 'decline':
      case 'enter':
        return invited(deps, visit, account, said);
      case 'token-end':
        await tokens.end(id, said('id'));
        return { told: words.ended };
      case 'erase': {
        const wrong = await wrongPassword(visit, id, account.email, said('password'));
        if (wrong) return wrong;
        return (await deps.erasure.erase(account))
          ? onward('/sign-in?told=erased')
          : { wrong: words.lastOperator };
      }
      default:
        return {};
    }
  }

  const page: PageAnswer = async (asked, sent) => {
    const who = await signedIn(deps, asked);
    if (!who) return onward('/sign-in');
    const words = wordsFor(who.account, asked.words);
    const visit = { ...asked, words };
    const news = { proved: words.proved, passkey: words.passkeyAdded, connected: words.serviceConnected };
    const told = news[visit.url.searchParams.get('told') as keyof typeof news];
    const done = sent ? await act(visit, who, sent) : { told };
    if (done instanceof Response) return done;
    // What a form changed is read again.
    const now = await signedIn(deps, visit);
    return now ? accountAnswer(deps, visit, now, done) : onward('/sign-in');
  };

  return { '/account': page, '/account/export': exportOf(deps) };
}

/** The page of an account, after what was done with it. */
async function accountAnswer(
  deps: PagesDeps,
  { words }: PageVisit,
  now: SignedIn,
  done: Partial<AccountView>,
): Promise<Response> {
  const unseen = (await deps.roomsPort?.unseen?.(cardOf(now.account))) ?? 0;
  const page = { ...accountPage(words, { ...(await lookedUp(deps, now)), ...done }), unseen };
  return shown(deps.frame, words, page, done.wrong === undefined ? 200 : 422);
}

/** What somebody does with an invitation to a room. */
async function invited(
  { roomsPort }: PagesDeps,
  { words }: PageVisit,
  account: SignedIn['account'],
  said: (name: string) => string,
): Promise<Done> {
  const who = cardOf(account);
  if (said('act') === 'enter') {
    const at = await roomsPort?.guestWay(who, said('slug'));
    return at === undefined ? { wrong: words.askOver } : onward(at);
  }
  const yes = said('act') === 'accept';
  if (!(await roomsPort?.answer(who, said('id'), yes))) return { wrong: words.askOver };
  return { told: yes ? words.askAccepted : words.askDeclined };
}

/** What the page shows of somebody's account. */
async function lookedUp(deps: PagesDeps, { account, session }: SignedIn): Promise<AccountView> {
  const { id } = account;
  const [signIns, tokens, rooms, passkeys, connected, asked] = await Promise.all([
    deps.signIns.list(id),
    deps.tokens.list(id),
    deps.rooms(id),
    deps.passkeys.list(id),
    deps.services.connected(id),
    deps.roomsPort?.asked(cardOf(account)) ?? [],
  ]);
  const { list: services } = deps.services;
  return { account, current: session, signIns, tokens, rooms, passkeys, services, connected, asked };
}

/** What is stored about an account, as a file. */
export const exportedAs = (all: object): Response =>
  new Response(JSON.stringify(all, undefined, 2), {
    headers: {
      'content-type': 'application/json',
      'content-disposition': 'attachment; filename="earshot-account.json"',
      'cache-control': 'no-store',
    },
  });

/** Everything stored about the account that is signed in. */
const exportOf =
  (deps: PagesDeps): PageAnswer =>
  async (visit) => {
    const who = await signedIn(deps, visit);
    if (!who) return onward('/sign-in');
    return exportedAs(await deps.erasure.exported(who.account));
  };
