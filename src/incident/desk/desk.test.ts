import { beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/clock.ts';
import { find } from '../../http/index.ts';
import type { DeskWish, Incident } from '../index.ts';
import { openDesk } from '../index.ts';
import { UNKNOWN_HOSTILE } from '../request-finding.ts';
import { openInnerDesk } from './inner-desk.ts';

const ID = '20261130-203110';
let clock: ManualClock;
let wishes: DeskWish[];
let desk: ReturnType<typeof openDesk>;
let reads: string[];

beforeEach(() => {
  clock = manualClock();
  wishes = [];
  reads = [];
  const incident: Incident = {
    ...{
      v: 1,
      id: ID,
      label: 'CROWD',
      caused: null,
      hostile: UNKNOWN_HOSTILE,
      families: [],
      clients: [],
      for: [],
      against: [],
      reasons: { for: [], against: [] },
      complete: true,
    },
    ...{ signs: [], rooms: ['hall'], minutes: [], notes: [], postmortems: [] },
    window: { from: 0, to: 60_000 },
  };
  desk = openDesk({
    clock,
    isOperator: async (token) => token === 'operator',
    whoIs: async (slug, token) => (token === `host-${slug}` ? 'host' : undefined),
    async read(id) {
      reads.push(id);
      return id === ID ? { incident, draft: '# Facts <b>' } : undefined;
    },
    async list() {
      reads.push('list');
      return [incident];
    },
    page: (_, incidents) => Response.json({ incidents }),
    async write(wish) {
      wishes.push(wish);
      return Response.json({ id: ID }, { status: 201 });
    },
  });
});

const api = (path: string, token: string, body: object, from = '192.0.2.1'): Promise<Response> | undefined =>
  desk(
    new Request(`http://site/api/incidents${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        'x-forwarded-for': from,
      },
    }),
  );
const posted = (fields: Record<string, string>): Promise<Response> | undefined =>
  desk(new Request('http://site/operate/incidents', { method: 'POST', body: new URLSearchParams(fields) }));

test('the operator opens, annotates, closes and tells; a host writes only beside an incident of a room of theirs', async () => {
  expect((await api('', 'operator', { title: 'Hum', room: 'hall' }))?.status).toBe(201);
  expect((await api(`/${ID}/notes`, 'operator', { text: 'a' }))?.status).toBe(201);
  expect((await api(`/${ID}/close`, 'operator', {}))?.status).toBe(201);
  expect((await api(`/${ID}/postmortem`, 'operator', { text: 'b' }))?.status).toBe(201);
  expect((await api(`/${ID}/notes`, 'host-hall', { text: 'c' }))?.status).toBe(201);
  expect(wishes).toEqual([
    { act: 'open', author: 'operator', title: 'Hum', room: 'hall' },
    { act: 'note', author: 'operator', id: ID, text: 'a' },
    { act: 'close', author: 'operator', id: ID },
    { act: 'postmortem', author: 'operator', id: ID, text: 'b' },
    { act: 'note', author: 'host', room: 'hall', id: ID, text: 'c' },
  ]);
  for (const [path, token, status] of [
    ['', 'host-hall', 403],
    [`/${ID}/postmortem`, 'host-hall', 403],
    [`/${ID}/close`, 'host-hall', 403],
    [`/${ID}/notes`, 'host-cave', 403],
    [`/${ID}/notes`, '', 401],
    ['/nothing/notes', 'operator', 404],
    [`/${ID}/nothing`, 'operator', 404],
  ] as const)
    expect([path, token, (await api(path, token, { text: 'x', title: 'x' }))?.status]).toEqual([
      path,
      token,
      status,
    ]);
  expect(wishes).toHaveLength(5);
});

test('the forms work without a script: the key is in the form, as a link or alone', async () => {
  const done = await posted({
    act: 'note',
    id: ID,
    text: 'Seen.',
    key: 'https://hall.example/#operator=operator',
  });
  expect([done?.status, done?.headers.get('location')]).toEqual([303, `/incidents/${ID}`]);
  expect(wishes).toEqual([{ act: 'note', author: 'operator', id: ID, text: 'Seen.' }]);
  const refused = await posted({ act: 'note', id: ID, text: 'Mine <i>', key: 'wrong' });
  expect(refused?.status).toBe(403);
  const page = (await refused?.text()) ?? '';
  expect(page).toContain('Nothing was published');
  expect(page).toContain('Mine &lt;i&gt;</textarea>');
  expect(page).not.toContain('# Facts');
  expect(page).not.toContain('value="wrong"');
  expect(refused?.headers.get('content-security-policy')).toContain("form-action 'self'");
});

test('a form of another site cannot write, because the key is in no cookie; keys are not tried without end', async () => {
  expect((await posted({ act: 'note', id: ID, text: 'x' }))?.status).toBe(401);
  expect(
    (
      await desk(
        new Request('http://site/api/incidents', {
          method: 'POST',
          body: '{"title":"x"}',
          headers: { 'content-type': 'text/plain' },
        }),
      )
    )?.status,
  ).toBe(415);
  for (let i = 0; i < 40; i += 1) await api('', `guess-${i}`, { title: 'x' });
  expect((await api('', 'guess', { title: 'x' }))?.status).toBe(429);
  // Neither a stranger's keys nor requests without one are charged to whoever has the right one, or to other networks.
  expect((await api('', 'operator', { title: 'x' }))?.status).toBe(201);
  expect((await api(`/${ID}/notes`, 'host-hall', { text: 'x' }))?.status).toBe(201);
  expect((await api('', 'guess', { title: 'x' }, '198.51.100.7'))?.status).toBe(403);
  clock.advance(60_000);
  expect((await api('', 'guess', { title: 'x' }))?.status).toBe(403);
});

test('whoever reads shares one answer of a few seconds; only the operator makes the tally gather the facts', async () => {
  const get = (path: string, token?: string) =>
    desk(new Request(`http://site${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {}));
  const page = `/operate/incidents?id=${ID}`;
  for (const path of [
    '/api/incidents',
    page,
    page,
    '/api/incidents',
    '/operate/incidents?id=20200101-000000',
  ])
    await get(path);
  expect(reads).toEqual(['list']);
  const open = await get(`/api/incidents/${ID}`);
  expect([open?.status, open?.headers.get('location')]).toEqual([307, `/incidents/${ID}.json`]);
  expect((await get(`/api/incidents/${ID}`, 'host-hall'))?.status).toBe(403);
  expect((await posted({ act: 'draft', id: ID, key: 'host-hall' }))?.status).toBe(403);
  expect(reads).toEqual(['list']);
  expect(await (await get(`/api/incidents/${ID}`, 'operator'))?.json()).toMatchObject({
    draft: '# Facts <b>',
  });
  expect(reads).toEqual(['list', ID]);
  clock.advance(3_000);
  await get(page);
  expect(reads).toEqual(['list', ID, 'list']);
});

test('the button for the facts puts them below what is written already', async () => {
  const sent = new URLSearchParams([
    ...Object.entries({ act: 'postmortem', id: ID, text: 'Mine', key: 'operator' }),
    ['act', 'draft'],
  ]);
  const done = await desk(new Request('http://site/operate/incidents', { method: 'POST', body: sent }));
  expect(await done?.text()).toContain('Mine\n\n# Facts &lt;b&gt;</textarea>');
  expect(wishes).toEqual([]);
});

test('an account of 30,000 accented or Chinese characters passes the door and the desk; a longer form comes back with what fits', async () => {
  for (const path of ['/operate/incidents', `/api/incidents/${ID}/postmortem`])
    expect(find(path)?.address.body).toBeGreaterThanOrEqual(300_000);
  for (const letter of ['é', '事'])
    expect(
      (await posted({ act: 'postmortem', id: ID, key: 'operator', text: letter.repeat(30_000) }))?.status,
    ).toBe(303);
  const long = await posted({ act: 'postmortem', id: ID, key: 'operator', text: '事'.repeat(40_000) });
  expect([long?.status, long?.headers.get('content-type')]).toEqual([413, 'text/html; charset=utf-8']);
  const page = (await long?.text()) ?? '';
  expect(page).toContain('Nothing was published');
  expect(page).toContain(`>${'事'.repeat(30_000)}</textarea>`);
  expect(wishes).toHaveLength(2);
});

test('what is not about incidents is left to others', () => {
  for (const path of ['/api/rooms', '/api/incidentsx', '/operate'])
    expect(desk(new Request(`http://site${path}`))).toBeUndefined();
});

test('what is written is answered within a second, however long the page takes; the list has no minutes', async () => {
  const lines: unknown[] = [];
  const inner = openInnerDesk({
    clock,
    book: {
      get: () => ({ id: ID }),
      note: (id: string) => ({ id }),
      list: () => [{ id: ID, rooms: ['hall'], minutes: [{ at: 0, rung: 0 }], notes: [], postmortems: [] }],
    } as never,
    publisher: { changed() {}, publish: () => new Promise<void>(() => {}), dossier: async () => undefined },
    wrote: (more) => lines.push(...more),
  });
  const wish: DeskWish = { act: 'note', author: 'operator', id: ID, text: 'Seen.' };
  const done = inner(new Request('http://tally/desk', { method: 'POST', body: JSON.stringify(wish) }));
  await expect.poll(() => lines).toEqual([{ id: ID }]);
  clock.advance(1_000);
  expect((await done)?.status).toBe(201);
  const list = await inner(new Request('http://tally/desk'));
  expect(await list?.json()).toEqual({ incidents: [{ id: ID, rooms: ['hall'] }] });
});
