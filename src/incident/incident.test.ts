import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { makeEvening } from '../../test/evening/evening.ts';
import { KINDS, planOf } from '../../test/evening/kinds.ts';
import { slotsOf } from '../../test/evening/slots-of.ts';
import { silentLog } from '../base/log.ts';
import { pressReply } from '../press/index.ts';
import { type Verdict, verdictOfSlots } from '../verdict/index.ts';
import { fullDelivery } from '../wire/delivery.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { RoomCard, RoomState } from '../wire/room.ts';
import type { Incident } from './incident.ts';
import { type DeskWish, type Dossier, type IncidentStatement, type Incidents, open } from './index.ts';

const CROWD = ((): Verdict => {
  const crowd = KINDS.find(({ name }) => name === 'crowd × 10');
  if (!crowd) throw new Error('no such evening');
  return verdictOfSlots(slotsOf(makeEvening(planOf(crowd, 21))));
})();
let dir: string;
let clock: ManualClock;
let incidents: Incidents;
let said: IncidentStatement[] = [];
let verdict: Verdict | undefined;
let stateWithin: number | undefined;
let gathering: (() => Promise<void>) | undefined;

const start = (): Promise<Incidents> =>
  open({
    ...{ clock, log: silentLog, path: join(dir, 'incidents.jsonl'), base: 'https://hall.example' },
    folder: join(dir, 'press'),
    style: async () => new Map([['style.css', Buffer.from('p{}')]]),
    requests: async () => verdict,
    ...(stateWithin === undefined ? {} : { stateWithin }),
    async statements() {
      const now = said;
      await gathering?.();
      return now;
    },
  });

beforeEach(async () => {
  gathering = undefined;
  verdict = undefined;
  stateWithin = undefined;
  said = [];
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
/** What is published at an address, as the press would answer it. */
async function fetched(path: string, language?: string): Promise<Response> {
  await incidents.publish();
  const { status, headers, body } = await pressReply(join(dir, 'press'), { path, language });
  return new Response(status === 200 ? (body as Uint8Array<ArrayBuffer>) : String(body), { status, headers });
}
const written = (wish: DeskWish): Promise<Response> | undefined =>
  incidents.fetch(new Request('http://tally/desk', { method: 'POST', body: JSON.stringify(wish) }));
const pageOf = async (language?: string): Promise<string> =>
  (await fetched(`/incidents/${(await listed())[0]}`, language)).text();
/** The five sentences of a page. */
const fiveOf = (page: string): string[] =>
  [...(/<ol class="five">([\s\S]*?)<\/ol>/.exec(page)?.[1] ?? '').matchAll(/<li>([\s\S]*?)<\/li>/g)].map(
    ([, text = '']) => text,
  );
const listed = async (): Promise<string[]> => [
  ...new Set(
    [...(await (await fetched('/incidents')).text()).matchAll(/href="incidents\/([\d-]+b*)\.html"/g)].map(
      ([, id = '']) => id,
    ),
  ),
];
const one = async (): Promise<Dossier & Incident> => {
  const [id] = await listed();
  return (await (await fetched(`/incidents/${id}.json`)).json()) as Dossier & Incident;
};
const rung = (level: 0 | 2): void =>
  tellState({ delivery: { ...fullDelivery(320, clock.wall()), rung: level } });

test('while nothing goes wrong there is no incident', async () => {
  tellCards(card());
  tellState();
  tellNumbers(10);
  clock.advance(120_000);
  expect(await listed()).toEqual([]);
  expect(await (await fetched('/incidents')).text()).toContain('Nothing has gone wrong');
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
  const page = await pageOf();
  expect(page).toContain('cell-0: SIGKILL');
  expect(page).toContain('a fault of this server itself');
});

test('a studio that stands still says nothing: that it is away is seen by its silence, and ends with its next word', async () => {
  await incidents[Symbol.asyncDispose]();
  stateWithin = 6_000;
  incidents = await start();
  tellCards(card());
  for (let second = 0; second < 30; second += 3) {
    tellState();
    for (let i = 0; i < 3; i += 1) clock.advance(1_000);
  }
  expect(await listed()).toEqual([]);
  for (let i = 0; i < 8; i += 1) clock.advance(1_000);
  const away = await one();
  expect(away).toMatchObject({ label: 'INTERNAL_FAULT', signs: [{ kind: 'studio-away', room: 'hall' }] });
  tellState();
  expect((await one()).signs[0]?.to).toBe(clock.wall());
  // A room that is over says nothing either.
  tellCards(card({ status: 'ended' }));
  for (let i = 0; i < 60; i += 1) clock.advance(1_000);
  expect((await one()).window.to).toBeDefined();
  expect((await one()).signs).toHaveLength(1);
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

test('what fails every minute is two incidents and not sixty, also over a restart; a day later all is new', async () => {
  tellCards(card());
  const minutes = async (count: number): Promise<void> => {
    for (let minute = 0; minute < count; minute += 1) {
      rung(2);
      clock.advance(5_000);
      rung(0);
      clock.advance(55_000);
    }
  };
  await minutes(30);
  expect(await listed()).toHaveLength(2);
  await incidents[Symbol.asyncDispose]();
  incidents = await start();
  tellCards(card());
  await minutes(30);
  expect(await listed()).toHaveLength(2);
  expect((await one()).signs.length).toBeGreaterThan(50);
  clock.advance(86_400_000);
  expect((await one()).window.to).toBeDefined();
  await minutes(1);
  expect(await listed()).toHaveLength(3);
  expect((await one()).window.to).toBeDefined();
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
  const feed = await (await fetched('/incidents/feed.xml')).text();
  expect(feed).toContain('<id>https://hall.example/incidents/');
  expect(feed).not.toContain('<b>');
  const page = await pageOf();
  expect(page).not.toContain('<b>');
  expect(fiveOf(page)).toHaveLength(5);
});

test('addresses that are none are not found, and others are left alone', async () => {
  for (const path of [
    '/incidents/nothing',
    '/incidents/nothing.json',
    '/incidents/../secret',
    '/incidents/.form',
  ])
    expect((await fetched(path)).status).toBe(404);
  expect(incidents.fetch(new Request('http://tally/rooms/hall'))).toBeUndefined();
});

test('a person opens an incident, writes beside it and closes it; none of it is a measurement', async () => {
  expect(
    (await written({ act: 'open', author: 'operator', title: 'Sound is thin', room: 'hall' }))?.status,
  ).toBe(201);
  const opened = await one();
  expect(opened).toMatchObject({ title: 'Sound is thin', label: 'NO_OVERLOAD', rooms: ['hall'] });
  const { id } = opened;
  await written({ act: 'note', author: 'host', room: 'hall', id, text: 'We changed <the> microphone.' });
  const page = await pageOf();
  const [measured = '', people = ''] = page.split('id="said"');
  expect(people).toContain('said by a host of hall');
  expect(people).toContain('<blockquote dir="auto">We changed &lt;the&gt; microphone.</blockquote>');
  expect(measured).toContain('said by a host of hall');
  expect(fiveOf(page).join(' ')).not.toContain('microphone');
  clock.advance(60_000);
  expect((await one()).window.to).toBeUndefined();
  const closed = clock.wall();
  expect((await written({ act: 'close', author: 'operator', id }))?.status).toBe(201);
  expect((await written({ act: 'close', author: 'operator', id }))?.status).toBe(409);
  clock.advance(46_000);
  expect((await one()).window.to).toBe(closed);
});

test('what a person opened lasts over a restart until it is closed, and with it what they wrote', async () => {
  await written({ act: 'open', author: 'operator', title: 'Hum' });
  const { id } = await one();
  await written({ act: 'note', author: 'operator', id, text: 'Looking at it.' });
  await written({ act: 'postmortem', author: 'operator', id, text: 'First.' });
  await incidents[Symbol.asyncDispose]();
  incidents = await start();
  clock.advance(120_000);
  expect((await one()).window.to).toBeUndefined();
  expect(await one()).toMatchObject({
    notes: [{ text: 'Looking at it.' }],
    postmortems: [{ text: 'First.' }],
  });
  expect((await written({ act: 'note', author: 'operator', id: 'nothing', text: 'x' }))?.status).toBe(404);
  expect((await written({ act: 'note', author: 'operator', id, text: ' ' }))?.status).toBe(422);
});

test('a planted claim of an attack in a crowd is contradicted in the first five sentences once requests are known, in both languages', async () => {
  tellCards(card());
  for (let minute = 0; minute < 5; minute += 1) {
    tellNumbers(40);
    clock.advance(60_000);
  }
  rung(2);
  tellNumbers(400);
  said = [
    {
      ...{ kind: 'claim', at: clock.wall(), author: 'host', room: 'hall', before: [], replies: [] },
      text: 'There appears to be a massive DDoS attack',
    },
  ];
  clock.advance(61_000);
  // Nothing is known of the requests yet: then an attack is not excluded either.
  expect(await one()).toMatchObject({ label: 'CROWD', saidAttack: [{ answer: 'not-supported' }] });
  expect(fiveOf(await pageOf()).join(' ')).not.toContain('contradict');
  verdict = CROWD;
  clock.advance(21_000);
  await one();
  clock.advance(11_000);
  expect(await one()).toMatchObject({ label: 'CROWD', saidAttack: [{ answer: 'contradicted' }] });
  const five = fiveOf(await pageOf()).join(' ');
  expect(five).toContain('a crowd: more people came than before');
  expect(five).toContain('“There appears to be a massive DDoS attack”; the measurements contradict it');
  const french = await pageOf('fr');
  expect(fiveOf(french).join(' ')).toContain('les mesures disent le contraire');
  const [, reasons = ''] = /<section aria-labelledby="verdict">([\s\S]*?)<\/section>/.exec(french) ?? [];
  expect(reasons).toContain('de la demande charge des pages avec leurs fichiers');
  expect(reasons).not.toMatch(/lang="en"|of demand|\b(?:the|crowd)\b/);
  const [, people = ''] = (await pageOf()).split('id="said"');
  expect(people).toContain('400 counted listeners');
  expect(await (await fetched('/incidents/feed.xml')).text()).toContain('the measurements contradict it');
});

test('a correction stands in the place of the claim, and a sentence that denies an attack claims none', async () => {
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  said = [
    {
      ...{ kind: 'claim', at: clock.wall(), author: 'host', room: 'hall', text: 'It was no attack, sorry' },
      before: [{ at: clock.wall(), text: 'We are attacked' }],
      replies: [{ kind: 'dispute', at: clock.wall(), author: 'stranger', text: 'I saw it restart' }],
    },
  ];
  clock.advance(2_000);
  const page = await pageOf();
  expect(fiveOf(page).join(' ')).not.toContain('attacked');
  expect(page).toContain('<s>We are attacked</s>');
  expect(page).toContain('I saw it restart');
});

test('an account begins with the facts, its versions stay, and figures that nobody measured are marked', async () => {
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  clock.advance(5_000);
  incidents.process({ at: clock.wall(), event: 'restarted', process: 'site-0' });
  clock.advance(60_000);
  const { id } = await one();
  const asked = await incidents.fetch(new Request(`http://tally/desk/${id}`));
  const { draft } = JSON.parse((await asked?.text()) ?? '') as { draft: string };
  expect(draft).toContain('site-0: SIGKILL');
  await written({ act: 'postmortem', author: 'operator', id, text: draft });
  expect(await pageOf()).not.toContain('<mark');
  await written({
    act: 'postmortem',
    author: 'operator',
    id,
    text: '# Why\n\nA disk. 987 people wrote, 5 s it was.',
  });
  const page = await pageOf();
  expect(page).toContain('version 2');
  expect(page).toMatch(/<mark[^>]*>987<\/mark>/);
  expect(page).toMatch(/<data value="5"[^>]*>5<\/data>/);
  expect(page).toContain('Earlier versions');
});

test('pages are there in both languages with their style, and a file that is half written is never seen', async () => {
  incidents.process({ at: clock.wall(), event: 'died', process: 'site-0', signal: 'SIGKILL' });
  clock.advance(2_000);
  expect(await pageOf('fr')).toContain('<html lang="fr">');
  expect((await fetched('/incidents/style.css')).headers.get('content-type')).toContain('text/css');
  const left = readdirSync(join(dir, 'press'), { recursive: true }).map(String);
  expect(left.filter((name) => /(^|\/)\.[0-9a-f]{12}$/.test(name))).toEqual([]);
  expect(left).toContain('index.html');
});

test('what is written while a page is being made is on the page as well', async () => {
  await written({ act: 'open', author: 'operator', title: 'Hum' });
  const { id } = await one();
  let note: Promise<Response> | undefined;
  gathering = async () => {
    gathering = undefined;
    note = written({ act: 'note', author: 'operator', id, text: 'Meanwhile.' });
    await new Promise((resolve) => setImmediate(resolve));
  };
  clock.advance(11_000);
  await incidents.publish();
  expect((await note)?.status).toBe(201);
  expect(await (await fetched(`/incidents/${id}`)).text()).toContain('Meanwhile.');
});

test('of a private room it is told that something happened, not where', async () => {
  tellCards(card({ access: 'private' }));
  for (let second = 0; second < 90; second += 10) {
    rung(2);
    clock.advance(10_000);
  }
  const { id, rooms, signs } = await one();
  expect(signs.map(({ kind, room }) => [kind, room])).toEqual([['rung', undefined]]);
  expect(rooms).toEqual([]);
  for (const path of ['/incidents', `/incidents/${id}`, `/incidents/${id}.json`])
    expect(await (await fetched(path)).text(), path).not.toMatch(/\/r\/hall|"hall"|Ada/);
});
