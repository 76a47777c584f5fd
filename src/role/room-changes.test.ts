import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { memoryBus } from '../bus/index.ts';
import { EMPTY, type Message } from '../wire/feed.ts';
import type { RoomCard } from '../wire/room.ts';
import { KnownRooms, openRoomChanges } from './room-changes.ts';

const card = (slug: string, title = slug): RoomCard => ({
  ...{ slug, title, hosts: [], status: 'ended', clocks: {} },
});

/** A site that knows some rooms, and a bus to those who must know them. */
function site(rooms: number) {
  const clock = manualClock();
  const book = new Map<string, RoomCard>();
  for (let i = 0; i < rooms; i++) book.set(`r${i}`, card(`r${i}`));
  const { outlet, subscribe } = memoryBus(() => [
    { head: { kind: 'rooms', rooms: [...book.values()] }, body: EMPTY },
  ]);
  const said: Message[] = [];
  const changes = openRoomChanges({
    clock,
    card: (slug) => book.get(slug),
    publish(message) {
      said.push(message);
      outlet.publish(message);
    },
  });
  const edit = (slug: string, title: string): void => {
    book.set(slug, card(slug, title));
    changes.changed(slug);
  };
  const remove = (slug: string): void => {
    book.delete(slug);
    changes.changed(slug);
  };
  return { clock, book, said, changes, subscribe, edit, remove };
}

test('a hundred edits in one second, with 2,200 rooms known, are seven messages about one room', () => {
  const { clock, said, edit } = site(2200);
  for (let i = 0; i < 100; i++) {
    edit('r7', `title ${i}`);
    clock.advance(10);
  }
  expect(said.length).toBeGreaterThanOrEqual(6);
  expect(said.length).toBeLessThanOrEqual(8);
  for (const { head } of said) expect(head).toMatchObject({ kind: 'room-changes', gone: [] });
  expect(said.reduce((bytes, { head }) => bytes + JSON.stringify(head).length, 0)).toBeLessThan(2000);
  clock.advance(150);
  expect(said.at(-1)?.head).toMatchObject({ rooms: [{ title: 'title 99' }] });
});

test('the first change is sent at once; nothing waits longer than 150 ms to be sent', async () => {
  const { clock, said, edit, changes } = site(1);
  edit('r0', 'one');
  expect(said).toHaveLength(1);
  await changes.told();
  edit('r0', 'two');
  let told = false;
  const waiting = changes.told().then(() => {
    told = true;
  });
  clock.advance(149);
  await Promise.resolve();
  expect([told, said.length]).toEqual([false, 1]);
  clock.advance(1);
  await waiting;
  expect(said).toHaveLength(2);
});

test('a process that connects while changes wait, or was away, ends up with what the site knows', () => {
  const { clock, book, subscribe, edit, remove } = site(5);
  const known = new KnownRooms();
  const listen = () => subscribe({ message: (message) => void known.take(message) });
  const same = (): void => {
    expect(known.size).toBe(book.size);
    for (const [slug, now] of book) expect(known.get(slug)).toEqual(now);
  };
  let inlet = listen();
  edit('r1', 'told at once');
  remove('r0');
  edit('r2', 'waits');
  void inlet[Symbol.asyncDispose]();
  inlet = listen();
  clock.advance(150);
  same();
  void inlet[Symbol.asyncDispose]();
  edit('r3', 'not heard');
  remove('r1');
  clock.advance(150);
  edit('r0', 'again');
  inlet = listen();
  edit('r4', 'after the greeting');
  remove('r0');
  clock.advance(150);
  same();
  edit('r1', 'again');
  remove('r1');
  edit('r1', 'and again');
  clock.advance(300);
  same();
});

test('a thousand rooms that come and go leave no memory behind', () => {
  const { clock, subscribe, edit, remove } = site(3);
  const known = new KnownRooms();
  subscribe({ message: (message) => void known.take(message) });
  for (let i = 0; i < 1000; i++) {
    edit(`x${i}`, 'x');
    clock.advance(200);
    remove(`x${i}`);
    clock.advance(200);
  }
  expect(known.size).toBe(3);
});
