/** Identity: accounts, how people sign in, their sessions and tokens. Nobody needs one to listen. */

import type { Clock } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isForeign } from '../http/index.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard, AccountId, InvitedRole, RoomTold } from '../wire/account.ts';
import { isAccessToken, openAccessTokens } from './access-tokens.ts';
import { cardOf, type KnownAccount, openAccounts } from './accounts.ts';
import { signInCookieOf } from './basics.ts';
import { openEngines } from './engines.ts';
import { openErasure } from './erasure.ts';
import type { AccountFrame } from './forms.ts';
import { firstInvitation, openInvitations } from './invitations.ts';
import { openLimits } from './limits.ts';
import { openLookUp } from './look-up.ts';
import { openMails } from './mail/mails.ts';
import { openRoomMails } from './mail/room-mails.ts';
import type { Letter } from './mail/smtp.ts';
import { openAccountPages } from './pages-handler.ts';
import { openPasskeys } from './passkeys/passkeys.ts';
import { openPendingLinks } from './pending.ts';
import { openPeople } from './people.ts';
import { openRetention } from './retention.ts';
import type { RoomsPort } from './rooms-port.ts';
import { openServices, type SignInService } from './services/services.ts';
import { openSignIns } from './sign-ins.ts';
import { english as englishWords } from './words/english.ts';
import { french as frenchWords } from './words/french.ts';

/** What identity needs. */
export interface IdentityDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Signs cookies; derived for this purpose alone. */
  readonly secret: Uint8Array;
  /** The origin that people use; undefined: that of each request. */
  readonly publicUrl?: string | undefined;
  /** Sends a mail; absent: links wait until the operator passes them on. */
  send?(letter: Letter): Promise<void>;
  /** Other services that people sign in with; default: none. */
  readonly services?: readonly SignInService[] | undefined;
  /** True where everybody may make an account; default: by invitation. */
  readonly isOpen?: boolean;
  /** Claims and opens rooms; absent: there are none. */
  readonly rooms?: RoomsPort;
  /** The frame of pages; default: none but the HTML around them. */
  readonly frame?: AccountFrame;
}

/** The accounts, once open. */
export interface Identity extends AsyncDisposable {
  /**
   * Who sends this request, by the cookie of a session or by `Authorization: Bearer ea_…`; undefined: nobody that is
   * known. What another site's page sends in somebody's browser is nobody's. Never rejects: while the database is away
   * nobody is known.
   */
  whoIs(request: Request): Promise<AccountCard | undefined>;
  /** The pages of accounts; undefined for other paths. */
  fetch(request: Request): Promise<Response> | undefined;
  /** In which language an account's pages and mails are; undefined: that of the browser. */
  setLanguage(account: AccountId, language: 'en' | 'fr' | undefined): Promise<void>;
  /** Writes to the owner of an account; of one that is unknown or erased to nobody. */
  mail(account: string, letter: { readonly subject: string; readonly text: string }): Promise<void>;
  /**
   * The account of an address, or the one account of a name; undefined for nobody, in the same time. It says nothing
   * to strangers: whoever uses it answers alike in both cases.
   */
  lookUp(said: string): Promise<AccountCard | undefined>;
  /** Sends the mail about an invitation to a room; at once: it goes on after the answer. */
  tellInvited(
    who: AccountId,
    about: { readonly title: string; readonly inviter: string; readonly role: InvitedRole },
    french: boolean,
  ): void;
  /**
   * Writes to those whom news of a room concern, after the answer; `read` says what is new and who they are when it is
   * written, and undefined where there is nothing to say.
   */
  tellNews(read: () => Promise<RoomTold | undefined>, french: boolean): void;
  /** The token of the invitation that makes the first operator; undefined when there is one. */
  readonly first: string | undefined;
  /** Resolves when what goes on after answers is done: for tests. */
  settled(): Promise<void>;
}

/** Opens accounts on the store. */
export async function open(deps: IdentityDeps): Promise<Identity> {
  const { store, clock, log } = deps;
  const { db } = store;
  const accounts = openAccounts(store, clock);
  const tokens = openAccessTokens(deps);
  const engines = openEngines(deps);
  const invitations = openInvitations(deps);
  const links = openPendingLinks(deps);
  const mails = openMails({ store, clock, log, ...(deps.send ? { send: deps.send } : {}) });
  const retention = openRetention(deps);
  const base = deps.publicUrl?.replace(/\/+$/, '') ?? '';
  const people = openPeople({ ...{ store, clock, accounts, invitations, links, mails, base } });
  const work = new Set<Promise<unknown>>();
  const later = (going: Promise<unknown>): void => {
    const one = going
      .catch((error: unknown) => log.warn({ error: reasonOf(error) }, 'work after a page of accounts failed'))
      .finally(() => work.delete(one));
    work.add(one);
  };
  const tellInvited = async (
    id: AccountId,
    about: Parameters<Identity['tellInvited']>[1],
    french: boolean,
  ) => {
    const account = await accounts.find(id);
    if (!account) return;
    const words = (account.language ?? (french ? 'fr' : 'en')) === 'fr' ? frenchWords : englishWords;
    const mail = words.mail.roomInvitation({ ...about, name: account.name, link: `${base}/account` });
    await mails.put({ to: account.email, ...mail });
  };
  const tellNews = openRoomMails({ clock, accounts, mails, base });
  const limits = openLimits(clock);
  const pages = openAccountPages({
    ...{ accounts, tokens, engines, invitations, links, people, mails, log, store, base },
    ...{
      passkeys: openPasskeys(deps),
      services: openServices(deps),
      signIns: openSignIns(deps),
      erasure: openErasure({ store, clock, mails, rooms: deps.rooms }),
      limits,
    },
    ...{ frame: deps.frame, isOpen: deps.isOpen ?? false, hasMail: deps.send !== undefined },
    roomsPort: deps.rooms,
    rooms: (account) =>
      db
        .selectFrom('room_member')
        .innerJoin('room', 'room.id', 'room_member.room')
        .select(['room.slug', 'room.title', 'room.status', 'room_member.role'])
        .where('room_member.account', '=', account)
        .where('room.removed', 'is', null)
        .orderBy('room.created', 'desc')
        .limit(100)
        .execute(),
    later,
  });
  const token = firstInvitation(deps.secret);
  const first = (await invitations.offerFirst(token)) ? token : undefined;

  const account = async (request: Request): Promise<KnownAccount | undefined> => {
    const said = /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (said !== undefined) {
      const owner = isAccessToken(said) ? await tokens.owner(said) : undefined;
      return owner && accounts.find(owner);
    }
    const origin = engines.originOf(request);
    if (!request.headers.get('cookie')?.includes(`${signInCookieOf(origin)}=`)) return undefined;
    if (request.method !== 'GET' && request.method !== 'HEAD' && isForeign(request, origin)) return undefined;
    const found = await (await engines.of(origin)).api.getSession({ headers: request.headers });
    return found ? accounts.find(found.user.id) : undefined;
  };
  const settled = async (): Promise<void> => {
    while (work.size > 0) await Promise.all(work);
  };
  return {
    first,
    settled,
    fetch: (request) => limits.telling(() => pages(request)),
    async mail(id, letter) {
      const found = await accounts.find(id);
      if (found) await mails.put({ to: found.email, ...letter });
    },
    setLanguage: accounts.setLanguage,
    lookUp: openLookUp(accounts),
    tellInvited: (who, about, french) => later(tellInvited(who, about, french)),
    tellNews: (read, french) => later(tellNews(read, french)),
    async whoIs(request) {
      try {
        const found = await account(request);
        return found && !found.suspended ? cardOf(found) : undefined;
      } catch (error) {
        log.warn(
          { error: reasonOf(error) },
          'who sends a request could not be looked up: nobody is signed in',
        );
        return undefined;
      }
    },
    async [Symbol.asyncDispose]() {
      await settled();
      await retention[Symbol.asyncDispose]();
      await mails[Symbol.asyncDispose]();
    },
  };
}

export type { AccountFrame } from './forms.ts';
export { firstInvitation } from './invitations.ts';
export { openSmtp } from './mail/smtp.ts';
export type { RoomsPort } from './rooms-port.ts';
export { readServices } from './services/services.ts';
