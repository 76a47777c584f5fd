/**
 * The people of a room from the first link to the last trace, by the pages alone: an account, a room announced, a late
 * beginning, a hand that is taken, a clip, the replay, a stretch left out, and the account erased. On both databases.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Postgres, startPostgres } from '../test/contract/postgres.ts';
import { smtpServer } from '../test/smtp.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { detect } from './rig/detector.ts';
import { endRoom, goLive, joinStage } from './rig/people.ts';
import { freePort, type Server, startServer, until } from './rig/server.ts';
import { bursts, writeWav } from './rig/sound.ts';

const PASSWORD = 'seven quiet otters';
/** The tone of whoever raises a hand. */
const GUEST_TONE = 2400;
/** Long enough for everything that a page waits for on a disturbed machine. */
const PATIENCE = 60_000;

let folder: string;
let mail: Awaited<ReturnType<typeof smtpServer>>;
let hosts: Browser;
let guests: Browser;
let ears: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-people-'));
  writeWav(join(folder, 'host.wav'), bursts(60));
  writeWav(join(folder, 'guest.wav'), bursts(60, GUEST_TONE));
  mail = await smtpServer();
  [hosts, guests, ears] = await Promise.all([
    startBrowser({ microphone: join(folder, 'host.wav'), plainMicrophone: true }),
    startBrowser({
      microphone: join(folder, 'guest.wav'),
      plainMicrophone: true,
      viewport: { width: 390, height: 800 },
    }),
    startBrowser(),
  ]);
  for (const { context } of [hosts, guests, ears]) context.setDefaultTimeout(PATIENCE);
}, 120_000);
afterAll(async () => {
  for (const browser of [hosts, guests, ears]) await browser?.[Symbol.asyncDispose]();
  await mail?.close();
  rmSync(folder, { recursive: true, force: true });
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
/** The link to a page in the newest mail for somebody. */
async function linkFor(email: string, path: string): Promise<string> {
  const link = new RegExp(`http://\\S+/${path}\\?\\S+`);
  let found: string | undefined;
  await until(`a link to ${path} for ${email}`, () => {
    found = mail.received.findLast(({ to, text }) => to === `<${email}>` && link.test(text))?.text;
    return found !== undefined;
  });
  return link.exec(found ?? '')?.[0] ?? '';
}
/** A moment so many ms from now as a field for local times takes it, to the second. */
const local = (ms: number): string => {
  const at = new Date(Date.now() + ms);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
};

/** Opens a room's page as a listener who presses Listen. */
async function listen(browser: Browser, url: string): Promise<Page> {
  const page = await browser.page(url);
  await page.getByRole('button', { name: /^Listen/ }).click();
  return page;
}

/** One server and everybody's way through it. Each has an address of its own, so that the browsers keep them apart. */
async function journey(server: Server, domain: string): Promise<void> {
  const ana = `ana@${domain}`;
  const began = Date.now();
  const step = (what: string): void => console.log(`${domain}: ${what} ${Date.now() - began}`);

  // Whoever started the server becomes its operator, and invites a host by mail.
  const first = (): string => /\/sign-up\?invitation=\S+/.exec(server.output())?.[0] ?? '';
  await until('the first link', () => first() !== '');
  const desk = await ears.page(server.url + first());
  const operator = { 'E-mail address': `op@${domain}`, Password: PASSWORD };
  await send(desk, { 'Your name': 'Olga', ...operator }, 'Make an account');
  await send(desk, operator, 'Sign in');
  await desk.getByRole('link', { name: 'Accounts and invitations of this server' }).click();
  await send(desk, { 'E-mail address (empty: whoever has the link)': ana }, 'Invite');
  step('sign up');
  const page = await hosts.page(await linkFor(ana, 'sign-up'));
  await send(page, { 'Your name': 'Ana', Password: PASSWORD }, 'Make an account');
  await page.goto(await linkFor(ana, 'verify-email'));
  await send(page, {}, 'Confirm');
  await send(page, { 'E-mail address': ana, Password: PASSWORD }, 'Sign in');
  await page.getByText(`Ana · ${ana}`).waitFor();

  step('schedule');
  await page.getByRole('link', { name: 'Start a room' }).click();
  await page.getByLabel('What is it about?').fill('Town hall');
  await page.getByLabel('Your name').fill('Ana');
  await page.getByLabel(/^When/).fill(local(3_600_000));
  await page.getByRole('button', { name: 'Schedule it' }).click();
  const announced = page.locator('.scheduled');
  await announced.getByRole('button', { name: 'Copy public link' }).waitFor();
  await announced.getByRole('link', { name: 'Open the studio' }).click();
  await page.waitForURL(/\/studio/);
  const room = `${server.url}/r/${new URL(page.url()).pathname.split('/')[2]}`;
  const aside = page.locator('.room-card');

  step('invite');
  await page.getByLabel('Their name (optional)').fill('Ben');
  await page.getByRole('button', { name: 'Make a link' }).click();
  await page.getByLabel(/^Link for “.*Ben/).waitFor();

  step('wait');
  const guest = await guests.page(room);
  await guest.getByText(/^Starts /).waitFor();

  step('late, with the host’s reason');
  await page.getByRole('button', { name: 'Change title or time…' }).click();
  await page.getByRole('dialog').getByLabel('Start', { exact: true }).fill(local(4_000));
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  // It opens by itself: the page that waited becomes the player.
  await guest.getByRole('button', { name: /^Listen/ }).waitFor();
  await aside.getByLabel(/^Why it begins late/).fill('The train stands still');
  await aside.getByRole('button', { name: 'Save' }).click();
  await guest.getByText('The train stands still').waitFor();
  await guest.getByRole('button', { name: /^Listen/ }).click();

  step('live');
  await joinStage(page);
  await goLive(page);
  const ear = await listen(ears, room);
  const program = await detect(ear, 'element', { name: 'host' });
  const guestHeard = await detect(ear, 'element', { name: 'guest', tone: GUEST_TONE });
  await until('the host is heard', async () => (await program()).onsets.length > 1, PATIENCE);
  await guest.getByText('The train stands still').waitFor({ state: 'hidden' });

  step('hand up');
  await guest.getByRole('button', { name: 'Raise a hand' }).click();
  await guest.getByLabel('Your name').fill('Zoe');
  await guest.getByLabel('What do you want').fill('The budget');
  await guest.keyboard.press('Enter');
  await guest.getByText('you are the next one').waitFor();
  await page.locator('.hand', { hasText: 'The budget' }).waitFor();
  expect((await guestHeard()).onsets).toEqual([]);

  step('on stage');
  await page.getByRole('button', { name: 'On stage: Zoe' }).press('Enter');
  await guest.getByText('You are on stage').waitFor();
  await until('the guest is heard', async () => (await guestHeard()).onsets.length > 1, PATIENCE);

  step('clip');
  const moments = page.locator('.moments');
  await moments.getByLabel('What is it about?').fill('On the budget');
  await moments.getByRole('button', { name: 'Clip what was just said' }).click();
  const clip = moments.getByRole('link', { name: 'Open: On the budget' });
  await clip.waitFor();
  const clipAt = new URL((await clip.getAttribute('href')) ?? '', room).href;
  await until('the clip has its sound', async () => (await fetch(`${clipAt}.m4a`)).ok, PATIENCE);

  step('end');
  await endRoom(page);
  await guest.getByText(/^Ended at/).waitFor();

  step('replay');
  await ear.goto(clipAt);
  await ear.getByRole('link', { name: 'Town hall' }).click();
  await ear.getByRole('button', { name: /^Play/ }).first().click();
  const again = await detect(ear, 'element', { name: 'again' });
  await until('the replay sounds', async () => (await again()).peak > 0.05, PATIENCE);

  step('trim');
  const recording = page.locator('.recording-desk');
  await recording.getByLabel('From', { exact: true }).fill('0:02');
  await recording.getByLabel('To', { exact: true }).fill('0:05');
  await recording.getByLabel('What is it about?').fill('A phone rang');
  await recording.getByRole('button', { name: 'Leave it out' }).press('Enter');
  await recording.getByRole('button', { name: 'Put it back: A phone rang' }).waitFor();
  await ear.reload();
  await ear.getByText('A phone rang').waitFor();
  await ear.getByText(/Ana/).first().waitFor();

  step('erase the account');
  await page.goto(server.url);
  await page.getByRole('link', { name: 'Your account' }).first().click();
  await page.getByRole('link', { name: 'Town hall' }).waitFor();
  await send(page, { 'Your password now': PASSWORD }, 'Erase for good');
  await page.getByText('Your account is erased').waitFor();
  await ear.reload();
  await ear.getByText('A host of this room has erased their account').waitFor();
  expect(await ear.locator('main').innerText()).not.toMatch(/with Ana/);
  await desk.goto(`${server.url}/operate/accounts`);
  expect(await desk.content()).not.toContain(ana);
  for (const one of [page, guest, ear, desk]) await one.close();
}

interface Place {
  readonly name: string;
  readonly address: string;
  database?: Postgres;
  server?: Server;
}
const places: Place[] = [
  { name: 'SQLite', address: '127.0.0.1' },
  { name: 'PostgreSQL', address: '127.0.0.2' },
];

describe('the journey of a room’s people', () => {
  beforeAll(async () => {
    await Promise.all(
      places.map(async (place) => {
        if (place.name === 'PostgreSQL') place.database = await startPostgres();
        const port = String(await freePort());
        place.server = await startServer(
          {
            ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_PORT: port },
            ...{ EARSHOT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`, EARSHOT_ROOMS_CREATE: 'hosts' },
            EARSHOT_OPEN_LEAD: '0s',
            EARSHOT_PUBLIC_URL: `http://${place.address}:${port}`,
            ...(place.database ? { EARSHOT_DATABASE: place.database.url } : {}),
          },
          [],
          place.address,
        );
      }),
    );
  }, 120_000);
  afterAll(async () => {
    for (const { server, database } of places) {
      await server?.[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
    }
  });

  test.concurrent.each(places)(
    'on $name',
    async (place) => {
      await journey(place.server as Server, `${place.name.toLowerCase()}.example`).catch(async (error) => {
        for (const [i, b] of [hosts, guests, ears].entries())
          for (const [k, p] of b.context.pages().entries())
            await p.screenshot({ path: `/tmp/shots/fail-${place.name}-${i}-${k}.png`, fullPage: true }).then(
              () => console.log(i, k, p.url()),
              () => {},
            );
        throw error;
      });
    },
    480_000,
  );
});
