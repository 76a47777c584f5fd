/** A report without a script, the operator's desk, and what the person who is stopped reads. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { joinStage } from './rig/people.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
let server: Server;
let plain: Browser;
let stage: Browser;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  plain = await startBrowser({ javaScript: false, viewport: { width: 320, height: 640 } });
  stage = await startBrowser();
}, 180_000);
afterAll(async () => {
  await plain?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const text = (page: Page): Promise<string> => page.locator('main').innerText();
async function press(page: Page, name: string): Promise<void> {
  await Promise.all([
    page.waitForNavigation(),
    page.getByRole('button', { name, exact: true }).first().click(),
  ]);
}

test('a report is sent without a script, the desk bans with a reason, and everybody is told what it means for them', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const desk = await plain.page(server.url + first);
  desk.setDefaultTimeout(60_000);
  await desk.getByLabel('Your name').fill('Ana');
  await desk.getByLabel('E-mail address').fill('ana@rooms.example');
  await desk.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await press(desk, 'Make an account');
  await desk.getByLabel('E-mail address').fill('ana@rooms.example');
  await desk.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await press(desk, 'Sign in');

  const room = await server.room('Town hall');
  const api = (path: string, body: object, token = room.token): Promise<Response> =>
    fetch(`${server.url}/api/rooms/${room.slug}${path}`, {
      ...{ method: 'POST', body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    });
  const invited = (await (await api('/invites', { role: 'speaker', name: 'Max' })).json()) as { url: string };
  const speaker = await stage.page(invited.url);
  speaker.setDefaultTimeout(60_000);
  await joinStage(speaker);

  const reporter = await plain.page(`${server.url}/r/${room.slug}`);
  reporter.setDefaultTimeout(60_000);
  await reporter.getByRole('link', { name: 'Report something' }).click();
  await until('the form knows who is on stage', async () => {
    await reporter.goto(`${server.url}/r/${room.slug}/report`);
    return (await reporter.content()).includes('>Max<');
  });
  await reporter.getByLabel('What it is about').selectOption({ label: 'Max' });
  await reporter.getByLabel('What is wrong').selectOption('harassment');
  await reporter.getByLabel('In your own words').fill('He insults the guest');
  await press(reporter, 'Send the report');
  expect(await text(reporter)).toMatch(/has been received[\s\S]*not stored[\s\S]*Nobody has decided yet/);
  expect(await reporter.evaluate('document.documentElement.scrollWidth')).toBe(320);

  await desk.goto(`${server.url}/operate/reports`);
  expect(await text(desk)).toMatch(/insulted or harassed[\s\S]*Max[\s\S]*He insults the guest/);
  expect(await desk.evaluate('document.documentElement.scrollWidth')).toBe(320);
  await desk.getByLabel('What is done').selectOption('ban');
  await desk.getByLabel('Reason').first().fill('Insults');
  await desk.getByLabel('For how long').first().selectOption('1d');
  await press(desk, 'Do it');
  const notice = /\/notice\/\w+/.exec(await text(desk))?.[0] ?? '';

  await until('the speaker is off the stage', async () => (await speaker.locator('.mute-key').count()) === 0);
  await speaker.goto('about:blank');
  await speaker.goto(invited.url);
  await until('the speaker reads why', async () => (await speaker.content()).includes(notice));
  expect(await text(speaker)).toMatch(/operator of this server[\s\S]*Insults[\s\S]*Until 20/);

  const page = await plain.page(server.url + notice);
  page.setDefaultTimeout(60_000);
  expect(await text(page)).toMatch(/banned from the stage of “Town hall”[\s\S]*Insults[\s\S]*operator/);
  await page.getByLabel('Why it is wrong').fill('It was a quotation');
  await press(page, 'Send the objection');
  await desk.goto(`${server.url}/operate/reports`);
  expect(await text(desk)).toContain('It was a quotation');
  await reporter.reload();
  expect(await text(reporter)).toContain('banned from the stage');
  await desk.goto(`${server.url}/operate/audit`);
  expect(await text(desk)).toMatch(/object[\s\S]*ban[\s\S]*Insults/);
}, 180_000);
