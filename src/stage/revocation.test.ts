import { expect, test } from 'vitest';
import {
  act,
  ask,
  clock,
  code,
  connect,
  ear,
  events,
  microphone,
  room,
  sign,
  slug,
  tokens,
  useTheatre,
} from '../../test/theatre.ts';
import { until } from '../../test/webrtc.ts';
import type { SpeakerId } from '../base/ids.ts';
import { type Grant, LOCAL_GENERATION } from '../keys/token.ts';

useTheatre();

const link = (speaker: string, generation: number, role: Grant['role'] = 'speaker'): Promise<string> =>
  tokens.sign({ slug, speaker: speaker as SpeakerId, role, name: speaker, generation });
const read = (token: string) => ask('GET', '/r/theatre/backstage', token);
const MIC = [{ mid: '0', direction: 'SendOnly' as const, ssrc: 77 }];

test('somebody removed by the site loses everything here: microphone, monitor, backstage', async () => {
  await microphone('ana');
  await ear('ana');
  const page = await read(await sign('ana'));
  expect(page.status).toBe(200);
  room.revoke({ generation: 0, barred: ['ana'] });
  expect(room.people()).toEqual([]);
  expect(events).toContain('left ana');
  const lines = (await page.text()).trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({ kind: 'asked', what: 'leave' });
  await expect(connect('/r/theatre/whip', await sign('ana'), MIC)).rejects.toThrow(/403.*removed/);
  await expect(ear('ana')).rejects.toThrow(/403.*removed/);
  expect(await code(await read(await sign('ana')))).toBe('removed');
});

test('a revoked link gets no relay any more', async () => {
  const relays = async (token: string): Promise<string | null> => {
    const answers = [];
    for (const path of ['/r/theatre/whip', '/r/theatre/whep', '/r/theatre/whep/session'])
      answers.push((await ask('OPTIONS', path, token)).headers.get('link'));
    expect(new Set(answers.map((one) => one === null)).size).toBe(1);
    return answers[0] ?? null;
  };
  expect(await relays(await sign('eve'))).toContain('ice-server');
  room.revoke({ generation: 0, barred: ['eve'] });
  expect(await relays(await sign('eve'))).toBeNull();
  expect(await relays(await sign('guest'))).toContain('ice-server');
  room.revoke({ generation: 1, barred: [] });
  expect(await relays(await sign('guest'))).toBeNull();
  expect(await relays(await link('guest', 1))).toContain('ice-server');
});

test('a backstage listener can be removed, and the site is told until it confirms', async () => {
  await ear('spy');
  expect(await act(await sign('host', 'host'), { do: 'remove', who: 'spy' })).toBe(204);
  expect(events).toContain('removed spy');
  expect(room.unconfirmed).toEqual(['spy']);
  expect(await code(await read(await sign('spy')))).toBe('removed');
  room.revoke(undefined);
  expect(room.unconfirmed).toEqual(['spy']);
  room.revoke({ generation: 0, barred: ['spy'] });
  expect(room.unconfirmed).toEqual([]);
  expect(await code(await read(await sign('spy')))).toBe('removed');
});

test('new links end sessions of the old ones, except those of the host who made them', async () => {
  await microphone('host', {}, '', 'host');
  await microphone('guest');
  await ear('spy');
  const page = await read(await sign('guest'));
  room.revoke({ generation: 1, barred: [], spared: 'host' });
  expect(room.people().map(({ id }) => id)).toEqual(['host']);
  await page.text();
  expect(await code(await read(await sign('host', 'host')))).toBe('link-withdrawn');
  expect(await code(await read(await sign('guest')))).toBe('link-withdrawn');
  expect((await read(await link('host', 1, 'host'))).status).toBe(200);
  await connect('/r/theatre/whip', await link('guest', 1), MIC);
  await until('the guest is back', () => room.people().length === 2);
  // The same revocation arrives again for another reason; nobody who came since has to leave.
  room.revoke({ generation: 1, barred: ['somebody'], spared: 'host' });
  expect(room.people()).toHaveLength(2);
  clock.advance(100);
});

test("a host's session continues when it shows the new link; others with the old one are removed after half a minute", async () => {
  const mine = await ear('host');
  const thief = await ear('host');
  const page = await read(await sign('host', 'host'));
  room.revoke({ generation: 1, barred: [], spared: 'host' });
  const renewed = await link('host', 1, 'host');
  const show = async (client: { location: string }, token: string): Promise<number> =>
    (
      await ask('PATCH', client.location, token, 'a=end-of-candidates\r\n', {
        'content-type': 'application/trickle-ice-sdpfrag',
        'if-match': '*',
      })
    ).status;
  // The first does what the studio page does every three seconds; the second has only the old link.
  expect(await show(mine, renewed)).toBe(204);
  expect(await show(thief, await sign('host', 'host'))).toBe(204);
  const anew = await read(renewed);
  clock.advance(29_000);
  expect(await show(thief, await sign('host', 'host'))).toBe(204);
  clock.advance(1_100);
  await page.text();
  expect(await show(thief, await sign('host', 'host'))).toBe(404);
  expect(await show(mine, renewed)).toBe(204);
  await anew.body?.cancel();
});

test('while the account that hosts a room is suspended, host links from before it end, and no others', async () => {
  const account = '019adf00-0000-7000-8000-000000000001';
  await microphone('old', {}, '', 'host');
  await microphone('helper', {}, '', 'co-host');
  const ban = {
    ...{ id: 'b1', name: 'Zed', by: '', at: 1, speaker: account, role: 'operator' as const },
    ...{ reason: 'Fraud', notice: '/notice/abc', hostLinks: true as const },
  };
  room.revoke({ generation: 0, barred: [], bans: [ban] });
  expect(room.people().map(({ id }) => id)).toEqual(['helper']);
  const refused = await read(await link('old', 0, 'host'));
  expect(await refused.json()).toMatchObject({ code: 'banned', detail: expect.stringContaining('Fraud') });
  expect(await code(await read(await link('another', 0, 'host')))).toBe('banned');
  expect(await code(await read(await link(account, 0, 'host')))).toBe('banned');
  // Another account that hosts the room, a co-host, and whoever has this machine.
  const other = '019adf00-0000-7000-8000-000000000002';
  expect((await read(await link(other, 0, 'host'))).status).toBe(200);
  expect((await read(await link('late', 0, 'co-host'))).status).toBe(200);
  expect((await read(await link('operator', LOCAL_GENERATION, 'host'))).status).toBe(200);
  room.revoke({ generation: 0, barred: [] });
  expect((await read(await link('old', 0, 'host'))).status).toBe(200);
});
