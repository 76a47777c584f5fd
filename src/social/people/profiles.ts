import { createHash } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import { isDuplicate, type SocialProfileTable, type Store } from '../../store/index.ts';
import type { WordIndex } from '../search/word-index.ts';
import { HANDLE } from '../text/facets.ts';
import type { FollowRow } from './relations.ts';

/** Names that would be taken for the server's own. */
const KEPT: ReadonlySet<string> = new Set(
  'admin administrator earshot erased everyone help here host hosts moderator moderation operator official post root security staff support system'.split(
    ' ',
  ),
);

/** Accounts whose visit of today is remembered; beyond it all are forgotten, and noted once more. */
const MOST_NOTED = 50_000;

/** The form in which the address of an erased account stays taken, since old mentions and links lead to it. */
const goneAs = (handle: string): string =>
  `erased_${createHash('sha256').update(handle).digest('hex').slice(0, 32)}`;
/** Digits that are read as letters. */
const READ_AS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' };

/** True for an address that would be taken for the server itself, also as `adm1n`, `_admin_` or `admins2`. */
function isKept(handle: string): boolean {
  const read = handle
    .replace(/\d+$/, '')
    .replaceAll('_', '')
    .replace(/\d/g, (digit) => READ_AS[digit] ?? digit);
  return KEPT.has(handle) || KEPT.has(read) || KEPT.has(read.replace(/s$/, '')) || read.includes('earshot');
}

/** Somebody as posts show them. An erased account has no name, and its posts' tombstones stay. */
export interface PersonCard {
  readonly account: string;
  readonly handle: string;
  readonly name: string;
  /** The id of the picture that they show. */
  readonly avatar?: string;
}

/** What somebody shows of themselves. */
export interface Profile extends PersonCard {
  readonly bio: string;
  readonly links: readonly string[];
  readonly pinnedPost?: number;
  readonly pinnedRoom?: string;
  /** The day of the last visit, as `2026-12-01`. */
  readonly seen?: string;
  /** Wall-clock ms. */
  readonly created: number;
}

/** What can be changed of a profile; the address is chosen once. */
export interface ProfileChange {
  readonly bio?: string | undefined;
  readonly links?: readonly string[] | undefined;
  /** Null: nothing is pinned any more. */
  readonly pinnedPost?: number | null | undefined;
  readonly pinnedRoom?: string | null | undefined;
}

/** Why an address was not given. */
export type HandleFault = 'form' | 'kept' | 'taken' | 'has-one';

/** Profiles on the store. */
export interface Profiles {
  /** Gives an account its address. */
  begin(account: string, name: string, handle: string): Promise<Profile | HandleFault>;
  of(account: string): Promise<Profile | undefined>;
  byHandle(handle: string): Promise<Profile | undefined>;
  /** Cards of many accounts by account; those without a profile are left out. */
  cards(accounts: Iterable<string>): Promise<ReadonlyMap<string, PersonCard>>;
  /**
   * Where a list of people goes on after somebody's row. Ids of accounts are told to nobody: by them somebody on a stage
   * under another name would be known.
   */
  rowAfter(at: number, handle: string): Promise<FollowRow>;
  /** Accounts by their names, for mentions. */
  accountsOf(handles: readonly string[]): Promise<ReadonlyMap<string, string>>;
  change(account: string, change: ProfileChange): Promise<void>;
  /** Takes away everything that somebody shows but name and address. */
  clear(account: string): Promise<void>;
  /** Notes that somebody was here today, and under which name: at most one write a day. */
  visited(account: string, name: string): Promise<void>;
  /** Forgets what an erased account showed. */
  forget(account: string): Promise<void>;
}

/** A profile that shows nothing. */
const BARE = { bio: '', links: '[]', pinned_post: null, pinned_room: null, avatar: null } as const;

const row = (
  found: (Selectable<SocialProfileTable> & { readonly name: string }) | undefined,
): Profile | undefined =>
  found && {
    ...{ account: found.account, handle: found.handle, name: found.name, bio: found.bio },
    ...{ links: JSON.parse(found.links) as string[], created: found.created },
    ...(found.avatar === null ? {} : { avatar: found.avatar }),
    ...(found.pinned_post === null ? {} : { pinnedPost: found.pinned_post }),
    ...(found.pinned_room === null ? {} : { pinnedRoom: found.pinned_room }),
    ...(found.seen === null ? {} : { seen: found.seen }),
  };

/** Opens profiles. */
export function openProfiles(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly words: WordIndex;
}): Profiles {
  const { clock, words } = deps;
  const { db } = deps.store;
  const day = (): string => new Date(clock.wall()).toISOString().slice(0, 10);
  /** Who was noted already, with the day and the name: a restart notes them once more. */
  const noted = new Map<string, string>();
  const profiles = () =>
    db
      .selectFrom('social_profile')
      .innerJoin('account', 'account.id', 'social_profile.account')
      .selectAll('social_profile')
      .select('account.name')
      .where('account.erased', 'is', null);
  const of: Profiles['of'] = async (account) =>
    row(await profiles().where('social_profile.account', '=', account).executeTakeFirst());
  const accountsOf: Profiles['accountsOf'] = async (handles) => {
    if (handles.length === 0) return new Map();
    const found = await db
      .selectFrom('social_profile')
      .select(['account', 'handle'])
      .where('handle', 'in', [...handles])
      .execute();
    return new Map(found.map(({ account, handle }) => [handle, account]));
  };
  return {
    of,
    async begin(account, name, handle) {
      if (!HANDLE.test(handle) || !/[a-z]/.test(handle)) return 'form';
      if (isKept(handle) || handle.startsWith('erased_')) return 'kept';
      const gone = db.selectFrom('social_profile').select('account').where('handle', '=', goneAs(handle));
      if (await gone.executeTakeFirst()) return 'taken';
      try {
        await db
          .insertInto('social_profile')
          .values({
            ...{ ...BARE, account, handle },
            ...{ seen: day(), created: clock.wall() },
          })
          .execute();
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        return (await of(account)) ? 'has-one' : 'taken';
      }
      await words.put('person', account, `${handle} ${name}`);
      return (await of(account)) ?? 'taken';
    },
    byHandle: async (handle) =>
      HANDLE.test(handle) ? row(await profiles().where('handle', '=', handle).executeTakeFirst()) : undefined,
    async cards(accounts) {
      const wanted = [...new Set(accounts)];
      if (wanted.length === 0) return new Map();
      const found = await db
        .selectFrom('social_profile')
        .innerJoin('account', 'account.id', 'social_profile.account')
        .select(['social_profile.account', 'handle', 'name', 'avatar'])
        .where('social_profile.account', 'in', wanted)
        .execute();
      return new Map(
        found.map(({ avatar, ...one }) => [one.account, { ...one, ...(avatar === null ? {} : { avatar }) }]),
      );
    },
    accountsOf,
    rowAfter: async (at, handle) => ({ at, account: (await accountsOf([handle])).get(handle) ?? '' }),
    async change(account, { bio, links, pinnedPost, pinnedRoom }) {
      const set = {
        ...(bio === undefined ? {} : { bio }),
        ...(links === undefined ? {} : { links: JSON.stringify(links) }),
        ...(pinnedPost === undefined ? {} : { pinned_post: pinnedPost }),
        ...(pinnedRoom === undefined ? {} : { pinned_room: pinnedRoom }),
      };
      if (Object.keys(set).length > 0)
        await db.updateTable('social_profile').set(set).where('account', '=', account).execute();
    },
    async clear(account) {
      await db.updateTable('social_profile').set(BARE).where('account', '=', account).execute();
    },
    async visited(account, name) {
      const today = day();
      const now = `${today} ${name}`;
      if (noted.get(account) === now) return;
      if (noted.size > MOST_NOTED) noted.clear();
      noted.set(account, now);
      const found = await db
        .updateTable('social_profile')
        .set({ seen: today })
        .where('account', '=', account)
        .returning('handle')
        .executeTakeFirst();
      // A name may have changed since.
      if (found) await words.put('person', account, `${found.handle} ${name}`);
    },
    async forget(account) {
      noted.delete(account);
      await words.remove('person', account);
      const now = db.selectFrom('social_profile').select('handle').where('account', '=', account);
      const { handle } = (await now.executeTakeFirst()) ?? {};
      if (handle === undefined) return;
      await db
        .updateTable('social_profile')
        .set({ ...BARE, handle: handle.startsWith('erased_') ? handle : goneAs(handle), seen: null })
        .where('account', '=', account)
        .execute();
    },
  };
}
