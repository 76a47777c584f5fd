import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listened, listening, makeCrowd, recordsAt } from '../../test/audience-crowd.ts';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { openSteadyWall } from '../native/steady-wall.ts';
import type { FinalEntry, MinuteEntry } from '../wire/evidence-entry.ts';
import { EMPTY, type Message, type MessageHead } from '../wire/feed.ts';
import type { RoomCard } from '../wire/room.ts';
import { recount } from './final/final-pass.ts';
import { type Audience, type CountedFigures, type EvidencePort, open } from './index.ts';

const START_MINUTE = 29_700_000;
const START = START_MINUTE * 60_000;
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const CARD: RoomCard = {
  ...{ slug: 'hall', title: 'Hall', hosts: [], status: 'live', clocks: { opened: START } },
};

interface Bench {
  readonly clock: ManualClock;
  readonly dir: string;
  readonly entries: (CountedFigures | { kind: string })[];
  readonly evidence: EvidencePort;
}
function bench(): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'tally-'));
  dirs.push(dir);
  const entries: Bench['entries'] = [];
  const append = async (entry: CountedFigures | { kind: string }) => ({
    ...{ kept: true, index: entries.push(entry) - 1, seq: 1 },
  });
  const appendOf = (_room: string, entry: CountedFigures) => append(entry);
  return { clock: manualClock(epochMs(START)), dir, entries, evidence: { appendOf, append } };
}
const start = ({ clock, dir, evidence }: Bench): Promise<Audience> =>
  open({ clock, log: silentLog, dir, keep: 86_400_000, quota: 1e9, evidence });
const say = (to: Audience, head: MessageHead, body: Uint8Array = EMPTY): void => to.receive({ head, body });
const sessions = (door: number, upTo: number): MessageHead => ({
  ...{ kind: 'sessions', door: `door-${door}`, upTo, rooms: ['hall'] },
});
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

test('a room is counted, told, written down and answered for', async () => {
  const on = bench();
  const crowd = makeCrowd({ sessions: 200, seed: 1, lasts: 240, doors: 2, stays: 120, moves: 90 });
  await using audience = await start(on);
  const told: Message[] = [];
  audience.onNumbers((message) => told.push(message));
  say(audience, { kind: 'rooms', rooms: [CARD] });
  say(audience, {
    kind: 'events',
    door: 'door-0',
    life: 'a',
    rooms: { hall: { visits: 9, attempts: 5, successes: 4 } },
  });
  for (let now = 10; now <= 330; now += 10) {
    on.clock.advance(10_000);
    for (const [door, body] of recordsAt(crowd, now, 2, START_MINUTE))
      say(audience, sessions(door, START + now * 1000), body);
    say(audience, {
      kind: 'events',
      door: 'door-0',
      life: 'a',
      rooms: { hall: { visits: 9, attempts: 5, successes: 4 } },
    });
    on.clock.advance(4_000);
    on.clock.stepWall(-4_000);
  }
  await settle();
  const samples = told.flatMap(({ head }) => (head.kind === 'numbers' && head.sample ? [head.sample] : []));
  expect(samples.length).toBeGreaterThan(20);
  for (const { at, m } of samples) expect([at, m]).toEqual([at, listening(crowd, (at - START) / 1000)]);
  const answer = await audience.fetch(new Request('http://x/rooms/hall'));
  const { metrics } = (await answer.json()) as Awaited<ReturnType<Audience['numbers']>> & object;
  expect(metrics.visits?.value).toBe(9);
  expect(metrics.join_success?.value).toBe(4);
  expect(metrics.listening_seconds?.value).toBe(listened(crowd));
  const minutes = on.entries.filter((entry): entry is MinuteEntry => entry.kind === 'minute');
  expect(minutes.map(({ minute }) => minute)).toEqual([0, 1, 2, 3, 4].map((n) => START_MINUTE + n));
  expect(minutes.reduce((sum, { seconds }) => sum + seconds.stage + seconds.standby, 0)).toBe(
    listened(crowd),
  );
  expect((await audience.fetch(new Request('http://x/rooms/nobody'))).status).toBe(404);
  expect((await audience.fetch(new Request('http://x/rooms/..%2Fsecret'))).status).toBe(404);
});

test('after an orderly end, and after none at all, the same figures stand, and records that come again change nothing', async () => {
  const on = bench();
  const crowd = makeCrowd({ sessions: 100, seed: 5, lasts: 200, doors: 2, stays: 90, moves: 60 });
  let audience = await start(on);
  let wild: Audience | undefined;
  say(audience, { kind: 'rooms', rooms: [CARD] });
  for (let now = 10; now <= 270; now += 10) {
    on.clock.advance(10_000);
    const from = now % 90 === 0 ? now - 60 : now;
    if (now === 90) {
      await audience[Symbol.asyncDispose]();
      audience = await start(on);
    }
    if (now === 180) {
      // What was killed neither saves nor closes; its file is there as far as it was written.
      on.clock.advance(200);
      on.clock.stepWall(-200);
      await settle();
      wild = audience;
      audience = await start(on);
    }
    for (let at = from; at <= now; at += 10)
      for (const [door, body] of recordsAt(crowd, at, 2, START_MINUTE))
        say(audience, sessions(door, START + at * 1000), body);
    on.clock.advance(4_000);
    on.clock.stepWall(-4_000);
  }
  const numbers = await audience.numbers('hall');
  expect(numbers?.metrics.listening_seconds?.value).toBe(listened(crowd));
  const all = (numbers?.metrics.tuned_in_live?.value ?? 0) + (numbers?.metrics.drop_ins?.value ?? 0);
  expect(all).toBe(crowd.filter((one) => one.leaves - one.joins >= 11).length);
  await wild?.[Symbol.asyncDispose]();
  await audience[Symbol.asyncDispose]();
});

test('closed raw files are named with their hash, a torn one is read as far as it is whole', async () => {
  const on = bench();
  const crowd = makeCrowd({ sessions: 20, seed: 2, lasts: 100, doors: 1, stays: 90, moves: 0 });
  const audience = await start(on);
  for (let now = 10; now <= 120; now += 10) {
    on.clock.advance(10_000);
    for (const [door, body] of recordsAt(crowd, now, 1, START_MINUTE)) say(audience, sessions(door, 0), body);
    await settle();
  }
  await audience[Symbol.asyncDispose]();
  const { createHash } = await import('node:crypto');
  const files = on.entries.filter((entry) => entry.kind === 'raw-file') as unknown as {
    file: string;
    sha256: string;
    records: number;
  }[];
  expect(files.length).toBeGreaterThanOrEqual(2);
  const raw = join(on.dir, 'raw');
  for (const { file, sha256 } of files)
    expect(
      createHash('sha256')
        .update(readFileSync(join(raw, file)))
        .digest('hex'),
    ).toBe(sha256);
  const [last] = readdirSync(raw).toSorted().reverse() as [string];
  writeFileSync(join(raw, last), readFileSync(join(raw, last)).subarray(0, -7));
  rmSync(join(on.dir, 'rooms'), { recursive: true });
  await using again = await start(on);
  const whole = files.reduce((sum, { records }) => sum + records, 0);
  const restored = again.metrics().find(({ name }) => name.endsWith('restored_total'))?.value as number;
  expect(restored).toBeLessThan(whole);
  expect(restored).toBeGreaterThan(whole / 2);
});

test.each([
  ['forward', 1],
  ['back', -1],
])('a clock that is set a day %s loses no minute, and is told once', async (_, way) => {
  const on = bench();
  const crowd = makeCrowd({ sessions: 80, seed: 6, lasts: 300, doors: 2, stays: 120, moves: 0 });
  const stepped: number[] = [];
  const { wall } = openSteadyWall({
    ...{ clock: on.clock, monotonic: () => on.clock.now(), uptime: () => on.clock.now(), boot: () => 'a' },
    stepped: (ahead) => void stepped.push(ahead),
  });
  await using audience = await open({
    ...{ clock: { ...on.clock, wall }, log: silentLog, dir: on.dir, keep: 86_400_000, quota: 1e9 },
    evidence: on.evidence,
  });
  say(audience, { kind: 'rooms', rooms: [CARD] });
  for (let now = 10; now <= 390; now += 10) {
    on.clock.advance(now === 10 ? 14_000 : 10_000);
    if (now === 150) on.clock.stepWall(way * 86_400_000);
    for (const [door, body] of recordsAt(crowd, now, 2, START_MINUTE)) say(audience, sessions(door, 0), body);
    await settle();
  }
  const minutes = on.entries.filter((entry): entry is MinuteEntry => entry.kind === 'minute');
  expect(minutes.map(({ minute }) => minute)).toEqual([0, 1, 2, 3, 4, 5].map((n) => START_MINUTE + n));
  expect(minutes.slice(1, 5).map(({ samples }) => samples.length)).toEqual([6, 6, 6, 6]);
  expect(minutes.reduce((sum, { seconds }) => sum + seconds.stage + seconds.standby, 0)).toBe(
    listened(crowd),
  );
  expect(stepped).toEqual([way * 86_400_000]);
});

test('what no door of ours would say is ignored', async () => {
  const on = bench();
  await using audience = await start(on);
  say(
    audience,
    { ...sessions(0, 0), rooms: ['../secret', 'hall'] } as MessageHead,
    new Uint8Array(32).fill(1),
  );
  say(audience, sessions(0, 0), new Uint8Array(31));
  say(audience, {
    kind: 'events',
    door: 'd',
    life: 'a',
    rooms: { hall: { visits: -4, attempts: Number.NaN } },
  });
  expect((await audience.numbers('hall'))?.metrics.visits?.value ?? 0).toBe(0);
  expect(await audience.numbers('../secret')).toBeUndefined();
});

test('a room that is over is counted again from its raw records, and each difference is explained', async () => {
  const on = bench();
  const crowd = makeCrowd({ sessions: 150, seed: 11, lasts: 240, doors: 3, stays: 120, moves: 60 });
  const audience = await open({
    ...{ clock: on.clock, log: silentLog, dir: on.dir, keep: 86_400_000, quota: 1e9 },
    ...{ evidence: on.evidence, recount },
  });
  say(audience, { kind: 'rooms', rooms: [CARD] });
  const attempts = { attempts: 150, successes: 140, failures: { network: 3 } };
  for (let now = 10; now <= 300; now += 10) {
    on.clock.advance(10_000);
    // One door is not heard for a while; what it kept comes when its minutes are over.
    for (const [door, body] of recordsAt(crowd, now, 3, START_MINUTE))
      if (door !== 2 || now < 120 || now >= 200) say(audience, sessions(door, 0), body);
    if (now === 240)
      for (let at = 120; at < 200; at += 10)
        for (const [door, body] of recordsAt(crowd, at, 3, START_MINUTE))
          if (door === 2) say(audience, sessions(door, 0), body);
    on.clock.advance(4_000);
    on.clock.stepWall(-4_000);
    await settle();
  }
  say(audience, { kind: 'events', door: 'door-0', life: 'a', rooms: { hall: attempts } });
  const ended = { ...CARD, status: 'ended', clocks: { opened: START, ended: START + 240_000 } } as const;
  say(audience, { kind: 'room-changes', rooms: [ended], gone: [] });
  const live = (await audience.numbers('hall'))?.metrics.listening_seconds?.net ?? 0;
  expect(live).toBeLessThan(listened(crowd));
  for (let i = 0; i < 24; i++) {
    on.clock.advance(10_000);
    await settle();
  }
  // The disk may be slow.
  await expect.poll(() => on.entries.some(({ kind }) => kind === 'final'), { timeout: 30_000 }).toBe(true);
  const final = on.entries.find(({ kind }) => kind === 'final') as unknown as FinalEntry;
  expect(final.total.listening_seconds?.net).toBe(listened(crowd));
  expect(final.differences).toContainEqual(
    expect.objectContaining({ metric: 'listening_seconds', live, final: listened(crowd) }),
  );
  expect(final.total.join_failures).toMatchObject({ net: 10, parts: { network: 3, unknown: 7 } });
  const numbers = await audience.numbers('hall');
  expect([numbers?.state, numbers?.metrics.listening_seconds?.value]).toEqual(['final', listened(crowd)]);
  const again = await audience.fetch(new Request('http://x/recount/hall', { method: 'POST' }));
  expect(((await again.json()) as { done: boolean }).done).toBe(true);
  expect(on.entries.at(-1)).toMatchObject({ kind: 'correction', total: final.total });
  await audience[Symbol.asyncDispose]();
});
