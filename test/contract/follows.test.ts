/** How many follow somebody, on both databases: right whatever happens at once, and cheap with a million. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openNotificationBook } from '../../src/social/notifications/notification-writing.ts';
import { openRelations } from '../../src/social/people/relations.ts';
import { idOf, NOW, useSocial } from './social-people.ts';

const MILLION = 1_000_000;

describe.each(['sqlite', 'postgres'] as const)('follows on %s', (engine) => {
  const { as, store, social, clock } = useSocial(engine);
  const relations = () => {
    const on = { store: store(), clock: clock() };
    return openRelations({ ...on, notices: openNotificationBook(on) });
  };
  /** The counts of everybody, and the rows that they count. */
  const told = async () =>
    (
      await store()
        .db.selectFrom('social_profile')
        .select(['handle', 'followers', 'following'])
        .orderBy('handle')
        .execute()
    ).map(({ handle, followers, following }) => `${handle} ${followers} ${following}`);
  const counted = async () => {
    const before = await told();
    expect(await relations().recount()).toBe(0);
    return before;
  };
  /** Accounts with profiles, numbered from 10 on; `fan`: all of them follow somebody. */
  async function crowd(count: number, fan?: string): Promise<void> {
    const at = new Date(NOW).toISOString();
    const { db } = store();
    // A slow machine gets through each of these before the driver gives up.
    for (let from = 10; from < count + 10; from += 50_000) {
      const to = Math.min(from + 50_000, count + 10) - 1;
      const numbers =
        engine === 'postgres'
          ? sql`select generate_series(${sql.lit(from)}, ${sql.lit(to)}) as n`
          : sql`with recursive c(n) as (select ${sql.lit(from)} union all select n + 1 from c where n < ${sql.lit(to)}) select n from c`;
      await sql`insert into account (id, name, email, email_verified, image, role, created, updated, erased)
        select 'a' || n, 'N' || n, 'n' || n || '@x.example', 1, null, 'member', ${at}, ${at}, null from (${numbers}) as c`.execute(
        db,
      );
      await sql`insert into social_profile (account, handle, bio, links, created, followers, following)
        select 'a' || n, 'n' || n, '', '[]', 0, 0, ${sql.lit(fan === undefined ? 0 : 1)} from (${numbers}) as c`.execute(
        db,
      );
      if (fan !== undefined)
        await sql`insert into social_follow (follower, followee, at) select 'a' || n, ${fan}, n from (${numbers}) as c`.execute(
          db,
        );
    }
  }

  test('each follow, its end, a block and an erased account change the counts of both', async () => {
    await as('ana').put('/api/profiles/bo/follow');
    await as('ana').put('/api/profiles/bo/follow');
    await as('cem').put('/api/profiles/bo/follow');
    await as('bo').put('/api/profiles/ana/follow');
    expect(await counted()).toEqual(['ana 1 1', 'bo 2 1', 'cem 0 1']);
    expect(await as().get('/api/profiles/bo')).toMatchObject({ followers: 2, following: 1 });
    await as('cem').drop('/api/profiles/bo/follow');
    await as('cem').drop('/api/profiles/bo/follow');
    expect(await counted()).toEqual(['ana 1 1', 'bo 1 1', 'cem 0 0']);
    await as('ana').put('/api/profiles/bo/block');
    expect(await counted()).toEqual(['ana 0 0', 'bo 0 0', 'cem 0 0']);
    await as('ana').put('/api/profiles/cem/follow');
    await as('cem').put('/api/profiles/ana/follow');
    await social().forget(idOf(0));
    expect(await counted()).toContain('cem 0 0');
  });

  test('whatever happens at once, the counts are those of the rows, and no follow overtakes a block', async () => {
    await crowd(8);
    const people = ['a10', 'a11', 'a12', 'a13', 'a14', 'a15', 'a16', 'a17'];
    const all = relations();
    const acts: Promise<unknown>[] = [];
    for (let i = 0; i < 400; i += 1) {
      const [one = '', other = ''] = [people[(i * 7) % 8], people[(i * 5 + 3) % 8]];
      if (one === other) continue;
      if (i % 11 === 0) acts.push(all.shield(one, other, 'block'));
      else acts.push(i % 3 === 0 ? all.unfollow(one, other) : all.follow(one, other));
    }
    await Promise.all(acts);
    await counted();
    const { rows } = await sql`select 1 from social_follow f join social_shield s on s.kind = 'block' and (
      (s.account = f.follower and s.target = f.followee) or (s.account = f.followee and s.target = f.follower)
    )`.execute(store().db);
    expect(rows).toEqual([]);
  });

  test('nobody follows more than 10,000, also when many are asked for at once', async () => {
    await crowd(10_004);
    await sql`insert into social_follow (follower, followee, at)
      select ${idOf(0)}, account, 0 from social_profile where account like 'a%' and handle <> 'ana' order by account limit 9998`.execute(
      store().db,
    );
    expect(await relations().recount()).toBe(9_999);
    const free = await store()
      .db.selectFrom('social_profile')
      .select('account')
      .where('followers', '=', 0)
      .where('account', 'like', 'a%')
      .execute();
    const made = await Promise.all(free.map(({ account }) => relations().follow(idOf(0), account)));
    expect(made.filter((one) => one === undefined)).toHaveLength(2);
    expect(made).toContain('full');
    expect(await relations().counts(idOf(0))).toEqual({ followers: 0, following: 10_000 });
    await counted();
    // All of it is forgotten in many steps.
    await social().forget(idOf(0));
    expect((await store().db.selectFrom('social_follow').select('at').execute()).length).toBe(0);
    await counted();
  });

  test('somebody with a million followers is shown with as many questions as somebody with none', async () => {
    await crowd(MILLION, idOf(1));
    await sql`update social_profile set followers = ${MILLION} where account = ${idOf(1)}`.execute(
      store().db,
    );
    let asked: string[] = [];
    const { db } = store();
    const executor = db.getExecutor();
    const compile = executor.compileQuery.bind(executor);
    executor.compileQuery = (...sent) => {
      const query = compile(...sent);
      asked.push(query.sql);
      return query;
    };
    try {
      const view = async (handle: string): Promise<[number, number]> => {
        asked = [];
        const shown = await as().get<{ followers: number }>(`/api/profiles/${handle}`);
        return [shown.followers, asked.length];
      };
      const [none, few] = await view('ana');
      expect(none).toBe(0);
      expect(few).toBeGreaterThan(0);
      expect(await view('bo')).toEqual([MILLION, few]);
      expect(asked.filter((query) => /count\(/i.test(query))).toEqual([]);
      const { people } = await as().get<{ people: { handle: string }[] }>(
        '/api/profiles/bo/followers?limit=2',
      );
      expect(people.map(({ handle }) => handle)).toEqual(['n1000009', 'n1000008']);
      asked = [];
      await as('ana').put('/api/profiles/bo/follow');
      expect(asked.length).toBeLessThan(12);
      expect(await as().get('/api/profiles/bo')).toMatchObject({ followers: MILLION + 1 });
    } finally {
      executor.compileQuery = compile;
    }
  }, 300_000);
});
