import { expect, test } from 'vitest';
import { readPodcast } from '../../../test/foreign/feed-readers.ts';
import type { RoomCard } from '../../wire/room.ts';
import { feedText } from './syndication.ts';

const NOW = Date.UTC(2026, 11, 1, 20);
const card = (n: number, more: Partial<RoomCard> = {}): RoomCard => ({
  ...{ id: `019ad000-0000-7abc-8def-${String(n).padStart(12, '0')}`, slug: `evening-${n}` },
  ...{ title: `Evening ${n}`, hosts: ['Ana'], status: 'ended' },
  clocks: {
    opened: NOW - n * 3_600_000 - 2,
    firstSpeech: NOW - n * 3_600_000 - 1,
    ended: NOW - n * 3_600_000,
  },
  ...more,
});

test('the feed of a host has rooms that the door does not remember, as the site tells of them, and no closed one', async () => {
  const told = Array.from({ length: 99 }, (_, n) => card(n));
  const files = (cards: readonly RoomCard[]) =>
    new Map(cards.map(({ slug }) => [slug, { bytes: 1_000, seconds: 60 }] as const));
  const known = new Map([
    ['evening-0', card(0, { title: 'A newer title' })],
    ['evening-1', card(1, { access: 'private' })],
  ]);
  const text = await feedText(
    {
      origin: {
        ...{ card: (slug) => known.get(slug), cards: () => [...known.values()], state: () => undefined },
        recordedFiles: async (cards) => files(cards),
      },
      publicUrl: 'https://rooms.example',
      spoken: { scheme: 'https', host: '' },
    },
    {
      ...{ path: '/@ana/feed.xml', slug: '', head: undefined, language: 'en', now: NOW },
      host: { name: 'Ana', about: '', guid: 'g', rooms: told },
    },
  );
  const { items } = readPodcast(text ?? '');
  expect(items.map(({ title }) => title)).toEqual([
    'A newer title',
    ...told.slice(2).map(({ title }) => title),
  ]);
  // The newest first, as programs that go by the order need it.
  const dates = items.map(({ pubDate }) => Number(pubDate));
  expect(dates).toEqual(dates.toSorted((a, b) => b - a));
});
