import { describe, expect, test } from 'vitest';
import { NOW, refusal, roomsRig, tokens } from '../../test/rooms.ts';
import type { RoomsDeps } from './index.ts';

const rig = roomsRig();
const { ask } = rig;
const FORM = 'application/x-www-form-urlencoded';
const LOCAL = { 'x-earshot-local': 'from 50000 to 8080' };
const open = (more: Partial<RoomsDeps> = {}) =>
  rig.restart({ create: 'local', publicUrl: undefined, operatorGeneration: () => 3, ...more });
const start = (headers: Record<string, string> = {}, token?: string) =>
  ask('POST', '/api/rooms', { title: 'Talk' }, token, headers);
const may = async (headers: Record<string, string> = {}, token?: string) =>
  (await ask('GET', '/api/start', undefined, token, headers)).body;

describe('where rooms are started on this machine', () => {
  test('whoever is at it can start one, and the page says so', async () => {
    await open();
    expect(await may(LOCAL)).toEqual({ may: true, who: 'local', operator: false });
    expect((await start(LOCAL)).status).toBe(201);
    const form = await ask('POST', '/api/rooms', 'title=x', undefined, { 'content-type': FORM, ...LOCAL });
    expect(form.status).toBe(303);
  });

  test('anyone else is told how to get in', async () => {
    await open();
    expect(await may()).toEqual({ may: false, who: 'local', operator: false });
    const answer = await start();
    expect(refusal(answer)).toEqual([401, 'token-missing']);
    expect(answer.body.detail).toMatch(/localhost.*operator/);
    expect(rig.rooms.cards()).toEqual([]);
  });

  test.each([
    ['a page of another origin', { origin: 'https://evil.example' }, {}],
    ['a page of a name that leads here', { origin: 'http://evil.example:8080' }, {}],
    ['a page of another program on this machine', { 'sec-fetch-site': 'same-site' }, {}],
    ['a program of another user, such as a proxy', {}, { isOwnProgram: async () => false }],
    ['a page in a sandbox, of whoever', { origin: 'null' }, {}],
    ['the same, beside this one', { origin: 'null', 'sec-fetch-site': 'same-site' }, {}],
    ['a server with a public address', {}, { publicUrl: 'https://rooms.example' }],
    ['a server behind a proxy on this machine', {}, { loopback: false }],
    ['a server where only the operator starts rooms', {}, { create: 'operator' as const }],
  ])('being on this machine is not enough for %s', async (_, headers, more) => {
    await open(more);
    expect((await may({ ...LOCAL, ...headers })).may).toBe(false);
    expect(refusal(await start({ ...LOCAL, ...headers }))).toEqual([401, 'token-missing']);
  });

  test('being on this machine is not enough for what a browser says comes from another site', async () => {
    await open();
    const said = { ...LOCAL, 'sec-fetch-site': 'cross-site' };
    expect((await may(said)).may).toBe(false);
    for (const origin of [{}, { origin: 'null' }, { origin: 'http://localhost:8080' }])
      expect(refusal(await start({ ...said, ...origin }))).toEqual([403, 'foreign-page']);
    expect(rig.rooms.cards()).toEqual([]);
    expect((await may({ ...LOCAL, 'sec-fetch-site': 'same-origin', origin: 'null' })).may).toBe(true);
  });

  test('the operator’s link opens it from anywhere until it is replaced, and hosts every room', async () => {
    let generation = 3;
    await open({ operatorGeneration: () => generation });
    const link = await tokens.signOperator(3);
    expect(await may({}, link)).toEqual({ may: true, who: 'local', operator: true });
    expect((await start({}, link)).status).toBe(201);
    expect((await ask('POST', '/api/rooms/talk/live', undefined, link)).status).toBe(200);
    generation = 4;
    expect(refusal(await start({}, link))).toEqual([403, 'operator-only']);
    expect(refusal(await ask('POST', '/api/rooms/talk/end', undefined, link))).toEqual([
      401,
      'token-invalid',
    ]);
    expect(refusal(await start({}, await tokens.signOperator(4, -10)))).toEqual([403, 'operator-only']);
  });

  test('a host’s link starts no other room', async () => {
    await open();
    const { body } = await start(LOCAL);
    expect(refusal(await start({}, String(body.token)))).toEqual([403, 'operator-only']);
  });
});

describe('a form without scripts', () => {
  const post = (body: string, more: Record<string, string> = {}) =>
    ask('POST', '/api/rooms', body, undefined, { 'content-type': FORM, ...more });

  test('takes the operator’s link as it was pasted', async () => {
    await open();
    const token = await tokens.signOperator(3);
    for (const pasted of [token, ` http://h:8080/#operator=${token}\n`])
      expect((await post(new URLSearchParams({ title: 'x', operator: pasted }).toString())).status).toBe(303);
  });

  test('is refused with a page that explains it, in the language of the browser', async () => {
    await open();
    const english = await post('title=x');
    expect([english.status, english.headers.get('content-type')]).toEqual([401, 'text/html; charset=utf-8']);
    expect(english.body.text).toContain('earshot operator link');
    for (const wanted of ['fr-CH, en;q=0.5', 'de, fr;q=0.8, en;q=0.5']) {
      const french = await post('title=x&operator=wrong', { 'accept-language': wanted });
      expect(french.status).toBe(403);
      expect(french.body.text).toContain('lang="fr"');
    }
    const long = await post(`title=${'a'.repeat(200)}`, LOCAL);
    expect([long.status, String(long.body.text)]).toEqual([
      422,
      expect.stringContaining('title: use 1 to 140'),
    ]);
  });
});

describe('new rooms from one network', () => {
  const from = (address: string) =>
    ask('POST', '/api/rooms', { title: 'x', start: new Date(NOW + 3_600_000).toISOString() }, undefined, {
      'x-forwarded-for': address,
    });

  test('are slowed down before they stop others from starting one', async () => {
    await rig.restart({ create: 'anyone' });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await from('192.0.2.7'));
    expect(answers.map(({ status }) => status)).toEqual([...Array(6).fill(201), ...Array(6).fill(429)]);
    expect(answers.at(-1)?.headers.get('retry-after')).toBe('30');
    for (let i = 0; i < 6; i++) expect((await from(`2001:db8:7:${i}::1`)).status).toBe(201);
    expect(refusal(await from('2001:db8:7:99::1'))).toEqual([429, 'too-many-rooms']);
    expect((await from('198.51.100.1')).status).toBe(201);
    rig.clock.advance(30_000);
    expect((await from('192.0.2.7')).status).toBe(201);
  });

  test('many networks together are still held to what the server takes', async () => {
    await rig.restart({ create: 'anyone' });
    for (let i = 0; i < 30; i++) expect((await from(`10.0.0.${i}`)).status).toBe(201);
    expect(refusal(await from('10.0.1.1'))).toEqual([429, 'too-many-rooms']);
  });
});
