/**
 * What of ours stands in pages of other sites, in a Chromium that lets nobody keep cookies or anything else: a room is heard
 * live and afterwards, a clip is heard, a post is read, and what is left of it when it was deleted. Nothing else is framed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame, Page } from 'playwright-core';
import { SaxesParser } from 'saxes';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADDRESSES } from '../src/http/index.ts';
import { clipEmbedCode, embedCode } from '../src/wire/listening/embed-code.ts';
import { speechLike } from '../test/sound.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';
import { writeWav } from './rig/sound.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const PASSWORD = 'seven quiet otters';
/** No cookies, no storage, for anybody. */
const NOTHING_KEPT = { profile: { default_content_setting_values: { cookies: 2 }, cookie_controls_mode: 1 } };

let server: Server;
let room: MadeRoom;
let reader: Browser;
let author: Browser;
let speaker: ChildProcess;
let folder: string;
let site: HttpServer;
let clip: { readonly path: string };
const pages = new Map<string, string>();

/** Puts a page on the other site; `host`: another name is another site. */
function elsewhere(html: string, host = 'localhost'): string {
  const path = `/page-${pages.size}`;
  pages.set(path, `<!doctype html><meta charset="utf-8"><title>A newspaper</title>${html}`);
  return `http://${host}:${(site.address() as AddressInfo).port}${path}`;
}
const api = (path: string, body: object): Promise<Response> =>
  fetch(`${server.url}/api/rooms/${room.slug}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${room.token}`,
      'content-type': 'application/json',
      connection: 'close',
    },
    body: JSON.stringify(body),
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-foreign-'));
  site = createServer((req, res) => {
    const html = pages.get(req.url ?? '');
    res.writeHead(html === undefined ? 404 : 200, { 'content-type': 'text/html' }).end(html);
  });
  site.listen(0);
  await new Promise((resolve) => site.once('listening', resolve));
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Heard in a newspaper', '--host', 'Ana');
  reader = await startBrowser({ preferences: NOTHING_KEPT, viewport: { width: 700, height: 900 } });
  author = await startBrowser({ javaScript: false });
  const file = join(folder, 'ana.wav');
  writeWav(file, speechLike(20, 1));
  const words = [ENTRY, 'say', file, '--room', room.slug, '--name', 'Ana', '--url', server.url, '--loop'];
  speaker = spawn(process.execPath, words, {
    env: { ...outside(), EARSHOT_DATA: server.data },
    stdio: 'ignore',
  });
  await until('she is on stage', async () => {
    const state = (await (await fetch(`${server.url}/r/${room.slug}/state.json`)).json()) as {
      stage: unknown[];
    };
    return state.stage.length === 1;
  });
  await api('/live', {});
}, 180_000);
afterAll(async () => {
  speaker?.kill('SIGKILL');
  for (const one of [reader, author, server]) await one?.[Symbol.asyncDispose]();
  site?.closeAllConnections();
  site?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The frame of a page that was opened. */
async function frameOf(page: Page): Promise<Frame> {
  await page.locator('iframe').first().waitFor();
  await until('the frame is there', async () => page.frames().length > 1);
  return page.frames()[1] as Frame;
}
/** Loudness of what plays in a frame: the root of the mean square, the loudest of some tenths of seconds. */
const loudness = (frame: Frame): Promise<number> =>
  frame.evaluate(async () => {
    const playing = [...document.querySelectorAll('audio')].find((one) => !one.paused) as
      | (HTMLAudioElement & { captureStream(): MediaStream })
      | undefined;
    const stream = playing?.captureStream();
    if (!stream?.getAudioTracks().length) return 0;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let loudest = 0;
    for (let n = 0; n < 20; n++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      analyser.getFloatTimeDomainData(samples);
      const sum = samples.reduce((all, value) => all + value * value, 0);
      loudest = Math.max(loudest, Math.sqrt(sum / samples.length));
    }
    await context.close();
    return loudest;
  });
const heard = (what: string, frame: Frame): Promise<void> =>
  until(what, async () => (await loudness(frame)) > 0.01, 60_000);

test('a live room is heard where nothing can be kept', async () => {
  const page = await reader.page(elsewhere(embedCode(room.url, 'A room')));
  const frame = await frameOf(page);
  // The browser does what this is about.
  expect(
    await frame.evaluate(() => {
      document.cookie = 'a=1; SameSite=None';
      try {
        localStorage.setItem('a', '1');
        return 'kept';
      } catch (error) {
        return `${document.cookie}${(error as Error).name}`;
      }
    }),
  ).toBe('SecurityError');
  await frame.getByRole('button', { name: /^Listen/ }).click();
  await heard('a voice in the frame', frame);
  await page.close();
}, 120_000);

test('a clip is heard there, made a moment ago, in the language and the light of the page around', async () => {
  await new Promise((resolve) => setTimeout(resolve, 8_000));
  const made = await api('/clips', { title: 'A moment', last: 6 });
  clip = (await made.json()) as typeof clip;
  await until('the clip is there', async () => (await fetch(`${server.url}${clip.path}.m4a`)).ok, 40_000);
  const code = clipEmbedCode(server.url + clip.path, 'A clip').replace(
    /" title/,
    '?lang=fr&theme=dark" title',
  );
  const page = await reader.page(elsewhere(code));
  const frame = await frameOf(page);
  await frame.locator('audio').waitFor();
  expect(await frame.evaluate(() => [document.documentElement.lang, document.scripts.length])).toEqual([
    'fr',
    0,
  ]);
  expect(await frame.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(17, 19, 26)');
  await frame.evaluate(() => document.querySelector('audio')?.play());
  await heard('the clip', frame);
  await page.close();
}, 120_000);

test('a room that is over is heard there again', async () => {
  await api('/end', {});
  await until(
    'the recording is there',
    async () => {
      const answer = await fetch(`${server.url}/r/${room.slug}/replay.m4a`, { method: 'HEAD' });
      return answer.ok;
    },
    60_000,
  );
  const page = await reader.page(elsewhere(embedCode(room.url, 'A room')));
  const frame = await frameOf(page);
  await frame.getByRole('button', { name: /^Play/ }).click();
  await heard('the recording', frame);
  await page.close();
}, 120_000);

/** Fills a form by its labels and presses its button. */
async function send(page: Page, fields: Record<string, string>, button: string): Promise<void> {
  const named = page.getByRole('button', { name: button, exact: true });
  const form = page.locator('form').filter({ has: named }).first();
  for (const [label, value] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(value);
  await Promise.all([
    page.waitForNavigation(),
    form.getByRole('button', { name: button, exact: true }).click(),
  ]);
}

test('a post is read there by the code of its page; deleted, its frame stays and says what stood in it', async () => {
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  const ana = await author.page(server.url + first);
  const mail = { 'E-mail address': 'ana@rooms.example' };
  await send(ana, { 'Your name': 'Ana', ...mail, Password: PASSWORD }, 'Make an account');
  if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
  await send(ana, { ...mail, Password: PASSWORD }, 'Sign in');
  await ana.goto(`${server.url}/compose`);
  await send(ana, { 'Your address: /@…': 'ana' }, 'Take this address');
  await ana.goto(`${server.url}/compose`);
  await send(ana, { 'Your post': `Hear it: ${room.url} <b>now</b>` }, 'Post');
  const post = ana.url();
  const code = await ana.locator('textarea[data-copy]').textContent();
  const page = await reader.page(elsewhere(code ?? ''));
  const frame = await frameOf(page);
  const said = (of: Frame): Promise<string> => of.locator('main').innerText();
  await frame.locator('article').waitFor();
  expect(await said(frame)).toMatch(/Ana[\s\S]*Hear it:[\s\S]*<b>now<\/b>[\s\S]*Heard in a newspaper/);
  const height = (): Promise<number> =>
    page.evaluate(() => document.querySelector('iframe')?.getBoundingClientRect().height ?? 0);
  const before = await height();
  // Its text is in the page around as well, for the day when no server answers.
  expect(await page.locator('blockquote').textContent()).toContain('<b>now</b>');
  await ana.goto(`${post}?show=delete`);
  await send(ana, { 'Why (if you like)': 'It was too early' }, 'Delete the post');
  await page.reload();
  const left = await frameOf(page);
  await left.locator('.stood').waitFor();
  expect(await said(left)).toMatch(
    /A post by Ana of .* 2026 stood here\.[\s\S]*Its author deleted it on .* 2026\.[\s\S]*“It was too early”/,
  );
  expect(await height()).toBe(before);
  expect(before).toBeGreaterThanOrEqual(260);
  // Other programs are told the same.
  const asked = `${server.url}/oembed?format=xml&url=${encodeURIComponent(post)}`;
  const xml = await (await fetch(asked)).text();
  const found: Record<string, string> = {};
  const parser = new SaxesParser();
  let tag = '';
  parser.on('opentag', ({ name }) => {
    tag = name;
  });
  parser.on('text', (text) => {
    found[tag] = (found[tag] ?? '') + text;
  });
  parser.write(xml).close();
  expect(found).toMatchObject({ version: '1.0', type: 'rich', author_name: 'Ana' });
  expect(found['html']).toContain('stood here.');
  const tags = await reader.page(post);
  const meta = (name: string): Promise<string | null> =>
    tags.locator(`meta[property="${name}"]`).getAttribute('content');
  expect(await meta('og:description')).toContain('stood here.');
  const image = await fetch((await meta('og:image')) ?? '');
  expect([image.status, image.headers.get('content-type')]).toEqual([200, 'image/png']);
  await tags.close();
  await page.close();
}, 180_000);

/** Which of some addresses a page of another site shows in frames; the others are refused by the browser. */
async function shownIn(addresses: readonly string[], host?: string): Promise<string[]> {
  const frames = addresses.map((address) => `<iframe src="${address}"></iframe>`).join('\n');
  const page = await reader.page(elsewhere(frames, host));
  await until(
    'every frame has ended',
    async () => {
      const inside = page.frames().slice(1);
      const ready = await Promise.all(
        inside.map((one) => one.evaluate(() => document.readyState === 'complete').catch(() => false)),
      );
      return inside.length === addresses.length && ready.every(Boolean);
    },
    60_000,
  );
  const urls = page.frames().map((one) => one.url());
  await page.close();
  return addresses.filter((address) => urls.includes(address));
}

test('no other page of the table of addresses is framed', async () => {
  const others = ADDRESSES.filter(
    ({ framed, methods, endless }) => !framed && !endless && methods.includes('GET'),
  );
  const html: string[] = [];
  for (const path of others.flatMap(({ examples }) => examples)) {
    const gone = new AbortController();
    const answer = await fetch(server.url + path.replace('/r/hall', `/r/${room.slug}`), {
      ...{ headers: { accept: 'text/html' }, signal: gone.signal, redirect: 'manual' },
    }).catch(() => undefined);
    if (answer?.headers.get('content-type')?.startsWith('text/html')) html.push(answer.url);
    gone.abort();
  }
  expect(html.length).toBeGreaterThan(25);
  expect(await shownIn([...html, `${server.url}/embed/r/${room.slug}`])).toEqual([
    `${server.url}/embed/r/${room.slug}`,
  ]);
}, 180_000);

test('where the operator lists sites, the others are refused', async () => {
  const listed = new URL(elsewhere('')).origin;
  await using strict = await startServer({
    ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_FRAMED_BY: `${listed}, https://*.paper.example` },
  });
  const hall = await strict.room('For one newspaper');
  const frames = [
    `${strict.url}/embed/r/${hall.slug}`,
    `${strict.url}/r/${hall.slug}/embed`,
    `${strict.url}/embed/p/abc`,
  ];
  expect(await shownIn(frames)).toEqual(frames);
  expect(await shownIn(frames, '127.0.0.2')).toEqual([]);
}, 180_000);
