/**
 * Images in the form of a post where scripts run: sent one by one with their progress, described, moved and taken out
 * before anything is posted; and what is said, with the text kept, when one is refused or the network or the server is gone.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { gifOf, jpegOf, photoOf, pngOf } from '../test/images/made-images.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';
import { send } from './rig/walked-server.ts';

const PASSWORD = 'seven quiet otters';
let server: Server;
let browser: Browser;
let ana: Page;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  browser = await startBrowser({ viewport: { width: 320, height: 700 } });
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  ana = await browser.page(server.url + first);
  ana.setDefaultTimeout(60_000);
  const known = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };
  await send(ana, 'Make an account', { 'Your name': 'Ana', ...known });
  if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
  await send(ana, 'Sign in', known);
  await ana.goto(`${server.url}/compose`);
  await send(ana, 'Take this address', { 'Your address: /@…': 'ana' });
}, 180_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});
afterEach(() => ana.unrouteAll({ behavior: 'ignoreErrors' }));

const file = (name: string, buffer: Buffer, mimeType = 'image/jpeg') => ({ name, mimeType, buffer });
const compose = async (text: string): Promise<void> => {
  await ana.goto(`${server.url}/compose`);
  await ana.getByLabel('Your post').fill(text);
};
const choose = (...files: ReturnType<typeof file>[]): Promise<void> =>
  ana.getByLabel('Images').setInputFiles(files);
const text = (): Promise<string> => ana.getByLabel('Your post').inputValue();
const rows = () => ana.locator('.chosen > li');
const there = (many: number): Promise<void> =>
  until(
    `${many} images are there`,
    async () => (await ana.locator('.chosen input[name=image]').count()) === many,
    150_000,
  );
const status = () => ana.locator('.image-fields > [role=status]');
const files = (): string[] =>
  readdirSync(join(server.data, 'images'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
/** What is posted, and the descriptions of its images in their order. */
async function posted(): Promise<(string | null)[]> {
  await Promise.all([
    ana.waitForURL(/\/@ana\/[a-z0-9]{10,11}$/),
    ana.getByRole('button', { name: 'Post', exact: true }).click(),
  ]);
  return ana
    .locator('.post.main .pictures img')
    .evaluateAll((all) => all.map((one) => one.getAttribute('alt')));
}

test('images are seen, described, moved and taken out before anything is posted, also by the keyboard', async () => {
  await compose('Three views');
  await choose(
    file('one.jpg', photoOf(900, 600)),
    file('two.png', pngOf(640, 480), 'image/png'),
    file('three.jpg', jpegOf(500, 700)),
  );
  // There is a picture, and a field for it, before the server has it.
  expect(await rows().count()).toBe(3);
  await ana.getByLabel('What is to be seen on image 1').fill('The first');
  await ana.getByLabel('What is to be seen on image 2').fill('The second');
  await ana.getByLabel('What is to be seen on image 3').fill('The third');
  await there(3);
  expect(
    await rows()
      .first()
      .locator('canvas')
      .evaluate((one) => (one as HTMLCanvasElement).width),
  ).toBeGreaterThan(100);
  expect(await ana.locator('.image-fields [role=status]').count()).toBe(1);
  expect(await status().innerText()).toMatch(/^Image \d is there/);
  const up = ana.getByRole('button', { name: 'Move up: image 3' });
  await up.focus();
  await ana.keyboard.press('Enter');
  expect(await status().innerText()).toBe('It is image 2 now.');
  expect(await ana.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
    'Move up: image 2',
  );
  expect(await ana.getByRole('button', { name: 'Move up: image 1' }).count()).toBe(0);
  await ana.getByRole('button', { name: 'Take out: image 1' }).click();
  expect(await ana.evaluate('document.documentElement.scrollWidth')).toBe(320);
  for (const button of await ana.locator('.chosen button:visible').all())
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  expect(await posted()).toEqual(['The third', 'The second']);
}, 240_000);

test('what does not fit is made smaller before it is sent; what is refused says why beside itself, and posts nothing', async () => {
  await compose('Large and wrong');
  // 30 megapixels: more than the server reads.
  await choose(file('large.jpg', jpegOf(6_000, 5_000)));
  await there(1);
  await choose(
    file('words.jpg', Buffer.from('no image at all, but long enough')),
    file('moving.gif', gifOf(3), 'image/gif'),
  );
  const bad = ana.locator('.chosen .bad');
  await until('both are refused', async () => (await bad.count()) === 2, 60_000);
  expect((await bad.allInnerTexts()).join()).toMatch(/words\.jpg: This file is not an image/);
  expect((await bad.allInnerTexts()).join()).toMatch(/moving\.gif: Moving pictures are not shown here/);
  await ana.getByRole('button', { name: 'Post', exact: true }).click();
  await until('it is said', async () => /nothing was posted/.test(await status().innerText()));
  expect(await text()).toBe('Large and wrong');
  await ana.getByRole('button', { name: /^Take out: image 3/ }).click();
  await ana.getByRole('button', { name: /^Take out: image 2/ }).click();
  await choose(file('large.jpg', jpegOf(6_000, 5_000)));
  await until('it is known', async () => /already/.test(await status().innerText()), 60_000);
  await choose(...[1, 2, 3, 4, 5].map((n) => file(`${n}.png`, pngOf(30 + n, 30), 'image/png')));
  expect(await status().innerText()).toContain('2 of those you chose were left out');
  await there(4);
  expect(await ana.getByLabel('Images').isVisible()).toBe(false);
  expect(await posted()).toHaveLength(4);
}, 180_000);

test('a connection that breaks off leaves the text and the other images, and one tries again', async () => {
  await compose('Through a tunnel');
  await ana.route('**/api/images', (route) => route.abort('connectionreset'));
  await choose(file('lost.jpg', jpegOf(300, 200)));
  const bad = ana.locator('.chosen .bad');
  await bad.waitFor();
  expect(await bad.innerText()).toContain('The connection broke off');
  // A cache in between that says no in no language of ours is no riddle either.
  await ana.unroute('**/api/images');
  await ana.route('**/api/images', (route) => route.fulfill({ status: 503, body: '<h1>Away</h1>' }));
  await ana.getByRole('button', { name: 'Try again' }).click();
  await until('it says so', async () => /in a minute/.test(await bad.innerText()));
  await ana.unroute('**/api/images');
  // The button waits for what is on its way.
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await ana.route('**/api/images', async (route) => {
    await held;
    await route.continue();
  });
  await ana.getByRole('button', { name: 'Try again' }).click();
  await ana.getByRole('button', { name: 'Post', exact: true }).click();
  await until('it waits', async () => /still on its way/.test(await status().innerText()));
  await browser.context.setOffline(true);
  release();
  await until('it is lost', async () => (await bad.count()) === 1);
  await ana.unroute('**/api/images');
  await ana.getByRole('button', { name: 'Take out: image 1' }).click();
  await ana.getByRole('button', { name: 'Post', exact: true }).click();
  await until('it is said', async () => /cannot be reached/.test(await status().innerText()));
  expect(await text()).toBe('Through a tunnel');
  await browser.context.setOffline(false);
  await choose(file('found.jpg', jpegOf(301, 200)));
  await there(1);
  expect(await posted()).toEqual(['']);
}, 180_000);

test('an upload that is taken out while it is sent leaves nothing', async () => {
  await compose('Changed my mind');
  const before = files().sort();
  const cdp = await browser.context.newCDPSession(ana);
  await cdp.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 40_000 },
  });
  await choose(file('slow.jpg', photoOf(3_000, 2_000)));
  const bar = rows().first().locator('progress');
  await until('some of it has left', async () => Number(await bar.getAttribute('value')) > 0, 60_000);
  expect(await rows().first().innerText()).toMatch(/slow\.jpg: \d+ %/);
  await ana.getByRole('button', { name: 'Take out: image 1' }).click();
  await cdp.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 },
  });
  expect(await rows().count()).toBe(0);
  expect(await status().innerText()).toBe('The image was taken out.');
  await choose(file('other.jpg', jpegOf(222, 200)));
  await there(1);
  // Two forms of the other one, and nothing of the first.
  expect(files().filter((name) => !before.includes(name)).length).toBe(1);
}, 180_000);

test('a picture of oneself is seen before it is shown, and a refusal stays beside it', async () => {
  await ana.goto(`${server.url}/@ana?show=edit`);
  const picture = ana.getByLabel('Your picture');
  await picture.setInputFiles(file('me.jpg', Buffer.from('no image at all')));
  await ana.getByRole('button', { name: 'Show this picture' }).click();
  await ana.locator('[role=status].bad').waitFor();
  expect(await ana.locator('[role=status].bad').innerText()).toContain('not an image');
  await picture.setInputFiles(file('me.jpg', photoOf(600, 400)));
  await ana.locator('canvas.avatar').waitFor();
  await Promise.all([
    ana.waitForURL(/\/@ana$/),
    ana.getByRole('button', { name: 'Show this picture' }).click(),
  ]);
  await ana.locator('.face img.avatar').waitFor();
}, 120_000);
