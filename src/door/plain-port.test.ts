import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { LIMITS } from './limits.ts';
import { openPlainPort } from './plain-port.ts';

test('whoever has had more than their share is let go of before anything is looked at; a challenge counts as well', async () => {
  let left = 3;
  const asked: string[] = [];
  const server = openPlainPort({
    ...{ limits: LIMITS, port: () => 443, ready: () => true, ordinary: createServer() },
    challenge: async (token) => void asked.push(token),
    fetches: () => left-- > 0,
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
