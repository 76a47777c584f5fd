/**
 * Posts that were seen, as real Chromium shows them, against what the server says under them: scrolled in many ways, in
 * hidden tabs, by their author, by staff, after going back, and while processes are killed.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BareChromium, openBareChromium, type Tab } from './bare-chromium.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type PageView, SeenPosts, watchPosts } from './rig/seen-posts.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const PASSWORD = 'seven quiet otters';
const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const POSTS = 14;
let server: Server;
let bare: BareChromium;
let room: MadeRoom;
/** Cookies of the author and of the operator. */
const cookies = new Map<string, readonly object[]>();
/** Ids of the posts, in order: the last ones are a tall one, one with a card, and a quote of the first. */
const posts: string[] = [];

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

/** The operator Ana, and Bo, who writes. */
async function makePeople({ context, page: open }: Browser): Promise<void> {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const page = await open(server.url + first);
  page.setDefaultTimeout(60_000);
  const keep = async (who: string): Promise<void> => void cookies.set(who, await context.cookies());
  const be = async (who: string): Promise<void> => {
    await context.clearCookies();
    await context.addCookies(cookies.get(who) as Parameters<typeof context.addCookies>[0]);
  };
  const ana = { 'E-mail address': 'ana@rooms.example', Password: PASSWORD };
  await send(page, { 'Your name': 'Ana', ...ana }, 'Make an account');
  if (!page.url().includes('/sign-in')) await page.goto(`${server.url}/sign-in`);
  await send(page, ana, 'Sign in');
  await keep('ana');
  await page.goto(`${server.url}/operate/accounts`);
  await send(page, { 'E-mail address (empty: whoever has the link)': 'bo@rooms.example' }, 'Invite');
  const invitation = await page.locator('main code.secret').innerText();
  await context.clearCookies();
  await page.goto(invitation);
  await send(page, { 'Your name': 'Bo', Password: PASSWORD }, 'Make an account');
  await keep('bo');
  await be('ana');
  let proof: string | undefined;
  await until('a link to confirm the address waits', async () => {
    await page.goto(`${server.url}/operate/accounts`);
    proof = /http:\/\/[^\s<]+\/verify-email\?[^\s<]+/.exec(await page.content())?.[0];
    return proof !== undefined;
  });
  await context.clearCookies();
  await page.goto(proof ?? '');
  await send(page, { Password: PASSWORD }, 'Confirm');
  await page.goto(`${server.url}/compose`);
  await send(page, { 'Your address: /@…': 'bo' }, 'Take this address');
  await keep('bo');
  const say = async (text: string): Promise<string> => {
    await page.goto(`${server.url}/compose`);
    await send(page, { 'Your post': text }, 'Post');
    return new URL(page.url()).pathname.split('/')[2] ?? '';
  };
  for (let n = 0; n < POSTS; n += 1)
    posts.push(await say(`Post number ${n}. ${'More of it. '.repeat((n * 7) % 12)}`));
  posts.push(await say('x '.repeat(230)));
  posts.push(await say(`Tonight: ${server.url}/r/${room.slug}`));
  await page.goto(`${server.url}/@bo/${posts[0]}?show=quote`);
  await send(page, { 'What you say about it': 'As I said' }, 'Post');
  posts.push(new URL(page.url()).pathname.split('/')[2] ?? '');
}

beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Town hall');
  const desk = await startBrowser({ javaScript: false });
  await makePeople(desk);
  await desk[Symbol.asyncDispose]();
  // For the whole browser: what a page sends when it is left would go under the name of a headless one.
  bare = await openBareChromium([`--user-agent=${CHROME}`]);
}, 300_000);
afterAll(async () => {
  await bare?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const truth = new SeenPosts();
const isOwn = (who?: string) => (): boolean => who !== undefined;

/** A page in a tab of its own, with the window of a laptop. */
const open = async (path: string, who?: string, width = 900, height = 500): Promise<Tab> =>
  bare.tab(server.url + path, {
    person: who ?? 'nobody',
    before: [
      ['Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false }],
      ['Page.addScriptToEvaluateOnNewDocument', { source: `(${watchPosts})()` }],
      ...(who === undefined
        ? []
        : [['Network.setCookies', { cookies: cookies.get(who) ?? [] }] as [string, object]]),
    ],
  });
/** The page view is over: what it showed is added to what must be counted. */
async function note(tab: Tab, who?: string): Promise<void> {
  for (const view of await tab.run<PageView[]>('takeViews()')) truth.take(view, isOwn(who));
}
async function leave(tab: Tab, who?: string): Promise<void> {
  await note(tab, who);
  await tab.run(`void (location.href = 'about:blank')`);
  await wait(200);
  await tab.close();
}
const to = (tab: Tab, top: number): Promise<void> =>
  tab.run(`scrollTo({ top: ${top}, behavior: 'instant' })`);
/** Scrolls so that this share of a post is above the lower edge of the window. */
const share = (tab: Tab, post: string, part: number): Promise<void> =>
  tab.run(`{
    const box = document.getElementById('p-${post}').getBoundingClientRect();
    scrollTo({ top: scrollY + box.top + box.height * ${part} - innerHeight, behavior: 'instant' });
  }`);

/** Positions and pauses: slowly, fast, back and forth, and at random; the same in every run. */
const TRACES: Readonly<Record<string, readonly (readonly [to: number, ms: number])[]>> = {
  'not at all': [[0, 1_500]],
  slowly: Array.from({ length: 14 }, (_, n) => [n * 140, 700] as const),
  fast: [...Array.from({ length: 20 }, (_, n) => [n * 150, 120] as const), [3_000, 1_600]],
  'back and forth': Array.from({ length: 8 }, (_, n) => [n % 2 === 0 ? 700 : 0, 650] as const),
  'at random': Array.from(
    { length: 12 },
    (_, n) => [(n * 7_919) % 2_600, 200 + ((n * 4_729) % 1_500)] as const,
  ),
};
async function scrolled(path: string, way: string, who?: string): Promise<void> {
  const tab = await open(path, who);
  for (const [top, ms] of TRACES[way] ?? []) {
    await to(tab, top);
    await wait(ms);
  }
  await leave(tab, who);
}

interface Counted {
  readonly metrics: Readonly<Record<string, { readonly value: number }>>;
}
async function countedOf(post: string, metric: string): Promise<number> {
  const answer = await fetch(`${server.url}/api/posts/${post}/figures`);
  return answer.ok ? (((await answer.json()) as Counted).metrics[metric]?.value ?? -1) : -1;
}

/** Everything that is not as it must be; the server's numbers may be five seconds old. */
async function differences(): Promise<string[]> {
  const found: string[] = [];
  for (const [name, of] of [
    ['post_impressions', truth.seen],
    ['post_opens', truth.opened],
  ] as const)
    for (const post of posts) {
      const { least, most } = of.get(post) ?? { least: 0, most: 0 };
      const counted = await countedOf(post, name);
      if (counted < least || counted > most)
        found.push(
          `${name} of post ${posts.indexOf(post)}: ${counted}, not ${least}${most > least ? `–${most}` : ''}`,
        );
    }
  return found;
}
async function agrees(): Promise<void> {
  const end = Date.now() + 20_000;
  let found = await differences();
  while (found.length > 0 && Date.now() < end) {
    await wait(2_000);
    found = await differences();
  }
  expect(found).toEqual([]);
}

test('however somebody scrolls, the server counts exactly the posts that were seen', async () => {
  for (const way of Object.keys(TRACES)) await scrolled('/posts', way);
  await scrolled('/@bo', 'slowly');
  await scrolled(`/@bo/${posts[0]}`, 'not at all');
  await scrolled('/search?q=post', 'slowly');
  await agrees();
  expect(truth.pairs.counted).toBeGreaterThan(20);
}, 240_000);

test('49 % are not half, nor 0.9 seconds a second, and of a card too tall for the window half is never seen', async () => {
  const tab = await open('/posts');
  // Below the window at first: it is not seen before the scroll.
  const [, , under = '', half = ''] = posts;
  for (const [post, part, ms] of [
    [under, 0.49, 1_700],
    [half, 0.51, 1_700],
  ] as const) {
    await to(tab, 0);
    await share(tab, post, part);
    await wait(ms);
  }
  await leave(tab);
  for (const ms of [900, 1_100, 1_400, 500]) {
    const other = await open('/posts');
    await other.run(
      `document.getElementById('p-${posts[4]}').scrollIntoView({ block: 'center', behavior: 'instant' })`,
    );
    await wait(ms);
    await to(other, 0);
    await leave(other);
  }
  const small = await open(`/@bo/${posts[POSTS]}`, undefined, 320, 180);
  const height = await small.run<number>(`document.querySelector('article.main').offsetHeight`);
  expect(height).toBeGreaterThan(2 * 180);
  for (let top = 0; top < height; top += 150) {
    await to(small, top);
    await wait(1_300);
  }
  await leave(small);
  await agrees();
}, 120_000);

test('neither the author nor staff count, nor a tab behind another; two tabs are two page views, and so is going back', async () => {
  for (const who of ['bo', 'ana']) {
    await scrolled('/posts', 'slowly', who);
    await scrolled(`/@bo/${posts[3]}`, 'not at all', who);
  }
  const behind = await open('/posts');
  const front = await open('/@bo');
  await wait(2_500);
  await note(front);
  await front.close();
  await behind.front();
  await wait(1_600);
  await leave(behind);

  const tab = await open('/posts');
  await wait(1_500);
  await note(tab);
  await tab.go(`${server.url}/@bo/${posts[5]}`);
  await wait(1_400);
  await note(tab);
  await tab.run('history.back()');
  await wait(2_500);
  await note(tab);
  await tab.send('Page.reload');
  await wait(2_500);
  await leave(tab);
  await agrees();
}, 180_000);

test('the tally and then the door are killed in between: nothing that was seen is lost or counted twice', async () => {
  const kill = async (role: string): Promise<void> => {
    const before = server.child(role, 0);
    process.kill(before ?? 0, 'SIGKILL');
    await until(`${role} is there again`, () => {
      const now = server.child(role, 0);
      return now !== undefined && now !== before;
    });
  };
  await scrolled('/posts', 'fast');
  // While the tally is away the door keeps what it counts.
  await kill('tally');
  await scrolled('/posts', 'at random');
  await wait(3_000);
  await kill('tally');
  await agrees();
  // What a door has not told yet, a second at most, is lost with it: this one has told all.
  await wait(2_500);
  await kill('door');
  await until('the door answers', async () =>
    fetch(`${server.url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  await scrolled('/@bo', 'slowly');
  await agrees();
  const lines = (await server.metrics())
    .split('\n')
    .filter((line) => line.includes('post_events_total{result="not-ours"'));
  expect(lines.every((line) => line.endsWith(' 0'))).toBe(true);
}, 240_000);

test('a listen begun from a post counts for it, once it is heard; in pages of other sites posts have a line of their own', async () => {
  const post = posts[POSTS + 1] ?? '';
  const tab = await open(`/@bo/${post}`);
  await wait(1_300);
  await note(tab);
  await tab.run(`document.querySelector('.room-card a').click()`);
  await until('the room is there', async () =>
    tab.run<boolean>(`location.pathname === '/r/${room.slug}' && document.querySelector('button') !== null`),
  );
  await until('the address is clean', async () => tab.run<boolean>(`location.hash === ''`));
  expect(await countedOf(post, 'post_listens')).toBe(0);
  await tab.run(
    `[...document.querySelectorAll('button')].find((one) => /^Listen/.test(one.textContent.trim() || one.ariaLabel)).click()`,
  );
  await until('the listen is counted', async () => (await countedOf(post, 'post_listens')) === 1);
  await tab.close();

  const site = createServer((_, res) => {
    const frame = (id?: string): string =>
      `<iframe src="${server.url}/embed/p/${id}" width="500" height="300"></iframe>`;
    res.writeHead(200, { 'content-type': 'text/html' });
    res.end(`<!doctype html>${frame(posts[1])}<div style="height:3000px"></div>${frame(posts[2])}`);
  });
  site.listen(0, '127.0.0.1');
  await new Promise((resolve) => site.once('listening', resolve));
  const foreign = await bare.tab(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`, {
    person: 'nobody',
  });
  await until('it is counted', async () => (await countedOf(posts[1] ?? '', 'post_embed_impressions')) === 1);
  expect(await countedOf(posts[2] ?? '', 'post_embed_impressions')).toBe(0);
  await foreign.close();
  site.close();
  // Neither of them is an impression.
  await agrees();
  console.log('pairs of a page view and a post:', truth.pairs);
}, 180_000);
