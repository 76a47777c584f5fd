import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import { checkCard } from '../card/signed-card.ts';
import { type Claims, open } from '../open.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const NUMBERS: RoomNumbers = {
  ...{ v: 1, room: 'hall', at: 0, status: 'reconciled', state: 'final', excluded: {}, sampling: 1 },
  metrics: {
    peak_concurrent: {
      ...{
        value: 412,
        net: 412,
        gross: 412,
        unit: 'sessions',
        method: 'exact',
        definition: '/numbers#x',
        entry: 3,
      },
    },
  },
};

let dir: string;
let claims: Claims;
let asked = 0;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-claims-'));
  asked = 0;
  claims = await open({
    ...{ clock: manualClock(), log: silentLog, key: privateKey, dir, publicUrl: 'https://x.example' },
    async numbersOf() {
      asked++;
      return NUMBERS;
    },
    titleOf: async (slug) => (slug === 'hall' ? 'Hall' : undefined),
    rooms: () => [],
    whoIs: async (_, token) => (({ 'host-token': 'host', 'operator-key': 'operator' }) as const)[token ?? ''],
    isOperator: async (token) => token === 'operator-key',
  });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Told {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown> & {
    id: string;
    claims: Record<string, unknown>[];
    waiting: { id: string }[];
  };
}
async function ask(
  method: string,
  path: string,
  { text, token, ...more }: { text?: string; token?: string; [header: string]: string | undefined } = {},
): Promise<Told> {
  const headers = new Headers(more as Record<string, string>);
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (text !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
  const body = text === undefined || more['content-type'] ? text : JSON.stringify({ text });
  expect(claims.takes(path.split('?')[0] ?? '')).toBe(true);
  const answer = await claims.fetch(
    new Request(`https://x.example${path}`, { method, headers, ...(body === undefined ? {} : { body }) }),
  );
  const said = await answer.text();
  return {
    status: answer.status,
    text: said,
    json: (/^[{[]/.test(said) ? JSON.parse(said) : {}) as Told['json'],
  };
}
const AT = '/api/rooms/hall/claims';

test('a claim is said by the host, disputed by a stranger, answered, and corrected', async () => {
  const made = await ask('POST', AT, { text: '500 listeners', token: 'host-token' });
  expect(made.status).toBe(201);
  const one = `${AT}/${made.json.id}`;
  expect((await ask('POST', `${one}/disputes`, { text: 'It was 412' })).status).toBe(202);
  expect((await ask('GET', AT)).json.claims).toMatchObject([{ replies: [] }]);
  expect((await ask('GET', AT)).json.waiting).toBeUndefined();
  const { waiting } = (await ask('GET', AT, { token: 'operator-key' })).json;
  const published = await ask('POST', `${AT}/waiting/${waiting[0]?.id}/publish`, { token: 'operator-key' });
  expect(published.status).toBe(201);
  expect((await ask('POST', `${one}/answers`, { text: 'Right', token: 'host-token' })).status).toBe(201);
  expect(
    (await ask('POST', `${one}/corrections`, { text: '412 listeners', token: 'host-token' })).status,
  ).toBe(201);
  expect((await ask('GET', AT)).json.claims).toMatchObject([
    {
      versions: [
        { text: '500 listeners', author: 'host', verdict: 'no-match' },
        { text: '412 listeners', verdict: 'matches peak_concurrent 412' },
      ],
      replies: [
        { kind: 'dispute', author: 'stranger', text: 'It was 412' },
        { kind: 'answer', author: 'host' },
      ],
    },
  ]);
});

test('the card of a claim that was corrected shows the correction, signed', async () => {
  const made = await ask('POST', AT, { text: '500 listeners', token: 'host-token' });
  await ask('POST', `${AT}/${made.json.id}/corrections`, { text: '412 listeners', token: 'host-token' });
  const { text } = await ask('GET', `/r/hall/claims/${made.json.id}.svg?words=en`);
  expect(text).toContain('Corrected to: “412 listeners”');
  expect(text).toContain('“500 listeners”');
  expect(checkCard(text)).toMatchObject({
    ...{
      good: true,
      body: { said: '500 listeners', correction: 'Corrected to: “412 listeners”', verdict: 'matches' },
    },
  });
  expect(checkCard((await ask('GET', `/r/hall/claims/${made.json.id}.json`)).text)).toMatchObject({
    good: true,
  });
  expect((await ask('GET', '/r/hall/claims/none.svg')).status).toBe(404);
});

test('what others may not do is refused', async () => {
  const made = await ask('POST', AT, { text: '500 listeners', token: 'host-token' });
  const one = `${AT}/${made.json.id}`;
  expect((await ask('POST', `${one}/answers`, { text: 'x' })).json.code).toBe('token-missing');
  expect((await ask('POST', `${one}/corrections`, { text: 'x' })).json.code).toBe('token-missing');
  expect((await ask('POST', AT, { text: 'x', token: 'old' })).json.code).toBe('token-invalid');
  expect((await ask('POST', `${AT}/waiting/x/publish`)).json.code).toBe('token-missing');
  const refuse = (token: string, text = '{"reason":"spam"}') =>
    ask('POST', `${AT}/waiting/x/refuse`, { token, text, 'content-type': 'application/json' });
  expect((await refuse('host-token')).json.code).toBe('operator-only');
  expect((await refuse('operator-key')).status).toBe(404);
  expect((await refuse('operator-key', '{"reason":""}')).json.code).toBe('unprocessable');
  expect((await ask('GET', '/api/claims/waiting')).json.code).toBe('token-missing');
  expect((await ask('GET', '/api/claims/waiting', { token: 'host-token' })).json.code).toBe('operator-only');
  expect((await ask('POST', '/api/rooms/none/claims', { text: 'x' })).json.code).toBe('room-unknown');
  expect((await ask('POST', AT, { text: 'text=x', 'content-type': 'text/plain' })).status).toBe(415);
  expect((await ask('POST', AT, { text: 'x'.repeat(500), token: 'host-token' })).json.code).toBe(
    'unprocessable',
  );
});

test('a stranger who says much waits', async () => {
  const from = { 'x-forwarded-for': '192.0.2.7' };
  for (let i = 0; i < 3; i++) expect((await ask('POST', AT, { text: `${i}`, ...from })).status).toBe(202);
  expect((await ask('POST', AT, { text: '4', ...from })).json.code).toBe('too-often');
  expect((await ask('POST', AT, { text: '4', 'x-forwarded-for': '192.0.2.8' })).status).toBe(202);
});

test('the page works without scripts: it shows claims as text, and takes a statement', async () => {
  await ask('POST', AT, { text: '<b>412 listeners</b>', token: 'host-token' });
  await ask('POST', AT, { text: '500 auditeurs', token: 'operator-key' });
  asked = 0;
  const { text } = await ask('GET', '/r/hall/claims');
  expect(asked).toBeLessThanOrEqual(1);
  expect(text).toContain('&lt;b&gt;412 listeners');
  expect(text).not.toContain('<b>412');
  expect(text).toContain('No figure of the room is this number.');
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  const sent = await ask('POST', '/r/hall/claims', { text: 'text=1+million+listeners', ...form });
  expect(sent.text).toContain('once the operator of this server has seen it');
  const foreign = await ask('POST', '/r/hall/claims', {
    text: 'text=1',
    ...form,
    'sec-fetch-site': 'cross-site',
  });
  expect(foreign.json.code).toBe('foreign-page');
  const french = await ask('GET', '/r/hall/claims', { 'accept-language': 'fr' });
  expect(french.text).toContain('Ce qui a été dit de');
});

test('claims, and what waits, come in pages: each once, whatever is said meanwhile', async () => {
  // More than one network says what waits; the clock stands, so all of them are of one moment.
  for (let n = 0; n < 9; n++) {
    await ask('POST', AT, { text: `${n} listeners`, token: 'host-token' });
    await ask('POST', AT, { text: `${n}`, 'x-forwarded-for': `192.0.2.${n}` });
  }
  const walked = async (path: string, name: 'claims' | 'waiting', token?: string): Promise<unknown[]> => {
    const found: unknown[] = [];
    let cursor: string | undefined;
    do {
      const after = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = (await ask('GET', `${path}?limit=4${after}`, token ? { token } : {})).json;
      expect(page[name].length).toBeLessThanOrEqual(4);
      expect('refusals' in page).toBe(name === 'claims' && cursor === undefined);
      found.push(...page[name].map(({ id }) => id));
      cursor = page.next as string | undefined;
      await ask('POST', AT, { text: `${found.length} more`, token: 'host-token' });
    } while (cursor !== undefined);
    return found;
  };
  const before = (await ask('GET', AT)).json.claims.map(({ id }) => id);
  const claims = await walked(AT, 'claims');
  expect(new Set(claims).size).toBe(claims.length);
  expect(claims).toEqual(expect.arrayContaining(before));
  const waiting = await walked('/api/claims/waiting', 'waiting', 'operator-key');
  expect([waiting.length, new Set(waiting).size]).toEqual([9, 9]);
  for (const query of ['limit=0', 'limit=101', 'cursor=x'])
    expect((await ask('GET', `${AT}?${query}`)).status).toBe(422);
});
