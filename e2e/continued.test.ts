import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startBrowser } from './rig/browser.ts';
import { startServer, until } from './rig/server.ts';

/** True while the page's sound runs on. */
const plays = (page: Page): Promise<boolean> =>
  page.evaluate(async () => {
    const audio = document.querySelector('audio');
    const before = audio?.currentTime ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 500));
    return audio !== null && !audio.paused && audio.currentTime > before;
  });

test('a host leads the room on in the studio: whoever listens hears the other room without a tap, old pages lead on', {
  timeout: 300_000,
}, async () => {
  await using server = await startServer({ EARSHOT_CELLS: '1' });
  const [one, two] = [await server.room('First evening'), await server.room('Second evening')];
  await using browser = await startBrowser({ autoplay: false, viewport: { width: 1280, height: 900 } });
  const page = await browser.page(`${server.url}/r/${one.slug}`);
  await page.locator('.talk button').first().click();
  await until('the first room is heard', () => plays(page), 60_000);

  const studio = await browser.page(`${server.url}/r/${one.slug}/studio#token=${one.token}`);
  const card = studio.locator('.room-card');
  await card.locator('summary').click({ timeout: 60_000 });
  await card.locator('details input').fill(`${server.url}/r/${two.slug}/studio#token=${two.token}`);
  if (process.env['SHOTS']) await card.screenshot({ path: `${process.env['SHOTS']}/continue.png` });
  await card.locator('details button').click();
  await card.locator('[role=status]:has-text("being led")').waitFor({ timeout: 60_000 });

  await page.waitForURL(`**/r/${two.slug}`, { timeout: 60_000 });
  await page.locator('h1:has-text("Second evening")').waitFor({ timeout: 60_000 });
  await until('the second room is heard', () => plays(page), 60_000);
  expect(await page.locator('a:has-text("First evening")').getAttribute('href')).toBe(`/r/${one.slug}#here`);
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/carried.png` });

  const old = await browser.page(`${server.url}/r/${one.slug}`);
  await old.waitForURL(`**/r/${two.slug}`, { timeout: 60_000 });
  const plain = await (await fetch(`${server.url}/r/${one.slug}`)).text();
  expect(plain).toContain(`The conversation goes on in <a href="/r/${two.slug}">`);
});

test('listeners of a private room are carried into the private room that continues it, by what let them into the first', {
  timeout: 300_000,
}, async () => {
  await using server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  const post = async (path: string, body: object, token?: string): Promise<Response> =>
    fetch(`${server.url}${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
  const start = async (slug: string, more: object): Promise<{ token: string }> =>
    (await (await post('/api/rooms', { title: slug, slug, access: 'private', ...more })).json()) as never;
  const one = await start('first-board', { password: 'correct horse' });
  const two = await start('second-board', {});
  await using browser = await startBrowser({ autoplay: false });
  const page = await browser.page(`${server.url}/r/first-board`);
  await page.fill('#password', 'correct horse');
  await page.click('form.start button');
  await page.locator('h1:has-text("first-board")').waitFor({ timeout: 60_000 });
  await page.locator('.talk button').first().click();
  await until('the first room is heard', () => plays(page), 60_000);
  const led = await post(
    '/api/rooms/first-board/continue',
    { by: 'second-board', link: two.token },
    one.token,
  );
  expect(led.status).toBe(200);
  await page.waitForURL('**/r/second-board', { timeout: 60_000 });
  await page.locator('h1:has-text("second-board")').waitFor({ timeout: 60_000 });
  await until('the second room is heard', () => plays(page), 60_000);
  // The key of the second is void, and they come in again by what let them into the first.
  expect((await post('/api/rooms/first-board/keys/renew', {}, one.token)).status).toBe(200);
  await page.reload();
  await page.locator('h1:has-text("second-board")').waitFor({ timeout: 60_000 });
  expect((await fetch(`${server.url}/r/second-board`)).status).toBe(404);
});
