/**
 * Posts from the first to the tombstone, without scripts and on a phone: an address is chosen, a card is live while its
 * room is, somebody follows, answers and quotes; then the post is edited, deleted, and its quote says so.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
let server: Server;
let wide: Browser;
let phone: Browser;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  wide = await startBrowser({ javaScript: false });
  phone = await startBrowser({ javaScript: false, viewport: { width: 320, height: 640 } });
}, 180_000);
afterAll(async () => {
  await wide?.[Symbol.asyncDispose]();
  await phone?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** Fills a form by its labels and presses its button. */
async function send(page: Page, fields: Record<string, string>, button: string): Promise<void> {
  const form = page
    .locator('form')
    .filter({ has: page.getByRole('button', { name: button, exact: true }) })
    .first();
  for (const [label, value] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(value);
  await Promise.all([
    page.waitForNavigation(),
    form.getByRole('button', { name: button, exact: true }).click(),
  ]);
}
const text = (page: Page): Promise<string> => page.locator('main').innerText();

/** An account by the link of an invitation, signed in. */
async function signUp(page: Page, link: string, name: string, email: string): Promise<void> {
  await page.goto(link);
  const fields = { 'Your name': name, 'E-mail address': email, Password: PASSWORD };
  await send(page, fields, 'Make an account');
  if (!page.url().includes('/sign-in')) await page.goto(`${server.url}/sign-in`);
  await send(page, { 'E-mail address': email, Password: PASSWORD }, 'Sign in');
}
/** Nothing is wider than a phone. */
const fits = async (page: Page): Promise<void> =>
  expect(await page.evaluate('document.documentElement.scrollWidth'), page.url()).toBe(320);

test('from the first post to the tombstone in a quote, without scripts', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const ana = await wide.page(server.url);
  ana.setDefaultTimeout(60_000);
  await signUp(ana, server.url + first, 'Ana', 'ana@rooms.example');
  const room = await server.room('Town hall');

  // Whoever writes chooses an address; one that is taken or strange is refused in words.
  await ana.goto(`${server.url}/compose`);
  await send(ana, { 'Your address: /@…': 'admin' }, 'Take this address');
  expect(await text(ana)).toContain('would be taken for the server itself');
  await send(ana, { 'Your address: /@…': 'Ana' }, 'Take this address');
  expect(new URL(ana.url()).pathname).toBe('/@ana');

  await ana.goto(`${server.url}/compose`);
  const said = `Tonight: ${server.url}/r/${room.slug} <b>be there</b> #Städte מה שלומך`;
  await send(ana, { 'Your post': said }, 'Post');
  const post = new URL(ana.url()).pathname;
  expect(post).toMatch(/^\/@ana\/[a-z0-9]{10,11}$/);
  expect(await text(ana)).toContain('<b>be there</b>');

  // Somebody else, on a phone.
  await ana.goto(`${server.url}/operate/accounts`);
  await send(ana, { 'E-mail address (empty: whoever has the link)': 'bo@rooms.example' }, 'Invite');
  const invitation = await ana.locator('main code.secret').innerText();
  const bo = await phone.page(invitation);
  bo.setDefaultTimeout(60_000);
  await send(bo, { 'Your name': 'Bo', Password: PASSWORD }, 'Make an account');
  let proof: string | undefined;
  await until('a link to confirm the address waits', async () => {
    await ana.goto(`${server.url}/operate/accounts`);
    proof = /http:\/\/[^\s<]+\/verify-email\?[^\s<]+/.exec(await ana.content())?.[0];
    return proof !== undefined;
  });
  await bo.goto(proof ?? '');
  await send(bo, { Password: PASSWORD }, 'Confirm');
  await bo.goto(`${server.url}/compose`);
  await send(bo, { 'Your address: /@…': 'bo' }, 'Take this address');
  await bo.goto(`${server.url}/@ana`);
  await send(bo, {}, 'Follow');
  expect(await text(bo)).toContain('1 follower');
  await fits(bo);
  await bo.goto(`${server.url}/following`);
  expect(await text(bo)).toMatch(/Tonight:[\s\S]*Town hall/);
  await fits(bo);
  // A like comes back to the same place of the same page.
  await Promise.all([bo.waitForNavigation(), bo.getByRole('button', { name: /^Like,/ }).click()]);
  expect(bo.url()).toBe(`${server.url}/following#p-${post.split('/')[2]}`);
  expect(await text(bo)).toContain('1 like');

  await bo.goto(server.url + post);
  await send(bo, { 'Your answer': 'I come, @ana' }, 'Answer');
  expect(await text(bo)).toMatch(/Answers[\s\S]*I come, @ana/);
  await bo.goto(`${server.url}${post}?show=quote`);
  await send(bo, { 'What you say about it': 'Listen to this' }, 'Post');
  const quote = new URL(bo.url()).pathname;
  expect(await text(bo)).toMatch(/Listen to this[\s\S]*Tonight/);
  await fits(bo);

  // It is found without its accents, by everybody.
  await bo.goto(`${server.url}/search?q=stadte`);
  expect(await text(bo)).toContain('be there');
  await bo.goto(`${server.url}/search?q=town&kind=rooms`);
  expect(await text(bo)).toContain('Town hall');
  await fits(bo);

  await ana.goto(`${server.url}${post}?show=edit`);
  await send(ana, { 'Your post': 'Tomorrow, not tonight' }, 'Save');
  await ana.goto(`${server.url}${post}?show=history`);
  expect(await text(ana)).toMatch(/Tomorrow, not tonight[\s\S]*Version 1[\s\S]*Tonight:/);

  await ana.goto(`${server.url}${post}?show=delete`);
  await send(ana, { 'Why (if you like)': 'It was called off' }, 'Delete the post');
  expect(await text(ana)).toMatch(/Deleted by its author on[\s\S]*It was called off/);
  expect((await bo.goto(server.url + post))?.status()).toBe(410);
  await bo.goto(server.url + quote);
  expect(await text(bo)).toMatch(/Listen to this[\s\S]*Deleted by its author on[\s\S]*It was called off/);
  expect(await bo.content()).not.toContain('not tonight');
  await bo.goto(`${server.url}/following`);
  expect(await text(bo)).toContain('Deleted by its author on');
  expect((await bo.goto(`${server.url}/search?q=tomorrow`))?.status()).toBe(200);
  expect(await text(bo)).toContain('Nothing was found');
}, 240_000);
