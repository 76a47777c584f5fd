import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Schema, Store } from '../../store/index.ts';
import { dayOf, KEPT_MS, MOST_KEPT, MOST_OF_ONE } from './notification.ts';
import { openRecentWrites } from './recent-writes.ts';

/** After so many writes to an account its oldest rows are looked for. */
const TRIM_EVERY = 50;
const DAY_MS = 86_400_000;

/** The transaction of what is told. */
type Trx = Kysely<Schema>;
/** Kinds of which each post has a row of its own. */
type PostKind = 'mention' | 'reply' | 'quote';
/** Kinds of which many people share one row. */
type ManyKind = 'like' | 'repost' | 'follow';

/** Whom a post concerns. */
export interface Concerned {
  readonly author: string;
  readonly post: number;
  /** The author of the post that it answers, and of the one that it quotes. */
  readonly answered?: string | undefined;
  readonly quoted?: string | undefined;
  readonly mentioned: readonly string[];
  /** Whom it mentioned before it was edited: they know. */
  readonly before?: readonly string[];
}

/** Writes notifications: inside the transaction of what they are about. */
export interface NotificationBook {
  /** A post was written or edited. */
  posted(trx: Trx, concerned: Concerned): Promise<void>;
  /** Somebody liked or passed on a post of `account`, or follows it. `post`: absent for followers. */
  many(trx: Trx, account: string, kind: ManyKind, actor: string, post?: number): Promise<void>;
  /**
   * Somebody took it back. The row stays: it is told as long as one of them is left, and whoever does the same again a
   * moment later is no news.
   */
  tookBack(account: string, kind: ManyKind, actor: string, post?: number): void;
  /** A post is gone: so is what was told about it. */
  removed(trx: Trx, post: number): Promise<void>;
  /** Somebody is not read by `account` any more. */
  shielded(account: string, other: string): Promise<void>;
  /** What was told is seen: whatever comes next is new. */
  seen(account: string): void;
  /** Removes what is too old. */
  sweep(): Promise<void>;
  forget(account: string): Promise<void>;
}

/** Of `accounts` those who want to hear of `actor`: neither mutes nor blocks is between them, nor a setting. */
async function open(trx: Trx, accounts: readonly string[], actor: string): Promise<Set<string>> {
  const others = [...new Set(accounts)].filter((account) => account !== actor);
  if (others.length === 0) return new Set();
  const shields = await trx
    .selectFrom('social_shield')
    .select(['account', 'target'])
    .where((e) =>
      e.or([
        e.and([e('target', '=', actor), e('account', 'in', others)]),
        e.and([e('account', '=', actor), e('target', 'in', others), e('kind', '=', 'block')]),
      ]),
    )
    .execute();
  const away = new Set(shields.flatMap(({ account, target }) => [account, target]));
  return new Set(others.filter((account) => !away.has(account)));
}
/** Of `accounts` those who hear only of people whom they follow, and do not follow `actor`. */
async function closed(trx: Trx, accounts: readonly string[], actor: string): Promise<Set<string>> {
  if (accounts.length === 0) return new Set();
  const rows = await trx
    .selectFrom('social_setting')
    .leftJoin('social_follow', (join) =>
      join.onRef('social_follow.follower', '=', 'social_setting.account').on('followee', '=', actor),
    )
    .select('social_setting.account')
    .where('social_setting.account', 'in', [...accounts])
    .where('people', '=', 'followed')
    .where('social_follow.followee', 'is', null)
    .execute();
  return new Set(rows.map(({ account }) => account));
}

/** What somebody did, as it is remembered when they take it back. */
const deedOf = (account: string, kind: ManyKind | 'mention', actor: string, post?: number): string =>
  `${kind} ${actor} ${post ?? account} ${account}`;

/** Writes the row of one post; `at`: of the row, where that is not `now`. True when there is a new one. */
async function one(
  trx: Trx,
  account: string,
  kind: PostKind,
  { author, post }: Concerned,
  now: number,
  at = now,
): Promise<boolean> {
  // An answer that mentions whom it answers, and is edited, has its row.
  const known = await trx
    .selectFrom('notification')
    .select('kind')
    .where('account', '=', account)
    .where('post', '=', post)
    .where('actor', '=', author)
    .executeTakeFirst();
  if (known) return false;
  const same = await trx
    .selectFrom('notification')
    .select(['kind', 'about'])
    .where('account', '=', account)
    .where('at', '>', now - DAY_MS)
    .where('actor', '=', author)
    .orderBy('at', 'desc')
    .limit(MOST_OF_ONE)
    .execute();
  const [newest] = same;
  // Nobody fills somebody else's list: further posts are counted with the newest that is shown.
  if (newest && same.length === MOST_OF_ONE) {
    await trx
      .updateTable('notification')
      .set((e) => ({ more: e('more', '+', 1) }))
      .where('account', '=', account)
      .where('kind', '=', newest.kind)
      .where('about', '=', newest.about)
      .execute();
    return false;
  }
  await trx
    .insertInto('notification')
    .values({ account, kind, about: `${post}`, post, actor: author, at })
    .onConflict((c) => c.doNothing())
    .execute();
  return true;
}

/** Opens them. */
export function openNotificationBook({
  store,
  clock,
  told: tell = () => undefined,
}: {
  readonly store: Store;
  readonly clock: Clock;
  /** Is called with each account that something was told. */
  told?(account: string): void;
}): NotificationBook {
  const { db } = store;
  const recent = openRecentWrites(clock);

  /** After a write: removes the oldest of an account that has too many, at the first write and now and then. */
  async function wrote(trx: Trx, account: string): Promise<void> {
    tell(account);
    if (recent.counted(account) % TRIM_EVERY !== 1) return;
    const last = await trx
      .selectFrom('notification')
      .select('at')
      .where('account', '=', account)
      .orderBy('at', 'desc')
      .offset(MOST_KEPT - 1)
      .limit(1)
      .executeTakeFirst();
    if (last)
      await trx.deleteFrom('notification').where('account', '=', account).where('at', '<', last.at).execute();
  }

  return {
    async posted(trx, concerned) {
      const { author, post, answered, quoted, mentioned, before = [] } = concerned;
      // One post tells one person one thing.
      const kinds = new Map<string, PostKind>(
        mentioned.flatMap((account) => (before.includes(account) ? [] : [[account, 'mention'] as const])),
      );
      if (quoted !== undefined) kinds.set(quoted, 'quote');
      if (answered !== undefined) kinds.set(answered, 'reply');
      const told = await open(trx, [...kinds.keys()], author);
      for (const account of await closed(trx, [...told], author)) told.delete(account);
      for (const account of told)
        if (
          await one(
            ...([trx, account, kinds.get(account) ?? 'mention', concerned, clock.wall()] as const),
            recent.takenBack(deedOf(account, 'mention', author, post)),
          )
        )
          await wrote(trx, account);
      // An edit may have taken a mention back; who mentions and unmentions in turn is told once.
      for (const account of before)
        if (!mentioned.includes(account)) recent.tookBack(deedOf(account, 'mention', author, post));
      let gone = trx.deleteFrom('notification').where('post', '=', post).where('kind', '=', 'mention');
      if (mentioned.length > 0) gone = gone.where('account', 'not in', [...mentioned]);
      await gone.execute();
    },
    async many(trx, account, kind, actor, post) {
      const now = clock.wall();
      const about = post === undefined ? dayOf(now) : `${post}`;
      const row = `${kind} ${about}`;
      const back = recent.takenBack(deedOf(account, kind, actor, post));
      // A hundred thousand likes of one post are a write a minute.
      if (back === undefined && recent.isFresh(account, row)) return;
      if (!(await open(trx, [account], actor)).has(account)) return;
      // Followers of a day are those of the day of the row.
      const at = back === undefined ? now : Math.max(back, post === undefined ? Date.parse(about) : 0);
      await trx
        .insertInto('notification')
        .values({ account, kind, about, post: post ?? null, actor: null, at })
        .onConflict((c) => {
          const same = c.columns(['account', 'kind', 'about']);
          return back === undefined ? same.doUpdateSet({ at }) : same.doNothing();
        })
        .execute();
      if (back !== undefined) return;
      recent.wrote(account, row);
      await wrote(trx, account);
    },
    tookBack: (account, kind, actor, post) => recent.tookBack(deedOf(account, kind, actor, post)),
    async removed(trx, post) {
      await trx.deleteFrom('notification').where('post', '=', post).execute();
    },
    async shielded(account, other) {
      await db.deleteFrom('notification').where('account', '=', account).where('actor', '=', other).execute();
    },
    seen: recent.seen,
    async sweep() {
      const until = clock.wall() - KEPT_MS;
      await db.deleteFrom('notification').where('at', '<', until).execute();
      await db.deleteFrom('social_room_event').where('at', '<', until).execute();
    },
    async forget(account) {
      await db
        .deleteFrom('notification')
        .where((e) => e.or([e('account', '=', account), e('actor', '=', account)]))
        .execute();
      await db.deleteFrom('social_setting').where('account', '=', account).execute();
    },
  };
}
