/** The page that a browser shows when it reaches no server: it comes, it goes by itself, and it can be switched off. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { freePort, type Server, startServer, until } from './rig/server.ts';

const data = mkdtempSync(join(tmpdir(), 'earshot-offline-'));
const started = async (port: number, more: Record<string, string> = {}): Promise<Server> =>
  startServer({
    ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_DATA: data, EARSHOT_PORT: String(port) },
    ...more,
  });

let port: number;
let server: Server;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  port = await freePort();
  server = await started(port);
  browser = await startBrowser({ serviceWorkers: true });
}, 120_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(data, { recursive: true, force: true });
});

const controlled = (): Promise<unknown> =>
  page.waitForFunction(() => navigator.serviceWorker.controller !== null);
/** Every address of which this browser keeps an answer by script. */
const kept = (): Promise<string[]> =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const found = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return found.flat().map(({ url }) => new URL(url).pathname);
  });

test('without a connection a page of ours says so, and the one that was asked for follows by itself', async () => {
  const room = await server.room('Quiet');
  page = await browser.page(server.url);
  await controlled();
  await browser.context.setOffline(true);
  await page.goto(room.url);
  await page.getByRole('heading', { name: 'No connection to this server' }).waitFor();
  expect(await page.locator('section[lang=fr]').innerText()).toContain('Pas de connexion');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await browser.context.setOffline(false);
  await page.getByRole('heading', { name: 'Quiet' }).waitFor();
  // Sound passes by the worker, and nothing of the room is kept.
  await page.getByRole('button', { name: /^Listen/ }).click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('audio')].some((a) => !a.paused && a.currentTime > 1),
  );
  expect((await kept()).sort()).toEqual(['/_/offline.js', '/offline']);
});

test('an operator who switches it off is rid of it in browsers that have it', async () => {
  await page.goto(server.url);
  await controlled();
  await server[Symbol.asyncDispose]();
  await until('there is no connection', async () => {
    // The home page that the browser has may be shown for a second more.
    await page.goto(server.url);
    return page.getByRole('heading', { name: 'No connection to this server' }).isVisible();
  });
  server = await started(port, { EARSHOT_OFFLINE_PAGE: 'no' });
  await page.locator('#rooms').waitFor();
  // Nobody stays longer than a moment on any page: browsers themselves look for a new worker only when somebody does.
  await until('the worker is gone', async () => {
    await page.reload();
    return page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
  });
  expect(await kept()).toEqual([]);
});
