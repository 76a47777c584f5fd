/**
 * What becomes of posts and the rooms of their cards while they stand in pages of other sites, in a Chromium that keeps
 * nothing for anybody: live, ended, edited, deleted, and while the server is away. Never a hole.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clipEmbedCode, embedCode } from '../src/wire/listening/embed-code.ts';
import { photoOf } from '../test/images/made-images.ts';
import { speechLike } from '../test/sound.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';
import { writeWav } from './rig/sound.ts';
import { send } from './rig/walked-server.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const NOTHING_KEPT = { profile: { default_content_setting_values: { cookies: 2 }, cookie_controls_mode: 1 } };

let server: Server;
let room: MadeRoom;
let reader: Browser;
let author: Browser;
let ana: Page;
let speaker: ChildProcess;
/** The path of a clip of the room. */
let clip: string;
let folder: string;
let site: HttpServer;
const pages = new Map<string, string>();

/** A frame in a page of another site, whose clock the test can move on; `width`: of the page's column. */
async function framed(code: string, width = 700): Promise<{ readonly page: Page; readonly frame: Frame }> {
  const path = `/page-${pages.size}`;
  pages.set(
    path,
    `<!doctype html><meta charset="utf-8"><title>A newspaper</title><div style="width:${width}px">${code}</div>`,
  );
  const page = await reader.page('about:blank');
  await page.clock.install();
  await page.goto(`http://localhost:${(site.address() as AddressInfo).port}${path}`);
  await page.locator('iframe').first().waitFor();
  await until('the frame is there', async () => page.frames().length > 1);
  return { page, frame: page.frames()[1] as Frame };
}
const said = (frame: Frame): Promise<string> => frame.locator('main').innerText();
const says = (what: string, frame: Frame, text: RegExp): Promise<void> =>
  until(what, async () => text.test(await said(frame).catch(() => '')), 30_000);
/** The same after some minutes of the reader's clock, without anything being loaded again. */
const comes = (what: string, { page, frame }: Awaited<ReturnType<typeof framed>>, text: RegExp) =>
  until(
    what,
    async () => {
      await page.clock.runFor(60_000);
      return text.test(await said(frame).catch(() => ''));
    },
    30_000,
  );
const api = (path: string, method = 'POST', body?: object): Promise<Response> =>
  fetch(`${server.url}/api/rooms/${room.slug}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${room.token}`,
      'content-type': 'application/json',
      connection: 'close',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const codeAt = async (post: string): Promise<string> => {
  await ana.goto(post);
  return (await ana.locator('textarea[data-copy]').textContent()) ?? '';
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-states-'));
  site = createServer((req, res) => {
    const html = pages.get(req.url ?? '');
    res.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(html);
  });
  site.listen(0);
  await new Promise((resolve) => site.once('listening', resolve));
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Heard in a newspaper', '--host', 'Ana');
  reader = await startBrowser({ preferences: NOTHING_KEPT, viewport: { width: 720, height: 900 } });
  author = await startBrowser({ javaScript: false });
  const file = join(folder, 'ana.wav');
  writeWav(file, speechLike(20, 1));
  const words = [ENTRY, 'say', file, '--room', room.slug, '--name', 'Ana', '--url', server.url, '--loop'];
  speaker = spawn(process.execPath, words, {
    env: { ...outside(), EARSHOT_DATA: server.data },
    stdio: 'ignore',
  });
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  ana = await author.page(server.url + first);
  const known = { 'E-mail address': 'ana@rooms.example', Password: 'seven quiet otters' };
  await send(ana, 'Make an account', { 'Your name': 'Ana', ...known });
  if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
  await send(ana, 'Sign in', known);
  await ana.goto(`${server.url}/compose`);
  await send(ana, 'Take this address', { 'Your address: /@…': 'ana' });
  await until('she is on stage', async () => {
    const state = (await (await fetch(`${server.url}/r/${room.slug}/state.json`)).json()) as {
      stage: unknown[];
    };
    return state.stage.length === 1;
  });
  await api('/live', 'POST', {});
}, 180_000);
afterAll(async () => {
  speaker?.kill('SIGKILL');
  for (const one of [reader, author, server]) await one?.[Symbol.asyncDispose]();
  site?.closeAllConnections();
  site?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('open frames follow what becomes of a room and of posts, without being loaded again', async () => {
  await ana.goto(`${server.url}/compose`);
  await send(ana, 'Post', { 'Your post': `Hear it: ${room.url}` });
  const first = ana.url();
  await ana.goto(`${first}?show=quote`);
  await send(ana, 'Post', { 'What you say about it': 'As I said' });
  const quote = ana.url();
  const post = await framed(await codeAt(first));
  const quoted = await framed(await codeAt(quote));
  await says('the card is live', post.frame, /Live[\s\S]*Heard in a newspaper/i);
  await says('the quote has it', quoted.frame, /As I said[\s\S]*Hear it/);

  const made = await api('/clips', 'POST', { title: 'A moment', last: 6 });
  clip = ((await made.json()) as { path: string }).path;
  await until('the clip is there', async () => (await fetch(`${server.url}${clip}.m4a`)).ok, 40_000);
  await api('/end', 'POST', {});
  await until('the recording is there', async () => {
    const answer = await fetch(`${server.url}/r/${room.slug}/replay.m4a`, { method: 'HEAD' });
    return answer.ok;
  });
  await comes('the card is over', post, /Ended[\s\S]*Heard in a newspaper/i);

  // An edit, then a deletion: both are in the frames that stand open.
  await ana.goto(`${first}?show=edit`);
  await send(ana, 'Save', { 'Your post': `Listen again: ${room.url}` });
  await comes('the edit is there', post, /Listen again/);
  await ana.goto(`${first}?show=delete`);
  await send(ana, 'Delete the post', { 'Why (if you like)': 'It was too early' });
  await comes('the tombstone is there', post, /stood here[\s\S]*Its author deleted it[\s\S]*too early/);
  expect(await post.frame.title()).toContain('Post by Ana');
  await comes('the quote says so', quoted, /As I said[\s\S]*Deleted by its author/);
  expect(await said(quoted.frame)).not.toContain('Listen again');

  // Half an hour in which nothing happens: asked for a few times, and less and less often.
  let asked = 0;
  quoted.page.on('request', (request) => {
    if (request.url().includes('/embed/p/')) asked += 1;
  });
  await quoted.page.clock.runFor(1_800_000);
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(10);
}, 300_000);

test('frames are read in a narrow column, in the dark, and have their images', async () => {
  await ana.goto(`${server.url}/compose`);
  await ana.getByLabel('Images').setInputFiles({
    ...{ name: 'stage.jpg', mimeType: 'image/jpeg', buffer: photoOf(900, 600) },
  });
  await send(ana, 'Post', { 'Your post': 'The hall' });
  await send(ana, 'Post', { 'What is to be seen on image 1': 'The stage from above' });
  const at = ana.url();
  const code = await codeAt(at);
  expect(code).toContain('<br>Image: The stage from above</blockquote>');
  expect(code).toMatch(/ title="Post by Ana of /);
  for (const width of [200, 240, 280]) {
    const { page, frame } = await framed(code, width);
    await frame.locator('.pictures img').waitFor();
    expect(await frame.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.close();
  }
  const { page, frame } = await framed(code.replace(/(embed\/p\/[a-z0-9]+)/, '$1?theme=dark&lang=fr'));
  await frame.locator('.pictures img').waitFor();
  expect(
    await frame.evaluate(() => [
      getComputedStyle(document.documentElement).backgroundColor,
      document.documentElement.lang,
    ]),
  ).toEqual(['rgb(17, 19, 26)', 'fr']);
  // All of the image is in the height that the code gives.
  expect(
    await frame.locator('.pictures img').evaluate((one) => one.getBoundingClientRect().bottom),
  ).toBeLessThan(
    await page.evaluate(() => document.querySelector('iframe')?.getBoundingClientRect().height ?? 0),
  );
  await page.close();
  const found = (await (await fetch(`${server.url}/oembed?url=${encodeURIComponent(at)}`)).json()) as {
    html: string;
  };
  expect(found.html).toContain('Image: The stage from above');
}, 180_000);

test('frames of a clip and of a room say so when the recording is removed, and when the room is deleted', async () => {
  const shows = async (code: string, text: RegExp): Promise<void> => {
    const { page, frame } = await framed(code);
    await says(`a frame says ${text}`, frame, text);
    await page.close();
  };
  const [clipCode, roomCode] = [
    clipEmbedCode(server.url + clip, 'A moment'),
    embedCode(room.url, 'The talk'),
  ];
  await shows(clipCode, /A moment/);
  await server.cli('recording', 'remove', room.slug, '--url', server.url);
  await until('the clip is gone', async () => (await fetch(server.url + clip)).status === 410);
  expect((await fetch(`${server.url}${clip}.m4a`)).status).toBe(410);
  await shows(clipCode, /This clip is gone[\s\S]*no longer in the recording/);
  await shows(roomCode, /recording was removed/);
  await server.cli('room', 'delete', room.slug, '--url', server.url);
  await until('the room is gone', async () => (await fetch(room.url)).status === 404);
  for (const code of [clipCode, roomCode]) await shows(code, /private, or does not exist/);
}, 120_000);

test('while the server starts anew a frame says so, and the post comes by itself', async () => {
  await ana.goto(`${server.url}/compose`);
  await send(ana, 'Post', { 'Your post': 'Still here' });
  const code = await codeAt(ana.url());
  process.kill(server.child('site', 0) ?? 0, 'SIGKILL');
  const path = `/page-${pages.size}`;
  pages.set(path, `<!doctype html><meta charset="utf-8"><title>A newspaper</title>${code}`);
  const page = await reader.page(`http://localhost:${(site.address() as AddressInfo).port}${path}`);
  // Whether it met the server away or back, it has the post in the end, and was never the browser's own error.
  await until(
    'the post is there',
    async () => {
      const frame = page.frames()[1];
      expect(frame?.url() ?? '').not.toContain('chrome-error');
      return /Still here/.test(
        (await frame
          ?.locator('main')
          .innerText()
          .catch(() => '')) ?? '',
      );
    },
    60_000,
  );
  await page.close();
}, 120_000);
