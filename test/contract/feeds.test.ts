/** Feeds of posts and calendars of hosts on both databases, as programs of others read them. */
import { beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { feedGuid } from '../../src/feeds/index.ts';
import { open, type Syndication } from '../../src/syndication/index.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { elementsOf, type FoundElement, readCalendar, readFeed, strictXml } from '../foreign/feed-readers.ts';
import { HALL, idOf, NOW, useSocial } from './social-people.ts';

const ROOM = '019adf00-1111-7000-8000-000000000001';
const HOUR = 3_600_000;

describe.each(['sqlite', 'postgres'] as const)('feeds on %s', (engine) => {
  const { state, as, send, store, social, clock } = useSocial(engine);
  let around: Syndication;
  let publicUrl: string | undefined;
  let sequence = 0;
  const opened = async (): Promise<void> => {
    around = await open({
      ...{ store: store(), clock: clock(), log: silentLog, publicUrl },
      account: async () => undefined,
      cardOf: async (slug) => (slug === 'hall' ? state.card : undefined),
      cards: () => (state.card ? [state.card] : []),
      feeds: {
        posts: social(),
        seed: 'seed',
        event: async (slug, base) => ({
          ...{ uid: `${ROOM}@earshot`, sequence, created: NOW, modified: NOW + sequence * 1_000 },
          ...{ start: state.card?.clocks.scheduled ?? NOW, title: state.card?.title ?? '' },
          ...{ hosts: ['Ana'], url: `${base}/r/${slug}` },
          ...(state.card?.status === 'cancelled' ? { cancelled: 'Ana is ill, sorry; really' } : {}),
        }),
      },
    });
  };
  beforeEach(async () => {
    publicUrl = 'https://x.example';
    sequence = 0;
    await opened();
    const blank = Object.fromEntries(
      ['arrangements', 'bans', 'cap', 'cell', 'ended', 'first_audio', 'first_speech', 'measures', 'modified']
        .concat(['opened', 'removed', 'rules', 'spared', 'start', 'zero', 'zone'])
        .map((name) => [name, null]),
    );
    await store()
      .db.insertInto('room')
      .values({
        ...{ ...blank, id: ROOM, slug: 'hall', title: 'The hall', hosts: '["Ana"]', status: 'scheduled' },
        ...{ created: NOW, generation: 0, barred: '[]', bans: '[]', sequence: 0, welcome: 0 },
      } as never)
      .execute();
    await store()
      .db.insertInto('room_member')
      .values({ room: ROOM, account: idOf(0), role: 'host', created: NOW })
      .execute();
  });

  /** Later, so that a feed is made anew. */
  const get = async (path: string, headers: Record<string, string> = {}) => {
    clock().advance(6_000);
    return around.fetch(new Request(`http://site.internal${path}`, { headers }));
  };
  const read = async (path: string, headers?: Record<string, string>): Promise<FoundElement> => {
    const answer = await get(path, headers);
    expect(answer.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8');
    const text = await answer.text();
    expect((await readFeed(text)).items).toHaveLength(elementsOf(strictXml(text), 'entry').length);
    return strictXml(text);
  };
  const said = (root: FoundElement, name: string): string[] => elementsOf(root, name).map(({ text }) => text);

  test('posts of one and of everybody are read as they were written, with their links and the card of a room', async () => {
    const empty = await read('/@ana/posts.atom');
    expect([said(empty, 'title'), said(empty, 'id')]).toEqual([
      ['Posts of Ana'],
      [`urn:uuid:${feedGuid('host', `${idOf(0)} posts`)}`],
    ]);
    await as('ana').writes(
      '<b>One</b> & "two" ]]> 👩‍👩‍👧‍👦 with @bo https://a.example/?a=1&b=2 #Été\n\nשלום',
    );
    await as('bo').writes('At https://x.example/r/hall');
    const [, post] = elementsOf(await read('/posts.atom'), 'entry');
    const html = said(post as FoundElement, 'content')[0];
    expect(html).toContain(
      '<p dir="auto">&lt;b&gt;One&lt;/b&gt; &amp; &quot;two&quot; ]]&gt; 👩‍👩‍👧‍👦 with ',
    );
    expect(html).toContain('<a href="https://x.example/@bo">@bo</a>');
    expect(html).toContain('<a href="https://a.example/?a=1&amp;b=2">');
    expect(html).toContain('<p dir="auto">שלום</p>');
    expect(elementsOf(post as FoundElement, 'category').map(({ attributes }) => attributes)).toEqual([
      { term: 'été' },
    ]);
    const local = await read('/posts.atom');
    expect(said(local, 'content')[0]).toContain('Room: <a href="https://x.example/r/hall">The hall</a>');
    expect(said(local, 'name')).toEqual(['x.example', 'Bo', 'Ana']);
    expect(elementsOf(await read('/@bo/posts.atom'), 'entry')).toHaveLength(1);
    // One post has one id, in whichever feed.
    expect(said(local, 'id').slice(1)).toEqual([
      ...said(await read('/@bo/posts.atom'), 'id').slice(1),
      ...said(await read('/@ana/posts.atom'), 'id').slice(1),
    ]);
    // A private room has no card.
    state.card = { ...HALL, access: 'private' } as RoomCard;
    expect(said(await read('/posts.atom'), 'content')[0]).not.toContain('The hall');
  });

  test('an edit is newer, and a deleted post says so under the same id, with its reason, also in a quote', async () => {
    const { id } = await as('ana').writes('first words');
    expect((await as('bo').post('/api/posts', { text: 'look', quoteOf: id })).status).toBe(201);
    const before = await read('/@ana/posts.atom');
    clock().advance(HOUR);
    expect((await as('ana').patch(`/api/posts/${id}`, { text: 'other words' })).status).toBe(200);
    const edited = await read('/@ana/posts.atom');
    expect(said(edited, 'id')).toEqual(said(before, 'id'));
    expect(said(edited, 'content')[0]).toContain('other words');
    expect(said(edited, 'content')[0]).toContain('Edited on 1 December 2026.');
    expect(Date.parse(said(edited, 'updated')[1] ?? '')).toBeGreaterThan(
      Date.parse(said(before, 'updated')[1] ?? ''),
    );
    expect(said(edited, 'published')).toEqual(said(before, 'published'));
    clock().advance(HOUR);
    await send('ana', 'PUT', `/api/posts/${id}/tombstone`, { reason: 'It was <wrong>' });
    const gone = await read('/@ana/posts.atom', { 'accept-language': 'fr' });
    expect(said(gone, 'id')).toEqual(said(before, 'id'));
    expect(said(gone, 'content')[0]).toBe(
      '<p>Supprimée par son auteur le 1 décembre 2026.</p><p dir="auto">La raison donnée : « It was &lt;wrong&gt; »</p>',
    );
    expect(said(gone, 'title')[1]).toBe('Supprimée par son auteur le 1 décembre 2026.');
    const local = await read('/posts.atom');
    expect(said(local, 'content')[0]).toContain(
      '<blockquote><p>Deleted by its author on 1 December 2026.</p>',
    );
    expect(JSON.stringify(local)).not.toContain('words');
  });

  test('a feed is read page by page, and whoever has the newest is told so', async () => {
    for (let n = 0; n < 53; n++) {
      await as('ana').writes(`post ${n}`);
      clock().advance(60_000);
    }
    const first = await read('/@ana/posts.atom');
    const link = (root: FoundElement, rel: string): string | undefined =>
      elementsOf(root, 'link').find(({ attributes }) => attributes['rel'] === rel)?.attributes['href'];
    expect(elementsOf(first, 'entry')).toHaveLength(50);
    const next = link(first, 'next') ?? '';
    expect(next).toMatch(/^https:\/\/x\.example\/@ana\/posts\.atom\?before=[a-z0-9]+$/);
    const second = await read(next.replace('https://x.example', ''));
    expect(said(second, 'title').slice(1)).toEqual(['post 2', 'post 1', 'post 0']);
    expect([link(second, 'next'), link(second, 'self')]).toEqual([undefined, next]);
    const answer = await get('/@ana/posts.atom');
    const etag = answer.headers.get('etag') ?? '';
    expect((await get('/@ana/posts.atom', { 'if-none-match': etag })).status).toBe(304);
    await as('ana').writes('newer');
    expect((await get('/@ana/posts.atom', { 'if-none-match': etag })).status).toBe(200);
    for (const path of [
      '/@nobody/posts.atom',
      '/@nobody/rooms.ics',
      '/posts.atom?before=%00',
      '/posts.atom?before=zzzzzzzzzzzz',
    ])
      expect((await get(path)).status, path).toBe(404);
  });

  test('the calendar of a host moves, cancels and keeps its events, and leaves out what no list may name', async () => {
    const read = async () => {
      const answer = await get('/@ana/rooms.ics');
      expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8; method=PUBLISH');
      return readCalendar(await answer.text());
    };
    const start = NOW + 24 * HOUR;
    state.card = { ...HALL, status: 'scheduled', clocks: { scheduled: start } };
    const { calendar, events } = await read();
    expect(calendar.getFirstPropertyValue('name')).toBe('Rooms of Ana');
    expect(String(calendar.getFirstPropertyValue('refresh-interval'))).toBe('PT15M');
    expect(calendar.getFirstPropertyValue('source')).toBe('https://x.example/@ana/rooms.ics');
    expect(events.map(({ uid, summary }) => [uid, summary])).toEqual([[`${ROOM}@earshot`, 'The hall']]);
    expect(events[0]?.startDate.toJSDate().getTime()).toBe(start);
    // Late: moved, under the same name.
    state.card = { ...state.card, clocks: { scheduled: start + HOUR } };
    sequence = 1;
    const [moved] = (await read()).events;
    expect([moved?.uid, moved?.sequence]).toEqual([`${ROOM}@earshot`, 1]);
    expect(moved?.startDate.toJSDate().getTime()).toBe(start + HOUR);
    state.card = { ...state.card, status: 'cancelled' };
    sequence = 2;
    const [off] = (await read()).events;
    expect(off?.component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(off?.component.getFirstPropertyValue('comment')).toBe('Ana is ill, sorry; really');
    expect(off?.component.getAllSubcomponents('valarm')).toEqual([]);
    // Another name of the server: the same events.
    publicUrl = 'https://elsewhere.example';
    await opened();
    expect((await read()).events[0]?.uid).toBe(`${ROOM}@earshot`);
    for (const access of ['unlisted', 'private'] as const) {
      state.card = { ...state.card, access } as RoomCard;
      expect((await read()).events).toEqual([]);
    }
  });

  test('a door is told whose rooms somebody hosts, and no account', async () => {
    const told = await (await get('/inner/hosts/ana')).json();
    expect(told).toEqual({ name: 'Ana', about: '', guid: feedGuid('host', idOf(0)), rooms: [state.card] });
    expect((await get('/inner/hosts/nobody')).status).toBe(404);
    state.card = { ...HALL, access: 'unlisted' } as RoomCard;
    expect(await (await get('/inner/hosts/ana')).json()).toMatchObject({ rooms: [] });
  });
});
