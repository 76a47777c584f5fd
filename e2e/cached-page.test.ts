import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageHeaders } from '../src/door/answer/send.ts';
import { loadManifest, openPages } from '../src/door/index.ts';
import { type Delivery, deliveryAt } from '../src/wire/delivery.ts';
import type { QueueState } from '../src/wire/queue.ts';
import { type RoomCard, type RoomState, stateOfCard } from '../src/wire/room.ts';
import { openChromium } from './ear.ts';
import { DIST, TYPES } from './rig/built.ts';
import { until } from './rig/server.ts';
import { openToneServer, type ToneServer } from './tone-server.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
}, 60_000);
afterAll(() => browser?.close());

/**
 * A door and a cache in front, with delivery and queue under control of the test. `asked` lists all other requests,
 * with the prefix `cache` for those to the cache.
 */
interface House extends AsyncDisposable {
  readonly door: ToneServer;
  readonly asked: readonly string[];
  delivery: Delivery;
  admitted: number;
}

async function openHouse(level: number): Promise<House> {
  const asked: string[] = [];
  let house: House | undefined;
  const room = (): RoomState => ({
    ...stateOfCard(
      { slug: 'tone', title: 'One pure tone', hosts: ['Ana'], status: 'live', clocks: { opened: 1 } },
      Date.now(),
    ),
    studio: 'here',
    program: { carries: 'stage', since: 1 },
    streams: 600_000,
    ...(house ? { delivery: house.delivery } : {}),
  });
  const queue = (): QueueState => ({
    ...{
      v: 1,
      slug: 'tone',
      at: Date.now(),
      seq: 1,
      previous: '',
      start: 0,
      open: 2,
      perMinute: 60,
      free: 1,
    },
    admitted: { minute: house?.admitted ?? 0, rank: 1 },
    ...{ buckets: [{ minute: 1, tickets: 10, gone: 0 }], poll: 300 },
  });
  const json = (response: ServerResponse, value: unknown): void =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

  const cache = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(`cache ${path}`);
    response.setHeader('access-control-allow-origin', '*');
    if (path.endsWith('/state.json')) return json(response, room());
    const body = door.file(path.replace('/r/tone/live/', ''));
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  await new Promise<void>((resolve) => cache.listen(0, '127.0.0.1', resolve));
  const caches = [`http://127.0.0.1:${(cache.address() as AddressInfo).port}`];

  const pages = openPages({ manifest: await loadManifest(DIST) });
  const answer = (request: IncomingMessage, response: ServerResponse, { pathname }: URL): boolean => {
    if (pathname.startsWith('/_/')) {
      readFile(DIST + pathname.slice(2)).then(
        (bytes) =>
          response.writeHead(200, { 'content-type': TYPES[pathname.split('.').at(-1) ?? ''] }).end(bytes),
        () => response.writeHead(404).end(),
      );
      return true;
    }
    asked.push(`${request.method} ${pathname}`);
    if (pathname === '/r/tone')
      response.writeHead(200, pageHeaders(caches)).end(pages.room(room() as RoomCard, room()));
    else if (pathname === '/r/tone/state.json') json(response, room());
    else if (pathname === '/r/tone/queue.json') json(response, queue());
    else if (pathname === '/r/tone/ticket')
      json(response, {
        ticket: 'mine',
        page: '',
        minute: 1,
        rank: 2 ** 31,
        called: false,
        poll: 300,
        until: Date.now() + 600_000,
      });
    else return false;
    return true;
  };
  const door = await openToneServer(320, answer);
  // Pages poll often here, so that the test does not wait.
  const delivery = { ...deliveryAt(level, { period: 320, since: 0, why: 'egress' }), caches, poll: 300 };
  house = {
    ...{ door, asked, delivery, admitted: 0 },
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      cache.closeAllConnections();
      cache.close();
    },
  };
  return house;
}

async function listen({ door, asked }: House): Promise<Page> {
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  // A random number decides when in the next minute a listener moves up; here it is soon.
  await page.addInitScript(() => {
    Math.random = () => 0.03;
  });
  await page.goto(`${door.url}/r/tone`);
  await until('the page has read the state', async () => asked.includes('GET /r/tone/state.json'));
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  return page;
}
const says = (page: Page, words: RegExp) => page.locator('.sentence', { hasText: words }).waitFor();
const heardFor = (page: Page) => page.evaluate(() => document.querySelector('audio')?.currentTime ?? 0);

test('a listener who was sent to a cache leaves the doors alone, and is at the live edge within a minute of a place being free', async () => {
  await using house = await openHouse(2);
  const page = await listen(house);
  await says(page, /^3\d seconds behind/);
  expect(house.door.requests).toEqual([]);
  // The page reads the state where it hears the program. One more request to the door may have been in progress.
  const news = () => house.asked.filter((path) => path === 'cache /r/tone/state.json').length;
  const before = house.asked.filter((path) => path === 'GET /r/tone/state.json').length;
  const from = news();
  await until('news come from the cache', async () => news() > from + 4);
  expect(house.asked.filter((path) => path === 'GET /r/tone/state.json').length).toBeLessThanOrEqual(
    before + 1,
  );
  // Nobody queues: there is no place in line, and no request for one.
  expect(house.asked.filter((path) => /ticket|queue/.test(path))).toEqual([]);
  expect(await page.getByRole('region', { name: 'In line for the live edge' }).count()).toBe(0);

  const { caches = [] } = house.delivery;
  const late = await heardFor(page);
  house.delivery = { ...deliveryAt(0, { period: 320, since: 0 }), caches, poll: 300 };
  await says(page, /^Live, /);
  expect(house.door.requests.map(({ searchParams }) => searchParams.get('was'))).toEqual(['ring']);
  await until('the half minute is made up for', async () => (await heardFor(page)) > late + 20);
  const up = await heardFor(page);
  await until('it plays on', async () => (await heardFor(page)) > up + 1);
  const segments = () => house.asked.filter((path) => path.endsWith('.m4s')).length;
  const taken = segments();
  await until('and on', async () => (await heardFor(page)) > up + 2);
  expect(segments()).toBe(taken);
  await page.context().close();
}, 60_000);

test('a listener in the queue hears a cache meanwhile, and goes to a door with the ticket once it is called', async () => {
  await using house = await openHouse(6);
  const page = await listen(house);
  await page.getByRole('region', { name: 'In line for the live edge' }).waitFor();
  await page.getByText(/people are ahead of you/).waitFor();
  expect(house.door.requests).toEqual([]);
  house.admitted = 2;
  await says(page, /^Lower sound quality/);
  await until('a door serves them', async () => house.door.open === 1);
  expect(house.door.requests.map(({ searchParams }) => searchParams.get('ticket'))).toEqual(['mine']);
  await page.context().close();
}, 60_000);
