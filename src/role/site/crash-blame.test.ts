import { expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { CrashBlame } from './crash-blame.ts';

/** Cells with rooms, moved as the blame says; `quarantined` lists whom it found. */
function house(cells: number, ...rooms: string[][]) {
  const where = new Map(rooms.flatMap((list, cell) => list.map((slug) => [slug, cell] as const)));
  const quarantined: string[] = [];
  const blame = new CrashBlame(cells, (cell) =>
    [...where].filter(([, at]) => at === cell).map(([slug]) => slug),
  );
  const take = (acts: ReturnType<CrashBlame['died']>) => {
    for (const one of acts) {
      if (one.act === 'move') where.set(one.slug, one.cell);
      else {
        quarantined.push(one.slug);
        where.set(one.slug, cells);
      }
    }
    return acts;
  };
  return {
    where,
    quarantined,
    die: (at: number, cell: number, room?: string, unready = false) =>
      take(blame.died({ at, cell, unready, ...(room === undefined ? {} : { room }) })),
    tick: (now: number) => take(blame.tick(now)),
  };
}

test('the room that a cell names each time it dies is kept apart at the third death, and nobody else is moved', () => {
  const { die, quarantined, where } = house(2, ['a', 'b', 'c'], ['d']);
  expect(die(0, 0, 'b')).toEqual([]);
  expect(die(9_000, 0, 'b')).toEqual([]);
  die(18_000, 0, 'b');
  expect(quarantined).toEqual(['b']);
  expect([...where]).toEqual([
    ['a', 0],
    ['b', 2],
    ['c', 0],
    ['d', 1],
  ]);
});

test('three deaths in more than a minute, or of different cells, are no reason', () => {
  const { die, quarantined } = house(2, ['a'], ['b']);
  for (const [at, cell] of [
    [0, 0],
    [30_000, 0],
    [60_000, 0],
    [61_000, 1],
    [62_000, 1],
  ] as const)
    expect(die(at, cell, cell === 0 ? 'a' : 'b')).toEqual([]);
  expect(quarantined).toEqual([]);
});

test('a room alone in its cell is guilty only when it was named at two deaths', () => {
  const alone = house(1, ['a']);
  for (const at of [0, 1, 2, 3]) alone.die(at, 0);
  alone.die(4, 0, 'a');
  expect(alone.quarantined).toEqual([]);
  alone.die(5, 0, 'a');
  expect(alone.quarantined).toEqual(['a']);
  const mixed = house(1, ['a']);
  for (const [at, room] of ['a', 'gone', 'a'].entries()) mixed.die(at, 0, room);
  expect(mixed.quarantined).toEqual(['a']);
});

test('where another room is in the cell that came after the first death, the one that was there each time is guilty', () => {
  const later = house(1, ['a']);
  later.die(0, 0);
  later.where.set('b', 0);
  later.die(1, 0);
  later.die(2, 0);
  expect(later.quarantined).toEqual(['a']);
});

test('a cell that could not even begin accuses no room, unless it named one', () => {
  const { die, quarantined } = house(1, ['a']);
  die(0, 0);
  for (const at of [1, 2, 3, 4]) die(at, 0, undefined, true);
  expect(quarantined).toEqual([]);
  die(5, 0, 'a', true);
  die(6, 0, 'a', true);
  expect(quarantined).toEqual(['a']);
});

test('a name that is no longer in the cell accuses nobody else', () => {
  const { die, quarantined, where } = house(1, ['a', 'b']);
  for (const at of [0, 1, 2]) expect(die(at, 0, 'gone')).toEqual([]);
  expect(quarantined).toEqual([]);
  expect([...where.values()]).toEqual([0, 0]);
});

test('where names differ or are missing the guilty one is found by halves, and the innocent go home', () => {
  const random = chance(7);
  for (let run = 0; run < 200; run += 1) {
    const count = 2 + Math.floor(random() * 19);
    const rooms = Array.from({ length: count }, (_, i) => `r${i}`);
    const guilty = rooms[Math.floor(random() * count)] ?? '';
    const { die, quarantined, where } = house(1, rooms);
    let deaths = 0;
    for (let at = 0; quarantined.length === 0; at += 5_000) {
      deaths += 1;
      expect(deaths).toBeLessThanOrEqual(3 + Math.ceil(Math.log2(count)));
      const mark = rooms[Math.floor(random() * count)] ?? '';
      die(at, where.get(guilty) ?? 0, random() < 0.5 ? mark : undefined);
      // By chance the marks may accuse an innocent room twice and nobody else.
      if (quarantined.length > 0 && quarantined[0] !== guilty) break;
    }
    if (quarantined[0] !== guilty) continue;
    expect(quarantined).toEqual([guilty]);
    for (const slug of rooms) expect([slug, where.get(slug)]).toEqual([slug, slug === guilty ? 1 : 0]);
  }
});

test('a search in which nothing dies for a minute ends, and everybody goes home', () => {
  const { die, tick, where, quarantined } = house(1, ['a', 'b', 'c', 'd']);
  for (const at of [0, 1, 2]) die(at, 0);
  expect([...where.values()].filter((cell) => cell === 1)).toHaveLength(2);
  expect(tick(60_001)).toEqual([]);
  tick(60_002);
  expect([...where.values()]).toEqual([0, 0, 0, 0]);
  expect(quarantined).toEqual([]);
});
