/**
 * Images from the file to the tombstone, without scripts: a picture of somebody, a post with two images that are
 * described in a second step, what a stranger sees of it, and what is left when it is deleted.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'exifreader';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jpegOf, photoOf, pngOf } from '../test/images/made-images.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
let server: Server;
let wide: Browser;
let phone: Browser;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  wide = await startBrowser({ javaScript: false });
  phone = await startBrowser({ viewport: { width: 320, height: 640 } });
}, 180_000);
afterAll(async () => {
  await wide?.[Symbol.asyncDispose]();
  await phone?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const press = async (page: Page, button: string): Promise<void> => {
  await Promise.all([
    page.waitForNavigation(),
    page.getByRole('button', { name: button, exact: true }).first().click(),
  ]);
};
async function fill(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields))
    await page.getByLabel(label, { exact: true }).first().fill(value);
}
/** The files that are kept. */
const files = (): string[] =>
  readdirSync(join(server.data, 'images'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
const file = (name: string, bytes: Buffer): string => {
  const path = join(server.data, '..', `${name}-${process.pid}`);
  writeFileSync(path, bytes);
  return path;
};

test('a picture of somebody, and a post with two images that are described', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const ana = await wide.page(server.url + first);
  ana.setDefaultTimeout(60_000);
  await fill(ana, { 'Your name': 'Ana', 'E-mail address': 'ana@rooms.example', Password: PASSWORD });
  await press(ana, 'Make an account');
  if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
  await fill(ana, { 'E-mail address': 'ana@rooms.example', Password: PASSWORD });
  await press(ana, 'Sign in');
  await ana.goto(`${server.url}/compose`);
  await fill(ana, { 'Your address: /@…': 'ana' });
  await press(ana, 'Take this address');

  // A picture; a file that is none is refused in words, and nothing changes.
  await ana.goto(`${server.url}/@ana?show=edit`);
  await ana
    .getByLabel('Your picture')
    .setInputFiles(file('notes.jpg', Buffer.from('not an image at all, really')));
  await press(ana, 'Show this picture');
  expect(await ana.locator('[role=alert]').innerText()).toContain('not an image that can be read here');
  await ana.getByLabel('Your picture').setInputFiles(file('me.jpg', photoOf(600, 400)));
  await press(ana, 'Show this picture');
  const avatar = ana.locator('.face img.avatar');
  expect(await avatar.getAttribute('alt')).toBe('');
  expect(files().length).toBe(3);

  // Two images; the text is kept while they are described, and so is what was chosen.
  await ana.goto(`${server.url}/compose`);
  await fill(ana, { 'Your post': 'Two views of the hall' });
  await ana
    .getByLabel('Images')
    .setInputFiles([file('stage.jpg', photoOf(2_000, 1_200, 6)), file('seats.png', pngOf(640, 480))]);
  await press(ana, 'Post');
  expect(await ana.locator('[role=alert]').innerText()).toContain('Nothing has been posted yet');
  expect(await ana.getByLabel('Your post').inputValue()).toBe('Two views of the hall');
  await fill(ana, { 'What is to be seen on image 1': 'The stage from above' });
  await press(ana, 'Post');
  const path = new URL(ana.url()).pathname;
  expect(path).toMatch(/^\/@ana\/[a-z0-9]{10,11}$/);

  // A stranger on a phone.
  const stranger = await phone.page(server.url + path);
  stranger.setDefaultTimeout(60_000);
  const images = stranger.locator('.pictures img');
  // Those below the first screen come when one scrolls to them.
  for (const one of await images.all()) {
    await one.scrollIntoViewIfNeeded();
    await until('the image is there', async () =>
      one.evaluate((img) => (img as unknown as { naturalWidth: number }).naturalWidth > 0),
    );
  }
  expect(await images.evaluateAll((all) => all.map((one) => one.getAttribute('alt')))).toEqual([
    'The stage from above',
    '',
  ]);
  expect(await stranger.evaluate('document.documentElement.scrollWidth')).toBe(320);
  await stranger.getByText('ALT').first().click();
  expect(await stranger.locator('main').innerText()).toContain('The stage from above');
  const large = (await stranger.locator('.pictures a').first().getAttribute('href')) ?? '';
  const answer = await fetch(server.url + large);
  expect(answer.headers.get('content-type')).toBe('image/webp');
  expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const bytes = Buffer.from(await answer.arrayBuffer());
  // As its camera says, it stands upright; where it was taken is nobody's business.
  const told = load(bytes, { expanded: true });
  expect([told.gps, told.exif, told.xmp]).toEqual([undefined, undefined, undefined]);
  expect(await images.first().getAttribute('width')).toBe('960');
  expect(await images.first().getAttribute('height')).toBe('1600');

  // An edit takes one out; it stays in the history. A deletion takes all away.
  await ana.goto(`${server.url}${path}?show=edit`);
  await ana.getByLabel('Leave this image out').nth(1).check();
  await press(ana, 'Save');
  expect(await ana.locator('.post.main .pictures img').count()).toBe(1);
  await ana.goto(`${server.url}${path}?show=history`);
  expect(await ana.locator('.versions .pictures img').count()).toBe(3);
  const before = files().length;
  await ana.goto(`${server.url}${path}?show=delete`);
  await press(ana, 'Delete the post');
  expect(before).toBeGreaterThan(files().length);
  expect((await fetch(server.url + large)).status).toBe(404);
  expect(files().length).toBe(3);
  await ana.goto(`${server.url}/@ana?show=edit`);
  await press(ana, 'Take the picture away');
  expect(files()).toEqual([]);
}, 300_000);

test('what does not arrive as it should is refused in words, and leaves nothing', async () => {
  const bare = await fetch(`${server.url}/api/images`, {
    method: 'POST',
    body: new Uint8Array(jpegOf(20, 20)),
  });
  expect(bare.status).toBe(401);
  const long = await fetch(`${server.url}/api/images`, {
    method: 'POST',
    body: new Uint8Array(8_000_001),
  }).catch(() => ({ status: 413 }));
  expect(long.status).toBe(413);
  expect((await fetch(`${server.url}/_image/..%2f..%2fsecret`)).status).toBe(404);
  expect((await fetch(`${server.url}/_image/0123456789abcdef0123456789abcdef-800.webp`)).status).toBe(404);
  expect(files()).toEqual([]);
});
