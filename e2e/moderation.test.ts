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

test('a host reads a report beside the stage, takes the person off it with a reason, and takes that back; the log has all of it', async () => {
  const room = await server.room('Story night', '--host', 'Ana');
  const authorization = `Bearer ${room.token}`;
  const invites = await fetch(`${server.url}/api/rooms/${room.slug}/invites`, {
    ...{ method: 'POST', body: JSON.stringify({ role: 'speaker', name: 'Mona' }) },
    headers: { 'content-type': 'application/json', authorization },
  });
  const invited = (await invites.json()) as { url: string };
  const speaker = await stage.page(invited.url);
  speaker.setDefaultTimeout(60_000);
  await joinStage(speaker);
  let mona = '';
  await until('the form knows who is on stage', async () => {
    const form = await (await fetch(`${room.url}/report`)).text();
    mona = /value="person:([^"]+)"[^>]*>Mona</.exec(form)?.[1] ?? '';
    return mona !== '';
  });
  const sent = await fetch(`${server.url}/api/rooms/${room.slug}/reports`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ about: `person:${mona}`, reason: 'spam', words: 'She sells pills' }),
  });
  expect(sent.status).toBe(201);

  const studio = await stage.page(room.studio);
  studio.setDefaultTimeout(60_000);
  await joinStage(studio);
  const card = studio.getByRole('region', { name: 'Reports about this room' });
  const report = card.locator('[data-report]');
  await report.getByText('She sells pills').waitFor();
  expect(await report.innerText()).toMatch(/Advertising or fraud Mona/);
  await report.getByLabel('What is done').selectOption('remove');
  await report.getByLabel('For how long').selectOption('1h');
  await report.getByLabel(/^Reason/).fill('No advertising here');
  await report.getByRole('button', { name: 'Do it' }).click();
  await card.getByRole('link', { name: 'What the person concerned reads' }).first().waitFor();
  await until('the speaker is off the stage', async () => (await speaker.locator('.mute-key').count()) === 0);
  await card.getByText('Nobody has reported anything.').waitFor();

  await card.getByText('What was done in this room').click();
  await card.getByText('Removed from the stage').waitFor();
  const decided = card.locator('[data-decision]');
  expect(await decided.innerText()).toMatch(/Mona\s+No advertising here\s+a host · until /);
  await decided.locator('summary').click();
  await decided.getByLabel(/^Reason/).fill('We talked');
  await decided.getByRole('button', { name: 'Take it back' }).click();
  await card.getByText('Removed from the stage: taken back').waitFor();
  expect(await card.locator('.moderation-log li').allInnerTexts()).toEqual([
    expect.stringMatching(/taken back Mona\s+We talked/),
    expect.stringMatching(/^Removed from the stage Mona\s+No advertising here[\s\S]*a host Ana/),
  ]);
  await speaker.goto('about:blank');
  await speaker.goto(invited.url);
  await joinStage(speaker);
}, 120_000);
