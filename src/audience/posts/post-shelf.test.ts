import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { PostCountList } from '../../wire/posts/post-figures.ts';
import { RawLog } from '../records/raw-log.ts';
import { PostCounting } from './post-counting.ts';
import type { WrittenPost } from './post-shelf.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-posts-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

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
  await raw.start();
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
    // Killed while it folds: some of the files are new, others old, and the state is the one before.
    const folder = join(dir, 'posts');
    const state = await readFile(join(folder, 'state.json'), 'utf8').catch(() => undefined);
    const before = new Map<string, Buffer>();
    for (const name of await readdir(folder)) before.set(name, await readFile(join(folder, name)));
    await counting.fold(random() < 0.5);
    for (const name of await readdir(folder)) {
      if (name === 'state.json' || random() < 0.5) continue;
      const old = before.get(name);
      if (old) await writeFile(join(folder, name), old);
      else await rm(join(folder, name));
    }
    if (state === undefined) await rm(join(folder, 'state.json'), { force: true });
    else await writeFile(join(folder, 'state.json'), state);
  }
});

test('a damaged file is put aside, and counting goes on', async () => {
  const { counting, receive, figures } = await open();
  const other = (361 + 1_024).toString(36);
  receive(1, [
    ['a1', 1, 0, 0, 0],
    [other, 5, 0, 0, 0],
  ]);
  await counting.fold(false);
  await writeFile(join(dir, 'posts', '00.posts'), 'nonsense');
  expect(await figures(`a1,${other}`)).toEqual({ [other]: { sums: [5, 0, 0, 0] } });
  receive(2, [['a1', 1, 0, 0, 0]]);
  await counting.fold(false);
  expect(await figures('a1')).toEqual({ a1: { sums: [1, 0, 0, 0] } });
  expect(await readdir(join(dir, 'posts'))).toContain('00.posts.damaged');
});
