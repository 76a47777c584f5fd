import { expect, test } from 'vitest';
import { writeRtp } from '../src/stage/rtp/rtp.ts';
import type { RoomState } from '../src/wire/room.ts';
import { newSsrc, openClient } from '../test/webrtc.ts';
import { startServer, until } from './rig/server.ts';

/** Keeps the desk of a room open, as the studio's page does, until it is stopped. */
function deskOf(url: string, slug: string, token: string): AbortController {
  const stop = new AbortController();
  const read = async (): Promise<void> => {
    const { body } = await fetch(`${url}/r/${slug}/backstage`, {
      headers: { authorization: `Bearer ${token}`, accept: 'application/x-ndjson' },
      signal: stop.signal,
    });
    for await (const _ of body ?? []);
  };
  void read().catch(() => undefined);
  return stop;
}

/** A microphone on stage that sends something until it is closed. */
async function microphone(url: string, slug: string, token: string): Promise<Disposable> {
  const ssrc = newSsrc();
  const send = (request: Request) => fetch(new Request(url + new URL(request.url).pathname, request));
  const client = await openClient(send, `/r/${slug}/whip`, token, [
    { mid: '0', direction: 'SendOnly', ssrc, level: true },
  ]);
  expect(client.response.status, client.answer).toBe(201);
  await client.connected();
  let sequence = 0;
  const say = (): void => {
    sequence += 1;
    const about = { payloadType: 111, marker: false, levelId: 1, level: 25, ssrc };
    const at = { sequence: sequence & 0xffff, timestamp: (sequence * 9_600) >>> 0 };
    client.send(0, writeRtp({ ...about, ...at }, Uint8Array.from([0x78, 1, 7])));
  };
  const timer = setInterval(say, 200);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      client[Symbol.dispose]();
    },
  };
}

test('a host who vanishes is stood in for, the room is never ended, and they get it back', async () => {
  await using server = await startServer({ EARSHOT_CELLS: '1' });
  const { url } = server;
  const { slug, token } = await server.room('Vanishing');
  const ask = (method: string, path: string, by: string, body?: object) =>
    fetch(`${url}/api/rooms/${slug}${path}`, {
      method,
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const state = async () => (await (await fetch(`${url}/r/${slug}/state.json`)).json()) as RoomState;
  await ask('POST', '/live', token);
  const desk = deskOf(url, slug, token);
  const invited = await ask('POST', '/invites', token, { role: 'co-host', name: 'Bea' });
  const bea = (await invited.json()) as { token: string; speaker: string };
  const settings = () => ask('PATCH', '/settings', bea.token, { access: 'unlisted' });
  const stage = await microphone(url, slug, bea.token);
  try {
    await until('the co-host is on stage', async () =>
      (await state()).stage.some(({ connected }) => connected),
    );
    expect((await state()).hostGone).toBeUndefined();
    expect((await settings()).status).toBe(403);

    desk.abort();
    await until('the co-host stands in', async () => {
      const { hostGone } = await state();
      return hostGone ? hostGone.to?.name === 'Bea' : false;
    });
    await until('the site knows', async () => (await settings()).status === 200);

    const back = deskOf(url, slug, token);
    await until('the host has the room again', async () => (await state()).hostGone === undefined);
    await until('the site knows', async () => (await settings()).status === 403);
    back.abort();
  } finally {
    stage[Symbol.dispose]();
  }
  await until('nobody is left', async () => {
    const { hostGone } = await state();
    return hostGone ? hostGone.to === undefined : false;
  });
  expect((await state()).status).toBe('live');
  const page = await (await fetch(`${url}/r/${slug}`)).text();
  expect(page).toMatch(/The host’s connection ended on .+; the room stays open\./);
}, 240_000);
