/** A private room with a list of accounts, through the pages: who is not on it is told so, who is hears, who is removed does not. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
const GUEST = 'zoe@rooms.example';
let server: Server;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
}, 120_000);
afterAll(() => server?.[Symbol.asyncDispose]());

/** Sends a form as a page without scripts does. */
const form = (path: string, fields: Record<string, string>, cookie = ''): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) },
    headers: { cookie },
  });
/** An account of a member, made by the operator's invitation. */
async function makeAccount(email: string, name: string): Promise<void> {
  const first = /\/sign-up\?invitation=(\S+)/.exec(server.output())?.[1] ?? '';
  const own = { email: 'ana@rooms.example', password: PASSWORD };
  await form('/sign-up', { invitation: first, name: 'Ana', ...own });
  const cookie = (await form('/sign-in', own)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const made = await (
    await form('/operate/accounts', { act: 'invite', role: 'member', email }, cookie)
  ).text();
  const invitation = /\/sign-up\?invitation=([\w-]+)/.exec(made)?.[1] ?? '';
  await form('/sign-up', { invitation, name, email, password: PASSWORD });
  let token: string | undefined;
  await until('the link that confirms the address waits', async () => {
    const desk = await (await fetch(`${server.url}/operate/accounts`, { headers: { cookie } })).text();
    token = /\/verify-email\?token=([\w-]+)/.exec(desk)?.[1];
    return token !== undefined;
  });
  expect((await form('/verify-email', { token: token ?? '', email, password: PASSWORD })).status).toBe(303);
}

test('an account that is added in the studio signs in at the room’s address and hears it; removed, it is outside', {
  timeout: 180_000,
}, async () => {
  await makeAccount(GUEST, 'Zoë');
  const made = (await (
    await fetch(`${server.url}/api/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Zephyrine', host: 'Ana', slug: 'board', access: 'private' }),
    })
  ).json()) as { token: string };
  await using hosts = await startBrowser();
  await using guests = await startBrowser({ viewport: { width: 320, height: 700 } });
  const guest = await guests.page(`${server.url}/r/board`);
  const byAccount = guest.getByRole('button', { name: 'Enter with your account' });
  await byAccount.click();
  await guest.waitForURL('**/sign-in?next=/r/board');
  await guest.getByLabel('E-mail address').fill(GUEST);
  await guest.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await guest.getByRole('button', { name: 'Sign in', exact: true }).click();
  // Back where they came from, and told why it does not open.
  await guest.waitForURL('**/r/board');
  await guest.getByText('Your account is not on the list of a room at this address').waitFor();
  expect(await guest.content()).not.toContain('Zephyrine');
  expect(await guest.evaluate('document.documentElement.scrollWidth')).toBe(320);

  const studio = await hosts.page(`${server.url}/r/board/studio#token=${made.token}`);
  const list = studio.getByRole('region', { name: 'Guests by account' });
  await list.getByLabel('E-mail address or name of their account').fill(GUEST);
  await list.getByRole('button', { name: 'Add' }).click();
  await list.getByRole('listitem').getByText(GUEST).waitFor();
  if (process.env['SHOTS']) {
    await studio.locator('.room-card').screenshot({ path: `${process.env['SHOTS']}/room-card.png` });
    await guest.screenshot({ path: `${process.env['SHOTS']}/closed.png`, fullPage: true });
  }

  await byAccount.click();
  await guest.waitForSelector('h1:has-text("Zephyrine")', { timeout: 60_000 });
  expect(new URL(guest.url()).pathname).toBe('/r/board');
  await guest.getByRole('button', { name: /^Listen/ }).click();
  await until(
    'it is heard',
    () =>
      guest.evaluate(() =>
        [...document.querySelectorAll('audio')].some((a) => !a.paused && a.currentTime > 0.5),
      ),
    60_000,
  );

  await list.getByRole('button', { name: `Remove: ${GUEST}` }).click();
  await list.getByText('Removed.').waitFor();
  await guest.waitForSelector('#closed', { timeout: 60_000 });
  await guest.getByText('Your account is not on the list of a room at this address').waitFor();
});
