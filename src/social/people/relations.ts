import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import { type FollowCounts, openFollows } from './follows.ts';
import { openShields, type ShieldKind } from './shields.ts';
import { openSuspended } from './suspended.ts';

/** What one account is to another. */
export interface Relation {
  readonly following: boolean;
  readonly followsBack: boolean;
  readonly muted: boolean;
  readonly blocked: boolean;
  /** The other has blocked this one. */
  readonly blockedBy: boolean;
}

/** One who follows or is followed, and since when, wall-clock ms. */
export interface FollowRow {
  readonly account: string;
  readonly at: number;
}

/** Who follows, mutes and blocks whom. */
export interface Relations {
  /** `full`: the limit is reached. `blocked`: one of them has blocked the other. */
  follow(follower: string, followee: string): Promise<'full' | 'blocked' | undefined>;
  unfollow(follower: string, followee: string): Promise<void>;
  shield(account: string, target: string, kind: ShieldKind): Promise<'full' | undefined>;
  unshield(account: string, target: string, kind: ShieldKind): Promise<void>;
  /** Whom an account mutes or blocks, the newest first. */
  shields(account: string, kind: ShieldKind, limit: number): Promise<string[]>;
  between(account: string, other: string): Promise<Relation>;
  /** True when either has blocked the other. */
  blocked(one: string, other: string): Promise<boolean>;
  /** Whom an account does not read: whom it mutes, and blocks in either direction. */
  unread(account: string): Promise<ReadonlySet<string>>;
  /** Whom a reader does not meet in lists: whom it does not read, and who is suspended. Undefined: a stranger. */
  away(reader: string | undefined): Promise<ReadonlySet<string>>;
  counts(account: string): Promise<FollowCounts>;
  /** Looks through all profiles, and puts counts right that are not; how many there were. */
  recount(): Promise<number>;
  /** The newest first; those older than `before`. */
  followers(account: string, limit: number, before?: FollowRow): Promise<FollowRow[]>;
  following(account: string, limit: number, before?: FollowRow): Promise<FollowRow[]>;
  forget(account: string): Promise<void>;
}

/** Opens them. */
export function openRelations({
  store,
  clock,
  notices,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: NotificationBook;
}): Relations {
  const { db } = store;
  const follows = async (follower: string, followee: string): Promise<boolean> =>
    (await db
      .selectFrom('social_follow')
      .select('at')
      .where('follower', '=', follower)
      .where('followee', '=', followee)
      .executeTakeFirst()) !== undefined;
  const rows = async (
    of: 'follower' | 'followee',
    account: string,
    limit: number,
    before?: FollowRow,
  ): Promise<FollowRow[]> => {
    const other = of === 'follower' ? 'followee' : 'follower';
    let query = db
      .selectFrom('social_follow')
      .select([`${other} as account`, 'at'])
      .where(of, '=', account);
    if (before)
      query = query.where((e) =>
        e.or([e('at', '<', before.at), e.and([e('at', '=', before.at), e(other, '<', before.account)])]),
      );
    return (await query.orderBy('at', 'desc').orderBy(other, 'desc').limit(limit).execute()) as FollowRow[];
  };
  const ties = openFollows({ store, clock, notices });
  const {
    between: standing,
    blocked,
    ...rest
  } = openShields({
    ...{ store, clock, notices },
    unfollowIn: ties.unfollowIn,
  });
  const suspended = openSuspended({ store, clock });
  return {
    ...{ ...rest, blocked },
    away: async (reader) =>
      reader === undefined ? suspended() : (await suspended()).union(await rest.unread(reader)),
    ...{ follow: ties.follow, unfollow: ties.unfollow, recount: ties.recount, counts: ties.counts },
    async between(account, other) {
      const list = await standing(account, other);
      const mine = list.filter((one) => one.account === account);
      return {
        following: await follows(account, other),
        followsBack: await follows(other, account),
        muted: mine.some(({ kind }) => kind === 'mute'),
        blocked: mine.some(({ kind }) => kind === 'block'),
        blockedBy: list.some((one) => one.account === other),
      };
    },
    followers: (account, limit, before) => rows('followee', account, limit, before),
    following: (account, limit, before) => rows('follower', account, limit, before),
    async forget(account) {
      await ties.forget(account);
      for (const side of ['account', 'target'] as const)
        await db.deleteFrom('social_shield').where(side, '=', account).execute();
      await db.deleteFrom('social_visit').where('account', '=', account).execute();
    },
  };
}

/** Begins or ends that one follows, mutes or blocks another. */
export async function relate(
  relations: Relations,
  kind: 'follow' | 'mute' | 'block',
  on: boolean,
  account: string,
  other: string,
): Promise<'full' | 'blocked' | undefined> {
  if (kind === 'follow') {
    if (on) return relations.follow(account, other);
    await relations.unfollow(account, other);
    return undefined;
  }
  if (on) return relations.shield(account, other, kind);
  await relations.unshield(account, other, kind);
  return undefined;
}
