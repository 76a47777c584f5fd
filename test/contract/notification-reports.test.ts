/** What people reported of notifications and counts elsewhere, tried here. */
import { describe, expect, test } from 'vitest';
import { ms } from '../../src/base/time.ts';
import { postKeyOf } from '../../src/social/posts/post-key.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { HALL, idOf, NOW, type Shown, useSocial } from './social-people.ts';

interface Told {
  readonly kind: string;
  readonly count: number;
  readonly isNew: boolean;
  readonly at: string;
  readonly people: { readonly handle: string }[];
}

describe.each(['sqlite', 'postgres'] as const)('reported of notifications, on %s', (engine) => {
  const { state, as, send, page, codeOf, store, social, clock } = useSocial(engine);
  type Name = NonNullable<Parameters<typeof as>[0]>;
  const told = async (who: Name) =>
    as(who).get<{ notifications: Told[]; unseen: number }>('/api/notifications');
  const short = async (who: Name): Promise<string[]> =>
    (await told(who)).notifications.map(
      ({ kind, people, count }) => `${kind} ${people.map(({ handle }) => handle).join('+')} ${count}`,
    );
  const unseen = async (who: Name): Promise<number> => (await told(who)).unseen;
  const look = (who: Name): Promise<Response> => page('/notifications', who);
  const wait = (minutes = 2): void => clock().advance(ms(minutes * 60_000));

  test('LemmyNet/lemmy-ui#810, #1300: the number of new ones is that of the list, also when those behind them are gone', async () => {
    const post = await as('ana').writes('hello');
    wait();
    for (const who of ['bo', 'cem'] as const) await as(who).put(`/api/posts/${post.id}/like`);
    await as('bo').put(`/api/posts/${post.id}/repost`);
    await as('bo').put('/api/profiles/ana/follow');
    expect(await unseen('ana')).toBe(3);
    expect((await short('ana')).sort()).toEqual(['follow bo 1', 'like cem+bo 2', 'repost bo 1']);
    await as('ana').writes('nothing');
    await social().forget(idOf(1));
    await social().forget(idOf(2));
    expect([await unseen('ana'), await short('ana')]).toEqual([0, []]);
  });

  test('LemmyNet/lemmy-ui#1167: a room that became private is neither told nor counted as new', async () => {
    const room = '019adf00-0000-7000-8000-000000000aaa';
    const made = {
      id: room,
      slug: 'hall',
      title: 'The hall',
      hosts: '["Ana"]',
      status: 'scheduled',
      created: NOW,
    };
    await store()
      .db.insertInto('room')
      .values(made as never)
      .execute();
    await store()
      .db.insertInto('room_member')
      .values({ room, account: idOf(0), role: 'host', created: NOW } as never)
      .execute();
    await as('bo').put('/api/profiles/ana/follow');
    wait();
    state.card = { ...HALL, status: 'scheduled', clocks: { scheduled: NOW + 3_600_000 } } as RoomCard;
    social().roomChanged('hall');
    await social().settled();
    expect([await unseen('bo'), await short('bo')]).toEqual([1, ['room  1']]);
    state.card = { ...state.card, access: 'private' } as RoomCard;
    expect([await unseen('bo'), await short('bo')]).toEqual([0, []]);
    expect(await (await look('bo')).text()).not.toContain('Notifications (');
  });

  test('superseriousbusiness/gotosocial#51, mastodon/mastodon#7282, #2532: who likes, unlikes, follows and unfollows is told once', async () => {
    const post = await as('ana').writes('hello');
    wait();
    for (const path of [
      `/api/posts/${post.id}/like`,
      `/api/posts/${post.id}/repost`,
      '/api/profiles/ana/follow',
    ]) {
      await as('bo').put(path);
      await look('ana');
      for (let i = 0; i < 4; i += 1) {
        wait();
        expect((await as('bo').drop(path)).status).toBe(204);
        expect(await unseen('ana')).toBe(0);
        expect(await as('bo').put(path)).toBe(204);
        expect([path, await unseen('ana')]).toEqual([path, 0]);
      }
    }
    expect((await short('ana')).sort()).toEqual(['follow bo 1', 'like bo 1', 'repost bo 1']);
    // Somebody else is news.
    wait();
    await as('cem').put(`/api/posts/${post.id}/like`);
    expect(await unseen('ana')).toBe(1);
  });

  test('stackernews/stacker.news#557, steemit/condenser#1052: an edit does not tell again, however late, nor an answer that mentions', async () => {
    const first = await as('ana').writes('hello');
    const answer = await as('bo').writes('@ana yes', { replyTo: first.id });
    const mention = await as('bo').writes('look @ana');
    expect((await short('ana')).sort()).toEqual(['mention bo 1', 'reply bo 1']);
    await look('ana');
    for (const days of [0, 2, 3]) {
      wait(days * 24 * 60 + 2);
      for (const { id } of [answer, mention])
        expect((await as('bo').patch(`/api/posts/${id}`, { text: `@ana again ${days}` })).status).toBe(200);
      expect([days, await unseen('ana'), await short('ana')]).toEqual([
        days,
        0,
        ['mention bo 1', 'reply bo 1'],
      ]);
    }
  });

  test('fedify-dev/hollo#608, tuskyapp/Tusky#4817: whom one mutes or blocks is in no line of many, and in no number', async () => {
    const post = await as('ana').writes('hello');
    wait();
    await as('bo').put(`/api/posts/${post.id}/like`);
    await as('bo').put(`/api/posts/${post.id}/repost`);
    await as('bo').put('/api/profiles/ana/follow');
    await as('ana').put('/api/profiles/bo/mute');
    expect([await unseen('ana'), await short('ana')]).toEqual([0, []]);
    wait();
    await as('cem').put(`/api/posts/${post.id}/like`);
    expect([await unseen('ana'), await short('ana')]).toEqual([1, ['like cem 1']]);
    await as('ana').drop('/api/profiles/bo/mute');
    expect(await short('ana')).toContain('like cem+bo 2');
  });

  test('LemmyNet/lemmy#2045: what somebody told before they blocked one can be dismissed: it is gone', async () => {
    const post = await as('ana').writes('hello');
    await as('bo').writes('@ana no', { replyTo: post.id });
    expect(await unseen('ana')).toBe(1);
    await as('bo').put('/api/profiles/ana/block');
    expect([await unseen('ana'), await short('ana')]).toEqual([0, []]);
  });

  test('bluesky-social/social-app#6089: what is deleted meanwhile is neither liked, reposted, answered nor counted', async () => {
    for (let i = 0; i < 6; i += 1) {
      const post = await as('ana').writes(`hello ${i}`);
      wait();
      const [gone, liked, passed, answered, quoted] = await Promise.all([
        as('ana').drop(`/api/posts/${post.id}`),
        send('bo', 'PUT', `/api/posts/${post.id}/like`),
        send('cem', 'PUT', `/api/posts/${post.id}/repost`),
        as('bo').post('/api/posts', { text: 'yes', replyTo: post.id }),
        as('cem').post('/api/posts', { text: 'see', quoteOf: post.id }),
      ]);
      expect(gone.status).toBe(200);
      for (const { status } of [liked, passed, answered, quoted])
        expect([201, 204, 409, 410]).toContain(status);
      const key = postKeyOf(post.id) ?? 0;
      const row = await store()
        .db.selectFrom('social_post')
        .selectAll()
        .where('id', '=', key)
        .executeTakeFirstOrThrow();
      const likes = await store().db.selectFrom('social_like').selectAll().where('post', '=', key).execute();
      expect([row.likes, likes, row.text]).toEqual([0, [], '']);
      const reposts = await store()
        .db.selectFrom('social_post')
        .select('id')
        .where('repost_of', '=', key)
        .execute();
      expect(row.reposts).toBe(reposts.length);
      expect(await unseen('ana')).toBe((await told('ana')).notifications.length);
    }
  });

  test('mastodon/mastodon#9437, wanelo/counter-cache#12: counts of two posts that are answered and quoted crosswise do not wait for each other', async () => {
    const one = await as('ana').writes('one');
    const two = await as('ana').writes('two');
    wait(60);
    const write = (who: Name, replyTo: string, quoteOf: string) =>
      as(who).post('/api/posts', { text: 'crosswise', replyTo, quoteOf });
    for (let i = 0; i < 4; i += 1) {
      const made = await Promise.all([
        ...[write('bo', one.id, two.id), write('cem', two.id, one.id), write('ana', one.id, two.id)],
        ...[write('bo', two.id, one.id), write('cem', one.id, two.id), write('ana', two.id, one.id)],
      ]);
      expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
      wait(10);
    }
    const { counts } = await as().get<Shown>(`/api/posts/${one.id}`);
    expect([counts.replies, counts.quotes]).toEqual([12, 12]);
    expect(state.logged).toEqual([]);
    expect(await codeOf(await as('bo').post('/api/posts', { text: 'x', replyTo: 'zzzzzzzzzz' }))).toEqual([
      404,
      'not-found',
    ]);
  });

  test('misskey-dev/misskey#13316, mastodon/mastodon#31692, #32349: while somebody is suspended, nobody meets them in lists or notifications', async () => {
    const mine = await as('ana').writes('hello');
    const theirs = await as('bo').writes('spam #buy @ana');
    await as('bo').put(`/api/posts/${mine.id}/like`);
    await as('ana').put('/api/profiles/bo/follow');
    await as('cem').put(`/api/posts/${theirs.id}/repost`);
    const quote = await as('cem').writes('look', { quoteOf: theirs.id });
    await as('bo').writes('me too', { replyTo: mine.id });
    expect(await unseen('ana')).toBe(3);
    const decision = {
      ...{
        id: 'd1',
        notice: 'n1',
        act: 'suspend',
        room: null,
        target: idOf(1),
        target_name: 'Bo',
        reason: 'spam',
      },
      ...{ by_role: 'operator', since: clock().wall(), until: clock().wall() + 86_400_000, lifted: null },
      ...{ detail: '{}', objection: null, objected: null, answer: null, report: null },
    };
    await store()
      .db.insertInto('moderation_decision')
      .values(decision as never)
      .execute();
    wait();
    const lists = [
      ...['/api/feeds/home', '/api/feeds/local', '/api/feeds/tag?tag=buy', '/api/search?q=spam'],
      `/api/posts/${mine.id}/replies`,
    ];
    const spam = async (who?: Name): Promise<string[]> => {
      const found: string[] = [];
      for (const path of lists) {
        if (who === undefined && path.endsWith('home')) continue;
        const posts = await as(who).list(path);
        if (/spam|me too/.test(JSON.stringify(posts))) found.push(path);
      }
      return found;
    };
    expect([await spam('ana'), await spam()]).toEqual([[], []]);
    const shownQuote = (await as().list('/api/feeds/local')).find(({ id }) => id === quote.id);
    expect(shownQuote).toMatchObject({ text: 'look', quotes: theirs.id });
    expect([await unseen('ana'), await short('ana')]).toEqual([0, []]);
    expect(await as().get('/api/search?kind=people&q=bo')).toEqual({ people: [] });
    // Their address says what is there; when it is over, all is as it was.
    expect((await page(`/@bo/${theirs.id}`)).status).toBe(200);
    wait(25 * 60);
    expect(await spam('ana')).toEqual(lists);
    expect((await short('ana')).sort()).toEqual(['like bo 1', 'mention bo 1', 'reply bo 1']);
  });
});
