import { expect, test } from 'vitest';
import { type RoomState, stateOfCard } from '../../wire/room.ts';
import { decodeState } from '../../wire/state-box.ts';
import { StateNews } from './state-news.ts';

const STATE = stateOfCard(
  { slug: 'room', title: 'A room', hosts: ['Ada'], status: 'live', clocks: { opened: 0 } },
  0,
);
const at = (ms: number, change: Partial<RoomState> = {}): RoomState => ({ ...STATE, ...change, at: ms });

test('a change is sent once, by itself; who missed it gets the whole state', () => {
  const news = new StateNews();
  expect(news.full).toBeUndefined();
  news.look(at(10), 1);
  expect(decodeState(news.full as Buffer)).toMatchObject({ v: 1, at: 10, slug: 'room', title: 'A room' });
  const told = news.version;
  news.look(at(20), 2);
  expect(news.since(told)).toBeUndefined();

  news.look(at(30, { title: 'Another' }), 3);
  expect(decodeState(news.since(told) as Buffer)).toEqual({ at: 30, title: 'Another' });
  expect(decodeState(news.full as Buffer)).toMatchObject({ v: 1, at: 30, title: 'Another', hosts: ['Ada'] });
  news.look(at(40, { title: 'Another', hosts: [] }), 4);
  expect(decodeState(news.since(told + 1) as Buffer)).toEqual({ at: 40, hosts: [] });
  expect(decodeState(news.since(told) as Buffer)).toMatchObject({
    title: 'Another',
    hosts: [],
    slug: 'room',
  });
  expect(news.since(news.version)).toBeUndefined();
});

test('counts are sent about once a second, or along with another change', () => {
  const news = new StateNews();
  news.look(at(0), 0);
  const told: number[] = [];
  for (let seq = 1; seq <= 30; seq++) {
    const before = news.version;
    news.look(at(seq * 320, { streams: seq }), seq);
    if (news.version !== before) told.push(seq);
  }
  expect(told).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  news.look(at(10_000, { streams: 31, title: 'New' }), 31);
  expect(decodeState(news.since(news.version - 1) as Buffer)).toEqual({
    at: 10_000,
    streams: 31,
    title: 'New',
  });
});

test('nothing is sent about a room that is not known yet', () => {
  const news = new StateNews();
  news.look(undefined, 1);
  expect(news.version).toBe(0);
  expect(news.full).toBeUndefined();
});
