import type { Store } from '../store/index.ts';
import type { AccountId } from '../wire/account.ts';

/** One browser that is signed in, as its owner sees it. */
export interface SignIn {
  readonly id: string;
  /** What the browser says it is. */
  readonly agent: string;
  /** ISO 8601. */
  readonly created: string;
  /** Of the last use, to the hour. */
  readonly updated: string;
}

/** The browsers that are signed in. */
export interface SignIns {
  list(account: AccountId): Promise<SignIn[]>;
  /** Ends one, or all but `keep`. */
  end(account: AccountId, id: string): Promise<void>;
  endOthers(account: AccountId, keep: string): Promise<void>;
}

/** Opens the sign-ins. */
export function openSignIns({ store: { db } }: { store: Store }): SignIns {
  const own = (account: AccountId) => db.deleteFrom('account_session').where('account', '=', account);
  return {
    list: async (account) =>
      (
        await db
          .selectFrom('account_session')
          .select(['id', 'agent', 'created', 'updated'])
          .where('account', '=', account)
          .orderBy('updated', 'desc')
          .limit(50)
          .execute()
      ).map(({ agent, ...rest }) => ({ ...rest, agent: (agent ?? '').slice(0, 300) })),
    async end(account, id) {
      await own(account).where('id', '=', id).execute();
    },
    async endOthers(account, keep) {
      await own(account).where('id', '!=', keep).execute();
    },
  };
}

/** A browser and its system in a few words; undefined when nothing in the text is known. */
export function deviceOf(agent: string): string | undefined {
  const browser = (
    [
      ['Firefox', /Firefox\//],
      ['Edge', /Edg\w*\//],
      ['Opera', /OPR\//],
      ['Chrome', /Chrom(?:e|ium)\//],
      ['Safari', /Safari\//],
    ] as const
  ).find(([, is]) => is.test(agent))?.[0];
  const system = (
    [
      ['Android', /Android/],
      ['iOS', /iPhone|iPad/],
      ['Windows', /Windows/],
      ['macOS', /Mac OS X|Macintosh/],
      ['Linux', /Linux|X11/],
    ] as const
  ).find(([, is]) => is.test(agent))?.[0];
  return [browser, system].filter((one) => one !== undefined).join(', ') || undefined;
}
