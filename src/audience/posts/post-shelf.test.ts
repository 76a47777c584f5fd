import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { PostCountList } from '../../wire/posts/post-figures.ts';
import { RawLog } from '../records/raw-log.ts';
import { PostCounting } from './post-counting.ts';
import { PostShelf, type WrittenPost } from './post-shelf.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-posts-'));
});
const shelves: AsyncDisposable[] = [];
afterEach(async () => {
  for (const shelf of shelves.splice(0)) await shelf[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const clock = manualClock();
/** A tally's count of posts; `kill` leaves it as a killed process does. */
async function open() {
  const rawDir = join(dir, 'raw');
  const raw = new RawLog({
    ...{ clock, log: silentLog, dir: rawDir, keep: 86_400_000, quota: 1e9, closed() {}, gap() {} },
  });
  const written: WrittenPost[][] = [];
  const counting = new PostCounting({
    ...{ clock, log: silentLog, dir, rawDir, raw },
    evidence: {
      async append(entry) {
        if (entry.kind === 'post-figures') written.push([...entry.posts]);
        return { kept: true, index: 100 + written.length };
      },
    },
  });
  await counting.restore();
  await raw.start(counting.lastFile);
  const receive = (number: number, counts: PostCountList, life = 'door-0 1'): void =>
    counting.receive({ kind: 'post-counts', door: 'door-0', life, number, counts });
  const figures = async (of: string) =>
    ((await (await counting.answer(new URLSearchParams({ of }))).json()) as { posts: Record<string, object> })
      .posts;
  return { counting, raw, written, receive, figures, flush: () => raw.flush() };
}

test('batches add up, and one that comes again changes nothing', async () => {
  const { receive, figures } = await open();
  receive(1, [['a1', 2, 0, 1, 0]]);
  receive(2, [
    ['a1', 3, 4, 0, 1],
    ['b2', 1, 0, 0, 0],
  ]);
  receive(1, [['a1', 2, 0, 1, 0]]);
  receive(2, [['a1', 3, 4, 0, 1]]);
  // Another life of the door begins anew.
  receive(1, [['a1', 1, 0, 0, 0]], 'door-0 2');
  expect(await figures('a1,b2,c3')).toEqual({ a1: { sums: [6, 4, 1, 1] }, b2: { sums: [1, 0, 0, 0] } });
});

test('what no door of ours would say is not taken', async () => {
  const { receive, figures } = await open();
  const odd = [
    ['a1', -1, 0, 0, 0],
    ['a1', 1.5, 0, 0, 0],
    ['a1', 1, 0, 0],
    ['__proto__', 1, 0, 0, 0],
    ['A1', 1, 0, 0, 0],
    7,
  ] as unknown as PostCountList;
  receive(1, odd);
  receive(2, 'x' as unknown as PostCountList);
  expect(await figures('a1,__proto__,A1')).toEqual({});
});

test('every ten minutes what has grown is written down, and the figures name the entry', async () => {
  const { counting, receive, figures, written } = await open();
  receive(1, [
    ['b2', 1, 0, 0, 0],
    ['a1', 2, 0, 1, 0],
  ]);
  await counting.closeMinute(7);
  expect(written).toEqual([]);
  await counting.closeMinute(9);
  expect(written).toEqual([
    [
      ['a1', 2, 0, 1, 0],
      ['b2', 1, 0, 0, 0],
    ],
  ]);
  expect(await figures('a1')).toEqual({ a1: { sums: [2, 0, 1, 0], entry: 101 } });
  await counting.closeMinute(19);
  receive(2, [['a1', 1, 0, 0, 0]]);
  await counting.closeMinute(29);
  expect(written.slice(1)).toEqual([[['a1', 3, 0, 1, 0]]]);
  expect(await figures('a1,b2')).toEqual({
    a1: { sums: [3, 0, 1, 0], entry: 102 },
    b2: { sums: [1, 0, 0, 0], entry: 101 },
  });
});

test('what was folded before the ten minutes is written down all the same, also by the next process', async () => {
  const first = await open();
  first.receive(1, [['a1', 2, 0, 0, 0]]);
  await first.counting.fold(false);
  await first.flush();
  const second = await open();
  second.receive(2, [['b2', 1, 0, 0, 0]]);
  await second.counting.fold(true);
  expect(second.written).toEqual([
    [
      ['a1', 2, 0, 0, 0],
      ['b2', 1, 0, 0, 0],
    ],
  ]);
});

test('a killed process loses nothing that is in the raw log, wherever its fold was', async () => {
  const random = chance(5);
  const truth = new Map<string, number>();
  let number = 0;
  for (let life = 0; life < 8; life += 1) {
    const { counting, receive, flush, figures } = await open();
    for (const [post, many] of truth)
      expect([life, post, await figures(post)]).toMatchObject([
        life,
        post,
        { [post]: { sums: [many, 0, 0, 0] } },
      ]);
    for (let n = 0; n < 20; n += 1) {
      const counts = Array.from({ length: 5 }, () => {
        const k = 1 + Math.floor(random() * 300);
        // In six files.
        const post = (k * 256 * 1_024 + (k % 6) * 1_024).toString(36);
        truth.set(post, (truth.get(post) ?? 0) + 1);
        return [post, 1, 0, 0, 0] as const;
      });
      number += 1;
      receive(number, counts);
      // The door says the last one twice, as after a reconnect.
      receive(number, counts);
      if (random() < 0.1) await counting.fold(random() < 0.5);
    }
    await flush();
    // Killed while it folds, before the new file is put in place of the old one, or after it.
    const folder = join(dir, 'posts');
    const before = new Map<string, Buffer>();
    for (const name of await readdir(folder)) before.set(name, await readFile(join(folder, name)));
    await counting.fold(random() < 0.5);
    if (random() < 0.5) continue;
    for (const name of await readdir(folder)) {
      const old = before.get(name);
      if (old) await writeFile(join(folder, name), old);
      else await rm(join(folder, name));
    }
  }
});

test('a damaged file is put aside, and what the raw log has is counted again', async () => {
  const first = await open();
  first.receive(1, [['a1', 1, 0, 0, 0]]);
  await first.counting.fold(false);
  await first.flush();
  await writeFile(join(dir, 'posts', 'changed.posts'), 'nonsense');
  const second = await open();
  expect(await second.figures('a1')).toEqual({ a1: { sums: [1, 0, 0, 0] } });
  expect(await readdir(join(dir, 'posts'))).toContain('changed.posts.damaged');
  second.receive(2, [['a1', 1, 0, 0, 0]]);
  await second.counting.fold(false);
  expect(await second.figures('a1')).toEqual({ a1: { sums: [2, 0, 0, 0] } });
});

test('a name that is remembered, of a file that a killed process had not made yet, is not given to another', async () => {
  const first = await open();
  first.receive(1, [['a1', 1, 0, 0, 0]]);
  // Nothing of the raw log is on the disk.
  await first.counting.fold(false);
  const second = await open();
  second.receive(2, [['a1', 1, 0, 0, 0]]);
  await second.flush();
  const third = await open();
  expect(await third.figures('a1')).toEqual({ a1: { sums: [2, 0, 0, 0] } });
});

/** A shelf by itself, and what it wrote down. */
function openShelf(mostChanged: number) {
  const written: WrittenPost[] = [];
  const shelf = new PostShelf({
    ...{ log: silentLog, dir: join(dir, 'posts'), mostChanged },
    async write(posts) {
      written.push(...posts);
      return posts.length > 0 ? 7 : undefined;
    },
  });
  shelves.push(shelf);
  return { shelf, written };
}

test('many posts in the file of all: exact while and after they are folded, and by the next process', async () => {
  const random = chance(9);
  const truth = new Map<number, number>();
  const made = openShelf(1_000);
  let { shelf } = made;
  await shelf.open();
  const wrong = async (): Promise<number> => {
    let found = 0;
    for (const [post, many] of truth) if ((await shelf.figures(post))?.sums[2] !== many) found += 1;
    return found;
  };
  for (let turn = 1; turn <= 6; turn += 1) {
    const counts = Array.from({ length: turn % 2 === 0 ? 300 : 1_700 }, () => {
      const post = 1 + Math.floor(random() ** 3 * 5_000) * 1_024;
      truth.set(post, (truth.get(post) ?? 0) + 3);
      return [post.toString(36), 0, 0, 3, 0] as const;
    });
    shelf.take('a', turn, counts);
    const folded = shelf.fold({ file: '20261201T2000Z-0.raw', offset: turn * 100 }, turn % 2 === 1);
    expect([turn, await wrong()]).toEqual([turn, 0]);
    await folded;
    expect([turn, await wrong(), shelf.waiting]).toEqual([turn, 0, 0]);
    if (turn !== 4) continue;
    ({ shelf } = openShelf(1_000));
    expect(await shelf.open()).toEqual({ file: '20261201T2000Z-0.raw', offset: 400 });
  }
  expect(await readdir(join(dir, 'posts'))).toEqual(
    expect.arrayContaining(['changed.posts', 'figures.posts']),
  );
  expect(await shelf.figures(2)).toBeUndefined();
  const last = [...made.written].reverse().find(([id]) => id === '1');
  expect(last?.[3]).toBeGreaterThan(0);
});

test('a damaged file of all is put aside while the process runs', async () => {
  const { shelf } = openShelf(10);
  await shelf.open();
  const ids = Array.from({ length: 50 }, (_, n) => [(n + 1).toString(36), 1, 0, 0, 0] as const);
  shelf.take('a', 1, ids);
  await shelf.fold({ file: '20261201T2000Z-0.raw', offset: 1 }, false);
  await writeFile(join(dir, 'posts', 'figures.posts'), 'nonsense');
  expect(await shelf.figures(1)).toBeUndefined();
  shelf.take('a', 2, ids.slice(0, 2));
  expect(await shelf.figures(1)).toEqual({ sums: [1, 0, 0, 0] });
  await shelf.fold({ file: '20261201T2000Z-0.raw', offset: 2 }, false);
  expect(await shelf.figures(1)).toEqual({ sums: [1, 0, 0, 0] });
});

test('whoever copies the folder while it is written, the smaller file first, has all of it', async () => {
  const { shelf } = openShelf(20);
  await shelf.open();
  const place = (offset: number) => ({ file: '20261201T2000Z-0.raw', offset });
  const folder = join(dir, 'posts');
  let copy = new Map<string, Buffer>();
  for (let turn = 1; turn <= 12; turn += 1) {
    const copied = new Map<string, Buffer>();
    const take = async (name: string): Promise<void> => {
      const bytes = await readFile(join(folder, name)).catch(() => undefined);
      if (bytes) copied.set(name, bytes);
    };
    await take('changed.posts');
    shelf.take(
      'a',
      turn,
      Array.from({ length: 3 }, (_, n) => [(turn * 3 + n).toString(36), 1, 0, 0, 0]),
    );
    await shelf.fold(place(turn), turn % 3 === 0);
    await take('figures.posts');
    copy = copied;
    await rm(join(dir, 'copy'), { recursive: true, force: true });
    await mkdir(join(dir, 'copy'));
    for (const [name, bytes] of copy) await writeFile(join(dir, 'copy', name), bytes);
    const other = new PostShelf({ log: silentLog, dir: join(dir, 'copy'), write: async () => 1 });
    const { offset } = await other.open();
    shelves.push(other);
    // What came before the place it says is there, whatever was taken.
    expect(offset).toBeGreaterThanOrEqual(turn - 1);
    for (let post = 3; post < offset * 3 + 3; post += 1)
      expect([turn, post, await other.figures(post)]).toMatchObject([turn, post, { sums: [1, 0, 0, 0] }]);
  }
});

test('an entry of the log has as many posts as fit, and all of them are written', async () => {
  const sizes: number[] = [];
  const shelf = new PostShelf({
    ...{ log: silentLog, dir: join(dir, 'posts') },
    async write(posts) {
      const { length } = JSON.stringify({ v: 1, kind: 'post-figures', at: 1_764_600_000_000, posts });
      sizes.push(posts.length);
      return length <= 65_535 ? sizes.length : undefined;
    },
  });
  await shelf.open();
  const many = Number.MAX_SAFE_INTEGER;
  shelf.take(
    'a',
    1,
    Array.from({ length: 20_000 }, (_, n) => [(2 ** 52 + n).toString(36), many, many, many, many] as const),
  );
  await shelf.fold({ file: '20261201T2000Z-0.raw', offset: 1 }, true);
  expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(20_000);
  expect(shelf.unwritten).toBe(0);
});
