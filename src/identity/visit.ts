import type { AccountId } from '../wire/account.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Accounts, KnownAccount } from './accounts.ts';
import type { Engine } from './engine.ts';
import type { Engines } from './engines.ts';
import type { Erasure } from './erasure.ts';
import type { AccountFrame } from './forms.ts';
import type { Invitations } from './invitations.ts';
import type { AttemptLimits } from './limits.ts';
import type { Mails } from './mail/mails.ts';
import type { OwnRoom } from './pages/account-page.ts';
import type { Passkeys } from './passkeys/passkeys.ts';
import type { PendingLinks } from './pending.ts';
import type { People } from './people.ts';
import type { RoomsPort } from './rooms-port.ts';
import type { Services } from './services/services.ts';
import type { SignIns } from './sign-ins.ts';
import type { AccountWords } from './words/account-words.ts';

/** What the pages of accounts need. */
export interface PagesDeps {
  readonly accounts: Accounts;
  readonly tokens: AccessTokens;
  readonly engines: Engines;
  readonly invitations: Invitations;
  readonly links: PendingLinks;
  readonly people: People;
  readonly passkeys: Passkeys;
  /** Other services that people sign in with. */
  readonly services: Services;
  readonly signIns: SignIns;
  readonly erasure: Erasure;
  readonly mails: Mails;
  readonly limits: AttemptLimits;
  readonly frame: AccountFrame | undefined;
  /** True where everybody may have an account. */
  readonly isOpen: boolean;
  /** True where mail is sent. */
  readonly hasMail: boolean;
  /** The address before the path of links that are shown; empty: that of the page. */
  readonly base: string;
  rooms(account: AccountId): Promise<OwnRoom[]>;
  /** Absent: there are no rooms. */
  readonly roomsPort?: RoomsPort | undefined;
  /** Work that goes on after the answer, so that the answer tells nothing by its time. */
  later(work: Promise<unknown>): void;
}

/** One request to a page of accounts. */
export interface PageVisit {
  readonly request: Request;
  readonly url: URL;
  readonly words: AccountWords;
  readonly engine: Engine;
  /** The network address that it came from. */
  readonly from: string;
}

/** What a page answers to a visit; `sent`: the fields of a form, absent when the page is only looked at. */
export type PageAnswer = (visit: PageVisit, sent: URLSearchParams | undefined) => Promise<Response>;

/** Who is signed in in the browser that asks. */
export interface SignedIn {
  readonly account: KnownAccount;
  readonly session: string;
}

/** Who is signed in; cookies that the library renews are not sent again. */
export async function signedIn(
  { accounts }: PagesDeps,
  { engine, request }: PageVisit,
): Promise<SignedIn | undefined> {
  const found = await engine.api.getSession({ headers: request.headers });
  const account = found ? await accounts.find(found.user.id) : undefined;
  // Whoever is suspended is not signed in anywhere; the page to sign in says why.
  return found && account && !account.suspended ? { account, session: found.session.id } : undefined;
}
