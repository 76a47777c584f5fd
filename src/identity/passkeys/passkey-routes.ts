import { nameOf } from '../fields.ts';
import { afterSignIn } from '../forms.ts';
import { type PagesDeps, type PageVisit, signedIn } from '../visit.ts';
import { MOST_PASSKEYS } from './passkeys.ts';

/** What a script of our pages sends as JSON, and what it is answered. */
export type ScriptAnswer = (visit: PageVisit, sent: Readonly<Record<string, unknown>>) => Promise<Response>;

/** An answer for a script; `wrong`: a sentence for the person. */
export function told(
  body: object,
  status = 200,
  cookies: readonly string[] = [],
  more: Record<string, string> = {},
): Response {
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-store', ...more });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(JSON.stringify(body), { status, headers });
}

/** What the scripts of sign-in and account ask: a challenge and its answer, to add a passkey and to sign in with one. */
export function passkeyRoutes(deps: PagesDeps): Readonly<Record<string, ScriptAnswer>> {
  const often = ({ from, words }: PageVisit, about = ''): Response | undefined => {
    const seconds = deps.limits.take('secret', from, about);
    return seconds === undefined
      ? undefined
      : told({ wrong: words.tooOften(seconds) }, 429, [], { 'retry-after': `${seconds}` });
  };
  /** The library's answer with its cookies, or a sentence in its place. */
  const passed = async (answer: Response, wrong: string, body?: object): Promise<Response> => {
    if (!answer.ok) return told({ wrong }, answer.status >= 500 ? 400 : answer.status);
    return told(body ?? ((await answer.json()) as object), 200, answer.headers.getSetCookie());
  };
  /** Why the account is suspended whose passkey was right. */
  const suspensionIn = async (answer: Response) => {
    const { user } = (await answer.json()) as { user?: { id?: string } };
    return (await deps.accounts.find(user?.id ?? ''))?.suspended;
  };
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);

  return {
    async '/account/passkeys/options'(visit) {
      const who = await signedIn(deps, visit);
      if (!who) return told({ wrong: visit.words.signInAgain }, 401);
      const slow = often(visit, who.account.email);
      if (slow) return slow;
      if ((await deps.passkeys.list(who.account.id)).length >= MOST_PASSKEYS)
        return told({ wrong: visit.words.passkeyMost }, 422);
      const answer = await visit.engine.api.generatePasskeyRegistrationOptions({
        headers: visit.request.headers,
        asResponse: true,
      });
      return passed(answer, visit.words.signInAgain);
    },
    async '/account/passkeys'(visit, { response, name }) {
      const { words, engine, request } = visit;
      const who = await signedIn(deps, visit);
      if (!who) return told({ wrong: words.signInAgain }, 401);
      const called = nameOf(typeof name === 'string' ? name : '');
      if (!called) return told({ wrong: words.faults.name }, 422);
      if (!isObject(response)) return told({ wrong: words.passkeyWrong }, 400);
      const answer = await engine.api.verifyPasskeyRegistration({
        body: { response, name: called },
        headers: request.headers,
        asResponse: true,
      });
      return passed(answer, words.passkeyNotAdded, { told: words.passkeyAdded });
    },
    async '/sign-in/passkey/options'(visit) {
      const slow = often(visit);
      if (slow) return slow;
      // Without the cookie of a session: the list of anybody's passkeys is told to nobody.
      const headers = new Headers({ host: visit.request.headers.get('host') ?? '' });
      const answer = await visit.engine.api.generatePasskeyAuthenticationOptions({
        headers,
        asResponse: true,
      });
      return passed(answer, visit.words.away);
    },
    async '/sign-in/passkey'(visit, { response, next }) {
      const { words, engine, request } = visit;
      if (!isObject(response) || typeof response.id !== 'string')
        return told({ wrong: words.passkeyWrong }, 400);
      const answer = await engine.api.verifyPasskeyAuthentication({
        // What is missing in it the library says.
        body: { response: response as never },
        headers: request.headers,
        asResponse: true,
      });
      const suspended = answer.ok ? await suspensionIn(answer.clone()) : undefined;
      // The session that was just made is nobody's then: its cookie is not sent.
      if (suspended) return told({ wrong: words.suspendedLead(suspended.reason, suspended.until) }, 403);
      return passed(answer, words.passkeyWrong, { to: afterSignIn(typeof next === 'string' ? next : null) });
    },
  };
}
