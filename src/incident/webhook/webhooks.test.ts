import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { type WebhookEvent, Webhooks } from './webhooks.ts';

let server: Server | undefined;
afterEach(() => void server?.close().closeAllConnections());

const event = (id: string): WebhookEvent => ({
  ...{ v: 1, event: 'began', at: 0, id, label: 'CROWD', window: { from: 0 }, rooms: ['hall'] },
  ...{ sentences: ['One.'], url: `/incidents/${id}` },
});

/** A receiver that answers as `statuses` say, one after the other, and then 204. */
async function receiver(...statuses: number[]) {
  const got: { readonly signature: string; readonly event: string; readonly body: string }[] = [];
  server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    req.on('end', () => {
      const { 'earshot-signature': signature, 'earshot-event': name } = req.headers;
      got.push({ signature: String(signature), event: String(name), body });
      res.writeHead(statuses.shift() ?? 204).end();
    });
  });
  const listening = server;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?a=1` };
}
async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a real receiver gets each event once, in order, signed so that it can be checked', async () => {
  const clock = manualClock();
  const { got, url } = await receiver();
  using webhooks = new Webhooks({ clock, log: silentLog, urls: [url], key: 'secret' });
  for (const id of ['a', 'b', 'c']) webhooks.tell(event(id));
  await until(() => webhooks.counts.delivered === 3);
  expect(got.map(({ body }) => JSON.parse(body).id)).toEqual(['a', 'b', 'c']);
  for (const { signature, body } of got) {
    const [, seconds = '', hex] = /^t=(\d+),sha256=([0-9a-f]{64})$/.exec(signature) ?? [];
    expect(Number(seconds)).toBe(Math.floor(clock.wall() / 1000));
    expect(hex).toBe(createHmac('sha256', 'secret').update(`${seconds}.${body}`).digest('hex'));
  }
});

test('what is not taken is sent again with growing pauses, and given up after the last; then the next has its turn', async () => {
  const clock = manualClock();
  const { got, url } = await receiver(500, 503, 500, 500, 500, 500);
  using webhooks = new Webhooks({ clock, log: silentLog, urls: [url], key: 'k' });
  webhooks.tell(event('a'));
  webhooks.tell(event('b'));
  for (const [tries, pause] of [1_000, 5_000, 30_000, 120_000, 600_000].entries()) {
    await until(() => got.length === tries + 1);
    // Its answer may still be on the way: the pause begins then.
    await until(() => {
      clock.advance(0);
      return true;
    });
    await new Promise((resolve) => setTimeout(resolve, 30));
    clock.advance(pause - 1);
    expect(got).toHaveLength(tries + 1);
    clock.advance(1);
  }
  await until(() => webhooks.counts.delivered === 1);
  expect(got.map(({ body }) => JSON.parse(body).id)).toEqual(['a', 'a', 'a', 'a', 'a', 'a', 'b']);
  expect(webhooks.counts).toEqual({ delivered: 1, lost: 1 });
});

test('a receiver that is away makes nobody else wait, and what waits for it is bounded', async () => {
  const clock = manualClock();
  const { got, url } = await receiver();
  using webhooks = new Webhooks({
    ...{ clock, log: silentLog, key: 'k' },
    urls: ['http://192.0.2.1:9/never', url],
    post: async (post) =>
      post.url === url ? (await import('./pinned-post.ts')).pinnedPost(post) : { refused: 'away' },
  });
  for (let i = 0; i < 130; i += 1) webhooks.tell(event(String(i)));
  await until(() => got.length >= 100);
  expect(webhooks.counts.lost).toBeGreaterThanOrEqual(30);
});
