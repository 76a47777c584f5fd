import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { fetchConsent, readConsent } from './consent.ts';

const GOOD = { v: 1, until: 1, listeners: 5, rooms: ['*'], keyHash: 'a'.repeat(64) };

/** The result of a consent request that gets this answer. */
async function asked(status: number, body: string) {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await fetchConsent({ host: '127.0.0.1', port, tls: false, name: `localhost:${port}` });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('a consent that has disappeared is withdrawn; a server too busy to answer has withdrawn nothing', async () => {
  expect(await asked(200, JSON.stringify(GOOD))).toEqual(GOOD);
  expect(await asked(404, '')).toBeUndefined();
  expect(await asked(410, JSON.stringify(GOOD))).toBeUndefined();
  for (const status of [408, 429, 500, 503]) await expect(asked(status, ''), `${status}`).rejects.toThrow();
});

test.each([
  'null',
  '[]',
  '{',
  '"yes"',
  ...Object.entries({ v: 2, until: '2030', listeners: 1.5, rooms: '*', keyHash: 'abc' }).map(([key, value]) =>
    JSON.stringify({ ...GOOD, [key]: value }),
  ),
])('%s is no consent', (text) => {
  expect(readConsent(text)).toBeUndefined();
});
