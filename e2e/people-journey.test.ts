/**
 * The people of a room from the first link to the last trace, by the pages alone: an account, a room announced, a late
 * beginning, a hand that is taken, a clip, the replay, a stretch left out, and the account erased. On both databases.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '../test/contract/postgres.ts';
import { smtpServer } from '../test/smtp.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { detect } from './rig/detector.ts';
import { raiseByForm } from './rig/hands.ts';
import { endRoom, goLive, joinStage } from './rig/people.ts';
import { freePort, type Server, startServer, until } from './rig/server.ts';
import { bursts, writeSpeech, writeWav } from './rig/sound.ts';

const PASSWORD = 'seven quiet otters';
/** What the host says, over and over. */
const SPEECH =
  'Good evening from the town hall. We begin with the budget of the coming year, and what it leaves for the library. Then it is your turn: raise a hand, say your name, and ask whatever you want to know.';
/** The tone of whoever raises a hand: there is next to nothing of it in the speech. */
const GUEST_TONE = 6400;
/** The line about the host; marks of direction stand around a name. */
const HOSTED = /with \W?Ana/;
/** Long enough for everything that a page waits for on a disturbed machine. */
const PATIENCE = 120_000;
const LIMIT = 600_000;

let folder: string;
let mail: Awaited<ReturnType<typeof smtpServer>>;
let hosts: Browser;
let guests: Browser;
let ears: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-people-'));
  writeSpeech(join(folder, 'host.wav'), SPEECH);
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

/** Everybody's way through one server. */
interface Walk {
  readonly server: Server;
  /** Of everybody's e-mail address. */
  readonly domain: string;
  /** Called with what is done next. */
  step(what: string): void;
}
/** The pages of a room that was announced. */
interface Announced {
  /** The operator's. */
  readonly desk: Page;
  /** The host's studio. */
  readonly host: Page;
  /** Of a listener with a microphone. */
  readonly guest: Page;
  /** Address of the room. */
  readonly room: string;
}

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

/** From nothing to a room that a guest waits for. */
async function announce({ server, domain, step }: Walk): Promise<Announced> {
  const ana = `ana@${domain}`;
  step('sign up');
  // Whoever started the server becomes its operator, and invites a host by mail.
  const first = (): string => /\/sign-up\?invitation=\S+/.exec(server.output())?.[0] ?? '';
  await until('the first link', () => first() !== '');
  const desk = await ears.page(server.url + first());
  const operator = { 'E-mail address': `op@${domain}`, Password: PASSWORD };
  await send(desk, { 'Your name': 'Olga', ...operator }, 'Make an account');
  await send(desk, operator, 'Sign in');
  await desk.getByRole('link', { name: 'Accounts and invitations of this server' }).click();
  await send(desk, { 'E-mail address (empty: whoever has the link)': ana }, 'Invite');
  const host = await hosts.page(await linkFor(ana, 'sign-up'));
  await send(host, { 'Your name': 'Ana', Password: PASSWORD }, 'Make an account');
  await host.goto(await linkFor(ana, 'verify-email'));
  await send(host, { Password: PASSWORD }, 'Confirm');
  await host.getByText(`Ana · ${ana}`).waitFor();

  step('schedule');
  await host.getByRole('link', { name: 'Start a room' }).click();
  await host.getByLabel('What is it about?').fill('Town hall');
  await host.getByLabel('Your name').fill('Ana');
  await host.getByLabel(/^When/).fill(local(3_600_000));
  await host.getByRole('button', { name: 'Schedule it' }).click();
  const announced = host.locator('.scheduled');
  await announced.getByRole('button', { name: 'Copy public link' }).waitFor();
  await announced.getByRole('link', { name: 'Open the studio' }).click();
  await host.waitForURL(/\/studio/);
  const room = `${server.url}/r/${new URL(host.url()).pathname.split('/')[2]}`;

  step('invite');
  await host.getByLabel('Their name (optional)').fill('Ben');
  await host.getByRole('button', { name: 'Make a link' }).click();
  await host.getByLabel(/^Link for “.*Ben/).waitFor();

  step('wait');
  const guest = await guests.page(room);
  await guest.getByText(/^Starts /).waitFor();
  return { desk, host, guest, room };
}

/** The evening itself, to its end. Returns the page of a listener, and the address of a clip. */
async function perform(
  { step }: Walk,
  { host, guest, room }: Announced,
): Promise<{ readonly ear: Page; readonly clipAt: string }> {
  step('late, with the host’s reason');
  await host.getByRole('button', { name: 'Change title or time…' }).click();
  await host.getByRole('dialog').getByLabel('Start', { exact: true }).fill(local(4_000));
  await host.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  // It opens by itself: the page that waited becomes the player.
  await guest.getByRole('button', { name: /^Listen/ }).waitFor();
  const card = host.locator('.room-card');
  await card.getByLabel(/^Why it begins late/).fill('The train stands still');
  await card.getByRole('button', { name: 'Save' }).click();
  await guest.getByText('The train stands still').waitFor();
  await guest.getByRole('button', { name: /^Listen/ }).click();

  step('live');
  await joinStage(host);
  await goLive(host);
  const ear = await ears.page(room);
  await ear.getByRole('button', { name: /^Listen/ }).click();
  const heard = await detect(ear, 'element', { tone: GUEST_TONE, threshold: 0.15 });
  await until('the host is heard', async () => (await heard()).peak > 0.05, PATIENCE);
  await guest.getByText('The train stands still').waitFor({ state: 'hidden' });

  step('hand up');
  await raiseByForm(guest, 'Zoe', 'The budget');
  await host.locator('.hand', { hasText: 'The budget' }).waitFor();
  expect((await heard()).onsets).toEqual([]);

  step('on stage');
  await host.getByRole('button', { name: 'On stage: Zoe' }).press('Enter');
  await guest.getByText('You are on stage').waitFor();
  await until('the guest is heard', async () => (await heard()).onsets.length > 1, PATIENCE);

  step('clip');
  const moments = host.locator('.moments');
  await moments.getByLabel('What is it about?').fill('On the budget');
  await moments.getByRole('button', { name: 'Clip what was just said' }).click();
  const clip = moments.getByRole('link', { name: 'Open: On the budget' });
  await clip.waitFor();
  const clipAt = new URL((await clip.getAttribute('href')) ?? '', room).href;
  // Its sound is made when nothing else needs the processor.
  await until('the clip has its sound', async () => (await fetch(`${clipAt}.m4a`)).ok, LIMIT);

  step('end');
  await endRoom(host);
  await guest.getByText(/^Ended at/).waitFor();
  return { ear, clipAt };
}

/** What is left of it, and of whoever held it. */
async function remain(
  { server, domain, step }: Walk,
  { desk, host }: Announced,
  { ear, clipAt }: { readonly ear: Page; readonly clipAt: string },
): Promise<void> {
  step('replay');
  await ear.goto(clipAt);
  await ear.getByRole('link', { name: 'Town hall' }).click();
  await ear.getByRole('button', { name: /^Play/ }).first().click();
  const again = await detect(ear, 'element', { name: 'again' });
  await until('the replay sounds', async () => (await again()).peak > 0.05, PATIENCE);

  step('trim');
  const recording = host.locator('.recording-desk');
  await recording.getByLabel('From', { exact: true }).fill('0:02');
  await recording.getByLabel('To', { exact: true }).fill('0:05');
  await recording.getByLabel('What is it about?').fill('A phone rang');
  await recording.getByRole('button', { name: 'Leave it out' }).press('Enter');
  await recording.getByRole('button', { name: 'Put it back: A phone rang' }).waitFor();
  // Caches may keep the list of parts for some seconds.
  await until(
    'the page says what was left out',
    async () => {
      await ear.reload();
      const told = ear.getByText('A phone rang').waitFor({ timeout: 5_000 });
      return told.then(
        () => true,
        () => false,
      );
    },
    PATIENCE,
  );
  await ear.getByText(HOSTED).waitFor();

  step('erase the account');
  await host.goto(server.url);
  await host.getByRole('link', { name: 'Your account' }).first().click();
  await host.getByRole('link', { name: 'Town hall' }).waitFor();
  await send(host, { 'Your password now': PASSWORD }, 'Erase for good');
  await host.getByText('Your account is erased').waitFor();
  await ear.reload();
  await ear.getByText('A host of this room has erased their account').waitFor();
  expect(await ear.locator('main').innerText()).not.toMatch(HOSTED);
  await desk.goto(`${server.url}/operate/accounts`);
  expect(await desk.content()).not.toContain(`ana@${domain}`);
}

// Each has an address of its own, so that the browsers keep them apart.
test.each([
  { name: 'SQLite', address: '127.0.0.1' },
  { name: 'PostgreSQL', address: '127.0.0.2' },
])(
  'sign up, schedule, invite, wait, late, live, hand up, on stage, clip, end, replay, trim, erase: on $name',
  async ({ name, address }) => {
    await using stack = new AsyncDisposableStack();
    const database = name === 'PostgreSQL' ? stack.use(await startPostgres()) : undefined;
    const port = String(await freePort());
    const settings = {
      ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_PORT: port, EARSHOT_OPEN_LEAD: '0s' },
      ...{ EARSHOT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`, EARSHOT_ROOMS_CREATE: 'hosts' },
      EARSHOT_PUBLIC_URL: `http://${address}:${port}`,
      ...(database ? { EARSHOT_DATABASE: database.url } : {}),
    };
    const server = stack.use(await startServer(settings, [], address));
    let doing = '';
    const walk: Walk = {
      server,
      // A repetition writes to nobody whom the one before wrote to.
      domain: `${name.toLowerCase()}-${port}.example`,
      step(what) {
        doing = what;
      },
    };
    try {
      const announced = await announce(walk);
      await remain(walk, announced, await perform(walk, announced));
    } catch (error) {
      throw new Error(`at “${doing}”: ${String(error)}`, { cause: error });
    } finally {
      for (const { context } of [hosts, guests, ears])
        for (const page of context.pages().slice(1)) await page.close();
    }
  },
  LIMIT,
);
