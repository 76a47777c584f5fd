/** Notifications and settings on both databases, in the API and on pages. */
import { describe, expect, test } from 'vitest';
import { ms } from '../../src/base/time.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { HALL, idOf, NOW, type Shown, useSocial } from './social-people.ts';

interface Told {
  readonly kind: string;
  readonly count: number;
  readonly isNew: boolean;
  readonly at: string;
  readonly people: { readonly handle: string }[];
  readonly post?: Shown;
  readonly what?: string;
}

describe.each(['sqlite', 'postgres'] as const)('notifications on %s', (engine) => {
  const { state, as, send, page, store, social, clock, opened } = useSocial(engine);
  type Name = NonNullable<Parameters<typeof as>[0]>;
  const told = async (who: Name) =>
    as(who).get<{ notifications: Told[]; unseen: number; next?: string }>('/api/notifications');
  const short = async (who: Name): Promise<string[]> =>
    (await told(who)).notifications.map(
      ({ kind, people, count, what }) =>
        `${kind}${what === undefined ? '' : ` ${what}`} ${people.map(({ handle }) => handle).join('+')} ${count}`,
    );

  test('a mention, an answer, a quote, a like, a repost and a follower are told, one post once', async () => {
    const post = await as('ana').writes('hello');
    await as('bo').writes('look @ana and @cem', { replyTo: post.id });
    await as('cem').writes('I say', { quoteOf: post.id });
    clock().advance(ms(1_000));
    await as('bo').put(`/api/posts/${post.id}/like`);
    clock().advance(ms(1_000));
    await as('cem').put(`/api/posts/${post.id}/repost`);
    clock().advance(ms(1_000));
    await as('bo').put('/api/profiles/ana/follow');
    expect(await short('ana')).toEqual([
      'follow bo 1',
      'repost cem 1',
      'like bo 1',
      'quote cem 1',
      'reply bo 1',
    ]);
    expect(await short('cem')).toEqual(['mention bo 1']);
    // Nobody is told of what they do themselves.
    await as('ana').put(`/api/posts/${post.id}/like`);
    expect(await short('bo')).toEqual([]);
    expect((await told('ana')).notifications.find(({ kind }) => kind === 'like')?.count).toBe(1);
  });

  test('likes of many are one row, written at most once a minute, and what is taken back is not told', async () => {
    const post = await as('ana').writes('hello');
    const at = `/api/posts/${post.id}/like`;
    await as('bo').put(at);
    const row = () =>
      store().db.selectFrom('notification').selectAll().where('account', '=', idOf(0)).execute();
    const [first] = await row();
    clock().advance(ms(30_000));
    await as('cem').put(at);
    expect(await row()).toEqual([first]);
    expect(await short('ana')).toEqual(['like cem+bo 2']);
    clock().advance(ms(60_000));
    // Seen, and somebody else right after: that is new.
    const { notifications } = await told('ana');
    expect(
      (await send('ana', 'PUT', '/api/notifications/seen', { until: notifications[0]?.at })).status,
    ).toBe(204);
    expect((await told('ana')).unseen).toBe(0);
    const other = `/api/posts/${(await as('ana').writes('again')).id}/like`;
    await as('bo').put(other);
    const [newest] = (await told('ana')).notifications;
    await send('ana', 'PUT', '/api/notifications/seen', { until: newest?.at });
    clock().advance(ms(1));
    await as('cem').put(other);
    expect((await told('ana')).unseen).toBe(1);
    for (const path of [at, other]) for (const who of ['bo', 'cem'] as const) await as(who).drop(path);
    expect([await short('ana'), (await told('ana')).unseen]).toEqual([[], 0]);
  });

  test('nobody hears of whom they mute or block, nor of whom they do not follow where they said so', async () => {
    await as('bo').writes('hello @ana');
    await as('ana').put('/api/profiles/bo/mute');
    expect([await short('ana'), (await told('ana')).unseen]).toEqual([[], 0]);
    await as('bo').writes('again @ana');
    await as('bo').put('/api/profiles/ana/follow');
    expect(await short('ana')).toEqual([]);
    await as('cem').writes('hello @ana');
    await as('cem').put('/api/profiles/ana/block');
    expect(await short('ana')).toEqual([]);
    expect((await as('ana').patch('/api/settings', { people: 'followed' })).status).toBe(200);
    await as('ana').drop('/api/profiles/bo/mute');
    await as('bo').writes('a stranger @ana');
    expect(await short('ana')).toEqual([]);
    await as('ana').put('/api/profiles/bo/follow');
    await as('bo').writes('a friend @ana');
    expect(await short('ana')).toEqual(['mention bo 1']);
    await as('ana').patch('/api/settings', { off: ['mention'] });
    expect([await short('ana'), (await told('ana')).unseen]).toEqual([[], 0]);
  });

  test('a deleted post leaves no notification, and an edit takes a mention back or adds one', async () => {
    const post = await as('bo').writes('hello @ana');
    await as('bo').patch(`/api/posts/${post.id}`, { text: 'hello @cem' });
    expect([await short('ana'), await short('cem')]).toEqual([[], ['mention bo 1']]);
    await as('bo').drop(`/api/posts/${post.id}`);
    expect(await short('cem')).toEqual([]);
    const own = await as('ana').writes('mine');
    await as('bo').put(`/api/posts/${own.id}/like`);
    await as('ana').drop(`/api/posts/${own.id}`);
    expect(await store().db.selectFrom('notification').selectAll().execute()).toEqual([]);
  });

  test('one account cannot fill another’s list: from the 21st of a day its posts are counted', async () => {
    for (let i = 0; i < 25; i += 1) await as('bo').writes(`${i} @ana`);
    const { notifications, unseen } = await told('ana');
    expect([notifications.length, unseen]).toEqual([20, 20]);
    expect(notifications[0]).toMatchObject({ kind: 'mention', count: 6 });
  });

  test('an account keeps 1,000, pages lead through all, and what is older than 90 days is gone', async () => {
    const rows = Array.from({ length: 1_100 }, (_, i) => ({
      ...{ account: idOf(0), kind: 'follow', about: new Date(i * 86_400_000).toISOString().slice(0, 10) },
      ...{ post: null, actor: null, at: NOW - 1_100 + i },
    }));
    for (let i = 0; i < rows.length; i += 100)
      await store()
        .db.insertInto('notification')
        .values(rows.slice(i, i + 100))
        .execute();
    await as('bo').writes('hello @ana');
    const { n } = await store()
      .db.selectFrom('notification')
      .select((e) => e.fn.countAll().as('n'))
      .executeTakeFirstOrThrow();
    expect(Number(n)).toBe(1_000);
    await store().db.deleteFrom('notification').execute();
    for (let i = 0; i < 7; i += 1) await as(i % 2 ? 'bo' : 'cem').writes(`${i} @ana`);
    const seen: string[] = [];
    let cursor = '';
    do {
      const one = await as('ana').get<{ notifications: Told[]; next?: string }>(
        `/api/notifications?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...one.notifications.map(({ post }) => post?.text ?? ''));
      cursor = one.next ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(['6 @ana', '5 @ana', '4 @ana', '3 @ana', '2 @ana', '1 @ana', '0 @ana']);
    clock().advance(ms(91 * 86_400_000));
    expect(await short('ana')).toEqual([]);
  });

  test('rooms of those one follows are told: announced, moved, begun, called off; not before one followed', async () => {
    const room = '019adf00-0000-7000-8000-000000000aaa';
    await store()
      .db.insertInto('room')
      .values({
        id: room,
        slug: 'hall',
        title: 'The hall',
        hosts: '["Ana"]',
        status: 'scheduled',
        created: NOW,
      } as never)
      .execute();
    await store()
      .db.insertInto('room_member')
      .values({ room, account: idOf(0), role: 'host', created: NOW } as never)
      .execute();
    const becomes = async (status: string, scheduled: number, more: object = {}): Promise<void> => {
      state.card = { ...HALL, status, clocks: { scheduled }, ...more } as RoomCard;
      clock().advance(ms(60_000));
      social().roomChanged('hall');
      // Work goes on after the call: another change waits for it as well.
      await expect.poll(async () => (await events()).at(-1)).toBe(expected);
    };
    let expected = '';
    const events = async () =>
      (await store().db.selectFrom('social_room_event').selectAll().orderBy('at').execute()).map(
        ({ what, start }) => `${what} ${start === null ? '' : start - NOW}`,
      );
    expected = 'announced 1000';
    await becomes('scheduled', NOW + 1_000);
    await as('bo').put('/api/profiles/ana/follow');
    expect(await short('bo')).toEqual([]);
    expected = 'moved 2000';
    await becomes('scheduled', NOW + 2_000);
    expect(await short('bo')).toEqual(['room moved  1']);
    expected = 'moved 3000';
    await becomes('scheduled', NOW + 3_000);
    expected = 'begun 3000';
    await becomes('live', NOW + 3_000);
    expect([await short('bo'), (await told('bo')).unseen]).toEqual([['room begun  1', 'room moved  1'], 2]);
    expect(await short('cem')).toEqual([]);
    // What is private by now is told to nobody.
    state.card = { ...HALL, access: 'private' } as RoomCard;
    expect(await short('bo')).toEqual([]);
    state.card = HALL;
    await as('bo').put('/api/profiles/ana/mute');
    expect(await short('bo')).toEqual([]);
  });

  test('the pages say it without scripts, count what is unseen, and a prefetch sees nothing', async () => {
    const post = await as('ana').writes('One <b>bold</b> word');
    await as('bo').put(`/api/posts/${post.id}/like`);
    await as('cem').put(`/api/posts/${post.id}/like`);
    const fetched = new Request('http://x/notifications', {
      headers: { who: '0', 'sec-purpose': 'prefetch;prerender' },
    });
    expect((await social().fetch(fetched)).status).toBe(200);
    expect(await (await page('/posts', 'ana')).text()).toContain('Notifications (1)</a>');
    const html = await (await page('/notifications', 'ana')).text();
    expect(html).toMatch(/Çelik<\/bdi><\/a> and <a[^>]*><bdi>Bo<\/bdi><\/a> like your post/);
    expect(html).toContain('One &lt;b&gt;bold&lt;/b&gt; word');
    expect(html).toContain('<strong class="mark">New</strong>');
    const again = await (await page('/notifications', 'ana')).text();
    expect(again).not.toContain('class="mark"');
    expect(again).toContain('Notifications</a>');
    expect((await page('/notifications')).headers.get('location')).toBe('/sign-in');
  });

  test('settings are kept by a form, and lead back to whom one has muted and blocked', async () => {
    await as('ana').put('/api/profiles/bo/block');
    await as('ana').put('/api/profiles/cem/mute');
    const html = await (await page('/settings', 'ana')).text();
    expect(html).toMatch(/Muted<\/h3>[\s\S]*@cem[\s\S]*Blocked<\/h3>[\s\S]*@bo/);
    const back = await page('/settings', 'ana', { act: 'block', handle: 'bo' });
    expect([back.status, back.headers.get('location')]).toEqual([303, '/settings?told=saved']);
    expect(await as('ana').get('/api/settings')).toMatchObject({ blocked: [], muted: [{ handle: 'cem' }] });
    await page('/settings', 'ana', { act: 'tell', kind: 'like', people: 'followed' });
    expect(await as('ana').get('/api/settings')).toMatchObject({
      off: ['mention', 'reply', 'quote', 'repost', 'follow', 'room', 'invitation'],
      people: 'followed',
      mail: false,
    });
    // One form for all of it: whoever changes two things presses one button, and loses neither.
    expect((await (await page('/settings', 'ana')).text()).match(/>Save</g)).toHaveLength(1);
    expect((await as('ana').patch('/api/settings', { off: ['nonsense'] })).status).toBe(422);
    const saved = await (await page('/settings?told=saved', 'ana')).text();
    expect(saved).toMatch(/role="status"[^>]*>Saved\./);
  });

  test('what is told is in the export, and gone with the account', async () => {
    const post = await as('ana').writes('hello');
    await as('bo').writes('@ana', { replyTo: post.id });
    await as('cem').writes('@bo hello');
    await as('ana').patch('/api/settings', { off: ['like'] });
    expect(await social().exported(idOf(0))).toMatchObject({
      notifications: [{ kind: 'reply' }],
      settings: { off: ['like'], people: 'all' },
    });
    await social().forget(idOf(1));
    expect(await short('ana')).toEqual([]);
    await social().forget(idOf(0));
    expect(await store().db.selectFrom('notification').selectAll().execute()).toEqual([]);
    expect(await store().db.selectFrom('social_setting').selectAll().execute()).toEqual([]);
  });

  test('whoever wants a mail gets one a day at most, in the language of the account, and nobody else does', async () => {
    const mailed = () => state.mails.splice(0).map(({ account, subject, text }) => [account, subject, text]);
    const ticks = async (): Promise<void> => {
      clock().advance(ms(60_000));
      await social().settled();
    };
    await as('bo').writes('hello @ana and @cem');
    await ticks();
    expect(mailed()).toEqual([]);
    await as('ana').patch('/api/settings', { mail: true, language: 'fr' });
    for (const text of ['one @ana', 'two @ana']) await as('bo').writes(text);
    await ticks();
    const [mail, ...others] = mailed();
    expect([mail?.[0], mail?.[1], others]).toEqual([idOf(0), 'Du nouveau pour vous', []]);
    expect(mail?.[2]).toMatch(/nouvelles notifications[\s\S]*https:\/\/x\.example\/notifications/);
    await as('bo').writes('three @ana');
    await ticks();
    expect(mailed()).toEqual([]);
    clock().advance(ms(86_400_000));
    await social().settled();
    expect(mailed()).toHaveLength(1);
    await ticks();
    expect(mailed()).toEqual([]);
  });

  test('a mail that cannot be written keeps nobody else waiting, and a restart forgets nobody', async () => {
    const tick = async (): Promise<void> => {
      clock().advance(ms(60_000));
      await social().settled();
    };
    for (const who of ['ana', 'bo'] as const) await as(who).patch('/api/settings', { mail: true });
    await as('cem').writes('hello @ana and @bo');
    await opened();
    state.unmailed = idOf(0);
    await social().settled();
    await tick();
    expect(state.mails.map(({ account }) => account)).toEqual([idOf(1)]);
    await tick();
    expect(state.mails).toHaveLength(1);
    state.unmailed = undefined;
    clock().advance(ms(86_400_000));
    await social().settled();
    expect(state.mails.map(({ account }) => account).sort()).toEqual([idOf(1)]);
    // What was told before is no reason for another mail, also after a restart.
    await opened();
    await social().settled();
    await tick();
    expect(state.mails).toHaveLength(1);
    await as('cem').writes('again @ana');
    await tick();
    expect(state.mails.map(({ account }) => account)).toEqual([idOf(1), idOf(0)]);
  });
});
