/** Profiles, who follows whom, feeds and search on both databases, through the API that programs use. */
import { describe, expect, test } from 'vitest';
import type { RoomCard } from '../../src/wire/room.ts';
import { HALL, idOf, NOW, type Shown, useSocial } from './social-people.ts';

describe.each(['sqlite', 'postgres'] as const)('profiles and feeds on %s', (engine) => {
  const { state, as, page, codeOf, texts, store, social } = useSocial(engine);

  test('an address is chosen once, is nobody else’s, and shows what its owner wants', async () => {
    expect(await codeOf(await as('ana').post('/api/profile', { handle: 'other' }))).toEqual([
      409,
      'wrong-moment',
    ]);
    expect((await as('ana').post('/api/profile', { handle: 'ana' })).status).toBe(201);
    await store().db.deleteFrom('social_profile').where('handle', '=', 'cem').execute();
    for (const handle of ['ana', 'admin', 'adm1n', '_support_', 'moderators2', 'earshot_team', '42', 'x'])
      expect((await codeOf(await as('cem').post('/api/profile', { handle })))[0], handle).toBe(422);
    expect(await codeOf(await as('cem').post('/api/posts', { text: 'x' }))).toEqual([409, 'profile-needed']);
    expect(await codeOf(await as().post('/api/posts', { text: 'x' }))).toEqual([401, 'account-needed']);
    const changed = await as('ana').patch('/api/profile', {
      ...{ bio: 'Hello\u202e there', links: ['https://a.example'], pinnedRoom: 'hall' },
    });
    expect(await changed.json()).toMatchObject({
      bio: 'Hello there',
      pinnedRoom: 'hall',
      lastActive: '2026-12-01',
    });
    for (const wrong of [
      ...[{ links: ['javascript:alert(1)'] }, { bio: 'x'.repeat(301) }, { pinnedRoom: 'no-such' }],
      ...[{ links: ['https://bank.example@a.example'] }, { links: ['https://a.example/\u202egro'] }],
      { unheard: 1 },
    ])
      expect((await as('ana').patch('/api/profile', wrong)).status, JSON.stringify(wrong)).toBe(422);
    state.card = { ...HALL, access: 'private' } as RoomCard;
    expect((await as('ana').patch('/api/profile', { pinnedRoom: 'hall' })).status).toBe(422);
  });

  test('a post has its links, its card, and is found by its words, its tag and its author', async () => {
    const post = await as('ana').writes(
      'Été à Łódź with @bo and @nobody, see https://x.example/r/hall/clip/c1 #Été',
    );
    expect(post.facets?.map(({ kind, handle, tag }) => handle ?? tag ?? kind)).toEqual(['bo', 'link', 'été']);
    expect([post.room?.slug, post.room?.status, post.clip?.id]).toEqual(['hall', 'live', 'c1']);
    for (const q of ['ete', 'LODZ', 'lod', 'été łódź wi'])
      expect(texts(await as().list(`/api/search?q=${encodeURIComponent(q)}`)), q).toHaveLength(1);
    for (const q of ['lodzer', 'od', 'lod ', 'ete ana'])
      expect(await as().list(`/api/search?q=${encodeURIComponent(q)}`), q).toEqual([]);
    expect(await as().list(`/api/feeds/tag?tag=${encodeURIComponent('ÉTÉ')}`)).toHaveLength(1);
    expect(await as().get('/api/search?kind=people&q=celi')).toMatchObject({ people: [{ handle: 'cem' }] });
    expect(await as().get('/api/search?kind=people&q=bo')).toMatchObject({ people: [{ handle: 'bo' }] });
    state.card = { ...HALL, status: 'ended' } as RoomCard;
    expect((await as().get(`/api/posts/${post.id}`)).room?.status).toBe('ended');
    state.card = { ...HALL, access: 'private' } as RoomCard;
    expect((await as().get(`/api/posts/${post.id}`)).room).toBeUndefined();
    expect((await as('ana').post('/api/posts', { text: 'x', room: 'hall' })).status).toBe(422);
  });

  test('rooms are found while everybody may find them', async () => {
    social().roomChanged('hall');
    const rooms = async () => (await as().get<{ rooms: object[] }>('/api/search?kind=rooms&q=hal')).rooms;
    await expect.poll(rooms).toHaveLength(1);
    state.card = { ...HALL, access: 'unlisted' } as RoomCard;
    expect(await rooms()).toEqual([]);
    social().roomChanged('hall');
    await expect
      .poll(
        async () =>
          (await store().db.selectFrom('social_search').select('id').where('kind', '=', 'room').execute())
            .length,
      )
      .toBe(0);
  });

  test('the home feed has those who are followed, in the order of time, whoever writes much or little', async () => {
    await as('ana').writes('own');
    await as('bo').writes('not followed yet');
    expect(await as('ana').put('/api/profiles/bo/follow')).toBe(204);
    const quoted = await as('cem').writes('of a stranger');
    await as('bo').put(`/api/posts/${quoted.id}/repost`);
    await as('bo').writes('an answer', { replyTo: quoted.id });
    expect(texts(await as('ana').list('/api/feeds/home'))).toEqual([
      'of a stranger',
      'not followed yet',
      'own',
    ]);
    // Thousands of others push them out of the newest: they are asked one by one.
    const rows = Array.from({ length: 2_100 }, (_, i) => ({
      ...{ id: (NOW + 86_400_000) * 1_024 + i, author: idOf(2), text: `n${i}`, facets: '[]' },
      ...{
        reply_to: null,
        root: null,
        quote_of: null,
        repost_of: null,
        room: null,
        clip: null,
        edited: null,
      },
      ...{ deleted: null, deleted_by: null, reason: null, request: null },
    }));
    for (let i = 0; i < rows.length; i += 300)
      await store()
        .db.insertInto('social_post')
        .values(rows.slice(i, i + 300))
        .execute();
    expect(texts(await as('ana').list('/api/feeds/home'))).toEqual([
      'of a stranger',
      'not followed yet',
      'own',
    ]);
    // Page by page it is the same, and nothing comes twice.
    const seen: (string | undefined)[] = [];
    let cursor = '';
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await as('ana').get<{ posts: Shown[]; next?: string }>(
        `/api/feeds/home?limit=1${cursor}`,
      );
      seen.push(...texts(answer.posts));
      if (answer.next === undefined) break;
      cursor = `&cursor=${answer.next}`;
    }
    expect(seen).toEqual(['of a stranger', 'not followed yet', 'own']);
    expect((await as().list('/api/feeds/local?limit=5')).map(({ text }) => text)).toEqual(
      [2_099, 2_098, 2_097, 2_096, 2_095].map((n) => `n${n}`),
    );
    expect(await as('ana').put('/api/profiles/cem/mute')).toBe(204);
    expect(texts(await as('ana').list('/api/feeds/home'))).toEqual(['not followed yet', 'own']);
  });

  test('who is blocked neither follows, answers, edits an answer, quotes, likes nor reposts, in both directions', async () => {
    const post = await as('ana').writes('hello');
    const under = await as('bo').writes('an answer', { replyTo: post.id });
    await as('bo').put('/api/profiles/ana/follow');
    expect(await as('ana').put('/api/profiles/bo/block')).toBe(204);
    expect(await codeOf(await as('bo').patch(`/api/posts/${under.id}`, { text: 'worse' }))).toEqual([
      403,
      'blocked',
    ]);
    expect(await as('ana').get('/api/profiles/bo')).toMatchObject({
      relation: { blocked: true, followsBack: false },
    });
    expect(await as('bo').get('/api/profiles/ana')).toMatchObject({
      relation: { blockedBy: true, following: false },
    });
    const theirs = await as('bo').writes('by bo');
    for (const path of ['profiles/ana/follow', `posts/${post.id}/like`, `posts/${post.id}/repost`])
      expect(await as('bo').put(`/api/${path}`), path).toBe(403);
    for (const more of [{ replyTo: post.id }, { quoteOf: post.id }])
      expect(await codeOf(await as('bo').post('/api/posts', { text: 'x', ...more }))).toEqual([
        403,
        'blocked',
      ]);
    expect(await codeOf(await as('ana').post('/api/posts', { text: 'x', quoteOf: theirs.id }))).toEqual([
      403,
      'blocked',
    ]);
    expect(texts(await as('ana').list('/api/feeds/local'))).toEqual(['hello']);
    expect(texts(await as('bo').list('/api/search?q=hello'))).toEqual([]);
    expect(texts(await as().list('/api/feeds/local'))).toEqual(['by bo', 'hello']);
    expect((await as('ana').drop('/api/profiles/bo/block')).status).toBe(204);
    expect(await as('bo').put(`/api/posts/${post.id}/like`)).toBe(204);
  });

  test('who may do what: every route that changes something, for a stranger to all, a newcomer, a blocked one, anybody and the author', async () => {
    const made = async (): Promise<string> => (await as('ana').writes('mine')).id;
    await as('ana').put('/api/profiles/bo/block');
    const at = new Date(NOW).toISOString();
    await store()
      .db.insertInto('account')
      .values({
        ...{ id: idOf(3), name: 'Dee', email: 'd@x.example', email_verified: 1, image: null, role: 'member' },
        ...{ created: at, updated: at, erased: null },
      })
      .execute();
    // Columns: signed out, without an address, blocked by the author, anybody, the author.
    const table: [method: string, path: string, body: object | undefined, ...statuses: number[]][] = [
      ['POST', '/api/posts', { text: 'x' }, 401, 409, 201, 201, 201],
      ['POST', '/api/posts', { text: 'x', replyTo: 'ID' }, 401, 409, 403, 201, 201],
      ['POST', '/api/posts', { text: 'x', quoteOf: 'ID' }, 401, 409, 403, 201, 201],
      ['PATCH', '/api/posts/ID', { text: 'x' }, 401, 409, 403, 403, 200],
      ['PUT', '/api/posts/ID/like', undefined, 401, 409, 403, 204, 204],
      ['DELETE', '/api/posts/ID/like', undefined, 401, 409, 204, 204, 204],
      ['PUT', '/api/posts/ID/repost', undefined, 401, 409, 403, 204, 204],
      ['DELETE', '/api/posts/ID/repost', undefined, 401, 409, 204, 204, 204],
      ['POST', '/api/posts/ID/reports', { reason: 'spam' }, 201, 201, 201, 201, 201],
      ['POST', '/api/profiles/ana/reports', { reason: 'spam' }, 201, 201, 201, 201, 201],
      ['PUT', '/api/posts/ID/tombstone', { reason: 'x' }, 401, 409, 403, 403, 200],
      ['DELETE', '/api/posts/ID', undefined, 401, 409, 403, 403, 200],
      ['PATCH', '/api/profile', { bio: 'x' }, 401, 409, 200, 200, 200],
      ['PUT', '/api/profiles/ana/follow', undefined, 401, 409, 403, 204, 422],
      ['DELETE', '/api/profiles/ana/follow', undefined, 401, 409, 204, 204, 422],
      ['PUT', '/api/profiles/ana/mute', undefined, 401, 409, 204, 204, 422],
      ['PUT', '/api/profiles/ana/block', undefined, 401, 409, 204, 204, 422],
      ['GET', '/api/feeds/home', undefined, 401, 409, 200, 200, 200],
      ['GET', '/api/posts/ID', undefined, 200, 200, 200, 200, 200],
      ['GET', '/api/profiles/ana/posts', undefined, 200, 200, 200, 200, 200],
    ];
    const wrong: string[] = [];
    for (const [method, path, body, ...statuses] of table)
      for (const [i, who] of [undefined, '3', '1', '2', '0'].entries()) {
        const id = await made();
        const answer = await social().fetch(
          new Request(`http://x${path.replace('ID', id)}`, {
            ...{ method, ...(body ? { body: JSON.stringify(body).replace('ID', id) } : {}) },
            headers: {
              ...(body ? { 'content-type': 'application/json' } : {}),
              ...(who === undefined ? {} : { who }),
            },
          }),
        );
        if (answer.status !== statuses[i])
          wrong.push(`${method} ${path} by ${who}: ${answer.status} instead of ${statuses[i]}`);
      }
    expect(wrong).toEqual([]);
  });

  test('likes and reposts count each person once, whatever comes twice or at once', async () => {
    const post = await as('ana').writes('hello');
    const at = `/api/posts/${post.id}`;
    await Promise.all(Array.from({ length: 5 }, () => as('bo').put(`${at}/like`)));
    await Promise.all(Array.from({ length: 5 }, () => as('bo').put(`${at}/repost`)));
    await as('cem').put(`${at}/like`);
    expect(await as('bo').get(at)).toMatchObject({
      ...{ counts: { likes: 2, reposts: 1 }, mine: { liked: true, reposted: true } },
    });
    // Of a repost, the post itself is liked.
    const [repost] = await as('ana').list('/api/profiles/bo/posts');
    expect(await as('ana').put(`/api/posts/${repost?.id}/like`)).toBe(204);
    await Promise.all(Array.from({ length: 3 }, () => as('bo').drop(`${at}/like`)));
    await Promise.all(Array.from({ length: 3 }, () => as('bo').drop(`${at}/repost`)));
    expect((await as('bo').get(at)).counts).toEqual({ replies: 0, reposts: 0, quotes: 0, likes: 2 });
    expect(await as().list('/api/profiles/bo/posts')).toEqual([]);
  });

  test('a mistake of ours is called one, with a mark that the log has; a database that is away is called that', async () => {
    await as('ana').writes('see https://x.example/r/hall');
    state.fails = new TypeError('a bug');
    const wrong = await as().get<{ code: string; detail: string }>('/api/feeds/local');
    expect(wrong.code).toBe('internal');
    const mark = /as ([0-9a-f]{8})\.$/.exec(wrong.detail)?.[1];
    expect(state.logged).toMatchObject([
      { path: '/api/feeds/local', mark, error: expect.stringMatching(/a bug/) },
    ]);
    const broken = await page('/posts');
    expect(broken.status).toBe(500);
    const { mark: second } = state.logged[1] as { mark: string };
    expect(second).not.toBe(mark);
    expect(await broken.text()).toContain(`in the log as ${second}`);
    // As the drivers say that there is no room on the disk, and no server.
    const code = engine === 'sqlite' ? 'SQLITE_FULL' : 'ECONNREFUSED';
    state.fails = Object.assign(new Error('away'), { code });
    expect(await codeOf(await as().drop('/api/feeds/local'))).toEqual([405, 'method-not-allowed']);
    expect((await as().get<{ code: string }>('/api/feeds/local')).code).toBe('database-away');
    expect((await page('/posts')).status).toBe(503);
    expect(state.logged).toHaveLength(2);
  });
});
