/**
 * 183 million impressions of posts, one by one through what counts them: the mark of each is checked, a door counts it once,
 * tells the tally every second, and that writes its raw log, its files and its entries of evidence, on the disk. Half of
 * them are of one post, the others of so many as are named, the first of which are seen most. Every fiftieth event comes
 * twice, every thousandth has a forged mark, and every tenth minute the tally is killed and takes up again from the disk.
 * Each post must be exact.
 *
 * `npm run bench -- post-impressions [millions] [posts]`. Beside it the obvious way: one write to SQLite for each page.
 */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { PostCounting } from '../src/audience/posts/post-counting.ts';
import { RawLog } from '../src/audience/records/raw-log.ts';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { epochMs } from '../src/base/time.ts';
import { PostTally } from '../src/door/audience/posts/post-tally.ts';
import { openPostMarks } from '../src/keys/post-marks.ts';
import type { PostEvent } from '../src/wire/posts/post-events.ts';
import type { CountedPosts } from '../src/wire/posts/post-figures.ts';

const ALL = Math.round(Number(process.argv[2] ?? 183.2) * 1e6);
const POSTS = Number(process.argv[3] ?? 100_000);
const MINUTES = 240;
/** Cards that somebody sees of one page. */
const PAGE = 8;
const KILLED_EVERY = 10;
const BEGAN = Date.UTC(2026, 11, 1, 20);

let wall = BEGAN;
const clock = { ...systemClock, wall: () => epochMs(wall) };
const marks = openPostMarks(Buffer.alloc(32, 7));
const idOf = (n: number): string => ((BEGAN - 86_400_000 + n * 37) * 1_024).toString(36);
/** Which post an event is of: half of all are of the first; of the others every next one is seen less. */
function postOf(event: number): number {
  if (event % 2 === 0) return 0;
  const random = ((event * 2_654_435_761) % 4_294_967_296) / 4_294_967_296;
  return Math.floor(POSTS ** random);
}
const markOf = Array.from({ length: POSTS }, (_, n) => marks.make({ post: idOf(n) }, BEGAN));
const FORGED = `${idOf(1)}.${Math.floor(BEGAN / 3_600_000).toString(36)}..AAAAAAAAAAA`;

/** A tally on the disk; it is killed by opening another in its place. */
async function openTally(dir: string, written: { entries: number; posts: number }) {
  const rawDir = join(dir, 'raw');
  const raw = new RawLog({
    ...{ clock, log: silentLog, dir: rawDir, keep: 86_400_000, quota: 4e9, closed() {}, gap() {} },
  });
  const counting = new PostCounting({
    ...{ clock, log: silentLog, dir, rawDir, raw },
    evidence: {
      async append(entry) {
        written.entries += 1;
        if (entry.kind === 'post-figures') written.posts += entry.posts.length;
        return { kept: true, index: written.entries };
      },
    },
  });
  await counting.restore();
  await raw.start();
  return { raw, counting };
}

async function replay(dir: string) {
  const door = new PostTally(marks);
  const written = { entries: 0, posts: 0 };
  const truth = new Float64Array(POSTS);
  let tally = await openTally(dir, written);
  let [seen, told, view, kills] = [0, 0, 0, 0];
  const take = (events: readonly PostEvent[]): void => {
    const batch = { v: 1, view: (view++).toString(36).padStart(11, '0'), events } as const;
    door.take(batch, wall);
    told += events.length;
    if (view % 50 !== 0) return;
    door.take(batch, wall);
    told += events.length;
  };
  for (let minute = 1; minute <= MINUTES; minute++) {
    for (let second = 1; second <= 60; second++) {
      wall += 1_000;
      const until = Math.floor((ALL * ((minute - 1) * 60 + second)) / (MINUTES * 60));
      while (seen < until) {
        const events: PostEvent[] = [];
        const here = new Set<number>();
        for (; seen < until && events.length < PAGE; seen++) {
          const post = postOf(seen);
          // Of one page view a post counts once: what would be the second is another page's.
          if (here.has(post)) break;
          here.add(post);
          truth[post] = (truth[post] as number) + 1;
          events.push(['seen', markOf[post] as string]);
        }
        if (view % 125 === 0) events.push(['seen', FORGED]);
        take(events);
      }
      for (const { number, counts } of door.tell(second, false))
        tally.counting.receive({ kind: 'post-counts', door: 'door-0', life: 'a', number, counts });
    }
    await tally.raw.flush();
    await tally.counting.closeMinute(minute - 1);
    if (minute % KILLED_EVERY !== 5) continue;
    kills += 1;
    tally = await openTally(dir, written);
  }
  let [wrong, sum] = [0, 0];
  for (let from = 0; from < POSTS; from += 100) {
    const ids = Array.from({ length: Math.min(100, POSTS - from) }, (_, n) => idOf(from + n));
    const answer = await tally.counting.answer(new URLSearchParams({ of: ids.join(',') }));
    const { posts } = (await answer.json()) as CountedPosts;
    ids.forEach((id, n) => {
      const counted = posts[id]?.sums[0] ?? 0;
      sum += counted;
      if (counted !== truth[from + n]) wrong += 1;
    });
  }
  return { told, sum, wrong, kills, written, forged: door.counts['not-ours'] };
}

/** The obvious way: each page that tells of its posts is one transaction. Nanoseconds of an event. */
function peer(dir: string, events: number): number {
  const db = new SQLite(join(dir, 'peer.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec('create table seen (post integer primary key, many integer not null)');
  const add = db.prepare('insert into seen values (?, 1) on conflict (post) do update set many = many + 1');
  const page = db.transaction((from: number) => {
    for (let n = from; n < from + PAGE; n++) add.run(postOf(n) + 1);
  });
  const began = process.hrtime.bigint();
  for (let n = 0; n < events; n += PAGE) page(n);
  const took = Number(process.hrtime.bigint() - began);
  db.close();
  return took / events;
}

const dir = await mkdtemp(join(tmpdir(), 'earshot-bench-posts-'));
try {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const { told, sum, wrong, kills, written, forged } = await replay(dir);
  const took = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const bytes = async (folder: string): Promise<number> => {
    const names = await readdir(join(dir, folder));
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, folder, name))).size));
    return sizes.reduce((all, size) => all + size, 0);
  };
  const n = (value: number): string => Math.round(value).toLocaleString('en');
  const mb = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  const rows: readonly (readonly [string, string])[] = [
    ['events told', `${n(told)}, of them ${n(forged)} forged`],
    ['posts', n(POSTS)],
    ['counted', `${n(sum)} of ${n(ALL)}; posts that are wrong: ${n(wrong)}`],
    ['tally killed', `${kills} times`],
    [
      'processor',
      `${((user + system) / 1e6).toFixed(0)} s, ${n(((user + system) / told) * 1e3)} ns an event with its making`,
    ],
    ['wall', `${(took / 1000).toFixed(0)} s`],
    ['memory at most', `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, both processes in one`],
    ['on the disk', `${mb(await bytes('posts'))} of posts, ${mb(await bytes('raw'))} of raw log`],
    ['evidence', `${n(written.entries)} entries with ${n(written.posts)} figures of posts`],
    ['SQLite, a transaction a page', `${n(peer(dir, 400_000))} ns an event`],
  ];
  console.log(
    `| what | figure |\n|---|---|\n${rows.map(([what, figure]) => `| ${what} | ${figure} |`).join('\n')}`,
  );
  if (wrong > 0 || sum !== ALL) process.exitCode = 1;
} finally {
  await rm(dir, { recursive: true, force: true });
}
