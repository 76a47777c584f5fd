import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { fullDelivery } from '../wire/delivery.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { RoomCard, RoomState } from '../wire/room.ts';
import type { Incident } from './incident.ts';
import { type Incidents, open } from './index.ts';

let dir: string;
let clock: ManualClock;
let incidents: Incidents;

const start = (): Promise<Incidents> =>
  open({
    ...{ clock, log: silentLog, path: join(dir, 'incidents.jsonl'), publicUrl: 'https://hall.example' },
    page: async (_language, { title }, main) => `<title>${title}</title>${main}`,
  });

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'incidents-'));
  clock = manualClock();
  incidents = await start();
});
afterEach(async () => {
  await incidents[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

const card = (more: Partial<RoomCard> = {}): RoomCard => ({
  ...{ slug: 'hall', title: 'Hall', hosts: ['Ada'], status: 'live', clocks: { firstSpeech: 1 } },
  ...more,
});
const tellCards = (...rooms: RoomCard[]): void => incidents.receive({ kind: 'rooms', rooms });
const tellState = (more: Partial<RoomState> = {}): void =>
  incidents.receive({
    kind: 'state',
    slug: 'hall',
    state: {
      ...{ v: 1, at: clock.wall(), slug: 'hall', title: 'Hall', hosts: [], status: 'live', clocks: {} },
      ...{ stage: [], program: { carries: 'stage', since: 0 }, streams: 0, studio: 'here', gaps: [] },
      delivery: fullDelivery(320, clock.wall()),
      ...more,
    },
  });
const tellNumbers = (listeners: number, attempts = 0, failures = 0): void => {
  const figure = (net: number) => ({ net, gross: net, value: net });
  incidents.receive({
    kind: 'numbers',
    slug: 'hall',
    numbers: {
      metrics: {
        listeners_now: figure(listeners),
        join_attempts: figure(attempts),
        join_failures: figure(failures),
      },
      excluded: {},
    } as unknown as RoomNumbers,
  });
};
const fetched = (path: string): Promise<Response> | undefined =>
  incidents.fetch(new Request(`http://door${path}`));
const listed = async (): Promise<string[]> => [
  ...new Set(
    [
      ...((await (await fetched('/incidents'))?.text()) ?? '').matchAll(/href="\/incidents\/([\d-]+b*)"/g),
    ].map(([, id = '']) => id),
  ),
];
const one = async (): Promise<Incident> => {
  const [id] = await listed();
  return (await (await fetched(`/incidents/${id}.json`))?.json()) as Incident;
};
const rung = (level: 0 | 2): void =>
  tellState({ delivery: { ...fullDelivery(320, clock.wall()), rung: level } });

test('while nothing goes wrong there is no incident', async () => {
  tellCards(card());
  tellState();
  tellNumbers(10);
  clock.advance(120_000);
  expect(await listed()).toEqual([]);
  expect(await (await fetched('/incidents'))?.text()).toContain('Nothing has gone wrong');
});

test('a crowd that pushes a room to rung 2 is told while it lasts, and is over 45 s after its end', async () => {
  tellCards(card());
  for (let minute = 0; minute < 5; minute += 1) {
    tellNumbers(40);
    clock.advance(60_000);
  }
  rung(2);
  tellNumbers(400);
  clock.advance(1_000);
  expect(await one()).toMatchObject({ label: 'CROWD', caused: null, rooms: ['hall'] });
  expect((await one()).window.to).toBeUndefined();
  clock.advance(60_000);
  rung(0);
  const end = clock.wall();
  clock.advance(44_000);
  expect((await one()).window.to).toBeUndefined();
  clock.advance(2_000);
  expect(await one()).toMatchObject({
    window: { to: end },
    audience: { before: 40, most: 400 },
    complete: true,
  });
});

test('without a rise of listeners the cause of a strain is not decidable', async () => {
  tellCards(card());
  for (let minute = 0; minute < 5; minute += 1) {
    tellNumbers(400);
    clock.advance(60_000);
  }
  rung(2);
  clock.advance(1_000);
  const found = await one();
  expect(found.label).toBe('UNDETERMINED');
  expect(found.against.join(' ')).toContain('did not rise');
});

test('a fault of ours that came first is named first, however many people came', async () => {
  tellCards(card());
  for (let minute = 0; minute < 5; minute += 1) {
    tellNumbers(40);
    clock.advance(60_000);
  }
  incidents.process({ at: clock.wall(), event: 'died', process: 'cell-0', signal: 'SIGKILL' });
  clock.advance(10_000);
  incidents.process({ at: clock.wall(), event: 'restarted', process: 'cell-0' });
  rung(2);
  tellNumbers(400);
  clock.advance(1_000);
  expect(await one()).toMatchObject({ label: 'INTERNAL_FAULT' });
  const page = await (await fetched(`/incidents/${(await listed())[0]}`))?.text();
  expect(page).toContain('cell-0: SIGKILL');
  expect(page).toContain('a fault of this server itself');
});

test('a moment of silence is no incident, and neither is a silence that was chosen', async () => {
  tellCards(card());
  tellState({
    program: { carries: 'standby', since: 0, deadAir: { cause: 'no-packets', since: clock.wall() } },
  });
  clock.advance(3_000);
  tellState();
  tellState({
    program: { carries: 'standby', since: 0, deadAir: { cause: 'all-muted', since: clock.wall() } },
  });
  clock.advance(60_000);
  expect(await listed()).toEqual([]);
  tellState({
    program: { carries: 'standby', since: 0, deadAir: { cause: 'no-packets', since: clock.wall() } },
  });
  clock.advance(6_000);
  expect((await one()).signs).toMatchObject([{ kind: 'dead-air', detail: 'no-packets', room: 'hall' }]);
});

test('an announced start that passes without a word is a sign from its second minute to the first word', async () => {
  const scheduled = clock.wall() + 10_000;
  tellCards(card({ status: 'open', clocks: { scheduled } }));
  clock.advance(100_000);
  expect(await listed()).toEqual([]);
  clock.advance(35_000);
  expect((await one()).signs).toMatchObject([{ kind: 'late-start', from: scheduled }]);
  const firstSpeech = clock.wall() + 1_000;
  clock.advance(2_000);
  tellCards(card({ clocks: { scheduled, firstSpeech } }));
  expect((await one()).signs).toMatchObject([{ kind: 'late-start', to: firstSpeech }]);
});

test('joins that fail in numbers are a sign, a few of many are none', async () => {
  tellCards(card());
  tellNumbers(100, 1_000, 10);
  clock.advance(5_000);
  tellNumbers(100, 1_100, 19);
  expect(await listed()).toEqual([]);
  clock.advance(70_000);
  tellNumbers(100, 1_100, 19);
  clock.advance(5_000);
  tellNumbers(100, 1_140, 39);
  expect((await one()).signs).toMatchObject([{ kind: 'failed-joins', detail: '20 of 40' }]);
});

test('a sign within 45 s belongs to the same incident, a later one to another', async () => {
  tellCards(card());
  for (const pause of [10_000, 60_000, 10_000]) {
    rung(2);
    clock.advance(5_000);
    rung(0);
    clock.advance(pause);
  }
  const ids = await listed();
  expect(ids).toHaveLength(2);
});

test('a restart forgets nothing; what lasted then and is seen no more is over, and the record says that it is not whole', async () => {
  tellCards(card());
  rung(2);
  clock.advance(5_000);
  const before = await one();
  await incidents[Symbol.asyncDispose]();
  incidents = await start();
  expect((await one()).signs).toEqual(before.signs);
  clock.advance(120_000);
  expect(await one()).toMatchObject({ id: before.id, complete: false });
  expect((await one()).window.to).toBeDefined();
});

test('the feed is Atom with the five sentences, and titles cannot break out of it', async () => {
  tellCards(card());
  incidents.process({ at: clock.wall(), event: 'died', process: '<b>&', signal: 'SIGKILL' });
  clock.advance(1_000);
  const feed = (await (await fetched('/incidents/feed.xml'))?.text()) ?? '';
  expect(feed).toContain('<id>https://hall.example/incidents/');
  expect(feed).not.toContain('<b>');
  const page = (await (await fetched(`/incidents/${(await listed())[0]}`))?.text()) ?? '';
  expect(page).not.toContain('<b>');
  expect([...page.matchAll(/<ol class="five">([\s\S]*?)<\/ol>/g)][0]?.[1]?.match(/<li>/g)).toHaveLength(5);
});

test('addresses that are none are not found, and others are left alone', async () => {
  expect((await fetched('/incidents/nothing'))?.status).toBe(404);
  expect((await fetched('/incidents/nothing.json'))?.status).toBe(404);
  expect(fetched('/rooms/hall')).toBeUndefined();
});
