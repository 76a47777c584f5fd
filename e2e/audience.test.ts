/** An evening of the audience: wait, hear, react, ask, vote, read what is pinned, and why a question was taken out. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { goLive, joinStage } from './rig/people.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

let server: Server;
let scripts: Browser;
let other: Browser;
let plain: Browser;
let room: MadeRoom;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  scripts = await startBrowser();
  other = await startBrowser({ viewport: { width: 320, height: 640 }, locale: 'fr-FR' });
  plain = await startBrowser({ javaScript: false, viewport: { width: 320, height: 640 } });
  const start = new Date(Date.now() + 7_200_000).toISOString();
  room = await server.room('Evening', '--host', 'Ana', '--start', start);
}, 180_000);
afterAll(async () => {
  for (const browser of [scripts, other, plain]) await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const api = (path: string, body: object = {}): Promise<Response> =>
  fetch(`${server.url}/api/rooms/${room.slug}/${path}`, {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${room.token}` },
  });
const says = (page: Page, what: RegExp): Promise<void> =>
  until(`the page says ${what}`, async () => what.test(await page.locator('main').innerText()), 30_000);
async function opened(browser: Browser, path = ''): Promise<Page> {
  const page = await browser.page(room.url + path);
  page.setDefaultTimeout(30_000);
  return page;
}

test('an evening of the audience, with scripts, in French at 320 px, and without scripts', async () => {
  // The page of a room that is not open becomes the player without being loaded again.
  const ear = await opened(scripts);
  await ear.evaluate('window.sameDocument = true');
  const early = await opened(plain);
  await says(ear, /Starts /);
  expect(await early.locator('main').innerText()).toContain('Starts ');
  expect((await api('open')).status).toBe(200);
  await says(ear, /The doors are open|Music until/);
  const host = await opened(scripts, new URL(room.studio).href.slice(room.url.length));
  await joinStage(host);
  await goLive(host);
  await ear.getByRole('button', { name: /^Listen/ }).click();
  await ear.waitForFunction(() =>
    [...document.querySelectorAll('audio')].some((a) => !a.paused && a.currentTime > 0),
  );
  await says(ear, /Live, /);
  expect(await ear.evaluate('window.sameDocument')).toBe(true);

  // React; everybody sees the sum.
  const near = await opened(other);
  await ear.locator('[data-reaction="applause"]').click();
  const counted = near.locator('[data-reaction="applause"] .reaction-count');
  await until('another page shows the sum', async () => (await counted.innerText()) === '1', 20_000);

  // Ask, and vote for it from another device.
  await ear.getByRole('button', { name: 'Ask a question' }).click();
  await ear.getByLabel('Your question').fill('Why now?');
  await ear.getByRole('button', { name: 'Ask', exact: true }).click();
  await says(ear, /Your question is in the list/);
  await near.getByRole('button', { name: 'Cela m’intéresse aussi' }).click();
  await says(ear, /1 vote/);

  // Without scripts the same list, the same words.
  const list = await opened(plain, '/questions');
  expect(await list.locator('main').innerText()).toMatch(/Why now\?\s+1 vote/);
  await list.getByLabel('Your question').fill('Are you a twerp?');
  await Promise.all([list.waitForNavigation(), list.getByRole('button', { name: 'Ask' }).click()]);
  expect(await list.locator('main').innerText()).toContain('Your question is in the list.');
  expect(await list.evaluate('document.documentElement.scrollWidth')).toBe(320);

  // The host answers one and pins a line with a link at this moment.
  const desk = host.getByRole('region', { name: 'Questions in text' });
  await desk.getByRole('button', { name: 'Answered: Why now?' }).click();
  await host.getByText('Pin a line for everybody').click();
  await host.locator('[name="pin-text"]').fill('The paper');
  await host.locator('[name="pin-link"]').fill('https://paper.example/a');
  await host.locator('.pin-form [type="submit"]').click();
  await says(ear, /Pinned by the host\s+The paper\s+paper\.example/);
  await says(near, /Épinglé par l’hôte\s+The paper/);
  await ear.getByText('Answered', { exact: true }).click();
  await says(ear, /Answered\s+Why now\?/);
  await early.reload();
  expect(await early.locator('main').innerText()).toMatch(/pinned: The paper/);

  // A question is reported from the page of listeners, taken out with a reason, and given back.
  await near.getByRole('link', { name: 'Signaler: Are you a twerp?' }).click();
  await near.getByLabel('Ce qui ne va pas').selectOption('harassment');
  await Promise.all([
    near.waitForNavigation(),
    near.getByRole('button', { name: 'Envoyer le signalement' }).click(),
  ]);
  const reported = (await (
    await fetch(`${server.url}/api/rooms/${room.slug}/reports`, {
      headers: { authorization: `Bearer ${room.token}` },
    })
  ).json()) as { reports: { id: string; name: string }[] };
  expect(reported.reports.map(({ name }) => name)).toEqual(['Are you a twerp?']);
  const decided = await api(`reports/${reported.reports[0]?.id}`, {
    ...{ choice: 'hide-question', reason: 'No insults' },
  });
  expect(decided.status).toBe(201);
  const { id } = (await decided.json()) as { id: string };
  await until('it is out of the list', async () => !(await ear.content()).includes('twerp'), 30_000);
  await list.goto(`${room.url}/questions`);
  expect(await list.locator('main').innerText()).toMatch(
    /taken out of the list: Are you a twerp\?\s+Reason: No insults/,
  );
  await list.getByRole('link', { name: /how to object/ }).click();
  expect(await list.locator('main').innerText()).toMatch(
    /Your question in “Evening”[\s\S]*twerp[\s\S]*No insults/,
  );

  expect((await api(`decisions/${id}/lift`, { reason: 'A quotation' })).status).toBe(204);
  await until('it is back', async () => (await ear.content()).includes('twerp'), 30_000);
}, 120_000);
