/** The home page with posts below its rooms, in a real browser: of everybody for strangers, of those one follows else. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
/** Enough that a list of them is longer than a window. */
const POSTS = 14;
let server: Server;
let browser: Browser;
let plain: Browser;
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  browser = await startBrowser();
  plain = await startBrowser({ javaScript: false, viewport: { width: 320, height: 640 } });
}, 180_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await plain?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

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
/** Down to the posts, once the script has made the page. */
async function toPosts(page: Page): Promise<void> {
  await page.locator('.lead').waitFor();
  await page.locator('.posts').scrollIntoViewIfNeeded();
}

/** Goes back, and says where the page stands then. */
async function back(page: Page): Promise<number> {
  await page.goBack();
  await page.waitForLoadState();
  let at = -1;
  await until('the page stands still', async () => {
    const now = (await page.evaluate('scrollY')) as number;
    const still = now === at;
    at = now;
    return still;
  });
  return at;
}

test('posts below the rooms, for strangers and for who follows somebody', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  await server.room('Town hall');
  const page = await browser.page(server.url + first);
  page.setDefaultTimeout(60_000);
  const fields = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };
  await send(page, { 'Your name': 'Ana', ...fields }, 'Make an account');
  if (!page.url().includes('/sign-in')) await page.goto(`${server.url}/sign-in`);
  await send(page, fields, 'Sign in');
  await page.goto(`${server.url}/compose`);
  await send(page, { 'Your address: /@…': 'ana' }, 'Take this address');
  for (let n = 0; n < POSTS; n += 1) {
    await page.goto(`${server.url}/compose`);
    await send(page, { 'Your post': `Post number ${n}. ${'More of it. '.repeat(20)}` }, 'Post');
  }

  // One's own posts are in the feed of those one follows; the newest others beside it, none twice.
  await page.goto(server.url);
  await page.locator('#rooms h3').first().waitFor();
  await toPosts(page);
  await page.locator('article.post').first().waitFor();
  expect(await page.locator('section[aria-labelledby=posts-followed] article.post').count()).toBe(10);
  expect(await page.locator('section[aria-labelledby=posts-here] article.post').count()).toBe(4);
  const ids = await page.locator('article.post').evaluateAll((all) => all.map(({ id }) => id));
  expect(new Set(ids).size).toBe(14);
  expect(await page.locator('section[aria-labelledby] a[href="/following"]').count()).toBe(1);
  // One's own ways begin there, with what is new.
  expect(await page.locator('.posts > nav a').allTextContents()).toContain('Notifications');
  expect(await page.locator('.start').isVisible()).toBe(true);
  // A like comes back to the same post of the home page.
  const liked = page.locator('article.post').nth(8);
  const id = (await liked.getAttribute('id')) ?? '';
  await Promise.all([page.waitForNavigation(), liked.getByRole('button', { name: /^Like,/ }).click()]);
  expect(page.url()).toBe(`${server.url}/#${id}`);
  await page.locator(`#${id}`).getByText('1 like').waitFor();
  await until('the post is in the window', async () => {
    const box = await page.locator(`#${id}`).boundingBox();
    return box !== null && box.y >= -1 && box.y < 720;
  });

  // Back from a post, each list stands where it stood.
  for (const path of ['/posts', '/following', '/notifications']) {
    await page.goto(server.url + path);
    if (path !== '/notifications') {
      await page.evaluate('scrollTo(0, 1200)');
      const stood = (await page.evaluate('scrollY')) as number;
      expect(stood).toBe(1200);
      await page.evaluate('document.querySelectorAll("article.post header p a")[6].click()');
      await page.waitForURL(/\/@ana\//);
      expect(Math.abs((await back(page)) - stood), path).toBeLessThan(2);
    }
    const held = await page.request.get(server.url + path);
    expect(held.headers()['cache-control'], path).toBe('private, no-cache');
  }
  // Who has signed out does not see by going back what was theirs.
  await page.goto(`${server.url}/following`);
  await page.goto(`${server.url}/account`);
  await Promise.all([
    page.waitForNavigation(),
    page.getByRole('button', { name: 'Sign out', exact: true }).first().click(),
  ]);
  await page.evaluate('history.go(-2)');
  await page.waitForURL(/sign-in/);
  await page.getByLabel('E-mail address').waitFor();
  expect(await page.locator('article.post').count()).toBe(0);

  // A stranger: the newest of everybody, nothing to press, in the language of the page.
  await page.goto(server.url);
  await toPosts(page);
  await page.locator('article.post').first().waitFor();
  expect(await page.locator('article.post').count()).toBe(5);
  expect(await page.locator('.posts button').count()).toBe(0);
  const french = await page.request.get(`${server.url}/posts/home`, {
    headers: { 'accept-language': 'fr' },
  });
  expect(await french.text()).toContain('Toutes les publications d’ici');
  expect(french.headers()['cache-control']).toBe('public, max-age=5');

  // What is seen there counts.
  const post = (await page.locator('article.post').first().getAttribute('id'))?.slice(2) ?? '';
  const told = page.waitForRequest(
    (asked) => asked.url().endsWith('/post-events') && (asked.postData() ?? '').includes(post),
  );
  await page.locator('article.post').first().scrollIntoViewIfNeeded();
  const { events } = (await told).postDataJSON() as { events: [string, string][] };
  expect(events.filter(([name, mark]) => name === 'seen' && mark.startsWith(post))).toHaveLength(1);

  // Posts that do not come: the rooms stand, and the ways to the posts.
  await page.route('**/posts/home', (route) => route.fulfill({ status: 503, body: 'away' }));
  await page.reload();
  await toPosts(page);
  await page.locator('.posts:not([aria-busy]) a[href="/posts"]').waitFor();
  expect(await page.locator('#rooms').innerText()).toContain('Town hall');

  // Without scripts, on a phone.
  const phone = await plain.page(server.url);
  expect(await phone.locator('main').innerText()).toMatch(/Town hall[\s\S]*Posts[\s\S]*Newest posts here/);
  expect(await phone.evaluate('document.documentElement.scrollWidth')).toBe(320);
}, 240_000);
