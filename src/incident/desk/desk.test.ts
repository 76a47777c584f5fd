import { beforeEach, expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../../../test/clock.ts';
import type { DeskWish, Incident } from '../index.ts';
import { openDesk } from '../index.ts';
import { UNKNOWN_HOSTILE } from '../request-finding.ts';

const ID = '20261130-203110';
let clock: ManualClock;
let wishes: DeskWish[];
let desk: ReturnType<typeof openDesk>;

beforeEach(() => {
  clock = manualClock();
  wishes = [];
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
      complete: true,
    },
    ...{ signs: [], rooms: ['hall'], minutes: [], notes: [], postmortems: [] },
    window: { from: 0, to: 60_000 },
  };
  desk = openDesk({
    clock,
    isOperator: async (token) => token === 'operator',
    whoIs: async (slug, token) => (token === `host-${slug}` ? 'host' : undefined),
    read: async (id) => (id === ID ? { incident, draft: '# Facts <b>' } : undefined),
    list: async () => [incident],
    async write(wish) {
      wishes.push(wish);
      return Response.json({ id: ID }, { status: 201 });
    },
  });
});

const api = (path: string, token: string, body: object): Promise<Response> | undefined =>
  desk(
    new Request(`http://site/api/incidents${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
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
  expect(page).toContain('# Facts &lt;b&gt;</textarea>');
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
  expect((await api('', 'operator', { title: 'x' }))?.status).toBe(429);
  clock.advance(60_000);
  expect((await api('', 'operator', { title: 'x' }))?.status).toBe(201);
});

test('what is not about incidents is left to others', () => {
  for (const path of ['/api/rooms', '/api/incidentsx', '/operate'])
    expect(desk(new Request(`http://site${path}`))).toBeUndefined();
});
