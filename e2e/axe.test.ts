/**
 * Every page in every state that a visitor can bring it into, as axe-core sees it: wide and light, narrow and dark; what
 * depends on colour alone also wide and dark for the pages that are seen most. Pages are taken from the table of addresses.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADDRESSES } from '../src/http/index.ts';
import { busyPage, LARGE_HEAD_PAGE, waitPage } from '../src/pages/index.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { endRoom, goLive, joinStage } from './rig/people.ts';
import { type Server, startServer, until } from './rig/server.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Ten times what it takes on two idle processors. */
const LIMIT_MS = 540_000;
const KEY = 'operator-key-of-some-length';
const PASSWORD = 'seven quiet otters';
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 320, height: 640 };
/** Longer than a page is looked at. */
const WAIT_S = 900;
/** Rules that the theme or the width can change. */
const VISUAL = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block'];

let server: Server;
let browser: Browser;
/** The page that is looked at. */
let page: Page;
const walked = new Set<string>();
const wrong: string[] = [];

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_OPERATOR_KEY: KEY });
  browser = await startBrowser();
  // A machine that does many things at once is slow, not wrong.
  browser.context.setDefaultTimeout(LIMIT_MS);
  page = await browser.context.newPage();
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** What axe finds on a page, one line a fault. */
async function faults(on: Page, rules: readonly string[] | undefined, waits: boolean): Promise<string[]> {
  if (!(await on.evaluate('typeof axe === "object"'))) await on.evaluate(AXE);
  return on.evaluate(
    async ({ only, reloads }) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await axe.run(document, {
        runOnly: only ? { type: 'rule', values: [...only] } : { type: 'tag', values: tags },
        rules: only || !reloads ? {} : { 'meta-refresh': { enabled: false } },
        resultTypes: ['violations'],
        // Sound that has not begun to load would be waited for.
        preload: { assets: ['cssom'], timeout: 5_000 },
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? node.html}`),
      );
    },
    { only: rules, reloads: waits },
  );
}

/** How a page is looked at. */
interface Look {
  readonly on?: Page;
  /**
   * In both themes at both widths, every rule at both; otherwise every rule wide and light, and what theme and width can
   * change narrow and dark.
   */
  readonly closely?: boolean;
  /** A page that only waits, says so, and loads again by itself: WCAG 2.2.1 lets it, the rule does not. */
  readonly waits?: boolean;
}
async function look(what: string, { on = page, closely = false, waits = false }: Look = {}): Promise<void> {
  walked.add(what);
  for (const [viewport, colorScheme, rules] of [
    [WIDE, 'light', undefined],
    ...(closely ? ([[WIDE, 'dark', VISUAL]] as const) : []),
    ...(closely ? ([[NARROW, 'light', VISUAL]] as const) : []),
    [NARROW, 'dark', closely ? undefined : VISUAL],
  ] as const) {
    await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await on.setViewportSize(viewport);
    const where = `${what}, ${viewport.width} px, ${colorScheme}`;
    wrong.push(...(await faults(on, rules, waits)).map((fault) => `${where}: ${fault}`));
    const width = (await on.evaluate('document.documentElement.scrollWidth')) as number;
    if (width > viewport.width) wrong.push(`${where}: scrolls sideways, ${width} px`);
  }
  if (process.env.MEASURE) process.stderr.write(`${new Date().toISOString()} ${what}\n`);
}
const visit = async (what: string, path: string, how: Look = {}): Promise<void> => {
  await page.goto(server.url + path, { waitUntil: 'load' });
  await look(what, how);
};
/** Shows HTML that a server in trouble would send, at an address of its own. */
async function show(what: string, html: string, how: Look = {}): Promise<void> {
  await page.route('**/__shown', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await visit(what, '/__shown', how);
  await page.unroute('**/__shown');
}
async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/api/rooms${path}`, {
    ...{ method, headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
const made = (title: string, more: object = {}): Promise<{ slug: string; studio: string }> =>
  api('POST', '', { title, host: 'Ana', ...more });
const inSeconds = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

/** The main parts that were found; a page that says the same as another one is looked at once. */
const mains = new Set<string>();

/** Addresses of the table that answer this browser with a page of their own, not with a redirection to another. */
async function pagesOfTable(replace: (example: string) => string): Promise<string[]> {
  const cookies = await browser.context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const found: string[] = [];
  for (const { methods, examples } of ADDRESSES) {
    if (!methods.includes('GET')) continue;
    for (const path of examples.map(replace)) {
      const stop = new AbortController();
      const headers = { accept: 'text/html', cookie };
      const answer = await fetch(server.url + path, { headers, redirect: 'manual', signal: stop.signal });
      if (answer.headers.get('content-type')?.startsWith('text/html') && answer.status !== 404) {
        const text = await answer.text();
        const main = text.slice(text.indexOf('<main'));
        if (!mains.has(main)) found.push(path);
        mains.add(main);
      }
      stop.abort();
    }
  }
  return found;
}
const press = async (name: string | RegExp, on = page): Promise<void> =>
  on.getByRole('button', { name }).first().click();
const openAll = async (on: Page): Promise<void> => {
  for (const details of await on.locator('main details:not([open]) > summary').all())
    if (await details.isVisible()) await details.click();
};
const submit = (): Promise<unknown> =>
  Promise.all([page.waitForNavigation(), page.locator('main form button').first().click()]);

async function signIn(): Promise<void> {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  await visit('sign-up, invited', first, { closely: true });
  await page.getByLabel('Your name').fill('Ana');
  await page.getByLabel('E-mail address').fill('ana@rooms.example');
  await page.getByLabel('Password').fill(PASSWORD);
  await submit();
  await look('sign-up, done');
  await visit('sign-up, used', first);
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel('E-mail address').first().fill('ana@rooms.example');
  await page.getByLabel('Password').first().fill('not the password');
  await submit();
  await look('sign-in, refused');
  await page.getByLabel('E-mail address').first().fill('ana@rooms.example');
  await page.getByLabel('Password').first().fill(PASSWORD);
  await submit();
}

async function openIncident(): Promise<string> {
  await server.cli('incident', 'open', 'The sound is thin');
  const list = await (await fetch(`${server.url}/incidents`)).text();
  return /href="incidents\/(\d{8}-\d{6}b*)\.html"/.exec(list)?.[1] ?? '';
}

test(
  'no page in any state has a fault that axe can see, or scrolls sideways on a phone',
  async () => {
    await visit('home, empty', '/');
    await visit('not found', '/nowhere');
    await show('wait', waitPage('/', WAIT_S), { waits: true });
    await show('busy', busyPage('hall', WAIT_S), { waits: true });
    await show('large head', LARGE_HEAD_PAGE);

    // A room that somebody speaks in, from here on.
    const hall = await made('The hall', { slug: 'hall' });
    const host = await browser.page(hall.studio);
    await host.getByRole('button', { name: 'Join the stage' }).waitFor();
    await look('studio, before joining', { on: host });
    await joinStage(host);
    await goLive(host);
    const began = Date.now();
    await openAll(host);
    await look('studio, live', { on: host, closely: true });
    await press('End for everyone…', host);
    await host.getByRole('dialog').waitFor();
    await look('studio, asked whether to end', { on: host });
    await host.keyboard.press('Escape');

    const late = await made('Late', { start: inSeconds(2) });
    const soon = await made('Soon', { start: inSeconds(86_400) });
    const open = await made('Open');
    const off = await made('Off', { start: inSeconds(86_400) });
    const closed = await made('Closed', { access: 'private' });
    await api('POST', `/${off.slug}/cancel`);
    await visit('room, scheduled', `/r/${soon.slug}`, { closely: true });
    await visit('room, open', `/r/${open.slug}`);
    await visit('room, cancelled', `/r/${off.slug}`);
    await visit('room, late', `/r/${late.slug}`);
    await visit('room, private', `/r/${closed.slug}`);
    await visit('player elsewhere, private', `/r/${closed.slug}/embed`);
    await api('POST', `/${open.slug}/stop`, { reason: 'To look at it.' });
    await visit('room, stopped', `/r/${open.slug}`);
    await visit('home, with rooms', '/', { closely: true });

    await page.goto(`${server.url}/r/hall`);
    await press(/^Listen/);
    await page.waitForFunction(() => [...document.querySelectorAll('audio')].some((a) => a.currentTime > 0));
    await openAll(page);
    await look('room, listening', { closely: true });
    await page.goto('about:blank');

    const incident = await openIncident();
    await until('there is enough for a clip', () => Date.now() - began > 22_000);
    const wall = Date.now();
    const { id: clip } = await api<{ id: string }>('POST', '/hall/clips', {
      title: 'A word',
      from: new Date(wall - 14_000).toISOString(),
      to: new Date(wall - 8_000).toISOString(),
    });
    const replace = (example: string): string =>
      example.replace(/\/clip\/[^./]+/, `/clip/${clip}`).replace(/\d{8}-\d{6}/, incident);
    await visit('player elsewhere, live', '/r/hall/embed');

    await endRoom(host);
    await host.getByRole('dialog').waitFor({ state: 'hidden' });
    await look('studio, ended', { on: host });
    await host.close();
    await visit('room, ended', '/r/hall');
    await press(/replay/i);
    await page.waitForFunction(() => [...document.querySelectorAll('audio')].some((a) => a.currentTime > 0));
    await openAll(page);
    await look('room, replay', { closely: true });

    // Nobody speaks from here on: what is looked at is the pages.
    for (const path of await pagesOfTable(replace))
      if (path !== '/') await visit(`${path}, a stranger`, path, { waits: path.endsWith('/queue') });
    await visit('clip, gone', '/r/hall/clip/k3v9x2m4q8');

    await signIn();
    for (const path of await pagesOfTable(replace))
      await visit(`${path}, the operator`, path, { closely: path === '/account' });

    // What the table offered, and what only somebody's doing brings about.
    expect(walked.size).toBeGreaterThan(50);
    expect(wrong).toEqual([]);
  },
  LIMIT_MS,
);
