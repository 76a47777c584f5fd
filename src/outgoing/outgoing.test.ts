import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { allowedHosts, isPrivateAddress, open } from './index.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server on this machine; its port. */
async function serve(answer: (req: IncomingMessage, res: ServerResponse) => void): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
const here = { address: '127.0.0.1', family: 4 };

test('every way of writing an address of this machine or of a private network is known', () => {
  const inside = [
    ...['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0'],
    ...['224.0.0.1', '255.255.255.255', '192.88.99.1', '::1', '::', '::7f00:1', '::ffff:10.0.0.1'],
    ...['::ffff:7f00:1', '0:0:0:0:0:ffff:a00:1', 'fe80::1', 'fe80::1%eth0', 'fd00::1', 'fec0::1', 'ff02::1'],
    ...[
      '::ffff:0:7f00:1',
      '::ffff:0:10.0.0.1',
      '64:ff9b::a00:1',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2001:0:1::1',
      'nonsense',
      '',
    ],
  ];
  for (const one of inside) expect([one, isPrivateAddress(one)]).toEqual([one, true]);
  for (const one of [
    '1.1.1.1',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
  ])
    expect([one, isPrivateAddress(one)]).toEqual([one, false]);
});

test('addresses that nobody may have asked for are refused before anybody is asked', async () => {
  using way = open({ find: () => Promise.reject(new Error('nobody may be asked')) });
  for (const url of [
    ...[
      'http://push.example/',
      'ftp://push.example/',
      'file:///etc/passwd',
      'https://a:b@push.example/',
      'no',
    ],
    ...[
      'https://127.0.0.1/',
      'https://0x7f.1/',
      'https://2130706433/',
      'https://0177.0.0.1/',
      'https://[::1]/',
    ],
    ...[
      'https://[::ffff:127.0.0.1]/',
      'https://169.254.169.254/',
      'https://push.example:25/',
      'https://127.0.0.1./',
    ],
    ...['https://１２７.0.0.1/', 'https://push.example:6379/', 'https://[fe80::1]/'],
  ]) {
    const refused = way.refuses(url);
    // A port above 1023 is none of those that are refused.
    if (url.includes(':6379')) expect(refused).toBeUndefined();
    else {
      expect([url, refused]).toEqual([url, expect.any(String)]);
      expect(await way.fetch({ url })).toEqual({ refused, forGood: true });
    }
  }
});

test('what a name stands for is checked where the connection is made, whatever it stood for a moment before', async () => {
  let asked = 0;
  const port = await serve((_req, res) => {
    asked += 1;
    res.end('secret');
  });
  const turns = [[{ address: '198.41.0.4', family: 4 }], [here]];
  let looked = 0;
  // The first look is somebody else's: a check that is not the connection's own.
  const find = async () => turns[Math.min(looked++, 1)] ?? [];
  expect(await find()).toEqual([{ address: '198.41.0.4', family: 4 }]);
  using way = open({ find });
  const said = await way.fetch({ url: `http://rebinds.example:${port}/`, written: true });
  expect(said).toEqual({ refused: 'rebinds.example is an address of a private network', forGood: true });
  expect([asked, looked]).toEqual([0, 2]);
  // One that has both is refused as well: which of them is taken would be chance.
  using both = open({ find: async () => [{ address: '198.41.0.4', family: 4 }, here] });
  expect(await both.fetch({ url: `http://both.example:${port}/`, written: true })).toMatchObject({
    forGood: true,
  });
  expect(asked).toBe(0);
  using dotted = open();
  expect(await dotted.fetch({ url: `http://localhost.:${port}/` })).toMatchObject({ forGood: true });
  expect(asked).toBe(0);
});

test('what the operator allows is asked: a name, an address, a network, and nothing beside them', async () => {
  const port = await serve((_req, res) => res.end('fine'));
  using way = open({ allow: ['push.internal', '.lan', '127.0.0.0/8'], find: async () => [here] });
  for (const host of ['push.internal', 'a.lan', 'a.b.lan', '127.0.0.1'])
    expect(await way.fetch({ url: `http://${host}:${port}/` })).toMatchObject({ status: 200 });
  expect(way.refuses('http://notpush.internal/')).toBe('an address without TLS (https)');
  expect(way.refuses('http://lan/')).toBe('an address without TLS (https)');
  expect(way.refuses('https://10.0.0.1/')).toContain('private');
  for (const bad of ['10.0.0.0/33', 'a b', 'http://x', '*', '::1/129'])
    expect(() => allowedHosts([bad])).toThrow(RangeError);
});

test('redirects: three, each judged like the first, and what is private to one origin is not told to the next', async () => {
  const seen: (string | undefined)[] = [];
  const inside = await serve((_req, res) => res.end('secret'));
  const port = await serve((req, res) => {
    seen.push(req.headers.authorization);
    const to = new URL(req.url ?? '/', 'http://x').searchParams.get('to') ?? '/';
    res.writeHead(302, { location: to }).end();
  });
  using way = open({ allow: ['a.example', 'b.example'], find: async () => [here] });
  const ask = (to: string) =>
    way.fetch({
      ...{ url: `http://a.example:${port}/?to=${encodeURIComponent(to)}` },
      headers: { authorization: 'Bearer x' },
    });
  expect(await ask(`http://127.0.0.1:${inside}/`)).toMatchObject({ refused: expect.stringContaining('TLS') });
  expect(await ask(`https://127.0.0.1:${inside}/`)).toMatchObject({
    refused: expect.stringContaining('private'),
  });
  expect(await ask('https://c.example/')).toMatchObject({ refused: expect.stringContaining('private') });
  expect(await ask('gopher://a.example/')).toMatchObject({ refused: expect.stringContaining('gopher:') });
  seen.length = 0;
  expect(await ask('/?to=/')).toEqual({ refused: 'more than 3 redirects', forGood: true });
  expect(seen).toEqual(['Bearer x', 'Bearer x', 'Bearer x', 'Bearer x']);
  seen.length = 0;
  await ask(`http://b.example:${port}/?to=/`);
  expect(seen).toEqual(['Bearer x', undefined, undefined, undefined]);
  // Whoever wants none gets the answer itself.
  const one = await way.fetch({ url: `http://a.example:${port}/?to=/`, redirects: 0 });
  expect(one).toMatchObject({ status: 302 });
});

test('who does not answer, answers a byte at a time or without end, holds nobody and nothing', async () => {
  using way = open({ allow: ['127.0.0.1'] });
  const silent = await serve(() => undefined);
  const slow = await serve((_req, res) => {
    const timer = setInterval(() => res.write('x'), 100);
    res.on('close', () => clearInterval(timer));
  });
  let sent = 0;
  const endless = await serve((_req, res) => {
    const more = (): void => {
      while (!res.destroyed && res.write(Buffer.alloc(64_000))) sent += 64_000;
    };
    res.on('drain', more);
    more();
  });
  const ask = (port: number, reads = true) => way.fetch({ url: `http://127.0.0.1:${port}/`, reads });
  const late = { refused: 'no answer within 5 s', forGood: false };
  expect(await Promise.all([ask(silent), ask(slow), ask(slow, false)])).toEqual([late, late, late]);
  expect(await ask(endless)).toEqual({ refused: 'an answer of more than 1 MB', forGood: true });
  expect(sent).toBeLessThan(32_000_000);
  expect(await ask(endless, false)).toMatchObject({ status: 200 });
}, 30_000);

test('connections that are kept are used again, and were checked when they were made', async () => {
  const ports = new Set<number | undefined>();
  const port = await serve((req, res) => {
    ports.add(req.socket.remotePort);
    req.resume().on('end', () => res.writeHead(201).end());
  });
  using way = open({ allow: ['127.0.0.1'], kept: 2 });
  for (let i = 0; i < 20; i += 1) {
    const body = Buffer.alloc(1_000, i);
    expect(
      await way.fetch({ ...{ url: `http://127.0.0.1:${port}/`, method: 'POST' }, body, reads: false }),
    ).toMatchObject({ status: 201 });
  }
  expect(ports.size).toBe(1);
});
