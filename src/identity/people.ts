import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/index.ts';
import type { AccountId, AccountRole } from '../wire/account.ts';
import type { Accounts, KnownAccount } from './accounts.ts';
import type { Engine } from './engine.ts';
import { wordsFor } from './forms.ts';
import type { Invitation, Invitations } from './invitations.ts';
import type { Mails } from './mail/mails.ts';
import type { PendingLinks } from './pending.ts';
import type { AccountWords } from './words/account-words.ts';

/** How long the links in mails work. */
const LINK_SECONDS = 3_600;

/** What changes to accounts need. */
export interface PeopleDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly invitations: Invitations;
  readonly links: PendingLinks;
  readonly mails: Mails;
  /** The address before the path of links in mails; empty: the operator passes them on. */
  readonly base: string;
}

/** Somebody who wants an account. */
export interface SignUpWish {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** Already looked up; undefined where everybody may have an account. */
  readonly invitation?: Invitation | undefined;
}

/** Changes to accounts: the same work is done for addresses that are known and for those that are not. */
export interface People {
  /**
   * Makes an account whose address is not proved yet, and sends the link that proves it. To an address that has one
   * already a mail says so. The first operator needs no proof: their link came from the server itself.
   */
  signUp(engine: Engine, wish: SignUpWish, words: AccountWords): Promise<void>;
  /** Sends the link that proves an address again. */
  sendConfirmation(account: KnownAccount, words: AccountWords): Promise<void>;
  /** Whether the address of a link was proved: for a new account, or for one that changes it. */
  prove(purpose: 'verify' | 'change', token: string): Promise<boolean>;
  /** Sends a link for a new password, or to an unknown address nothing. */
  askReset(email: string, words: AccountWords): Promise<void>;
  /** Sets a new password and ends every session; false when the link is over. */
  reset(engine: Engine, token: string, password: string): Promise<boolean>;
  /** Sets a new password and ends every session but one. */
  setPassword(engine: Engine, account: AccountId, password: string, keep?: string): Promise<void>;
  /** Sends a link to the new address, and tells the old one. */
  askChange(account: KnownAccount, email: string, words: AccountWords): Promise<void>;
  setName(account: AccountId, name: string): Promise<void>;
  /** True for the account's password; the same work when it has none. */
  isPassword(engine: Engine, account: AccountId, password: string): Promise<boolean>;
}

/** What is asked for by a mail with a link; `at`: the address of a link. */
const asking = (
  { accounts, links, mails, base }: PeopleDeps,
  at: (path: string, token: string) => string,
): Pick<People, 'askReset' | 'askChange'> => ({
  async askReset(email, words) {
    const account = await accounts.byEmail(email);
    if (!account) return;
    const token = await links.make('reset', { account: account.id, email }, LINK_SECONDS);
    await mails.put({
      to: email,
      ...wordsFor(account, words).mail.reset(account.name, at('/reset', token)),
    });
  },
  async askChange(account, email, words) {
    // The old address is told in any case, so that the answer and the work are the same.
    await mails.put({ to: account.email, ...wordsFor(account, words).mail.changing(account.name, email) });
    const token = await links.make('change', { account: account.id, email }, LINK_SECONDS);
    const taken = await accounts.byEmail(email);
    await mails.put({
      to: email,
      ...(taken
        ? wordsFor(taken, words).mail.known(taken.name, `${base}/sign-in`)
        : wordsFor(account, words).mail.change(account.name, at('/verify-email', `${token}&change=1`))),
    });
  },
});

/** Opens the changes to accounts. */
export function openPeople(deps: PeopleDeps): People {
  const { accounts, invitations, links, mails, clock } = deps;
  const { db } = deps.store;
  const stamp = (): string => new Date(clock.wall()).toISOString();
  const at = (path: string, token: string): string => `${deps.base}${path}?token=${token}`;
  const credential = (account: string) =>
    db.selectFrom('account_credential').where('account', '=', account).where('provider', '=', 'credential');

  async function setPassword(engine: Engine, account: AccountId, password: string, keep = ''): Promise<void> {
    const context = await engine.$context;
    const hash = await context.password.hash(password);
    const known = await credential(account).select('id').executeTakeFirst();
    if (known)
      await db
        .updateTable('account_credential')
        .set({ password: hash, updated: stamp() })
        .where('id', '=', known.id)
        .execute();
    else
      await context.internalAdapter.linkAccount({
        ...{ userId: account, providerId: 'credential', accountId: account, password: hash },
      });
    await links.drop(account);
    await db.deleteFrom('account_session').where('account', '=', account).where('id', '!=', keep).execute();
  }

  const sendConfirmation: People['sendConfirmation'] = async (account, others) => {
    const { id, email, name } = account;
    const words = wordsFor(account, others);
    const token = await links.make('verify', { account: id, email }, LINK_SECONDS);
    await mails.put({ to: email, ...words.mail.confirm(name, at('/verify-email', token)) });
  };
  return {
    ...asking(deps, at),
    sendConfirmation,
    setPassword,
    async signUp(engine, { name, email, password, invitation }, words) {
      const context = await engine.$context;
      const hash = await context.password.hash(password);
      const known = await accounts.byEmail(email);
      if (known) {
        // Whoever has not proved the address yet may have lost the mail.
        if (!known.verified) {
          // The newest wish counts: nobody confirms an address for the password of somebody who was here before.
          await setPassword(engine, known.id, password);
          await db.updateTable('account').set({ name }).where('id', '=', known.id).execute();
          return sendConfirmation({ ...known, name }, words);
        }
        return mails.put({
          to: email,
          ...wordsFor(known, words).mail.known(known.name, `${deps.base}/sign-in`),
        });
      }
      const isFirst = invitation?.role === 'operator' && (await accounts.operators()) === 0;
      const made = await context.internalAdapter.createUser(
        { email, name, emailVerified: isFirst },
        { method: 'email-password' },
      );
      const id = made.id as AccountId;
      if (invitation && !(await invitations.take(invitation.id, id))) {
        await db.deleteFrom('account').where('id', '=', id).execute();
        return;
      }
      if (invitation) await accounts.setRole(id, invitation.role as AccountRole);
      await context.internalAdapter.linkAccount({
        ...{ userId: id, providerId: 'credential', accountId: id, password: hash },
      });
      const account = await accounts.find(id);
      if (account && !isFirst) await sendConfirmation(account, words);
    },
    async prove(purpose, token) {
      const link = await links.take(purpose, token);
      const account = link && (await accounts.find(link.account));
      if (!link || !account || (purpose === 'verify' && account.email !== link.email)) return false;
      const taken = await accounts.byEmail(link.email);
      if (taken && taken.id !== account.id) return false;
      await db
        .updateTable('account')
        .set({ email: link.email, email_verified: 1, updated: stamp() })
        .where('id', '=', account.id)
        .execute();
      return true;
    },
    async reset(engine, token, password) {
      const link = await links.take('reset', token);
      const account = link && (await accounts.find(link.account));
      if (!link || account?.email !== link.email) return false;
      // Whoever has the mail has the address; a password that somebody else set before is gone.
      await db
        .updateTable('account')
        .set({ email_verified: 1, updated: stamp() })
        .where('id', '=', account.id)
        .execute();
      await setPassword(engine, account.id, password);
      return true;
    },
    async setName(account, name) {
      await db.updateTable('account').set({ name, updated: stamp() }).where('id', '=', account).execute();
    },
    async isPassword(engine, account, password) {
      const { password: check } = await engine.$context;
      const row = await credential(account).select('password').executeTakeFirst();
      if (row?.password) return check.verify({ hash: row.password, password });
      await check.hash(password);
      return false;
    },
  };
}
