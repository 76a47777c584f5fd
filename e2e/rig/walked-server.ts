import type { Page } from 'playwright-core';
import { ADDRESSES } from '../../src/http/index.ts';
import { AxeWalk, type Stop } from './axe-walk.ts';
import { type Browser, startBrowser } from './browser.ts';
import { type Server, startServer } from './server.ts';

const KEY = 'operator-key-of-some-length';
/** A machine that does many things at once is slow, not wrong. */
const SLOW_MS = 120_000;

/** A room that was made through the API. */
export interface MadeByKey {
  readonly slug: string;
  readonly studio: string;
  readonly token: string;
}

/** A server, one browser, and what looks at the pages. */
export interface WalkedServer extends AsyncDisposable {
  readonly server: Server;
  readonly browser: Browser;
  readonly walk: AxeWalk;
  /** Tabs of somebody new, with cookies of their own. */
  tabs(count: number): Promise<Page[]>;
  /** Asks the API as the operator. */
  api<T>(method: string, path: string, body?: object): Promise<T>;
  /** Makes the room of this address. */
  made(slug: string, more?: object): Promise<MadeByKey>;
  /**
   * Addresses of the table that answer this browser with a page of their own: not with a redirection, and not with one
   * that an earlier address had already.
   */
  pagesOfTable(on: Page, replace: (example: string) => string): Promise<string[]>;
}

/** Starts it; `more`: settings beside those that all have. */
export async function startWalkedServer(more: Record<string, string> = {}): Promise<WalkedServer> {
  const server = await startServer({
    ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_OPERATOR_KEY: KEY },
    ...more,
  });
  const browser = await startBrowser();
  browser.context.setDefaultTimeout(SLOW_MS);
  const api = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const mains = new Set<string>();
  return {
    ...{ server, browser, api, walk: new AxeWalk(server.url) },
    async tabs(count) {
      const options = { locale: 'en-GB', bypassCSP: true, serviceWorkers: 'block' } as const;
      const context = await browser.context.browser()?.newContext(options);
      if (!context) throw new Error('this browser has one profile only');
      context.setDefaultTimeout(SLOW_MS);
      return Promise.all(Array.from({ length: count }, () => context.newPage()));
    },
    made: (slug, more = {}) =>
      api('POST', '/api/rooms', { title: `Room ${slug}`, host: 'Ana', slug, ...more }),
    async pagesOfTable(on, replace) {
      const cookies = await on.context().cookies();
      const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const asked = ADDRESSES.filter(({ methods, endless }) => methods.includes('GET') && !endless);
      const found: string[] = [];
      for (const path of asked.flatMap(({ examples }) => examples.map(replace))) {
        const headers = { accept: 'text/html', cookie };
        const answer = await fetch(server.url + path, { headers, redirect: 'manual' });
        const text = await answer.text();
        if (!answer.headers.get('content-type')?.startsWith('text/html') || answer.status === 404) continue;
        // A piece of a page is looked at where it stands.
        if (!text.includes('<html')) continue;
        const main = text.slice(text.indexOf('<main'));
        if (!mains.has(main)) found.push(path);
        mains.add(main);
      }
      return found;
    },
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Stops at addresses, as somebody sees them. A page of the line loads again by itself. */
export const stopsAt = (paths: readonly string[], whom: string): Stop[] =>
  paths.map((path) => ({ what: `${path}, ${whom}`, path, waits: path.endsWith('/queue') }));

/** Presses the first button of this name. */
export const press = (on: Page, name: string | RegExp): Promise<void> =>
  on.getByRole('button', { name }).first().click();

/** Waits until sound runs in the page. */
export const isHeard = (on: Page): Promise<unknown> =>
  on.waitForFunction(() => [...document.querySelectorAll('audio')].some((a) => a.currentTime > 0));

/** Unfolds what can be unfolded. */
export async function openAll(on: Page): Promise<void> {
  for (const details of await on.locator('main details:not([open]) > summary').all())
    if (await details.isVisible()) await details.click();
}

/** Fills in the form that has a button of this name, and sends it. */
export async function send(
  on: Page,
  name: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<void> {
  const form = on.locator('form').filter({ has: on.getByRole('button', { name, exact: true }) });
  for (const [label, value] of Object.entries(fields)) {
    const field = form.getByLabel(label).first();
    const isChoice = await field.evaluate((node) => node.tagName === 'SELECT');
    await (isChoice ? field.selectOption(value) : field.fill(value));
  }
  await Promise.all([
    on.waitForNavigation(),
    form.first().getByRole('button', { name, exact: true }).click(),
  ]);
}
