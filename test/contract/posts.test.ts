/** What becomes of posts on both databases: edits, tombstones, reports, erasure; and their pages. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { ms } from '../../src/base/time.ts';
import { idOf, NOW, type Shown, useSocial } from './social-people.ts';

describe.each(['sqlite', 'postgres'] as const)('posts on %s', (engine) => {
  const { state, as, send, page, codeOf, texts, opened, store, social, clock, setClock } = useSocial(engine);

  test('an edit keeps what was said before; of two at once one is told that it is late', async () => {
    const post = await as('ana').writes('first #one');
    const at = `/api/posts/${post.id}`;
    const etag = (await send('ana', 'GET', at)).headers.get('etag') ?? '';
    const edited = await as('ana').patch(at, { text: 'second #two' }, { 'if-match': etag });
    expect(await edited.json()).toMatchObject({ text: 'second #two', version: 2 });
    expect(await codeOf(await as('ana').patch(at, { text: 'third' }, { 'if-match': etag }))).toEqual([
      ...[412, 'etag-mismatch'],
    ]);
    const both = await Promise.all(
      ['a', 'b'].map((text) =>
        as('ana').patch(at, { text }, { 'if-match': edited.headers.get('etag') ?? '' }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(await as().get(`${at}/history`)).toMatchObject({
      versions: [
        { version: 1, text: 'first #one' },
        { version: 2, text: 'second #two' },
      ],
    });
    expect(await codeOf(await as('bo').patch(at, { text: 'mine' }))).toEqual([403, 'not-author']);
    expect([await as().list('/api/search?q=first'), await as().list('/api/feeds/tag?tag=one')]).toEqual([
      [],
      [],
    ]);
    // A like is no change of what was said.
    const now = (await send('ana', 'GET', at)).headers.get('etag') ?? '';
    await as('bo').put(`${at}/like`);
    expect((await as('ana').patch(at, { text: 'after a like' }, { 'if-match': now })).status).toBe(200);
  });

  test('a deleted post leaves a tombstone wherever it stood, and nothing of its content anywhere', async () => {
    const first = await as('ana').writes('a SECRET word #hidden');
    const at = `/api/posts/${first.id}`;
    await as('ana').patch(at, { text: 'another SECRET' });
    await as('ana').patch('/api/profile', { pinnedPost: first.id });
    const answer = await as('bo').writes('an answer', { replyTo: first.id });
    const quote = await as('bo').writes('look', { quoteOf: first.id });
    await as('cem').put(`${at}/repost`);
    await as('cem').put(`${at}/like`);
    expect(await codeOf(await as('bo').drop(at))).toEqual([403, 'not-author']);
    const gone = await send('ana', 'PUT', `${at}/tombstone`, { reason: 'I was wrong' });
    const deleted = { by: 'author', reason: 'I was wrong', at: new Date(clock().wall()).toISOString() };
    expect(await gone.json()).toMatchObject({ deleted });
    expect(await as().get(`/api/posts/${quote.id}`)).toMatchObject({ text: 'look', quoted: { deleted } });
    expect(await as().get(`/api/posts/${answer.id}`)).toMatchObject({ replyTo: first.id });
    expect(texts(await as().list('/api/profiles/ana/posts'))).toEqual(['tombstone']);
    expect((await as().list('/api/profiles/cem/posts'))[0]?.reposted).toMatchObject({ deleted });
    expect(texts(await as().list(`${at}/replies`))).toEqual(['an answer']);
    expect((await as().get<{ pinnedPost?: string }>('/api/profiles/ana')).pinnedPost).toBeUndefined();
    for (const [method, path, body] of [
      ...([
        ['PUT', `${at}/like`],
        ['PUT', `${at}/repost`],
        ['GET', `${at}/history`],
      ] as const),
      ['PATCH', at, { text: 'x' }],
      ['POST', '/api/posts', { text: 'x', replyTo: first.id }],
    ] as const)
      expect(await codeOf(await send('ana', method, path, body)), `${method} ${path}`).toEqual([
        410,
        'post-deleted',
      ]);
    const tables = ['social_post', 'social_edit', 'social_search', 'social_tag'] as const;
    const rows = await Promise.all(tables.map((table) => store().db.selectFrom(table).selectAll().execute()));
    expect(JSON.stringify(rows)).not.toMatch(/secret|hidden/i);
    expect(await as().list('/api/search?q=secret')).toEqual([]);
    // Twice is once; the reason can be another.
    expect(await (await as('ana').drop(at)).json()).toMatchObject({ deleted });
    clock().advance(ms(60_000));
    const reason = await send('ana', 'PUT', `${at}/tombstone`, { reason: 'Another' });
    expect(await reason.json()).toMatchObject({ deleted: { ...deleted, reason: 'Another' } });
    // Without a reason nothing is left that could be reported; with one, moderators put theirs in its place.
    expect((await as('cem').post(`${at}/reports`, { reason: 'spam' })).status).toBe(201);
    expect(await social().removePost(first.id, 'Not here')).toBe(idOf(0));
    expect(await (await send('ana', 'PUT', `${at}/tombstone`, { reason: 'Mine' })).json()).toMatchObject({
      deleted: { by: 'moderator', reason: 'Not here', at: deleted.at },
    });
    expect(await codeOf(await as('cem').post(`${at}/reports`, { reason: 'spam' }))).toEqual([
      410,
      'post-deleted',
    ]);
    expect(await social().removePost(first.id, 'Again')).toBeUndefined();
  });

  test('the pages say the same without scripts: 410 and a tombstone, also inside a quote', async () => {
    const first = await as('ana').writes('One <b>bold</b> word');
    const quote = await as('bo').writes('look', { quoteOf: first.id });
    const at = `/@ana/${first.id}`;
    expect(await (await page(at)).text()).toContain('One &lt;b&gt;bold&lt;/b&gt; word');
    const sent = await page(`${at}?show=delete`, 'ana', { act: 'delete', reason: 'wrong <i>date</i>' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, at]);
    const tombstone = await page(at);
    expect(tombstone.status).toBe(410);
    expect(await tombstone.text()).toMatch(
      /Deleted by its author on 1 December 2026\.[\s\S]*wrong &lt;i&gt;date/,
    );
    const html = await (await page(`/@bo/${quote.id}`)).text();
    expect(html).toMatch(/look[\s\S]*<blockquote[\s\S]*Deleted by its author on 1 December 2026/);
    expect((await page('/@ana/zzz')).status).toBe(404);
    expect((await page('/@nobody')).status).toBe(404);
    // Whoever's name stands before it, a post is found by its own.
    expect((await page(`/@cem/${quote.id}`)).headers.get('location')).toBe(`/@bo/${quote.id}`);
    expect((await page('/@ANA')).headers.get('location')).toBe('/@ana');
  });

  test('a form that is refused comes back with what was written', async () => {
    const long = `${'x'.repeat(501)} <end>`;
    const back = await page('/compose', 'ana', { act: 'write', text: long });
    expect(back.status).toBe(422);
    expect(await back.text()).toMatch(/role="alert"[\s\S]*longer than 500[\s\S]*&lt;end&gt;<\/textarea>/);
    const post = await as('ana').writes('now');
    await as('ana').patch(`/api/posts/${post.id}`, { text: 'changed elsewhere' });
    const late = await page(`/@ana/${post.id}?show=edit`, 'ana', {
      act: 'edit',
      version: '1',
      text: 'my text',
    });
    expect(late.status).toBe(409);
    expect(await late.text()).toMatch(/changed elsewhere[\s\S]*my text<\/textarea>/);
    const away = await page(`/@ana/${post.id}`, 'bo', { act: 'like', back: 'https://evil.example/' });
    expect(away.headers.get('location')).toBe(`/@ana/${post.id}`);
    const here = await page(`/@ana/${post.id}`, 'bo', {
      act: 'unlike',
      back: `/posts?before=abc#p-${post.id}`,
    });
    expect(here.headers.get('location')).toBe(`/posts?before=abc#p-${post.id}`);
    const foreign = new Request(`http://x/@ana/${post.id}`, {
      ...{ method: 'POST', body: 'act=like' },
      headers: {
        who: '1',
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'cross-site',
      },
    });
    expect((await social().fetch(foreign)).status).toBe(403);
  });

  test('the line “since you were here” stays through a visit, and moves with the next one', async () => {
    await as('ana').put('/api/profiles/bo/follow');
    await as('bo').writes('old');
    const look = async (): Promise<string> => (await page('/following', 'ana')).text();
    expect(await look()).not.toContain('id="since"');
    await as('bo').writes('new');
    expect(await look()).not.toContain('id="since"');
    clock().advance(ms(31 * 60_000));
    expect(await look()).toMatch(/Nothing new since you were here[\s\S]*new[\s\S]*old/);
    await as('bo').writes('newest');
    for (const _ of [1, 2])
      expect(await look()).toMatch(/newest[\s\S]*You have seen what comes below[\s\S]*new[\s\S]*old/);
  });

  test('bad texts are refused: marks, mentions and length beyond every need', async () => {
    for (const text of [
      ...['', ' \u200b ', '\ud800', `a${'\u0301'.repeat(30)}`, `a${'\u0301'.repeat(5_000)}`],
      ...['x'.repeat(501), '@bo '.repeat(21), '#a1 '.repeat(21), 'https://a.example '.repeat(21)],
    ])
      expect((await as('ana').post('/api/posts', { text })).status, text.slice(0, 20)).toBe(422);
    expect((await as('ana').writes('👩‍👩‍👧‍👦'.repeat(500))).text).toBe('👩‍👩‍👧‍👦'.repeat(500));
    clock().advance(ms(3_600_000));
    let status = 201;
    for (let n = 0; n < 40 && status === 201; n += 1)
      status = (await as('ana').post('/api/posts', { text: `n${n}` })).status;
    expect(status).toBe(429);
  });

  test('a request that is sent again after a crash finds what it had made', async () => {
    const row = { 'earshot-row-id': '019adf00-0000-8000-8000-00000000000a' };
    const first = await as('ana').post('/api/posts', { text: 'once' }, row);
    await opened();
    const again = await as('ana').post('/api/posts', { text: 'once' }, row);
    expect(((await again.json()) as Shown).id).toBe(((await first.json()) as Shown).id);
    expect(await as().list('/api/feeds/local')).toHaveLength(1);
    // Numbers go on after the greatest, also when the clock was set back.
    setClock(NOW - 86_400_000);
    await opened();
    await as('ana').post('/api/posts', { text: 'later' });
    expect(texts(await as().list('/api/feeds/local'))).toEqual(['later', 'once']);
  });

  test('anybody reports a post, and the moderators remove it with their reason', async () => {
    const post = await as('ana').writes('bad');
    expect(await (await as().post(`/api/posts/${post.id}/reports`, { reason: 'spam' })).json()).toEqual({
      number: 'abcdefghjkmn',
    });
    const sent = await page(`/@ana/${post.id}?show=report`, undefined, {
      act: 'report',
      why: 'hate',
      words: '',
    });
    const after = sent.headers.get('location') ?? '';
    expect(await (await page(after)).text()).toContain('Nobody has decided yet.');
    expect(state.complaints).toMatchObject([
      { subject: 'post', target: post.id, name: '@ana: bad', reason: 'spam' },
      { target: post.id, reason: 'hate' },
    ]);
    expect((await as().post(`/api/posts/${post.id}/reports`, { reason: 'other' })).status).toBe(422);
    expect(await social().removePost(post.id, 'Against our rules')).toBe(idOf(0));
    expect(await social().removePost(post.id, 'Again')).toBeUndefined();
    expect((await as().get(`/api/posts/${post.id}`)).deleted).toMatchObject({
      ...{ by: 'moderator', reason: 'Against our rules' },
    });
  });

  test('anybody reports what somebody shows of themselves, and the moderators take it away', async () => {
    await as('ana').patch('/api/profile', {
      bio: 'All lies',
      links: ['https://a.example'],
      pinnedRoom: 'hall',
    });
    expect(await (await page('/@ana')).text()).toContain('href="/@ana?show=report"');
    expect(await (await page('/@ana', 'ana')).text()).not.toContain('show=report');
    const sent = await page('/@ana?show=report', undefined, { act: 'report', why: 'hate', words: '' });
    const after = await (await page(sent.headers.get('location') ?? '')).text();
    for (const said of ['Report this profile', 'Nobody has decided yet.', 'All lies'])
      expect(after).toContain(said);
    expect(state.complaints).toMatchObject([
      { subject: 'profile', target: 'ana', name: '@ana: Ana All lies' },
    ]);
    expect(await social().ownerOf('profile', 'ana')).toBe(idOf(0));
    expect(await social().clearProfile('ana')).toBe(idOf(0));
    expect(await social().clearProfile('nobody')).toBeUndefined();
    const left = await as().get<Record<string, unknown>>('/api/profiles/ana');
    expect(left).toMatchObject({ handle: 'ana', name: 'Ana', bio: '', links: [] });
    expect(left.pinnedRoom).toBeUndefined();
  });

  test('an account that is erased leaves tombstones alone, and takes all it wrote with it before', async () => {
    const post = await as('ana').writes('MINE @bo');
    const theirs = await as('bo').writes('theirs');
    await as('ana').put(`/api/posts/${theirs.id}/like`);
    await as('ana').put(`/api/posts/${theirs.id}/repost`);
    await as('ana').put('/api/profiles/bo/follow');
    await as('bo').put('/api/profiles/ana/follow');
    const quote = await as('bo').writes('quote', { quoteOf: post.id });
    const told = JSON.stringify(await social().exported(idOf(0)));
    for (const word of ['MINE', post.id, theirs.id, '"handle":"bo"']) expect(told).toContain(word);
    await social().forget(idOf(0));
    await store()
      .db.updateTable('account')
      .set({ erased: NOW, name: '' })
      .where('id', '=', idOf(0))
      .execute();
    const left = await as().get(`/api/posts/${quote.id}`);
    expect(left.quoted).toMatchObject({ author: null, deleted: { by: 'author' } });
    expect((await as().get(`/api/posts/${theirs.id}`)).counts).toMatchObject({ likes: 0, reposts: 0 });
    expect((await send(undefined, 'GET', '/api/profiles/ana')).status).toBe(404);
    expect(await as().get('/api/search?kind=people&q=ana')).toEqual({ people: [] });
    expect(await as().get('/api/profiles/bo')).toMatchObject({ followers: 0, following: 0 });
    const rest = JSON.stringify(await store().db.selectFrom('social_profile').selectAll().execute());
    expect(rest).not.toMatch(/"ana"/);
    // Old mentions lead to nobody else.
    await store().db.deleteFrom('social_profile').where('handle', '=', 'cem').execute();
    expect((await as('cem').post('/api/profile', { handle: 'ana' })).status).toBe(422);
    expect((await as('cem').post('/api/profile', { handle: 'anna' })).status).toBe(201);
  });

  // PostgreSQL chooses its plans by how much there is: bench/feed.ts looks at it with a million posts.
  test.runIf(engine === 'sqlite')('each page of a feed walks an index: nothing is sorted', async () => {
    const plan = async (query: ReturnType<typeof sql>): Promise<string> =>
      JSON.stringify((await sql`explain query plan ${query}`.execute(store().db)).rows);
    for (const query of [
      sql`select id from social_post where reply_to is null and id < ${9} order by id desc limit 30`,
      sql`select id from social_post where author = ${'a'} and reply_to is null and id < ${9} order by id desc limit 1`,
      sql`select id from social_post where author = ${'a'} and reply_to is not null and id < ${9} order by id desc limit 30`,
      sql`select id from social_post where reply_to = ${5} and id > ${0} order by id limit 30`,
      sql`select id from social_post where quote_of = ${5} and id < ${9} order by id desc limit 30`,
    ]) {
      const steps = await plan(query);
      expect(steps).toMatch(/USING (?:COVERING INDEX|INTEGER PRIMARY KEY|INDEX)/);
      expect(steps).not.toMatch(/TEMP B-TREE/);
    }
  });

  test('inside another site a post is read as it is, and what is left of it says what stood there and when it went', async () => {
    const quoted = await as('bo').writes('the first words');
    const post = await as('ana').writes('look <b>here</b> https://x.example/r/hall', { quoteOf: quoted.id });
    const at = `/embed/p/${post.id}`;
    const read = async (path: string, language = 'en'): Promise<[number, string, string]> => {
      const answer = await social().fetch(
        new Request(`http://x${path}`, { headers: { 'accept-language': language } }),
      );
      return [
        answer.status,
        (await answer.text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '),
        answer.headers.get('content-security-policy') ?? '',
      ];
    };
    const [status, said, policy] = await read(at);
    expect(status).toBe(200);
    expect(said).toContain('look &lt;b&gt;here&lt;/b&gt;');
    expect(said).toContain('the first words');
    expect(said).toMatch(/Live now .*The hall/);
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *",
    );
    const raw = await (await social().fetch(new Request(`http://x${at}`))).text();
    expect(raw).not.toMatch(/<(?:script|form|button|input)/);
    // Its page has the code, with the text beside the frame.
    const code = await (await page(`/@ana/${post.id}`, 'ana')).text();
    expect(code).toContain('&lt;iframe src=&quot;https://x.example/embed/p/');
    expect(code).toContain('&lt;blockquote cite=');
    clock().advance(ms(2 * 86_400_000));
    await send('ana', 'PUT', `/api/posts/${post.id}/tombstone`, { reason: 'I was <wrong>' });
    expect((await read(at)).slice(0, 2)).toEqual([
      410,
      expect.stringContaining(
        'A post by Ana of 1 December 2026 stood here. Its author deleted it on 3 December 2026. The reason given: “ I was &lt;wrong&gt; ”',
      ),
    ]);
    expect((await read(`${at}?lang=fr&theme=dark`))[1]).toContain(
      'Son auteur l’a supprimée le 3 décembre 2026.',
    );
    // By moderators; by nobody who is still here; and what never was.
    await social().removePost(quoted.id, 'Spam');
    expect((await read(`/embed/p/${quoted.id}`))[1]).toContain(
      'The moderators of this server removed it on 3 December 2026. The reason given: “ Spam ”',
    );
    const last = await as('cem').writes('mine');
    await social().forget(idOf(2));
    const [gone, left] = await read(`/embed/p/${last.id}`);
    expect(gone).toBe(410);
    expect(left).toContain(
      'stood here. Its author has erased their account. It was deleted on 3 December 2026.',
    );
    expect((await read('/embed/p/zzzzzzzzzzz')).slice(0, 2)).toEqual([
      404,
      expect.stringContaining('There is no post at this address This server knows of none that stood here.'),
    ]);
  });
});
