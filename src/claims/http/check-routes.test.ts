import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { type MetricId, metricOf } from '../../wire/metrics.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import { checkCard } from '../card/signed-card.ts';
import { open } from '../open.ts';

const { privateKey } = generateKeyPairSync('ed25519');

const numbers = (room: string, values: Partial<Record<MetricId, number>>): RoomNumbers => ({
  ...{ v: 1, room, at: 0, status: 'reconciled', state: 'final', excluded: {}, sampling: 1 },
  metrics: Object.fromEntries(
    Object.entries(values).map(([id, value]) => [
      id,
      {
        ...{
          value,
          net: value,
          gross: value,
          unit: metricOf(id as MetricId).unit,
          method: 'exact',
          entry: 42,
        },
        ...{ definition: `/numbers#${id}` },
      },
    ]),
  ),
});
const ROOMS = new Map([
  [
    'hall',
    numbers('hall', { peak_concurrent: 412, unique_listeners: 803, replay_listens: 1_150, visits: 3_000 }),
  ],
  ['yard', numbers('yard', { peak_concurrent: 90, unique_listeners: 120, replay_listens: 50 })],
]);

async function rig(more: Partial<Parameters<typeof open>[0]> = {}) {
  const clock = manualClock();
  const claims = await open({
    ...{ clock, log: silentLog, key: privateKey, publicUrl: 'https://x.example' },
    ...{ dir: '/nonexistent/claims', whoIs: async () => undefined, isOperator: async () => false },
    numbersOf: async (slug) => ROOMS.get(slug),
    titleOf: async (slug) => ({ hall: 'Town <hall>', yard: 'Yard', empty: 'Empty' })[slug],
    rooms: () => [{ slug: 'hall', title: 'Town <hall>' }],
    ...more,
  });
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await claims.fetch(
      new Request(`http://x.example${path}`, {
        ...{
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = await answer.text();
    const json = /json/.test(answer.headers.get('content-type') ?? '')
      ? (JSON.parse(text) as Record<string, unknown>)
      : {};
    return { status: answer.status, headers: answer.headers, text, json };
  };
  return { ask, clock, check: (body: unknown) => ask('POST', '/api/claims/check', body) };
}

describe('POST /api/claims/check', () => {
  test('answers with the verdict and the entry that it rests on', async () => {
    const { check, ask } = await rig();
    const { status, json } = await check({ text: '412 listeners', room: 'hall' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      ...{
        verdict: 'matches',
        number: 412,
        noun: 'listeners',
        metric: 'peak_concurrent',
        value: 412,
        entry: 42,
      },
      nearest: [{ metric: 'peak_concurrent', value: 412, ratio: 1 }, {}, {}],
    });
    expect((await check({ text: '1,150 auditeurs', room: 'hall' })).json).toMatchObject({
      ...{ verdict: 'named-wrongly', metric: 'replay_listens' },
    });
    const open = await check({ text: 'more than 400 listeners', room: 'https://x.example/r/hall' });
    expect(open.json).toMatchObject({ verdict: 'matches', said: { high: null } });
    const got = await ask('GET', '/api/claims/check?text=412+listeners&room=hall&zone=');
    expect(got.json).toMatchObject({ verdict: 'matches' });
  });

  test('what cannot be read is 422 with the reason, and adding unlike figures has a code of its own', async () => {
    const { check } = await rig();
    for (const [text, why] of [
      ['everybody', 'no-number'],
      ['-5 listeners', 'negative'],
      ['1e400 listeners', 'too-large'],
      ['1.4 mіllion listeners', 'mixed-scripts'],
      ['1\u200b4 listeners', 'hidden-characters'],
      ['5 listeners at 20:40', 'time-unknown'],
    ])
      expect(await check({ text, room: 'hall' })).toMatchObject({
        status: 422,
        json: { code: 'unprocessable', why },
      });
    expect(await check({ text: '5 plays + 6 visits', room: 'hall' })).toMatchObject({
      ...{ status: 422, json: { code: 'unlike-figures', why: 'unlike-figures', reason: 'unlike-units' } },
    });
  });

  test('refuses what is no question', async () => {
    const { check, ask } = await rig();
    for (const body of [
      {},
      { text: '5' },
      { text: '5', room: '../x' },
      { text: '', room: 'hall' },
      [],
      null,
      5,
    ])
      expect((await check(body)).json).toMatchObject({ code: 'unprocessable' });
    expect((await check({ text: '5', room: 'hall', zone: 'Mars/Base' })).json.detail).toContain(
      'Europe/Paris',
    );
    expect((await check({ text: '5', room: 'hall', at: 'teatime' })).json.detail).toContain('20:40');
    expect((await check({ text: '5', room: 'hall', other: 1 })).status).toBe(422);
    expect((await check('{')).json).toMatchObject({ code: 'bad-request' });
    expect((await check({ text: 'x'.repeat(5_000), room: 'hall' })).json).toMatchObject({
      code: 'too-large',
    });
    expect((await ask('POST', '/api/claims/check', 'text=5', { 'content-type': 'text/plain' })).status).toBe(
      415,
    );
    expect((await check({ text: '5 listeners', room: 'nowhere' })).json).toMatchObject({
      code: 'room-unknown',
    });
    expect((await check({ text: '5 listeners', room: 'empty' })).json).toMatchObject({
      code: 'numbers-unknown',
    });
    expect((await ask('GET', '/api/claims/other')).json).toMatchObject({ code: 'not-found' });
  });

  test('says so when the numbers are away', async () => {
    const { check, ask } = await rig({ numbersOf: () => Promise.reject(new Error('ECONNREFUSED')) });
    expect(await check({ text: '5 listeners', room: 'hall' })).toMatchObject({
      status: 503,
      json: { code: 'numbers-away' },
    });
    expect((await ask('GET', '/claims?text=5+listeners&room=hall')).status).toBe(503);
    const gone = await rig({ titleOf: () => Promise.reject(new Error('the database')) });
    expect((await gone.check({ text: '5 listeners', room: 'hall' })).json).toMatchObject({
      code: 'database-away',
    });
    // A mistake of ours is not passed off as theirs.
    const broken = await rig({ numbersOf: async () => ({ metrics: null }) as never });
    expect((await broken.check({ text: '5 listeners', room: 'hall' })).json).toMatchObject({
      code: 'internal',
    });
  });

  test('a network that asks too often waits, the others do not', async () => {
    const { ask, clock } = await rig();
    const from = (address: string) =>
      ask('GET', '/api/claims/check?text=5&room=hall', undefined, { 'x-forwarded-for': address });
    for (let i = 0; i < 30; i++) expect((await from('192.0.2.1')).status).toBe(200);
    const often = await from('192.0.2.1');
    expect(often).toMatchObject({ status: 429, json: { code: 'too-often' } });
    expect(Number(often.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await from('192.0.2.2')).status).toBe(200);
    clock.advance(1_000);
    expect((await from('192.0.2.1')).status).toBe(200);
  });

  test('a time is looked up in the bundle', async () => {
    const minute = Date.UTC(2026, 0, 1, 20, 40) / 60_000;
    const entry = {
      v: 1,
      kind: 'minute',
      room: 'hall',
      seq: 1,
      minute,
      samples: [[minute * 60, 9, 8, 300, 9]],
      total: {},
    };
    const bundle = [
      { v: 1, kind: 'earshot-bundle', room: 'hall' },
      { kind: 'entry', index: 7, entry: JSON.stringify(entry), proof: [] },
    ].map((line) => JSON.stringify(line));
    let reads = 0;
    const bundleOf = async (): Promise<string> => {
      reads++;
      return bundle.join('\n');
    };
    const { check, clock } = await rig({ bundleOf, titleOf: async (slug) => slug });
    expect((await check({ text: '300 listeners at 20:40', room: 'hall' })).json).toMatchObject({
      ...{ verdict: 'matches', metric: 'listeners_now', entry: 7 },
    });
    // Reading one is dear: it is kept for a minute, and other rooms wait.
    for (let i = 0; i < 5; i++) await check({ text: '300 listeners at 20:40', room: 'hall' });
    expect(reads).toBe(1);
    for (const room of ['one', 'two']) await check({ text: '5 listeners at 20:40', room });
    expect((await check({ text: '5 listeners at 20:40', room: 'three' })).json).toMatchObject({
      code: 'too-often',
    });
    expect((await check({ text: '300 listeners at 20:40', room: 'hall' })).status).toBe(200);
    clock.advance(3_000);
    expect((await check({ text: '5 listeners at 20:40', room: 'three' })).status).toBe(200);
  });
});

describe('POST /api/claims/add', () => {
  const add = (terms: readonly object[]) =>
    rig().then(({ ask }) => ask('POST', '/api/claims/add', { terms }));
  test('adds what may be added', async () => {
    const terms = [
      { room: 'hall', metric: 'replay_listens' },
      { room: 'yard', metric: 'replay_listens' },
    ];
    expect(await add(terms)).toMatchObject({ status: 200, json: { value: 1_200, unit: 'listens' } });
  });
  test.each([
    ['peak_concurrent', 'peak_concurrent', 'not-additive'],
    ['unique_listeners', 'unique_listeners', 'not-additive'],
    ['replay_listens', 'visits', 'unlike-units'],
    ['visits', 'join_attempts', 'unlike-figures'],
  ])('refuses %s and %s: %s', async (one, other, reason) => {
    const { status, json } = await add([
      { room: 'hall', metric: one },
      { room: 'yard', metric: other },
    ]);
    expect(status).toBe(422);
    expect(json).toMatchObject({ code: 'unlike-figures', reason });
    expect(String(json.detail).length).toBeGreaterThan(40);
  });
  test('a figure that is not known is not nothing', async () => {
    const terms = [
      { room: 'hall', metric: 'visits' },
      { room: 'yard', metric: 'visits' },
    ];
    expect((await add(terms)).json).toMatchObject({ code: 'numbers-unknown' });
    expect((await add([{ room: 'hall', metric: 'likes' }])).status).toBe(422);
  });
});

describe('/claims', () => {
  test('is a form, useful without scripts', async () => {
    const { text, headers } = await (await rig()).ask('GET', '/claims');
    expect(text).toContain('<form method="get" action="/claims">');
    expect(text).toContain('Town &lt;hall&gt;');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text).not.toContain('<script');
    const french = await (await rig()).ask('GET', '/claims', undefined, { 'accept-language': 'fr' });
    expect(french.text).toContain('<html lang="fr">');
    expect(french.text).toContain('Vérifier un nombre');
  });

  test('says the verdict in words, with the shape of the unit and the definition', async () => {
    const { text, status } = await (await rig()).ask('GET', '/claims?text=412+listeners&room=hall');
    expect(status).toBe(200);
    expect(text).toContain('It matches.');
    expect(text).toContain('412: the most listeners at the same time.');
    expect(text).toContain('What is counted.');
    expect(text).toContain('<circle');
    expect(text).toContain('entry 42');
    expect(text).toContain('/claims/card.svg?text=412+listeners&amp;room=hall&amp;words=en');
    const french = await (await rig()).ask('GET', '/claims?text=1+150+auditeurs&room=hall', undefined, {
      'accept-language': 'fr',
    });
    expect(french.text).toContain('et non « auditeurs »');
  });

  test('says why not, and shows nothing of a visitor as markup', async () => {
    const { text, status } = await (await rig()).ask(
      'GET',
      '/claims?text=%3Cscript%3Ealert()%3C/script%3E&room=hall',
    );
    expect(status).toBe(422);
    expect(text).not.toContain('<script');
    expect(text).toContain('role="alert"');
    const french = await (await rig()).ask('GET', '/claims?text=tout+le+monde&room=hall', undefined, {
      'accept-language': 'fr',
    });
    expect(french.text).toContain('Il n’y a pas de nombre dans la phrase.');
  });
});

describe('the card', () => {
  const path = '/claims/card.svg?text=412+listeners+%3Cb%3E&room=hall&words=fr';
  test('is an image that contains what it says, signed', async () => {
    const { text, headers } = await (await rig()).ask('GET', path);
    expect(headers.get('content-type')).toContain('image/svg+xml');
    expect(headers.get('content-security-policy')).toContain('sandbox');
    expect(text).toContain('412 auditeurs');
    expect(text).toContain('Town &lt;hall&gt;');
    expect(text).not.toMatch(/<b>|<script|href|onload/);
    const checked = checkCard(text);
    expect(checked).toMatchObject({
      good: true,
      body: { room: 'hall', said: '412 auditeurs', metric: 'peak_concurrent', value: 412, entry: 42 },
    });
    expect(checked.good && checked.body.definition).toMatchObject({ id: 'peak_concurrent', version: 1 });
  });

  test('is known to be changed when a figure of it is', async () => {
    const { text } = await (await rig()).ask('GET', path);
    expect(checkCard(text.replace('"value":412', '"value":413'))).toMatchObject({ good: false });
    const json = await (await rig()).ask('GET', path.replace('.svg', '.json'));
    expect(checkCard(json.text)).toMatchObject({ good: true });
    expect(checkCard(json.text.replace('412', '999'))).toMatchObject({ good: false });
    expect(checkCard('{}')).toMatchObject({ good: false });
  });

  test('never carries a stranger’s own words', async () => {
    const { text } = await (await rig()).ask(
      'GET',
      '/claims/card.svg?text=412+listeners+and+a+slander&room=hall',
    );
    expect(text).not.toContain('slander');
  });
});
