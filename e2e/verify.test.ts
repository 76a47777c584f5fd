import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGE_HEADERS } from '../src/door/answer/send.ts';
import { loadManifest, loadVerifyFiles, openPages } from '../src/door/index.ts';
import { verifier } from '../src/verifier/index.ts';
import { bundleOf, checkpointAt, eventOf } from '../test/bundle.ts';
import { openChromium } from './ear.ts';
import { DIST } from './rig/built.ts';

/** A two-hour event is checked within this. */
const LIMIT_MS = 2_000;

const event = eventOf({ witnesses: 2, rotations: [60] });
const bundle = bundleOf(event);
/** What is timed: each witness more is another signature under every checkpoint. */
const plain = eventOf();
const file = (text: string, name = 'town-hall.bundle') => ({
  ...{ name, mimeType: 'application/octet-stream' },
  buffer: Buffer.from(text),
});

let browser: Browser;
let server: Server;
let url = '';
let html = '';
let folder = '';
beforeAll(async () => {
  browser = await openChromium();
  folder = await mkdtemp(join(tmpdir(), 'earshot-verify-page-'));
  const manifest = await loadManifest(DIST);
  const pages = openPages({ manifest, verify: await loadVerifyFiles(DIST, manifest) });
  html = pages.verify('en');
  server = createServer((request, response) => {
    const policy = { 'content-security-policy': `${pages.verifyPolicy}; frame-ancestors 'self'` };
    if (request.url !== '/verify') return response.writeHead(404).end();
    const language = request.headers['accept-language']?.startsWith('fr') ? 'fr' : 'en';
    response.writeHead(200, { ...PAGE_HEADERS, ...policy }).end(pages.verify(language));
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/verify`;
}, 60_000);
afterAll(async () => {
  await browser?.close();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A page that is open and has no network any more. What it could not do or asked for is in `faults`. */
async function open(at: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    // The icon is no part of the page.
    if (message.type() === 'error' && !message.text().includes('404')) faults.push(message.text());
  });
  await page.goto(at);
  await page.locator('#bundle').waitFor({ state: 'attached' });
  await context.setOffline(true);
  return { page, faults };
}
const verdict = (page: Page) => page.locator('.result h2').textContent();

test('a two-hour event is checked in the browser without a network, within two seconds', async () => {
  const { page, faults } = await open(url);
  // The best of three: other work on this machine is not what is measured.
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    await page.evaluate(() => document.querySelector('.result')?.replaceChildren());
    const timed = file(bundleOf(plain));
    const began = performance.now();
    await page.locator('#bundle').setInputFiles(timed);
    await page.locator('.result h2').waitFor();
    best = Math.min(best, performance.now() - began);
    expect(await verdict(page)).toBe('✓ Everything holds.');
  }
  console.log(`a two-hour event of ${event.sizes.length} checkpoints: ${Math.round(best)} ms in Chromium`);
  expect(best).toBeLessThan(LIMIT_MS);
  await page.evaluate(() => document.querySelector('.result')?.replaceChildren());
  await page.locator('#bundle').setInputFiles(file(bundle));
  await page.locator('.result h2').waitFor();
  const text = await page.locator('.result').textContent();
  for (const part of [
    'Town hall “2024”',
    'witness.example/w2',
    `${event.log.length.toLocaleString('en')} entries`,
  ])
    expect(text).toContain(part);
  expect(faults).toEqual([]);
});

test('a two-hour event is checked in Node within two seconds', async () => {
  const timed = bundleOf(plain);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) {
    const began = performance.now();
    expect((await verifier.verify(new Blob([timed]))).findings).toEqual([]);
    best = Math.min(best, performance.now() - began);
  }
  console.log(`a two-hour event of ${event.sizes.length} checkpoints: ${Math.round(best)} ms in Node`);
  expect(best).toBeLessThan(LIMIT_MS);
});

test('the page shows the hash of the file that it runs, and hands that file out', async () => {
  const { page } = await open(url);
  const published = await readFile(new URL('../src/verifier/verifier.js', import.meta.url));
  const hash = createHash('sha256').update(published).digest('hex');
  await page.locator('#hash', { hasText: hash }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText('Save verifier.js').click(),
  ]);
  expect(await readFile(await download.path())).toEqual(published);
});

test('a changed bundle: dropped on the page, every finding has its entry and its reason', async () => {
  const { page, faults } = await open(url);
  const changed = bundle.replace('opened', 'openee');
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'x.bundle'));
    return data;
  }, changed);
  await page.locator('main').dispatchEvent('drop', { dataTransfer: dropped });
  await page.locator('.result h2').waitFor();
  expect(await verdict(page)).toBe('✗ This does not hold.');
  expect(await page.locator('.findings li').first().textContent()).toMatch(
    /^Entry 4 · The log does not have this entry/,
  );
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('result');
  expect(faults).toEqual([]);
});

test('pasted, with a checkpoint that was kept elsewhere, by keyboard alone', async () => {
  const { page } = await open(url);
  const size = event.sizes.at(-9) as number;
  const cut = {
    ...event,
    ours: event.ours.filter((index) => index < size),
    sizes: event.sizes.filter((one) => one <= size),
  };
  const small = eventOf({ minutes: 2 });
  for (const name of ['Paste it instead', 'Compare with something that you have kept']) {
    await page.getByText(name).focus();
    await page.keyboard.press('Enter');
  }
  await page.getByLabel('The text of the bundle').fill(bundleOf(small));
  await page.getByRole('button', { name: 'Check' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.result h2', { hasText: 'Everything holds' }).waitFor();
  await page.getByLabel('A checkpoint of the same log').fill(checkpointAt(event, event.log.length));
  await page.locator('#bundle').setInputFiles(file(bundleOf(cut)));
  await page.locator('.result h2', { hasText: 'does not hold' }).waitFor();
  expect(await page.locator('.findings').textContent()).toContain('the end is cut off');
});

test('a saved page works as a file, and is still not allowed to send anything', async () => {
  const path = join(folder, 'saved.html');
  await writeFile(path, html);
  const { page } = await open(`file://${path}`);
  await page.locator('#bundle').setInputFiles(file(bundle));
  await page.locator('.result h2').waitFor();
  expect(await verdict(page)).toBe('✓ Everything holds.');
  const asked = await page.evaluate(() =>
    fetch('https://example.com/').then(
      () => 'sent',
      () => 'refused',
    ),
  );
  expect(asked).toBe('refused');
  // As a browser writes down a page on which something was done.
  const again = join(folder, 'again.html');
  await writeFile(again, await page.content());
  const second = await open(`file://${again}`);
  await second.page.locator('#bundle').setInputFiles(file(bundle));
  await second.page.locator('.result h2').waitFor();
  expect(await second.page.locator('h1').count()).toBe(1);
});

test('in French, and back; what cannot be judged is said in words', async () => {
  const { page } = await open(url, { locale: 'fr-FR' });
  expect(await page.locator('h1').textContent()).toBe('Vérifier les chiffres d’une salle');
  await page.locator('#bundle').setInputFiles(file('bonjour'));
  await page.locator('.result h2').waitFor();
  expect(await page.locator('.result').textContent()).toContain('Ce n’est pas un dossier de preuves');
  await page.locator('#bundle').setInputFiles(file(bundle.replace('"v":1,"witn', '"v":2,"witn')));
  await page.locator('.findings', { hasText: 'version plus récente' }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  expect(await page.locator('h1').textContent()).toBe('Check the figures of a room');
});

test('on a phone nothing is wider than the screen, in the light and in the dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await open(url, { viewport: { width: 360, height: 740 }, colorScheme });
    await page.locator('#bundle').setInputFiles(file(bundle.replace('opened', 'openee')));
    await page.locator('.result h2').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBeLessThanOrEqual(360);
    if (process.env.EARSHOT_SHOTS)
      await page.screenshot({
        path: join(process.env.EARSHOT_SHOTS, `verify-${colorScheme}.png`),
        fullPage: true,
      });
  }
});
