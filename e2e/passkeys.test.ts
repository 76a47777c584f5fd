/** A passkey and a room of one's own in a real browser, with Chromium's virtual authenticator. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
let server: Server;
let browser: Browser;
let base: string;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  browser = await startBrowser({ viewport: { width: 360, height: 740 } });
  // A passkey belongs to a name: no number is one.
  base = server.url.replace('127.0.0.1', 'localhost');
}, 150_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

async function send(page: Page, fields: Record<string, string>, name: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name, exact: true }) });
  for (const [label, value] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(value);
  await Promise.all([page.waitForNavigation(), form.getByRole('button', { name, exact: true }).click()]);
}

test('a passkey is added and signs in; a room made by link is kept in the account and opens without its link', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const page = await browser.page(base + first);
  const session = await browser.context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  const entry = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };
  await send(page, { 'Your name': 'Ana', ...entry }, 'Make an account');
  await page.goto(`${base}/sign-in`);
  await send(page, entry, 'Sign in');
  await page.getByLabel('Where the passkey is kept').fill('Laptop');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.waitForURL('**/account?told=passkey');
  expect(await page.locator('main').innerText()).toContain('Laptop');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  await send(page, {}, 'Sign out');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.waitForURL('**/account');
  expect(await page.locator('main').innerText()).toContain('ana@rooms.example');

  const room = await server.room('Old friends');
  const link = room.studio.replace('127.0.0.1', 'localhost');
  await send(page, { 'A host’s link of a room': link }, 'Add the room to the account');
  expect(await page.locator('main').innerText()).toContain('Old friends');
  await send(page, {}, 'Open the studio: Old friends');
  expect(page.url()).toContain('/r/old-friends/studio');
  await page
    .getByRole('button', { name: /join|come on stage|test/i })
    .first()
    .waitFor();
  // Another window has no link: the account opens it.
  const other = await browser.page(`${base}/r/old-friends/studio`);
  await other
    .getByRole('button', { name: /join|come on stage|test/i })
    .first()
    .waitFor();
  expect(await other.evaluate('sessionStorage.getItem("earshot-token-old-friends")')).toContain('.');

  await page.goto(`${base}/account`);
  await send(page, {}, 'Remove: Laptop');
  expect(await page.locator('main').innerText()).not.toContain('Laptop');
}, 150_000);
