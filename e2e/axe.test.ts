/**
 * Every page in every state that a visitor can bring it into, as axe-core sees it: wide and light, narrow and dark, and
 * the two others for what depends on colour and width. Pages are taken from the table of addresses.
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
/** Rules that the theme or the width can change. */
const VISUAL = ['color-contrast', 'target-size', 'scrollable-region-focusable', 'link-in-text-block'];

let server: Server;
let browser: Browser;
/** The page that is looked at. */
let page: Page;
const walked: string[] = [];
const wrong: string[] = [];

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_OPERATOR_KEY: KEY });
  browser = await startBrowser();
  page = await browser.context.newPage();
}, 90_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** What axe finds on a page, one line a fault. */
async function faults(on: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await on.evaluate('typeof axe === "object"'))) await on.evaluate(AXE);
  return on.evaluate(async (only) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const runOnly = only
      ? { type: 'rule' as const, values: [...only] }
      : { type: 'tag' as const, values: tags };
    const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.any[0]?.message ?? node.html}`),
    );
  }, rules);
}

/** Looks at a page as it is now, in both themes and widths. */
async function look(what: string, on = page): Promise<void> {
  for (const [viewport, colorScheme, rules] of [
    [WIDE, 'light', undefined],
    [WIDE, 'dark', VISUAL],
    [NARROW, 'light', VISUAL],
    [NARROW, 'dark', undefined],
  ] as const) {
    await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await on.setViewportSize(viewport);
    const where = `${what} ${viewport.width} ${colorScheme}`;
    wrong.push(...(await faults(on, rules)).map((fault) => `${where}: ${fault}`));
    const width = (await on.evaluate('document.documentElement.scrollWidth')) as number;
    if (width > viewport.width) wrong.push(`${where}: scrolls sideways, ${width} px`);
  }
  walked.push(what);
  if (process.env.MEASURE)
    process.stderr.write(`${new Date().toISOString()} ${what}: ${wrong.splice(0).join('\n  ')}\n`);
}
const visit = async (what: string, path: string): Promise<void> => {
  await page.goto(server.url + path, { waitUntil: 'load' });
  await look(what);
};
/** Shows HTML that a server in trouble would send, at an address of its own. */
async function show(what: string, html: string): Promise<void> {
  await page.route('**/__shown', (route) => route.fulfill({ contentType: 'text/html', body: html }));
  await visit(what, '/__shown');
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

/** Addresses of the table that answer a browser with a page. */
async function pagesOfTable(replace: (example: string) => string): Promise<string[]> {
  const cookies = await browser.context.cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const found: string[] = [];
  for (const { methods, examples } of ADDRESSES) {
    if (!methods.includes('GET')) continue;
    for (const path of examples.map(replace)) {
      const stop = new AbortController();
      const headers = { accept: 'text/html', cookie };
      const answer = await fetch(server.url + path, { headers, signal: stop.signal });
      if (answer.headers.get('content-type')?.startsWith('text/html')) found.push(path);
      stop.abort();
    }
  }
  return found;
}

test(
  'no page in any state has a fault that axe can see, or scrolls sideways on a phone',
  async () => {
    await visit('home, empty', '/');
    await visit('not found', '/nowhere');
    await visit('room not found', '/r/nobody');
    await show('wait', waitPage('/', 5));
    await show('busy', busyPage('hall', 5));
    await show('large head', LARGE_HEAD_PAGE);

    // A room that somebody speaks in, from here on.
    const hall = await made('The hall', { slug: 'hall' });
    const host = await browser.page(hall.studio);
    await host.getByRole('button', { name: 'Join the stage' }).waitFor();
    await look('studio, before joining', host);
    await joinStage(host);
    await look('studio, backstage', host);
    await goLive(host);
    await look('studio, live', host);
    const began = Date.now();

    const late = await made('Late', { start: inSeconds(2) });
    const soon = await made('Soon', { start: inSeconds(86_400) });
    const open = await made('Open');
    const off = await made('Off', { start: inSeconds(86_400) });
    await api('POST', `/${off.slug}/cancel`);
    await visit('room, scheduled', `/r/${soon.slug}`);
    await visit('room, open', `/r/${open.slug}`);
    await visit('room, cancelled', `/r/${off.slug}`);
    await visit('room, late', `/r/${late.slug}`);
    await api('POST', `/${open.slug}/stop`, { reason: 'To look at it.' });
    await visit('room, stopped', `/r/${open.slug}`);
    await visit('home, with rooms', '/');

    await visit('sign-in, with a mistake', '/sign-in');
    await page.locator('input[type=email]').first().fill('nobody@rooms.example');
    await page.locator('input[type=password]').first().fill('not the password');
    await Promise.all([page.waitForNavigation(), page.locator('main form button').first().click()]);
    await look('sign-in, refused');

    await page.goto(`${server.url}/r/hall`);
    await look('room, live');
    await page.getByRole('button', { name: /^Listen/ }).click();
    await page.waitForFunction(() => [...document.querySelectorAll('audio')].some((a) => a.currentTime > 0));
    for (const details of await page.locator('main details:not([open]) > summary').all())
      if (await details.isVisible()) await details.click();
    await look('room, listening');
    await page.goto('about:blank');

    await server.cli('incident', 'open', 'The sound is thin');
    const [, incident = ''] =
      /href="incidents\/(\d{8}-\d{6}b*)\.html"/.exec(await (await fetch(`${server.url}/incidents`)).text()) ??
      [];
    await until('there is enough for a clip', () => Date.now() - began > 22_000);
    const wall = Date.now();
    const { id: clip } = await api<{ id: string }>('POST', '/hall/clips', {
      title: 'A word',
      from: new Date(wall - 14_000).toISOString(),
      to: new Date(wall - 8_000).toISOString(),
    });
    const replace = (example: string): string =>
      example.replace(/\/clip\/[^./]+/, `/clip/${clip}`).replace(/\d{8}-\d{6}/, incident);
    const strangers = await pagesOfTable(replace);
    for (const path of strangers) await visit(`${path}, a stranger`, path);
    await visit('clip, gone', '/r/hall/clip/k3v9x2m4q8');

    const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
    await visit('sign-up, invited', first);
    await page.getByLabel('Your name').fill('Ana');
    await page.getByLabel('E-mail address').fill('ana@rooms.example');
    await page.getByLabel('Password').fill(PASSWORD);
    await Promise.all([page.waitForNavigation(), page.locator('main form button').first().click()]);
    await look('sign-up, done');
    await visit('sign-up, used', first);
    await page.goto(`${server.url}/sign-in`);
    await page.getByLabel('E-mail address').first().fill('ana@rooms.example');
    await page.getByLabel('Password').first().fill(PASSWORD);
    await Promise.all([page.waitForNavigation(), page.locator('main form button').first().click()]);
    for (const path of await pagesOfTable(replace))
      if (!strangers.includes(path) || /account|operate/.test(path))
        await visit(`${path}, the operator`, path);

    await endRoom(host);
    await host.getByRole('dialog').waitFor({ state: 'hidden' });
    await look('studio, ended', host);
    await visit('room, ended', '/r/hall');
    if (process.env.MEASURE) console.log(walked.join('\n'));
    expect(wrong).toEqual([]);
  },
  LIMIT_MS,
);
