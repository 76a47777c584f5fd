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

test('a room is private from the home page on, and a draft is there for others once it is announced', {
  timeout: 180_000,
}, async () => {
  const seen = async (slug: string): Promise<number> =>
    (await fetch(`${server.url}/r/${slug}`, { headers: { accept: 'text/html' } })).status;
  // The address of a private room has its key behind a `~`, which a stranger does not have.
  const slugOf = (url: string): string => new URL(url).pathname.split(/[/~]/)[2] ?? '';
  await using hosts = await startBrowser({ viewport: { width: 320, height: 800 } });

  const closed = await hosts.page(server.url);
  const form = closed.locator('#start form').first();
  const password = form.getByLabel('Password (optional)');
  await form.getByLabel('What is it about?').fill('Budget');
  await password.waitFor({ state: 'hidden' });
  await form.getByLabel('Who may come').selectOption('private');
  await password.fill('short');
  await form.getByRole('button', { name: 'Open the studio' }).click();
  await form.getByText('Use 6 to 200 characters, or leave it empty.').waitFor();
  await password.fill('correct horse');
  expect(await closed.evaluate('document.documentElement.scrollWidth')).toBe(320);
  await form.getByRole('button', { name: 'Open the studio' }).click();
  await closed.waitForURL(/\/studio(#|$)/);
  await closed.locator('.room-card').getByText('A password is set.').waitFor({ timeout: 60_000 });
  expect(await seen(slugOf(closed.url()))).toBe(404);

  // Without scripts: the form of the page as the server wrote it, as far as the studio, which needs them.
  await using plain = await startBrowser({ javaScript: false, locale: 'fr' });
  const page = await plain.page(server.url);
  await page.getByLabel('De quoi s’agit-il ?').fill('Assemblée');
  await page.getByLabel('Qui peut venir').selectOption('unlisted');
  await page.getByLabel('Enregistrer comme brouillon').check();
  await page.getByRole('button', { name: 'Ouvrir une salle' }).click();
  await page.waitForURL(/\/studio#token=/);
  const slug = slugOf(page.url());
  expect(await seen(slug)).toBe(404);

  const studio = await hosts.page(page.url());
  const card = studio.locator('.room-card');
  await card.getByText('This room is a draft: only its hosts see it.').waitFor({ timeout: 60_000 });
  expect(await card.getByLabel('Who may come').inputValue()).toBe('unlisted');
  await card.getByRole('button', { name: 'Announce it' }).click();
  await card.locator('[role=status]:has-text("Announced.")').waitFor();
  await card.getByText('This room is a draft').waitFor({ state: 'detached' });
  await expect.poll(() => seen(slug), { timeout: 60_000 }).toBe(200);
  const listed = await (await fetch(`${server.url}/rooms.json`)).text();
  expect(listed).not.toContain(slug);
});
