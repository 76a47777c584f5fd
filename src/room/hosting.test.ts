import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, HOUR, inMs, NOW, refusal, roomsRig, tokens } from '../../test/rooms.ts';
import type { Grant } from '../keys/token.ts';
import { RUN_UP_MS } from '../wire/room.ts';

const OPERATOR = 'operator-key-of-some-length';

const rig = roomsRig();
const { ask, card, create } = rig;

describe('hosting', () => {
  const link = (grant: Partial<Grant>, seconds?: number): Promise<string> =>
    tokens.sign({ slug: 'talk', role: 'host', speaker: 'me', name: '', ...grant } as Grant, seconds);
  let token: string;
  beforeEach(async () => {
    ({ token } = await create({ title: 'Talk' }));
  });
  const act = (action: string, by: string | undefined = token): Promise<Answer> =>
    ask('POST', `/api/rooms/talk/${action}`, undefined, by);

  test('lobby, live, back to the lobby, live, ended', async () => {
    const seen: string[] = [];
    rig.rooms.onChange(() => seen.push(card('talk').status));
    for (const action of ['live', 'standby', 'live', 'end']) expect((await act(action)).status).toBe(200);
    expect(seen).toEqual(['live', 'open', 'live', 'ended']);
    expect(card('talk')).toMatchObject({ zero: NOW - RUN_UP_MS, clocks: { opened: NOW, ended: NOW } });
    expect(card('talk').cell).toBeUndefined();
  });

  test('asking again for the current state changes nothing and notifies nobody', async () => {
    await act('live');
    let told = 0;
    rig.rooms.onChange(() => told++);
    expect((await act('live')).body.status).toBe('live');
    expect(told).toBe(0);
  });

  test.each([
    ['no link', () => undefined, 401, 'token-missing'],
    ['an altered link', () => `${token.slice(0, -3)}abc`, 401, 'token-invalid'],
    ['an expired link', () => link({}, -10), 401, 'token-expired'],
    ['the link of another room', () => link({ slug: 'other' as Grant['slug'] }), 403, 'token-other-room'],
    ['a speaker link', () => link({ role: 'speaker' }), 403, 'not-host'],
    ['the operator key where there is none', () => OPERATOR, 401, 'token-invalid'],
  ])('%s does not end the room', async (_, by, status, code) => {
    const answer = await ask('POST', '/api/rooms/talk/end', undefined, await by());
    expect(refusal(answer)).toEqual([status, code]);
    expect(card('talk').status).toBe('open');
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('a command that comes too late is told what to do instead', async () => {
    await act('live');
    const early = await act('cancel');
    expect(refusal(early)).toEqual([409, 'wrong-moment']);
    expect(early.body.detail).toContain('end it');
    await act('end');
    expect(refusal(await act('live'))).toEqual([410, 'room-ended']);
    expect(refusal(await ask('POST', '/api/rooms/nowhere/live', undefined, token))).toEqual([
      404,
      'room-unknown',
    ]);
  });

  test('invites are links for one place each; co-hosts invite speakers, not co-hosts', async () => {
    const ana = await ask('POST', '/api/rooms/talk/invites', { name: 'Ana' }, token);
    const bob = await ask('POST', '/api/rooms/talk/invites', { name: 'Bob', role: 'co-host' }, token);
    expect([ana.status, bob.status]).toEqual([201, 201]);
    expect(ana.body.url).toBe(`https://x.example/r/talk/studio#token=${ana.body.token}`);
    const grants = await Promise.all([ana, bob].map((a) => tokens.check(String(a.body.token), 'talk')));
    expect(grants).toMatchObject([
      { role: 'speaker', name: 'Ana', speaker: ana.body.speaker },
      { role: 'co-host', name: 'Bob', speaker: bob.body.speaker },
    ]);
    expect(ana.body.speaker).not.toBe(bob.body.speaker);
    const byBob = String(bob.body.token);
    expect((await ask('POST', '/api/rooms/talk/invites', undefined, byBob)).status).toBe(201);
    const more = await ask('POST', '/api/rooms/talk/invites', { role: 'co-host' }, byBob);
    expect(refusal(more)).toEqual([403, 'not-host']);
    expect((await act('live', byBob)).status).toBe(200);
    const host = await ask('POST', '/api/rooms/talk/invites', { role: 'host' }, token);
    expect(refusal(host)).toEqual([403, 'operator-only']);
  });

  test('the title and the cap can change at any time, the start only before the room opens', async () => {
    const changed = await ask('PATCH', '/api/rooms/talk', { title: 'Talks' }, token);
    expect(changed.body).toMatchObject({ slug: 'talk', title: 'Talks' });
    expect(refusal(await ask('PATCH', '/api/rooms/talk', { start: inMs(HOUR) }, token))).toEqual([
      409,
      'wrong-moment',
    ]);
    expect(refusal(await ask('PATCH', '/api/rooms/talk', {}, token))).toEqual([422, 'unprocessable']);
    expect((await ask('PATCH', '/api/rooms/talk', { cap: 2 }, token)).body).toMatchObject({
      cap: 2,
      title: 'Talks',
    });
    expect(card('talk').cap).toBe(2);
    for (const cap of [0, -1, 1.5, '2', 1e12])
      expect(refusal(await ask('PATCH', '/api/rooms/talk', { cap }, token))).toEqual([422, 'unprocessable']);
    await ask('PATCH', '/api/rooms/talk', { title: 'Talks again' }, token);
    expect(card('talk').cap).toBe(2);
    expect((await ask('PATCH', '/api/rooms/talk', { cap: null }, token)).body).not.toHaveProperty('cap');
    expect(card('talk')).not.toHaveProperty('cap');
    const later = await create({ title: 'Later', start: inMs(HOUR) });
    await ask('PATCH', '/api/rooms/later', { start: inMs(2 * HOUR) }, later.token);
    expect(card('later').clocks.scheduled).toBe(NOW + 2 * HOUR);
  });
});

describe('reading', () => {
  test('anyone reads a room and the list, newest first, by status', async () => {
    await create({ title: 'One' });
    rig.clock.advance(1);
    await create({ title: 'Two', start: inMs(HOUR) });
    const all = await ask('GET', '/api/rooms');
    expect((all.body.rooms as { slug: string }[]).map((r) => r.slug)).toEqual(['two', 'one']);
    const open = await ask('GET', '/api/rooms?status=open,live&limit=5');
    expect((open.body.rooms as { slug: string }[]).map((r) => r.slug)).toEqual(['one']);
    expect((await ask('GET', '/api/rooms/one')).body).toMatchObject({
      url: 'https://x.example/r/one',
      whip: 'https://x.example/r/one/whip',
      event: 'https://x.example/r/one/event.ics',
    });
    expect(refusal(await ask('GET', '/api/rooms?status=gone'))).toEqual([422, 'unprocessable']);
    expect(refusal(await ask('GET', '/api/rooms/nowhere'))).toEqual([404, 'room-unknown']);
  });

  test('nothing that anyone can read holds a token', async () => {
    const { token } = await create({ title: 'Quiet' });
    const read = await Promise.all(
      ['/api/rooms', '/api/rooms/quiet', '/r/quiet/event.ics'].map((p) => ask('GET', p)),
    );
    expect(JSON.stringify([read.map((r) => r.body), rig.rooms.cards()])).not.toContain(token.split('.')[2]);
  });

  test('without a public address links follow the request', async () => {
    await rig.restart({ publicUrl: undefined });
    expect((await create({ title: 'Here' })).studio).toMatch(/^http:\/\/door\.internal\/r\/here\/studio#/);
  });

  test('other methods and addresses are refused as such', async () => {
    const answer = await ask('DELETE', '/api/rooms');
    expect(refusal(answer)).toEqual([405, 'method-not-allowed']);
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD');
    expect(refusal(await ask('GET', '/api/nothing'))).toEqual([404, 'not-found']);
    expect(refusal(await ask('GET', '/api/rooms/%E0%A4%A'))).toEqual([404, 'room-unknown']);
  });

  test('the description names every address that is served', async () => {
    const { body } = await ask('GET', '/openapi.json');
    const paths = body.paths as Record<string, Record<string, unknown>>;
    await create({ title: 'Probe me' });
    for (const [path, entry] of Object.entries(paths)) {
      // Answered by the part about claims; see its own tests.
      if (/claims|notes/.test(path)) continue;
      for (const method of ['get', 'post', 'patch', 'put', 'delete']) {
        const answer = await ask(
          method.toUpperCase(),
          path.replace('{slug}', 'probe-me').replace('{id}', 'nobody'),
        );
        expect([path, method, answer.status !== 405]).toEqual([path, method, method in entry]);
      }
    }
    expect(Object.keys(paths)).toHaveLength(33);
  });
});
