/**
 * 183 million impressions of posts, one by one through what counts them: a door reads the body that a page sends, checks each
 * mark and counts it once, and tells the tally every second; that is a process of its own, and writes its raw log, its files
 * and its entries of the evidence log on the disk. Every page shows the first post and seven others, the first of which are
 * seen most. Every fiftieth page is told twice, every 125th has a forged mark, and each ten minutes the tally is killed
 * (SIGKILL) at a random moment and takes up again from the disk. Each post must be exact. Making the load is timed apart.
 * What HTTP costs is not in it.
 *
 * `npm run bench -- post-impressions [millions] [posts]`. Beside it the obvious way, with the same pages, but a share of
 * them: one transaction of SQLite for each page.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { systemClock } from '../src/base/clock.ts';
import { epochMs, ms } from '../src/base/time.ts';
import { agentExclusion } from '../src/door/audience/agents.ts';
import { DoorPosts } from '../src/door/audience/posts/door-posts.ts';
import type { Listening } from '../src/door/request/listening.ts';
import { openPostMarks } from '../src/keys/post-marks.ts';
import type { PostCountList } from '../src/wire/posts/post-figures.ts';
import type { FromTally, ToTally } from './post-impressions-tally.ts';

const ALL = Math.round(Number(process.argv[2] ?? 183.2) * 1e6);
const POSTS = Number(process.argv[3] ?? 100_000);
const MINUTES = 240;
/** Cards that somebody sees of one page. */
const PAGE = 8;
/** Seconds that may be told before the tally has taken them. */
const AHEAD = 20;
const PEER_PAGES = 50_000;
const BEGAN = Date.UTC(2026, 11, 1, 20);
const HOUR = 3_600_000;

let wall = BEGAN;
const clock = { ...systemClock, wall: () => epochMs(wall), now: () => ms(wall - BEGAN) };
const marks = openPostMarks(Buffer.alloc(32, 7));
const idOf = (n: number): string => ((BEGAN - 86_400_000 + n * 37) * 1_024).toString(36);
const FORGED = `,["seen","${idOf(1)}.${Math.floor(BEGAN / HOUR).toString(36)}..AAAAAAAAAAA"]`;
/** Posts as they are drawn: each next one is seen less. The same in every run. */
const DRAWN = Uint32Array.from({ length: 1 << 20 }, (_, n) =>
  Math.floor(POSTS ** (((n * 2_654_435_761) % 4_294_967_296) / 4_294_967_296)),
);
const WHO: Listening = {
  ...{ address: undefined, brands: undefined, private: false, prefetch: false, probe: false },
  ...{ token: undefined, relayed: false, elsewhere: false },
  agent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
};

/** Makes pages: what each shows, and how often each post was shown. */
class Pages {
  readonly truth = new Float64Array(POSTS);
  readonly #shown: number[] = [];
  #events: string[] = [];
  #hour = -1;
  #drawn = 0;
  made = 0;

  /** The posts of the next page, of `most` at most. */
  posts(most: number): readonly number[] {
    const shown = this.#shown;
    shown.length = 0;
    shown.push(0);
    while (shown.length < most) {
      const post = DRAWN[this.#drawn++ & (DRAWN.length - 1)] as number;
      // Of one page view a post counts once.
      if (!shown.includes(post)) shown.push(post);
    }
    return shown;
  }

  /** What the next page tells. */
  body(most: number): Buffer {
    const hour = Math.floor(wall / HOUR);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#events = Array.from(this.truth, (_, n) => `["seen","${marks.make({ post: idOf(n) }, wall)}"]`);
    }
    let events = '';
    for (const post of this.posts(most)) {
      this.truth[post] = (this.truth[post] as number) + 1;
      events += events === '' ? this.#events[post] : `,${this.#events[post]}`;
    }
    this.made += 1;
    const view = (this.made * 7_919).toString(36).padStart(11, '0');
    return Buffer.from(`{"v":1,"view":"${view}","events":[${events}${this.made % 125 === 0 ? FORGED : ''}]}`);
  }
}

/** The process that counts. */
class Tally {
  readonly #dir: string;
  #child: ChildProcess | undefined;
  #behind = 0;
  #heard: ((message: FromTally) => void) | undefined;
  kills = 0;
  cpu = 0;
  memory = 0;
  /** How long it took to be there again, ms. */
  readonly restarts: number[] = [];

  constructor(dir: string) {
    this.#dir = dir;
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  async start(): Promise<void> {
    const file = join(import.meta.dirname, 'post-impressions-tally.ts');
    const child = fork(file, [this.#dir, `${wall}`]);
    this.#behind = 0;
    const ready = new Promise<FromTally>((resolve) => {
      this.#heard = resolve;
    });
    child.on('message', (message: FromTally) => {
      if (message.kind === 'done') this.#behind -= 1;
      this.#heard?.(message);
    });
    const first = await ready;
    if (first.kind === 'ready') this.restarts.push(first.ms);
    this.#child = child;
  }

  send(message: ToTally): void {
    if (message.kind === 'second') this.#behind += 1;
    this.#child?.send(message);
  }

  #next(): Promise<FromTally> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  async keepUp(most = AHEAD): Promise<void> {
    while (this.#child && this.#behind > most) await this.#next();
  }

  async ask(message: ToTally): Promise<FromTally> {
    this.send(message);
    return this.#next();
  }

  /** What the process has used so far is added up. */
  #note(): void {
    const of = (name: string): string => readFileSync(`/proc/${this.#child?.pid}/${name}`, 'utf8');
    const [, fields = ''] = /\) (.*)/.exec(of('stat')) ?? [];
    const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number);
    this.cpu += (user + system) / 100;
    this.memory = Math.max(this.memory, Number(/VmHWM:\s+(\d+)/.exec(of('status'))?.[1] ?? 0) / 1024);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#note();
    this.#child = undefined;
    this.kills += 1;
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    child?.kill('SIGKILL');
    await gone;
  }
}

/** Processor time of this process between calls, seconds. */
function stopwatch(): () => number {
  let last = process.cpuUsage();
  return () => {
    const now = process.cpuUsage();
    const took = now.user - last.user + now.system - last.system;
    last = now;
    return took / 1e6;
  };
}

async function replay(tally: Tally) {
  const pages = new Pages();
  let told: { number: number; counts: PostCountList }[] = [];
  const door = new DoorPosts({
    ...{ clock, marks, seenOf() {} },
    outlet: {
      get reachable() {
        return tally.isUp;
      },
      postCounts: (number, counts) => void told.push({ number, counts }),
    },
    isSomebody: ({ agent, brands }) => agentExclusion(agent, brands) === 'none',
  });
  const [lap, cost] = [stopwatch(), { making: 0, counting: 0 }];
  let [seen, events, rows, away] = [0, 0, 0, 0];
  let killAt = Math.floor(Math.random() * 600);
  for (let second = 1; second <= MINUTES * 60; second += 1) {
    wall += 1_000;
    const bodies: Buffer[] = [];
    for (const until = Math.floor((ALL * second) / (MINUTES * 60)); seen < until; ) {
      const many = Math.min(PAGE, until - seen);
      const body = pages.body(many);
      const times = pages.made % 50 === 0 ? 2 : 1;
      for (let n = 0; n < times; n += 1) bodies.push(body);
      seen += many;
      events += times * (many + (pages.made % 125 === 0 ? 1 : 0));
    }
    cost.making += lap();
    for (const body of bodies) if (!door.take(body.toString('utf8'), WHO)) throw new Error('refused');
    door.tell();
    for (const { counts } of told) rows += counts.length;
    if (tally.isUp) tally.send({ kind: 'second', wall, told });
    told = [];
    if (second % 60 === 0) tally.send({ kind: 'minute', minute: second / 60 - 1 });
    if (second === killAt) {
      // Some milliseconds later it is anywhere, also in the middle of a fold.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 300));
      await tally.kill();
      away = second + Math.floor(Math.random() * 30);
      killAt = (Math.floor(second / 600) + 1) * 600 + Math.floor(Math.random() * 600);
    }
    if (!tally.isUp && second >= away) {
      await tally.start();
      door.again();
    }
    await tally.keepUp();
    cost.counting += lap();
  }
  if (!tally.isUp) {
    await tally.start();
    door.again();
  }
  door.tell();
  tally.send({ kind: 'second', wall, told });
  await tally.keepUp(0);
  return { pages, cost, events, rows, counts: new Map(door.metric.value as Iterable<[object, number]>) };
}

/** Posts that are not what was shown, asked before the last fold and after it. */
async function compare(tally: Tally, truth: Float64Array) {
  let [wrong, sum, inLog] = [0, 0, 0];
  for (let from = 0; from < POSTS; from += 100) {
    const ids = Array.from({ length: Math.min(100, POSTS - from) }, (_, n) => idOf(from + n));
    const answer = await tally.ask({ kind: 'ask', ids });
    const posts = answer.kind === 'figures' ? answer.posts : {};
    ids.forEach((id, n) => {
      const counted = posts[id]?.sums[0] ?? 0;
      if (posts[id]?.entry !== undefined) inLog += 1;
      sum += counted;
      if (counted !== truth[from + n]) wrong += 1;
    });
  }
  return { wrong, sum, inLog };
}

/** The obvious way: each page that tells of its posts is one transaction. Nanoseconds of an event, of the processor. */
function peer(dir: string): number {
  const db = new SQLite(join(dir, 'peer.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec('create table seen (post integer primary key, many integer not null)');
  const add = db.prepare('insert into seen values (?, 1) on conflict (post) do update set many = many + 1');
  const page = db.transaction((posts: readonly number[]) => {
    for (const post of posts) add.run(post + 1);
  });
  const pages = new Pages();
  let took = 0;
  const lap = stopwatch();
  for (let n = 0; n < PEER_PAGES; n += 100) {
    const some = Array.from({ length: 100 }, () => [...pages.posts(PAGE)]);
    lap();
    for (const posts of some) page(posts);
    took += lap();
  }
  db.close();
  return (took * 1e9) / (PEER_PAGES * PAGE);
}

const dir = await mkdtemp(join(tmpdir(), 'earshot-bench-posts-'));
try {
  const tally = new Tally(dir);
  await tally.start();
  const began = performance.now();
  const { pages, cost, events, rows, counts } = await replay(tally);
  const before = await compare(tally, pages.truth);
  await tally.ask({ kind: 'end' });
  const took = performance.now() - began;
  const after = await compare(tally, pages.truth);
  await tally.kill();
  const bytes = async (folder: string): Promise<number> => {
    const names = await readdir(join(dir, folder), { recursive: true });
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(dir, folder, name))).size));
    return sizes.reduce((all, size) => all + size, 0);
  };
  const n = (value: number): string => Math.round(value).toLocaleString('en');
  const mb = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  const each = (seconds: number): string =>
    `${seconds.toFixed(0)} s, ${n((seconds / events) * 1e9)} ns an event`;
  const results = [...counts].map(
    ([{ result }, many]: [{ result?: string }, number]) => `${result} ${n(many)}`,
  );
  const table: readonly (readonly [string, string])[] = [
    ['events told', `${n(events)} of ${n(pages.made)} page views; at the door: ${results.join(', ')}`],
    ['posts', n(POSTS)],
    ['counted', `${n(before.sum)}, after the last fold ${n(after.sum)}, of ${n(ALL)}`],
    ['posts that are wrong', `${n(before.wrong)}, after the last fold ${n(after.wrong)}`],
    ['posts whose figures name an entry of the log', n(after.inLog)],
    [
      'tally killed',
      `${tally.kills - 1} times; there again after ${n(Math.max(...tally.restarts))} ms at most`,
    ],
    ['processor: making the load', each(cost.making)],
    ['processor: door', each(cost.counting)],
    ['processor: tally', `${each(tally.cpu)}; ${n(rows)} rows told`],
    ['processor: counting', each(cost.counting + tally.cpu)],
    ['wall', `${(took / 1000).toFixed(0)} s, load average ${loadavg()[1]?.toFixed(0)}`],
    [
      'memory at most',
      `door and load ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB, tally ${tally.memory.toFixed(0)} MB`,
    ],
    [
      'on the disk',
      `${mb(await bytes('posts'))} of posts, ${mb(await bytes('raw'))} of raw log, ${mb(await bytes('evidence'))} of evidence`,
    ],
    [
      'SQLite, a transaction a page',
      `${n(peer(dir))} ns of the processor an event, for ${n(PEER_PAGES * PAGE)} events`,
    ],
  ];
  console.log(
    `| what | figure |\n|---|---|\n${table.map(([what, figure]) => `| ${what} | ${figure} |`).join('\n')}`,
  );
  if (before.wrong + after.wrong > 0 || after.sum !== ALL) process.exitCode = 1;
} finally {
  await rm(dir, { recursive: true, force: true });
}
