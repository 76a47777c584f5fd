import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Door } from '../src/door/index.ts';
import { openTestDoor } from '../test/door.ts';
import { bundlePlayer, earPage, heard, listenIn, openChromium } from './ear.ts';
import { type Broadcast, broadcast } from './rig/broadcast.ts';
import { startCache } from './rig/caches.ts';
import { until } from './rig/server.ts';
import { beyond, countStops } from './rig/stops.ts';

let dir: string;
let air: Broadcast;
let door: Door;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-caches-player-'));
  air = await broadcast(dir, ['opus64', 'aac96'], { age: 22_000 });
  door = await openTestDoor(air.origin);
}, 60_000);
afterAll(async () => {
  await door?.[Symbol.asyncDispose]();
  await air?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

test('our player hears the delayed program through nginx, and without a gap through Varnish when nginx dies', async () => {
  await using doomed = await startCache('nginx', door.port);
  await using other = await startCache('varnish', door.port);
  const page = earPage(await bundlePlayer());
  const pages = createServer((request, response) => {
    if (!page(request.url ?? '', response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const browser = await openChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    // A random number chooses the first cache; this makes it nginx.
    await tab.evaluate(() => {
      Math.random = () => 0.3;
    });
    const fromCaches = { caches: [doomed.url, other.url], delay: 10_000 };
    await until('there are three segments', async () => {
      const list = await (await fetch(`http://127.0.0.1:${door.port}/r/room/live/opus64.slow.m3u8`)).text();
      return list.split('.m4s').length > 3;
    });
    await listenIn(tab, { slug: 'room', share: false, fromCaches });
    await tab.evaluate(() => (window as any).player.play());
    await until('it plays', () => tab.evaluate(() => (window as any).player.state === 'playing'));
    await sleep(1000);
    const stops = countStops();
    await heard(tab);
    await sleep(4000);
    await doomed[Symbol.asyncDispose]();
    await sleep(7000);
    const all = await heard(tab);
    expect(all.samples).toBeGreaterThan(9 * 48_000);
    const [ours, waits] = [beyond(all.gaps, stops()), beyond(all.stats.waits, stops())];
    expect([ours, waits, all.stats.jumps, all.stats.reconnects]).toEqual([0, 0, 0, 0]);
    // The tone is at half scale: a missing or repeated fragment makes a step of this order.
    expect(all.residual).toBeLessThan(0.1);
    expect(all.peak).toBeGreaterThan(0.4);
    // All of it came through the caches: the door has sent no stream.
    expect(Number(/stream_sent_bytes_total (\d+)/.exec(door.metrics())?.[1])).toBe(0);
  } finally {
    await browser.close();
    pages.closeAllConnections();
    pages.close();
  }
});
