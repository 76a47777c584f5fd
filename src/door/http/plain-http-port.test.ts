import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { LIMITS } from '../limits.ts';
import { openPlainPort } from './plain-http-port.ts';

test('a radio is redirected to https by a status that old ones follow, everything else by one that keeps the method', async () => {
  const server = openPlainPort({
    ...{ limits: LIMITS, port: () => 443, ready: () => true, http: createServer() },
    ...{ challenge: async () => undefined, consume: () => true },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [path, status] of [
    ['/r/room/radio.mp3', 301],
    ['/r/room/radio.aac?x=1', 301],
    ['/r/room', 308],
    ['/r/room/live/main.m3u8', 308],
  ] as const) {
    const reply = await fetch(base + path, { redirect: 'manual' });
    expect([path, reply.status]).toEqual([path, status]);
    expect(reply.headers.get('location')).toBe(`https://127.0.0.1${path}`);
  }
  server.closeAllConnections();
  server.close();
});

test('a client over its share is closed before anything is parsed; a challenge counts as well', async () => {
  let left = 3;
  const asked: string[] = [];
  const server = openPlainPort({
    ...{ limits: LIMITS, port: () => 443, ready: () => true, http: createServer() },
    challenge: async (token) => void asked.push(token),
    consume: () => left-- > 0,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = async (path: string): Promise<number> =>
    fetch(base + path, { redirect: 'manual' }).then(
      ({ status }) => status,
      () => 0,
    );
  expect([await get('/r/room'), await get('/healthz')]).toEqual([308, 200]);
  expect(await get('/.well-known/acme-challenge/abc')).toBe(404);
  expect([await get('/r/room'), await get('/.well-known/acme-challenge/abd')]).toEqual([0, 0]);
  expect(asked).toEqual(['abc']);
  server.closeAllConnections();
  server.close();
});
