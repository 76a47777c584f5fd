import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../store/index.ts';
import { suspendedAt } from '../people/suspended.ts';
import type { NotificationKind } from './notification.ts';

const DAY_MS = 86_400_000;

/** Whom an account does not read: whom it mutes or blocks, who blocks it, and who is suspended. */
const unreadBy = (account: string, now: number) => sql`(
  select target from social_shield where account = ${account}
  union all select account from social_shield where target = ${account} and kind = 'block'
  union all select target from ${suspendedAt(now)} as suspended
)`;
const read = (
  who: string,
  account: string,
  now: number,
) => sql`${sql.ref(who)} not in ${suspendedAt(now)} and not exists (
  select 1 from social_shield where (account = ${account} and target = ${sql.ref(who)})
  or (account = ${sql.ref(who)} and target = ${account} and kind = 'block')
)`;

/**
 * The rows of an account that tell it something: of posts that are there, and of many where one of them is left whom it
 * reads. What is told and what is counted as new are these rows, so that they agree.
 */
export function toldRows(
  db: Kysely<Schema>,
  account: string,
  {
    off,
    above,
    now,
  }: { readonly off: readonly NotificationKind[]; readonly above: number; readonly now: number },
) {
  const query = db
    .selectFrom('notification')
    .where('notification.account', '=', account)
    .where('notification.at', '>', above)
    .where(sql<boolean>`(notification.actor is null or notification.actor not in ${suspendedAt(now)})`)
    .where(
      sql<boolean>`(notification.post is null or exists (
        select 1 from social_post where social_post.id = notification.post and deleted is null
      ))`,
    )
    .where(
      sql<boolean>`case notification.kind
        when 'like' then exists (
          select 1 from social_like where social_like.post = notification.post and social_like.account <> ${account}
          and ${read('social_like.account', account, now)}
        )
        when 'repost' then exists (
          select 1 from social_post as passed where passed.repost_of = notification.post and passed.author <> ${account}
          and ${read('passed.author', account, now)}
        )
        when 'follow' then exists (
          select 1 from social_follow where followee = ${account}
          and social_follow.at >= notification.at - notification.at % ${sql.lit(DAY_MS)}
          and social_follow.at < notification.at - notification.at % ${sql.lit(DAY_MS)} + ${sql.lit(DAY_MS)}
          and ${read('social_follow.follower', account, now)}
        )
        else true end`,
    );
  return off.length === 0 ? query : query.where('notification.kind', 'not in', [...off]);
}

/**
 * Who likes a post, has passed it on, or began to follow on a day: the newest `named` whom `account` reads, and how many of
 * them there are; `counted`: how many the post itself says, where it says it, without the account's own.
 */
export async function behindRow(
  db: Kysely<Schema>,
  account: string,
  { kind, post, about }: { readonly kind: string; readonly post: number | null; readonly about: string },
  { named, counted, now }: { readonly named: number; readonly counted: number; readonly now: number },
): Promise<{ readonly ids: readonly string[]; readonly count: number }> {
  const away = unreadBy(account, now);
  const [table, who, of, order] =
    kind === 'follow'
      ? [sql`social_follow`, sql`follower`, sql`followee`, sql`at`]
      : kind === 'like'
        ? [sql`social_like`, sql`account`, sql`post`, sql`at`]
        : [sql`social_post`, sql`author`, sql`repost_of`, sql`id`];
  const from = kind === 'follow' ? Date.parse(`${about}T00:00:00Z`) : 0;
  const whole =
    kind === 'follow'
      ? sql`${of} = ${account} and at >= ${from} and at < ${from + DAY_MS}`
      : sql`${of} = ${post} and ${who} <> ${account}`;
  const { rows } = await sql<{ id: string }>`select ${who} as id from ${table}
    where ${whole} and ${who} not in ${away} order by ${order} desc, ${who} desc limit ${named}`.execute(db);
  const count = async (part: RawBuilder<unknown>): Promise<number> =>
    Number(
      (await sql<{ n: number }>`select count(*) as n from ${table} where ${part}`.execute(db)).rows[0]?.n ??
        0,
    );
  // Those who are left out are few; the others may be a million.
  const hidden = await count(sql`${whole} and ${who} in ${away}`);
  const all = kind === 'follow' ? await count(whole) : counted;
  return { ids: rows.map(({ id }) => id), count: all - hidden };
}
