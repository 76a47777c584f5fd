/** Accounts from the first link to the last trace, in real browsers without scripts: nothing here needs one. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
const SECOND = 'eight brave badgers';
let server: Server;
let operator: Browser;
let guest: Browser;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  operator = await startBrowser({ javaScript: false });
  guest = await startBrowser({ javaScript: false, viewport: { width: 360, height: 740 } });
}, 90_000);
afterAll(async () => {
  await operator?.[Symbol.asyncDispose]();
  await guest?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Fills a form by its labels and presses its button. */
async function send(page: Page, fields: Record<string, string>, button: string): Promise<void> {
  const form = page.locator('form').filter({ has: page.getByRole('button', { name: button, exact: true }) });
  for (const [label, value] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(value);
  await Promise.all([
    page.waitForNavigation(),
    form.getByRole('button', { name: button, exact: true }).click(),
  ]);
}
const says = async (page: Page, text: string | RegExp): Promise<void> =>
  expect(await page.locator('main').innerText()).toMatch(text);
/** The link in the newest mail that waits, as the operator reads it. */
async function waitingLink(desk: Page, path: string): Promise<string> {
  const link = new RegExp(`http://[^\\s<]+/${path}\\?[^\\s<]+`);
  let found: string | undefined;
  // It is written down after the answer, so that the answer tells nothing by its time.
  await until(`a link to ${path} waits`, async () => {
    await desk.goto(`${server.url}/operate/accounts`);
    found = link.exec(await desk.content())?.[0];
    return found !== undefined;
  });
  return found ?? '';
}
const signIn = async (page: Page, email: string, password: string): Promise<void> => {
  await page.goto(`${server.url}/sign-in`);
  await send(page, { 'E-mail address': email, Password: password }, 'Sign in');
};

test('from the first link to erasure: operator, invitation, proof, new password, data, nothing left', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const desk = await operator.page(server.url + first);
  await says(desk, 'becomes its operator');
  await send(
    desk,
    { 'Your name': 'Ana', 'E-mail address': 'ana@rooms.example', Password: PASSWORD },
    'Make an account',
  );
  await says(desk, 'Your account is ready');
  await signIn(desk, 'ana@rooms.example', PASSWORD);
  await says(desk, /Ana · ana@rooms\.example · Role: operator/);
  // The link has done its work.
  expect((await desk.goto(server.url + first))?.status()).toBe(410);

  await desk.goto(`${server.url}/operate/accounts`);
  await send(desk, { 'E-mail address (empty: whoever has the link)': 'zoe@rooms.example' }, 'Invite');
  const invitation = await desk.locator('main code.secret').innerText();
  expect(invitation).toContain(`${server.url}/sign-up?invitation=`);

  const page = await guest.page(invitation);
  await says(page, 'You are invited to this server as host');
  await send(page, { 'Your name': 'Zoë', Password: PASSWORD }, 'Make an account');
  await says(page, 'its operator sees a link');
  const proof = await waitingLink(desk, 'verify-email');
  await signIn(page, 'zoe@rooms.example', PASSWORD);
  await says(page, 'not confirmed yet');
  // The new link replaces the first one.
  await until('a new link', async () => (await waitingLink(desk, 'verify-email')) !== proof);
  await page.goto(await waitingLink(desk, 'verify-email'));
  await send(page, { Password: PASSWORD }, 'Confirm');
  await says(page, 'Your address is confirmed');
  await says(page, /Zoë · zoe@rooms\.example · Role: host/);
  // Nothing is wider than a phone.
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  expect((await page.goto(`${server.url}/operate/accounts`))?.status()).toBe(403);

  await page.goto(`${server.url}/account`);
  await send(page, {}, 'Sign out');
  await page.goto(`${server.url}/account`);
  expect(page.url()).toBe(`${server.url}/sign-in`);
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await page.waitForURL('**/reset');
  await send(page, { 'E-mail address': 'zoe@rooms.example' }, 'Send the link');
  await page.goto(await waitingLink(desk, 'reset'));
  await send(page, { 'New password': SECOND }, 'Set the password');
  await says(page, 'Your new password is set');
  await signIn(page, 'zoe@rooms.example', PASSWORD);
  await says(page, 'do not match');
  await signIn(page, 'zoe@rooms.example', SECOND);
  await says(page, 'Where you are signed in');

  await send(page, { 'What it is for': 'jingles', 'Your password now': SECOND }, 'Make a token');
  await says(page, /ea_[\w-]{43}/);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download your data' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('earshot-account.json');
  await send(page, { 'Your password now': SECOND }, 'Erase for good');
  await says(page, 'Your account is erased');
  await signIn(page, 'zoe@rooms.example', SECOND);
  await says(page, 'do not match');
  await desk.goto(`${server.url}/operate/accounts`);
  expect(await desk.content()).not.toContain('zoe@rooms.example');
}, 240_000);
