/**
 * Reminders to 100,000 browsers: real messages, encrypted each for one of a thousand pairs of keys, to a push service on this
 * machine that reads every hundredth with the browser's keys. On both databases:
 *
 *   npm run bench -- reminders [sqlite] [postgres] [--people 100000] [--per-second 500]
 *
 * First all at once: what a core can send. Then spread as planned, against the plan at twenty moments. Then the same with the
 * sending process killed (SIGKILL) in the middle and started again: what is lost, what the push service gets twice, and
 * what a person would see twice, which the id and the topic of a message decide. The push service is another process's
 * thread, so the time of a core is that of the sending process alone.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { open as openOutgoing } from '../src/outgoing/index.ts';
import { open } from '../src/store/index.ts';
import { openReminders, type Reminders } from '../src/syndication/reminder/reminders.ts';
import type { RoomCard } from '../src/wire/room.ts';
import { startPostgres } from '../test/contract/postgres.ts';
import { browserKeys, decryptPush, pushService } from '../test/push-receiver.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string', default: '100000' },
    'per-second': { type: 'string', default: '500' },
    child: { type: 'string' },
  },
});
const PEOPLE = Number(values.people);
const PER_SECOND = Number(values['per-second']);
/** More than any core sends. */
const AT_ONCE = 10_000;
const ROWS = 500;
const MOMENTS = 20;
/** Every so many messages are read. */
const READ = 100;
const HOUR = 3_600_000;

/** What the parent tells the sending process. */
interface Told {
  readonly card?: RoomCard;
  readonly stats?: true;
}
interface Stats {
  /** Processor time in ms since it began. */
  readonly cpu: number;
  readonly waiting: number;
}

async function send(url: string): Promise<void> {
  let card: RoomCard | undefined;
  const { store: kept, perSecond } = JSON.parse(url) as { store: string; perSecond: number };
  const store = await open({ url: kept });
  let reminders: Reminders | undefined;
  const start = async (): Promise<Reminders> =>
    (await openReminders({
      ...{ store, clock: systemClock, log: silentLog, publicUrl: 'https://rooms.example' },
      ...{ account: async () => undefined, cardOf: async () => card, cards: () => (card ? [card] : []) },
      reminding: {
        ...{ outgoing: openOutgoing({ allow: ['127.0.0.1'], kept: 16 }), services: ['127.0.0.1'] },
        ...{ vapidKey: new Uint8Array(32).fill(3), topicKey: new Uint8Array(32).fill(4) },
        ...{ most: 1_000_000, perSecond },
      },
    })) as Reminders;
  process.on('message', async (told: Told) => {
    if (told.card) {
      card = told.card;
      reminders ??= await start();
      reminders.roomChanged?.(card.slug);
      process.send?.({ ready: true });
    }
    if (told.stats) {
      const { user, system } = process.cpuUsage();
      const waiting = await store.db
        .selectFrom('reminder')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('due', 'is not', null)
        .executeTakeFirstOrThrow();
      process.send?.({ cpu: (user + system) / 1_000, waiting: Number(waiting.count) } satisfies Stats);
    }
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ open: true });
}

const said = (child: ChildProcess): Promise<unknown> => once(child, 'message').then(([message]) => message);
async function sender(store: string, perSecond: number): Promise<ChildProcess> {
  const child = fork(import.meta.filename, ['--child', JSON.stringify({ store, perSecond })]);
  await said(child);
  return child;
}
async function tell(child: ChildProcess, told: Told): Promise<unknown> {
  const answer = said(child);
  child.send(told);
  return answer;
}

async function fill(url: string, origin: string, keys: readonly string[], start: number): Promise<void> {
  await using store = await open({ url });
  const room = { room: 'hall', start, edition: 0, late: null, status: 'scheduled', over: null };
  await store.db.insertInto('reminder_plan').values(room).execute();
  for (let i = 0; i < PEOPLE; i += ROWS) {
    const rows = Array.from({ length: Math.min(ROWS, PEOPLE - i) }, (_, j) => ({
      ...{ id: randomBytes(16).toString('base64url'), room: 'hall', way: 'push', origin, language: 'en' },
      ...{ target: `${origin}/${i + j}`, keys: keys[(i + j) % keys.length] ?? '', account: null },
      ...{
        spread: Math.floor(Math.random() * 10_000),
        confirmed: 1,
        created: start,
        notice: null,
        due: null,
        told: null,
      },
    }));
    await store.db.insertInto('reminder').values(rows).execute();
  }
}

const card = (start: number): RoomCard => ({
  ...{ slug: 'hall', title: 'A conversation that many wait for', hosts: ['Ana', 'Ben'] },
  ...{ status: 'scheduled', clocks: { scheduled: start } },
});

/** One round: everybody is told of a new time; killed after half of it, if so wished. */
async function round(url: string, perSecond: number, start: number, isKilled: boolean, service: Service) {
  const { received, at, browsers } = service;
  received.length = at.length = 0;
  let child = await sender(url, perSecond);
  await tell(child, { card: card(start) });
  const { cpu: before } = (await tell(child, { stats: true })) as Stats;
  const began = Date.now();
  const length = Math.min(Math.max(PEOPLE / perSecond, 2), 600) * 1_000;
  if (isKilled) {
    await wait(length / 2);
    child.kill('SIGKILL');
    await once(child, 'exit');
    child = await sender(url, perSecond);
    await tell(child, { card: card(start) });
  }
  let stats = { cpu: before, waiting: PEOPLE };
  const limit = began + length + 600_000;
  for (let still = 0; stats.waiting > 0 && Date.now() < limit && still < 60; ) {
    const seen = received.length;
    await wait(500);
    stats = (await tell(child, { stats: true })) as Stats;
    still = seen === received.length && Date.now() > began + length ? still + 1 : 0;
  }
  child.kill('SIGKILL');
  await once(child, 'exit');
  const paths = new Set(received.map(({ path }) => path));
  const first = at[0] ?? began;
  const seconds = ((at.at(-1) ?? began) - first) / 1_000;
  // The plan begins when the change was told, which is when the window was made.
  const share = (moment: number): number => at.filter((one) => one - began <= moment).length / PEOPLE;
  const worst = Array.from({ length: MOMENTS }, (_, i) => (length * (i + 1)) / MOMENTS).map((moment) =>
    Math.abs(share(moment) - moment / length),
  );
  let [read, seenTwice] = [0, 0];
  const ids = new Set<string>();
  const twice = new Set<string>();
  for (const { path } of received)
    if (ids.has(path)) twice.add(path);
    else ids.add(path);
  const idsOf = new Map<string, Set<string>>();
  received.forEach((got, i) => {
    if (i % READ !== 0 && !twice.has(got.path)) return;
    const { id, notice } = JSON.parse(decryptPush(got.body, browsers(got.path)).toString()) as {
      id: string;
      notice: string;
    };
    if (notice !== 'moved') throw new Error(`a message says ${notice}`);
    read += 1;
    idsOf.set(got.path, (idsOf.get(got.path) ?? new Set()).add(id));
  });
  for (const path of twice) if ((idsOf.get(path)?.size ?? 0) > 1) seenTwice += 1;
  return {
    ...{ lost: PEOPLE - paths.size, twice: received.length - paths.size, seenTwice, read },
    ...{ perSecond: Math.round(received.length / Math.max(seconds, 0.001)), off: Math.max(...worst) },
    perCore: Math.round(received.length / Math.max((stats.cpu - before) / 1_000, 0.001)),
  };
}

type Service = Awaited<ReturnType<typeof service>>;
async function service() {
  const at: number[] = [];
  const pairs = Array.from({ length: Math.min(1_000, PEOPLE) }, browserKeys);
  const made = await pushService((_got, res) => {
    at.push(Date.now());
    res.writeHead(201).end();
  });
  return {
    ...made,
    at,
    keys: pairs.map(({ keys: { p256dh, auth } }) => `${p256dh}.${auth}`),
    browsers: (path: string) => {
      const pair = pairs[Number(path.slice(1)) % pairs.length];
      if (!pair) throw new Error(`no browser at ${path}`);
      return pair;
    },
  };
}

async function measure(engine: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-reminders-'));
  const postgres = engine === 'postgres' ? await startPostgres({ durable: true }) : undefined;
  const push = await service();
  try {
    const url = postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}`;
    const start = Date.now() + 24 * HOUR;
    await fill(url, push.origin, push.keys, start);
    const atOnce = await round(url, AT_ONCE, start + HOUR, false, push);
    const spread = await round(url, PER_SECOND, start + 2 * HOUR, false, push);
    const killed = await round(url, PER_SECOND, start + 3 * HOUR, true, push);
    const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
    const row = (name: string, one: typeof spread, isSpread: boolean, whole: boolean): string =>
      `| ${engine} | ${name} | ${one.perSecond} | ${whole ? one.perCore : '–'} | ${isSpread ? percent(one.off) : '–'} | ${one.lost} | ${one.twice} | ${one.seenTwice} | ${one.read} |`;
    console.log(row('all at once', atOnce, false, true));
    console.log(row(`spread, ${PER_SECOND}/s`, spread, true, true));
    console.log(row('spread, killed in the middle', killed, false, false));
  } finally {
    await push.close();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.child !== undefined) await send(values.child);
else {
  const [cpu] = cpus();
  console.log(
    `${PEOPLE} reminders; ${cpu?.model}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`,
  );
  console.log(
    '| database | round | pushes a second | pushes a second of one core | off the plan at most | lost | got twice | seen twice | read |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (const engine of positionals.length > 0 ? positionals : ['sqlite', 'postgres']) await measure(engine);
  process.exit();
}
