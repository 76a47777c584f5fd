import { describe, expect, test } from 'vitest';
import {
  elementsOf,
  type FoundElement,
  readFeed,
  readPodcast,
  strictXml,
} from '../../../test/foreign/feed-readers.ts';
import { feedGuid } from '../../feeds/index.ts';
import type { RecordedFile } from '../../wire/recording.ts';
import type { RoomCard } from '../../wire/room.ts';
import { type FeedFacts, feedRooms, roomAtom, roomFeed } from './room-feed.ts';

const NOW = Date.UTC(2026, 11, 1, 20, 12);
const HOUR = 3_600_000;
const MADE = 0x019a_d000_0000;
const ID = '019ad000-0000-7abc-8def-0123456789ab';
const START = NOW - 12 * 60_000;

const card = (more: Partial<RoomCard> = {}): RoomCard => ({
  ...{ id: ID, slug: 'hall', title: 'Town hall', hosts: ['Ana', 'Bo'], status: 'scheduled' },
  clocks: { scheduled: START },
  ...more,
});
const FILE: RecordedFile = {
  ...{ seconds: 3_605.4, bytes: 43_000_123, chapters: true, speakers: ['Ana', 'Cy & Di', 'Bo'] },
  clips: [{ at: 61.25, seconds: 30, title: 'A <short> passage' }],
};
const ENDED = card({
  status: 'ended',
  clocks: { scheduled: START - HOUR, opened: START - HOUR, firstSpeech: START - HOUR + 90_000, ended: START },
});

const facts = (rooms: readonly RoomCard[], more: Partial<FeedFacts> = {}): FeedFacts => ({
  ...{ base: 'https://rooms.example', path: '/feed.xml', of: { kind: 'server' }, head: undefined },
  ...{ guid: feedGuid('server', 'seed'), rooms, files: new Map([['hall', FILE]]), language: 'en', now: NOW },
  state: () => undefined,
  ...more,
});

/** A feed as each of the readers has it; any of them throws where it would complain. */
async function read(rooms: readonly RoomCard[], more: Partial<FeedFacts> = {}) {
  const text = roomFeed(facts(rooms, more));
  const atom = roomAtom(facts(rooms, more));
  // Both read both kinds.
  expect((await readFeed(text)).items).toHaveLength(readPodcast(text).items.length);
  return {
    xml: strictXml(text),
    atom: strictXml(atom),
    podcast: readPodcast(text),
    plain: await readFeed(atom),
  };
}
const only = (xml: FoundElement, name: string): FoundElement => {
  const [first, second] = elementsOf(xml, name);
  if (!first || second) throw new Error(`not exactly one ${name}`);
  return first;
};

describe('a feed', () => {
  test('without rooms has what directories ask for, and nothing else', async () => {
    const { podcast, plain, xml } = await read([]);
    expect(podcast).toMatchObject({
      ...{ title: 'Rooms on rooms.example', link: 'https://rooms.example/', language: 'en', explicit: false },
      itunesType: 'episodic',
      ...{ itunesImage: 'https://rooms.example/_/podcast.png', author: 'rooms.example' },
      ...{ guid: feedGuid('server', 'seed'), medium: 'podcast', items: [] },
    });
    expect(podcast.podcastLiveItems ?? []).toEqual([]);
    expect(plain).toMatchObject({ title: 'Rooms on rooms.example', items: [] });
    expect(only(xml, 'podcast:locked').text).toBe('no');
    expect(only(xml, 'itunes:category').attributes).toEqual({ text: 'Society & Culture' });
    expect(only(xml, 'atom:link').attributes.href).toBe('https://rooms.example/feed.xml');
  });

  test('of what comes says when, where it will be heard, and is told to readers that know nothing live', async () => {
    const { podcast, plain, xml, atom } = await read([card({ clocks: { scheduled: NOW + HOUR } })]);
    expect(podcast.podcastLiveItems).toHaveLength(1);
    expect(podcast.podcastLiveItems?.[0]).toMatchObject({
      ...{
        status: 'pending',
        start: new Date(NOW + HOUR),
        title: 'Town hall',
        link: 'https://rooms.example/r/hall',
      },
      guid: `urn:uuid:${ID}#live`,
      enclosure: { url: 'https://rooms.example/r/hall/radio.mp3', type: 'audio/mpeg', length: 0 },
      contentLinks: [{ url: 'https://rooms.example/r/hall', title: 'Listen on its page' }],
      podcastPeople: [
        { name: 'Ana', role: 'Host' },
        { name: 'Bo', role: 'Host' },
      ],
    });
    expect(podcast.podcastLiveItems?.[0]?.end).toBeUndefined();
    expect(
      podcast.podcastLiveItems?.[0]?.alternativeEnclosures?.map(
        ({ type, bitrate, source, default: first }) => [source[0]?.uri, type, bitrate, first],
      ),
    ).toEqual([
      ['https://rooms.example/r/hall/radio.mp3', 'audio/mpeg', 64_000, true],
      ['https://rooms.example/r/hall/live/main.m3u8', 'application/vnd.apple.mpegurl', 96_000, false],
      ['https://rooms.example/r/hall/radio.aac', 'audio/aac', 96_000, false],
      ['https://rooms.example/r/hall/radio.opus', 'audio/ogg', 64_000, false],
    ]);
    expect(plain.items).toMatchObject([{ title: 'Town hall', id: `urn:uuid:${ID}#announced` }]);
    expect(plain.items[0]?.enclosure).toBeUndefined();
    expect(elementsOf(xml, 'item')).toEqual([]);
    expect(only(only(atom, 'entry'), 'published').text).toBe(new Date(MADE).toISOString());
  });

  test('of what is late: its beginning moves, five minutes at a time', async () => {
    const at = async (now: number) => (await read([card()], { now })).podcast.podcastLiveItems?.[0];
    expect(await at(NOW)).toMatchObject({
      status: 'pending',
      start: new Date(Date.UTC(2026, 11, 1, 20, 15)),
    });
    expect(await at(NOW + 3 * 60_000)).toMatchObject({ start: new Date(Date.UTC(2026, 11, 1, 20, 20)) });
    // The doors are open, and nobody has spoken.
    const open = card({ status: 'open', clocks: { scheduled: START, opened: START - 60_000 } });
    expect((await read([open])).podcast.podcastLiveItems?.[0]).toMatchObject({ status: 'pending' });
  });

  test('of what is on: it is live, also in a break, since its first words', async () => {
    const clocks = { scheduled: START, opened: START, firstSpeech: START + 60_000 };
    for (const status of ['live', 'open'] as const) {
      const { podcast, plain } = await read([card({ status, clocks })]);
      expect(podcast.podcastLiveItems).toMatchObject([{ status: 'live', start: new Date(START + 60_000) }]);
      expect(plain.items).toMatchObject([
        {
          title: 'Live now: Town hall',
          id: `urn:uuid:${ID}#on-air`,
          isoDate: new Date(START + 60_000).toISOString(),
        },
      ]);
    }
  });

  test('of what is over: an episode with its length, people, chapters and clips', async () => {
    const { podcast, xml } = await read([ENDED]);
    expect(podcast.podcastLiveItems).toMatchObject([{ status: 'ended', end: new Date(START) }]);
    expect(podcast.items).toHaveLength(1);
    expect(podcast.items[0]).toMatchObject({
      ...{ guid: `urn:uuid:${ID}`, title: 'Town hall', duration: 3_605, pubDate: new Date(START) },
      ...{ author: 'Ana, Bo', link: 'https://rooms.example/r/hall' },
      enclosure: { url: 'https://rooms.example/r/hall/replay.m4a', type: 'audio/mp4', length: 43_000_123 },
      // The Podcast Index leaves out forms without a length.
      alternativeEnclosures: [
        { length: 43_000_123, default: true, codecs: 'mp4a.40.2' },
        { type: 'application/vnd.apple.mpegurl', codecs: 'mp4a.40.2', default: false },
        { type: 'application/vnd.apple.mpegurl', codecs: 'opus', default: false },
      ],
      podcastChapters: {
        ...{ url: 'https://rooms.example/r/hall/replay/chapters.json', type: 'application/json+chapters' },
      },
      podcastPeople: [
        { name: 'Ana', role: 'Host' },
        { name: 'Bo', role: 'Host' },
        { name: 'Cy & Di', role: 'Guest' },
      ],
      podcastSoundbites: [{ startTime: 61.25, duration: 30, title: 'A <short> passage' }],
    });
    expect(only(only(xml, 'item'), 'content:encoded').text).toContain(
      '<p><a href="https://rooms.example/r/hall">',
    );
    expect(only(only(xml, 'item'), 'podcast:soundbite').attributes).toEqual({
      startTime: '61.25',
      duration: '30',
    });
    // A day later programs need not be told any more that it is over.
    expect((await read([ENDED], { now: START + 25 * HOUR })).podcast.podcastLiveItems ?? []).toEqual([]);
  });

  test('of a removed recording, and of what nobody spoke in, has no sound', async () => {
    const silent = card({ status: 'ended', clocks: { opened: START - HOUR, ended: START } });
    for (const [room, files] of [
      [ENDED, new Map()],
      [silent, new Map([['hall', FILE]])],
    ] as const) {
      const { plain, xml } = await read([room], { files });
      expect(plain.items).toMatchObject([{ title: 'Town hall', id: `urn:uuid:${ID}` }]);
      expect(plain.items[0]?.enclosure).toBeUndefined();
      // Directories complain about an episode without sound.
      expect(elementsOf(xml, 'item')).toEqual([]);
    }
  });

  test('of what was called off says so and why, and forgets it after a week', async () => {
    const off = card({
      ...{ status: 'cancelled', clocks: { scheduled: NOW + HOUR, ended: START } },
      plans: { cancelled: { reason: 'Ana is ill & hoarse' } },
    });
    const { podcast, plain } = await read([off]);
    expect(podcast.podcastLiveItems).toMatchObject([{ status: 'ended', title: 'Cancelled: Town hall' }]);
    expect(plain.items).toMatchObject([{ title: 'Cancelled: Town hall', id: `urn:uuid:${ID}#cancelled` }]);
    // Once: readers show what stands there, not `&amp;`.
    expect(podcast.podcastLiveItems?.[0]?.description).toContain('“Ana is ill & hoarse”');
    expect(feedRooms([off], NOW)).toEqual([off]);
    expect(feedRooms([off], START + 8 * 24 * HOUR)).toEqual([]);
  });

  test('keeps every id when its server gets another name', async () => {
    const guids = async (base: string) => {
      const { xml } = await read([ENDED, card({ id: ID.replace('ab', 'cd'), slug: 'other' })], { base });
      return [...elementsOf(xml, 'guid'), ...elementsOf(xml, 'podcast:guid')].map(({ text }) => text);
    };
    const before = await guids('https://rooms.example');
    expect(before).toHaveLength(4);
    expect(new Set(before).size).toBe(4);
    expect(await guids('https://elsewhere.example:8443')).toEqual(before);
  });

  test('of somebody who hosts has their name and page, of a room its words', async () => {
    const of = { kind: 'host', name: 'Ana <Díaz>', about: '', path: '/@ana' } as const;
    const host = await read([ENDED], { of, path: '/@ana/feed.xml', language: 'fr' });
    expect(host.podcast).toMatchObject({
      ...{ title: 'Les salles de Ana <Díaz>', link: 'https://rooms.example/@ana', language: 'fr' },
      ...{
        author: 'Ana <Díaz>',
        podcastPeople: [{ name: 'Ana <Díaz>', href: 'https://rooms.example/@ana' }],
      },
    });
    const hidden = card({ about: 'Of roads & schools', access: 'unlisted' });
    const room = await read([hidden], { of: { kind: 'room', card: hidden }, path: '/r/hall/feed.xml' });
    expect(room.podcast).toMatchObject({
      title: 'Town hall',
      description: 'Of roads & schools',
      author: 'Ana, Bo',
    });
    expect(only(room.xml, 'itunes:block').text).toBe('Yes');
    expect(elementsOf(host.xml, 'itunes:block')).toEqual([]);
  });
});

const ODD: readonly (readonly [string, string, string])[] = [
  ['control characters', 'a\u0000b\u0008\u000b\u001f\u007f\u0085c', 'ab\u007f\u0085c'],
  ['half a character', 'a\ud83d b\ude09', 'a b'],
  ['what is no character', 'a\ufffe\uffffb', 'ab'],
  ['the end of CDATA', 'a]]>b<![CDATA[c]]>', 'a]]>b<![CDATA[c]]>'],
  ['markup', `<script>"&amp;'</title>`, `<script>"&amp;'</title>`],
  ['emoji', '👩‍👩‍👧‍👦 🇫🇷', '👩‍👩‍👧‍👦 🇫🇷'],
  ['another direction', 'שלום \u202eabc\u202c عالم', 'שלום \u202eabc\u202c عالم'],
  ['ten thousand letters', 'é'.repeat(10_000), 'é'.repeat(10_000)],
  ['a hundred thousand marks', `e${'\u0301'.repeat(100_000)}`, `e${'\u0301'.repeat(100_000)}`],
];

test.each(ODD)('a title of %s is read as it is', async (_, title, wanted) => {
  const strange = (status: RoomCard['status'], slug: string) =>
    card({
      ...ENDED,
      status,
      slug,
      id: slug,
      title,
      hosts: [title],
      about: title,
      plans: { cancelled: { reason: title } },
    });
  const rooms = [strange('ended', 'hall'), strange('live', 'live'), strange('cancelled', 'off')];
  const files = new Map([['hall', { ...FILE, speakers: [title], clips: [{ at: 0, seconds: 9, title }] }]]);
  const { podcast, plain, xml } = await read(rooms, { files });
  const item = elementsOf(xml, 'item')[0] as FoundElement;
  expect(only(item, 'title').text).toBe(wanted);
  expect(only(item, 'itunes:author').text).toBe(wanted);
  expect(only(elementsOf(xml, 'podcast:liveItem')[0] as FoundElement, 'title').text).toBe(wanted);
  expect(podcast.podcastLiveItems).toHaveLength(3);
  expect(plain.items).toHaveLength(3);
  expect([...(only(item, 'podcast:soundbite').text ?? '')].length).toBeLessThanOrEqual(128);
});

test.each(['', ' ', '\u0000\u0001', '\ud800', '\u200b'])(
  'a title of nothing (%j) becomes the address: readers refuse an empty one',
  async (title) => {
    const { xml, atom, plain } = await read([card({ title, hosts: [title] })]);
    for (const root of [only(xml, 'podcast:liveItem'), only(atom, 'entry')])
      expect(only(root, 'title').text).toBe('https://rooms.example/r/hall');
    expect(elementsOf(xml, 'podcast:person')).toEqual([]);
    expect(plain.items).toHaveLength(1);
  },
);

test('a hundred rooms are in a feed, not more, and each is there once', async () => {
  const rooms = Array.from({ length: 250 }, (_, n) =>
    card({
      ...ENDED,
      id: `room-${n}`,
      slug: `room-${n}`,
      clocks: { ...ENDED.clocks, ended: START - n * HOUR },
    }),
  );
  const chosen = feedRooms(rooms, NOW);
  const { podcast, plain } = await read(chosen, { files: new Map(chosen.map(({ slug }) => [slug, FILE])) });
  expect(podcast.items.map(({ guid }) => guid)).toEqual(
    Array.from({ length: 100 }, (_, n) => `urn:uuid:room-${n}`),
  );
  expect(plain.items).toHaveLength(100);
});

test('the signed head of the log is in it to the letter', () => {
  const head = 'rooms.example/evidence\n4711\nabc+/=\n\n— rooms.example/evidence aGk=\n';
  expect(only(strictXml(roomFeed(facts([], { head }))), 'tlog:checkpoint').text).toBe(head);
});
