import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from './rig/browser.ts';
import { type Server, startServer } from './rig/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer();
}, 120_000);
afterAll(() => server?.[Symbol.asyncDispose]());

test('a host says why it is late and closes the room in the studio; who waits reads it, and only guests come in', {
  timeout: 180_000,
}, async () => {
  const made = (await (
    await fetch(`${server.url}/api/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ title: 'Evening', host: 'Ana', slug: 'evening' },
        start: new Date(Date.now() + 3_600_000).toISOString(),
      }),
    })
  ).json()) as { token: string };
  await using hosts = await startBrowser({ viewport: { width: 1280, height: 900 } });
  await using guests = await startBrowser({ locale: 'fr' });
  const waiting = await guests.page(`${server.url}/r/evening`);
  const studio = await hosts.page(`${server.url}/r/evening/studio#token=${made.token}`);
  const card = studio.locator('.room-card');
  await card.waitFor({ timeout: 60_000 });
  const form = card.locator('form').first();
  await form.locator('input[dir=auto]').fill('The train stands still');
  await form.locator('textarea').fill('Where the money goes, and <b>who</b> decides it.');
  await form.locator('button[type=submit]').click();
  await card.locator('[role=status]:has-text("Saved")').waitFor();
  await waiting.waitForSelector('text=The train stands still', { timeout: 60_000 });
  await waiting.reload();
  await waiting.locator('.about:has-text("Where the money goes, and <b>who</b> decides it.")').waitFor();

  await form.locator('select').selectOption('private');
  await form.locator('button[type=submit]').click();
  await card.locator('[role=status]:has-text("Saved")').waitFor();
  await card.locator('button:has-text("Invite listeners")').click();
  await card.locator('button:has-text("Copy the link")').waitFor();
  if (process.env['SHOTS']) {
    await studio.screenshot({ path: `${process.env['SHOTS']}/wide.png`, fullPage: true });
    await studio.setViewportSize({ width: 320, height: 800 });
    await studio.emulateMedia({ colorScheme: 'dark' });
    await card.screenshot({ path: `${process.env['SHOTS']}/narrow.png` });
    await using french = await startBrowser({
      ...{ locale: 'fr', colorScheme: 'dark', viewport: { width: 320, height: 800 } },
    });
    const desk = await french.page(`${server.url}/r/evening/studio#token=${made.token}`);
    await desk.locator('.room-card').waitFor({ timeout: 60_000 });
    await desk.locator('.room-card').screenshot({ path: `${process.env['SHOTS']}/narrow-french.png` });
    await desk.locator('button.danger').first().click();
    await desk.locator('dialog').waitFor();
    await desk.screenshot({ path: `${process.env['SHOTS']}/cancel-french.png` });
    expect(await desk.evaluate('document.documentElement.scrollWidth')).toBe(320);
    const closed = await french.page(`${server.url}/r/evening`);
    await closed.screenshot({ path: `${process.env['SHOTS']}/closed-french.png`, fullPage: true });
  }
  const stranger = await fetch(`${server.url}/r/evening`, { headers: { accept: 'text/html' } });
  expect(stranger.status).toBe(404);

  // The studio of a room that is private from its first moment knows its state by its own key.
  await studio.reload();
  await card.locator('dd time').nth(1).waitFor({ timeout: 60_000 });
  expect(await studio.title()).toContain('Evening');
});
