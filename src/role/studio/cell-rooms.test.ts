import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { RoomCard } from '../../wire/room.ts';
import { KnownRooms } from '../room-changes.ts';
import { openCellRooms } from './cell-rooms.ts';

const card = (slug: string, more: Partial<RoomCard> = {}): RoomCard => ({
  ...{ slug, title: slug, hosts: [], status: 'open', clocks: {}, cell: 0, zero: 0 },
  ...more,
});

/** A cell whose programs open when the test lets them. */
function rig() {
  const clock = manualClock();
  const cards = new KnownRooms();
  const said: string[] = [];
  const waiting: PromiseWithResolvers<void>[] = [];
  const rooms = openCellRooms({
    ...{ clock, cards, log: silentLog, cell: 0 },
    async open({ slug }) {
      said.push(`open ${slug}`);
      const turn = Promise.withResolvers<void>();
      waiting.push(turn);
      await turn.promise;
      return {
        update: ({ title }: RoomCard) => void said.push(`update ${title}`),
        close: async (over?: string) => void said.push(`close ${over}`),
      };
    },
    opened: () => void said.push('opened'),
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    ...{ clock, rooms, said },
    list: (...list: RoomCard[]) => rooms.take(cards.replace(list)),
    async let() {
      waiting.shift()?.resolve();
      await settled();
    },
    async refuse() {
      waiting.shift()?.reject(new Error('no encoder'));
      await settled();
    },
  };
}

test('a room is opened once, gets its changes, and is closed with its last state', async () => {
  const cell = rig();
  cell.list(card('hall'));
  cell.list(card('hall', { title: 'b' }));
  await cell.let();
  cell.list(card('hall', { title: 'c', status: 'ended' }));
  expect(cell.said).toEqual(['open hall', 'opened', 'update b', 'close ended']);
  expect(cell.rooms.programs.size).toBe(0);
});

test('a room of another cell, and one that has no time zero, is not opened', () => {
  const cell = rig();
  const { zero: _, ...early } = card('loft');
  cell.list(card('hall', { cell: 1 }), early, card('yard', { status: 'scheduled' }));
  expect(cell.said).toEqual([]);
});

test('a room that was given to another cell continues there: it is closed here without an end being announced', async () => {
  const cell = rig();
  cell.list(card('hall'));
  await cell.let();
  cell.list(card('hall', { cell: 1 }));
  expect(cell.said.at(-1)).toBe('close undefined');
});

test('a room that ends, or leaves the list, while it is being opened does not stay on the air', async () => {
  for (const over of [[card('hall', { status: 'ended' })], []]) {
    const cell = rig();
    cell.list(card('hall'));
    cell.list(...over);
    await cell.let();
    expect(cell.said).toEqual(['open hall', 'opened', 'close ended']);
    expect(cell.rooms.programs.size).toBe(0);
  }
});

test('a room that cannot be opened is tried again after a second, unless it has gone', async () => {
  const cell = rig();
  cell.list(card('hall'));
  await cell.refuse();
  cell.clock.advance(1000);
  await cell.refuse();
  cell.list();
  cell.clock.advance(5000);
  expect(cell.said).toEqual(['open hall', 'open hall']);
});
