/**
 * Around a room, from the first follower to the last tombstone, by the pages and what other programs read: somebody is
 * followed, announces a room, people are reminded of it, a crowd arrives over some time, a post carries its card, is
 * quoted and deleted, and its tombstone stands wherever it was. On both databases.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../src/rehearsal/index.ts';
import { startPostgres } from '../test/contract/postgres.ts';
import { elementsOf, readFeed, strictXml } from '../test/foreign/feed-readers.ts';
import { smtpServer } from '../test/smtp.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { goLive, joinStage } from './rig/people.ts';
import { freePort, outside, type Server, startServer, until } from './rig/server.ts';
import { bursts, writeWav } from './rig/sound.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const PASSWORD = 'seven quiet otters';
/** A crowd that two processors have room for beside three browsers. */
const CROWD = 40;
const PATIENCE = 120_000;
/** What happens at once is told over three minutes. */
const SPREAD = 300_000;
const LIMIT = 900_000;

let folder: string;
let mail: Awaited<ReturnType<typeof smtpServer>>;
let hosts: Browser;
let readers: Browser;
let others: Browser;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-social-journey-'));
  writeWav(join(folder, 'host.wav'), bursts(60, 440));
  mail = await smtpServer();
  [hosts, readers, others] = await Promise.all([
    startBrowser({ microphone: join(folder, 'host.wav'), plainMicrophone: true }),
    startBrowser({ viewport: { width: 390, height: 800 } }),
    startBrowser({ javaScript: false }),
  ]);
  for (const { context } of [hosts, readers, others]) context.setDefaultTimeout(PATIENCE);
}, 120_000);
afterAll(async () => {
  for (const browser of [hosts, readers, others]) await browser?.[Symbol.asyncDispose]();
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
/** What the first half leaves behind. */
interface Announced {
  readonly ana: Page;
  readonly bea: Page;
  /** Address of the room, and of the post that carries its card. */
  readonly room: string;
  readonly post: string;
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
/** The newest mail for somebody that `says` something. */
async function mailTo(email: string, says: RegExp, limit = PATIENCE): Promise<string> {
  let found: string | undefined;
  const look = (): boolean => {
    found = mail.received.findLast(({ to, text }) => to === `<${email}>` && says.test(text))?.text;
    return found !== undefined;
  };
  await until(`a mail for ${email} that says ${says}`, look, limit);
  return found ?? '';
}
async function linkFor(email: string, path: string): Promise<string> {
  const link = new RegExp(`http://[^\\s<>]+/${path}[^\\s<>]+`);
  return link.exec(await mailTo(email, link))?.[0] ?? '';
}
/** A moment so many ms from now as a field for local times takes it, to the second. */
const local = (ms: number): string => {
  const at = new Date(Date.now() + ms);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
};
const textAt = async (address: string, type = 'text/html'): Promise<string> =>
  (await fetch(address, { headers: { accept: type, 'accept-language': 'en' } })).text();

/** Somebody makes an account, and chooses the address of a page. */
async function arrive(page: Page, { server, domain }: Walk, name: string): Promise<void> {
  const email = `${name.toLowerCase()}@${domain}`;
  if (!page.url().includes('/sign-up')) await page.goto(`${server.url}/sign-up`);
  const isInvited = page.url().includes('invitation=');
  const fields = { 'Your name': name, Password: PASSWORD };
  await send(page, isInvited ? fields : { ...fields, 'E-mail address': email }, 'Make an account');
  await page.goto(await linkFor(email, 'verify-email\\?'));
  await send(page, { Password: PASSWORD }, 'Confirm');
  await page.goto(`${server.url}/compose`);
  await send(page, { 'Your address: /@…': name.toLowerCase() }, 'Take this address');
  await page.waitForURL(`**/@${name.toLowerCase()}`);
}

/** From nothing to a room of which people will be reminded. */
async function announce(walk: Walk): Promise<Announced> {
  const { server, domain, step } = walk;
  step('sign up');
  const first = (): string => /\/sign-up\?invitation=\S+/.exec(server.output())?.[0] ?? '';
  await until('the first link', () => first() !== '');
  // Whoever started the server is its operator, and invites a host.
  const desk = await readers.page(server.url + first());
  const operator = { 'E-mail address': `op@${domain}`, Password: PASSWORD };
  await send(desk, { 'Your name': 'Olga', ...operator }, 'Make an account');
  await send(desk, operator, 'Sign in');
  await desk.goto(`${server.url}/operate/accounts`);
  await send(desk, { 'E-mail address (empty: whoever has the link)': `ana@${domain}` }, 'Invite');
  const ana = await hosts.page(await linkFor(`ana@${domain}`, 'sign-up\\?'));
  await arrive(ana, walk, 'Ana');
  await desk.goto(`${server.url}/account`);
  await send(desk, {}, 'Sign out');
  const bea = desk;
  await arrive(bea, walk, 'Bea');

  step('profile');
  await ana.getByRole('link', { name: 'Change your page' }).click();
  await send(ana, { 'About you': 'I hold the town hall.' }, 'Save');
  await bea.goto(`${server.url}/@ana`);
  await bea.getByText('I hold the town hall.').waitFor();

  step('follow');
  await send(bea, {}, 'Follow');
  await bea.getByText('1 follower', { exact: true }).waitFor();

  step('announce');
  await ana.goto(server.url);
  await ana.getByLabel('What is it about?').fill('Town hall');
  await ana.getByLabel('Your name').fill('Ana');
  await ana.getByLabel(/^When/).fill(local(3_600_000));
  await ana.getByRole('button', { name: 'Schedule it' }).click();
  await ana.locator('.scheduled').getByRole('link', { name: 'Open the studio' }).click();
  await ana.waitForURL(/\/studio/);
  const room = `${server.url}/r/${new URL(ana.url()).pathname.split('/')[2]}`;

  step('remind, without an account and without scripts');
  const cem = await others.page(`${room}/remind`);
  await send(cem, { 'Your e-mail address': `cem@${domain}` }, 'Remind me by e-mail');
  await cem.goto(await linkFor(`cem@${domain}`, 'reminder/'));
  const confirm = cem.getByRole('button', { name: /remind me/i }).first();
  await confirm.click().catch(async (error) => {
    throw new Error(`${cem.url()} says: ${await cem.locator('main').innerText()}`, { cause: error });
  });
  await cem.goto(`${room}/remind`);
  await cem.getByText('1 person will be reminded.').waitFor();
  await cem.getByText(/^Reminders go out from/).waitFor();

  step('a post with the card of the room');
  const writing = await hosts.page(`${server.url}/compose`);
  await send(writing, { 'Your post': `Come and hear us: ${room}` }, 'Post');
  const post = writing.url();
  await writing.close();
  await bea.goto(`${server.url}/following`);
  await bea.locator('.feed').getByText('Coming').first().waitFor();
  return { ana, bea, room, post };
}

/** The room is on, and a crowd comes over some seconds, as after an announcement. */
async function begin({ server, domain, step }: Walk, { ana, bea, room, post }: Announced): Promise<void> {
  step('live, earlier than announced');
  await ana.getByRole('button', { name: 'Change title or time…' }).click();
  await ana.getByRole('dialog').getByLabel('Start', { exact: true }).fill(local(4_000));
  await ana.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await joinStage(ana);
  await goLive(ana);

  step('a crowd arrives over some time');
  const out = join(folder, `crowd-${domain}`);
  const shape = ['--curve', 'announcement', '--ramp', '10s', '--hold', '5s', '--processes', '1'];
  const child = spawn(
    process.execPath,
    [ENTRY, 'crowd', room, '--listeners', `${CROWD}`, ...shape, '-o', out],
    {
      env: { ...outside(), EARSHOT_DATA: server.data },
      stdio: 'ignore',
    },
  );
  await new Promise((resolve) => child.once('close', resolve));
  const outcome = JSON.parse(readFileSync(join(out, 'certificate.json'), 'utf8')) as Outcome;
  expect(outcome).toMatchObject({ arrived: CROWD, joined: CROWD });
  expect(outcome.asked.curve).toBe('announcement');

  step('the card is live');
  for (const at of [`${server.url}/following`, post]) {
    await bea.goto(at);
    await bea.getByText('Live now').first().waitFor();
  }

  step('told that it begins');
  expect(await mailTo(`cem@${domain}`, /Town hall/, SPREAD)).toContain(room);
  await until(
    'the reminder has come',
    () =>
      mail.received.some(
        ({ to, text }) =>
          to === `<cem@${domain}>` && !/wants a reminder/.test(text) && text.includes('Town hall'),
      ),
    SPREAD,
  );
}

/** What programs of others read in a feed of posts: the text of the newest entry with this link, and its id. */
async function entryFor(feed: string, post: string): Promise<{ id: string; says: string } | undefined> {
  const text = await textAt(feed, 'application/atom+xml');
  await readFeed(text);
  for (const entry of elementsOf(strictXml(text), 'entry')) {
    const [link] = elementsOf(entry, 'link');
    const of = (name: string): string => elementsOf(entry, name)[0]?.text ?? '';
    if (link?.attributes['href'] === post) return { id: of('id'), says: of('content') };
  }
  return undefined;
}
/** The same once it says something. */
async function entrySaying(feed: string, post: string, says: RegExp): Promise<{ id: string; says: string }> {
  let found: Awaited<ReturnType<typeof entryFor>>;
  await until(`${feed} says ${says} of ${post}`, async () => {
    found = await entryFor(feed, post);
    return found !== undefined && says.test(found.says);
  });
  return found ?? { id: '', says: '' };
}

/** A post is quoted and deleted: what is left of it. */
async function bury({ server, step }: Walk, { bea, post }: Announced): Promise<void> {
  step('quote');
  await bea.goto(`${post}?show=quote`);
  await send(bea, { 'What you say about it': 'I shall be there' }, 'Post');
  const quote = bea.url();
  await bea.getByText('Come and hear us').waitFor();
  const id = new URL(post).pathname.split('/')[2] ?? '';
  expect(await textAt(`${server.url}/embed/p/${id}`)).toContain('Come and hear us');
  const feeds = [
    [`${server.url}/posts.atom`, post],
    [`${server.url}/@ana/posts.atom`, post],
    [`${server.url}/posts.atom`, quote],
    [`${server.url}/@bea/posts.atom`, quote],
  ] as const;
  const before = [];
  for (const [feed, of] of feeds) before.push(await entrySaying(feed, of, /Come and hear us/));

  step('delete');
  const author = await hosts.page(`${post}?show=delete`);
  await send(author, { 'Why (if you like)': 'The date was wrong' }, 'Delete the post');
  await author.close();

  step('tombstone at its address, in the quote, in feeds and in an embed');
  expect((await fetch(post)).status).toBe(410);
  for (const at of [post, quote, `${server.url}/posts`, `${server.url}/following`]) {
    await bea.goto(at);
    await bea
      .getByText(/Deleted by its author on/)
      .first()
      .waitFor();
    await bea.getByText('The date was wrong').first().waitFor();
    expect(await bea.locator('main').innerText()).not.toContain('Come and hear us');
  }
  for (const [n, [feed, of]] of feeds.entries()) {
    const left = await entrySaying(feed, of, /Deleted by its author on [\s\S]*The date was wrong/);
    expect([left.id, left.says]).toEqual([before[n]?.id, expect.not.stringContaining('Come and hear us')]);
  }
  const embed = await textAt(`${server.url}/embed/p/${id}`);
  expect(embed).toMatch(/A post by [\s\S]*stood here[\s\S]*The date was wrong/);
  expect(embed).not.toContain('Come and hear us');
  const told = (await (await fetch(`${server.url}/api/posts/${id}`)).json()) as {
    deleted?: { reason: string };
  };
  expect(told.deleted?.reason).toBe('The date was wrong');
}

// Each has an address of its own, so that the browsers keep them apart.
test.each([
  { name: 'SQLite', address: '127.0.0.1' },
  { name: 'PostgreSQL', address: '127.0.0.2' },
])(
  'follow, announce, remind, a crowd, a live card, quote, delete, and the tombstone in quote, embed and feed: on $name',
  async ({ name, address }) => {
    await using stack = new AsyncDisposableStack();
    const database = name === 'PostgreSQL' ? stack.use(await startPostgres()) : undefined;
    const port = String(await freePort());
    const settings = {
      ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_PORT: port, EARSHOT_SIGN_UP: 'open' },
      ...{ EARSHOT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`, EARSHOT_ROOMS_CREATE: 'hosts' },
      ...{ EARSHOT_PUBLIC_URL: `http://${address}:${port}`, EARSHOT_REHEARSAL: String(CROWD) },
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
      await begin(walk, announced);
      await bury(walk, announced);
    } catch (error) {
      throw new Error(`at “${doing}”: ${String(error)}`, { cause: error });
    } finally {
      for (const { context } of [hosts, readers, others])
        for (const page of context.pages().slice(1)) await page.close();
    }
  },
  LIMIT,
);
