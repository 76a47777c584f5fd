import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { pinnedPost } from './pinned-post.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const post = (url: string) => pinnedPost({ url, headers: { 'x-a': 'b' }, body: '{"a":1}' });

test('an address that the operator wrote is sent to, with the body whole', async () => {
  let got = '';
  const url = await serve((req, res) => {
    req.setEncoding('utf8').on('data', (text: string) => {
      got += text;
    });
    req.on('end', () => res.writeHead(req.headers['x-a'] === 'b' ? 202 : 400).end('thanks'));
  });
  expect(await post(url)).toEqual({ status: 202 });
  expect(got).toBe('{"a":1}');
});

test('a redirect is followed with its body, but not into a private network, not for ever, and to nothing else', async () => {
  const inside = await serve((_req, res) => res.writeHead(200).end());
  const away = await serve((_req, res) => res.writeHead(307, { location: `${inside}/secret` }).end());
  // The first address was written by the operator; where it leads was not.
  expect(await post(away)).toMatchObject({ refused: expect.stringContaining('private network') });
  const file = await serve((_req, res) => res.writeHead(308, { location: 'file:///etc/passwd' }).end());
  expect(await post(file)).toMatchObject({ refused: expect.stringContaining('file:') });
});

test('who does not answer within 5 s, or answers without end, holds nobody', async () => {
  const silent = await serve(() => undefined);
  const began = performance.now();
  expect(await post(silent)).toEqual({ refused: 'no answer within 5 s' });
  expect(performance.now() - began).toBeLessThan(8_000);
  let sent = 0;
  const endless = await serve((_req, res) => {
    const more = (): void => {
      while (!res.destroyed && res.write(Buffer.alloc(64_000))) sent += 64_000;
    };
    res.on('drain', more);
    more();
  });
  expect(await post(endless)).toEqual({ status: 200 });
  expect(sent).toBeLessThan(16_000_000);
}, 20_000);

test('a name that nobody has, and a port where nobody listens, are told as such', async () => {
  expect(await post('http://nothing.invalid/')).toMatchObject({
    refused: expect.stringContaining('resolved'),
  });
  const url = await serve(() => undefined);
  servers.splice(0)[0]?.close();
  expect(await post(url)).toMatchObject({ refused: 'ECONNREFUSED' });
});

test('a name server that does not answer holds nobody longer than 5 s', async () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const sent = { url: 'http://slow.example/', headers: {}, body: '{}' };
  expect(await pinnedPost(sent, never)).toEqual({ refused: 'no answer within 5 s' });
}, 20_000);
