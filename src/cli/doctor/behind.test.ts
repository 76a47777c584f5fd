import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { behind } from './behind.ts';

/** What a cache of a test does wrong. */
interface Faults {
  readonly cookie?: boolean;
  readonly forgets?: boolean;
  readonly wholeAddress?: boolean;
  readonly holdsBack?: boolean;
  readonly noHeaders?: boolean;
  readonly keepsAll?: boolean;
}

/** A small server that behaves like a cache in front of a room. */
async function cache(faults: Faults): Promise<AsyncDisposable & { readonly url: string }> {
  const seen = new Set<string>();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://cache');
    const key = faults.wholeAddress ? (request.url ?? '') : url.pathname;
    const hit = !faults.forgets && seen.has(key) && (faults.keepsAll || url.pathname !== '/healthz');
    seen.add(key);
    if (faults.cookie) response.setHeader('set-cookie', 'who=me');
    response.setHeader('x-cache', hit ? 'HIT' : 'MISS');
    if (!faults.noHeaders) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('cache-control', 'public, max-age=31536000, immutable');
    }
    if (url.pathname.endsWith('/stream')) {
      response.writeHead(200, { 'earshot-period': '320' });
      response.flushHeaders();
      let n = 0;
      const timer = setInterval(() => {
        n++;
        if (!faults.holdsBack || n % 8 === 0) response.write('sound');
      }, 320);
      response.on('close', () => clearInterval(timer));
    } else if (url.pathname.endsWith('.slow.m3u8')) response.end('#EXTM3U\nopus64/7.m4s\n');
    else if (url.pathname.endsWith('opus64.m3u8'))
      response.end(
        url.searchParams.has('_HLS_msn')
          ? '#EXT-X-PART:DURATION=0.64,URI="opus64/8.2.m4s"\n'
          : '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="opus64/8.2.m4s"\n',
      );
    else response.end('bytes');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/r/hall`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const badOf = async (faults: Faults): Promise<string[]> => {
  await using it = await cache(faults);
  return (await behind(it.url)).filter(({ state }) => state === 'bad').map(({ what }) => what);
};

test.concurrent.each<[string, Faults, string[]]>([
  ['as it should be', {}, []],
  ['that sets cookies', { cookie: true }, ['Cookies']],
  ['that keeps nothing', { forgets: true }, ['Segments are kept', 'Random query strings']],
  ['that takes each query for another object', { wholeAddress: true }, ['Random query strings']],
  ['that drops headers', { noHeaders: true }, ['Cache-Control of a segment', 'Other pages may read it']],
  ['that holds the stream back', { holdsBack: true }, ['The stream']],
  ['that keeps everything', { keepsAll: true }, ['Personal answers']],
])('a cache %s', async (_, faults, wrong) => {
  expect(await badOf(faults)).toEqual(wrong);
});

test('a server that is not there, and a room that is not on air, are reported', async () => {
  expect((await behind('http://127.0.0.1:9/r/hall'))[0]?.state).toBe('bad');
});
