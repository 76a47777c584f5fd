/** Chapters and a clip of a whole server: made by a host, heard by listeners, read by programs of others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReplayOutline } from '../src/wire/replay/outline.ts';
import { decodeWithFfmpeg } from '../test/ffmpeg.ts';
import { speechLike } from '../test/sound.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';
import { RATE, writeWav } from './rig/sound.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const TURN_S = 6;

let server: Server;
let browser: Browser;
let room: MadeRoom;
let folder: string;
let desk: Page;
let clip: { path: string; from: number; to: number };
const speakers: ChildProcess[] = [];

/** One of two people who take turns: silence while the other speaks. */
function say(name: string, seed: number, first: boolean): void {
  const sound = speechLike(TURN_S * 4, seed);
  for (let turn = 0; turn < 4; turn++)
    if ((turn % 2 === 0) !== first) sound.fill(0, turn * TURN_S * RATE, (turn + 1) * TURN_S * RATE);
  const file = join(folder, `${name}.wav`);
  writeWav(file, sound);
  const words = [ENTRY, 'say', file, '--room', room.slug, '--name', name, '--url', server.url, '--loop'];
  speakers.push(
    spawn(process.execPath, words, {
      env: { ...outside(), EARSHOT_DATA: server.data },
      stdio: 'ignore',
    }),
  );
}

const api = async (path: string, body: object): Promise<Response> =>
  fetch(`${server.url}/api/rooms/${room.slug}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${room.token}`,
      'content-type': 'application/json',
      // A connection that was idle for long may just be closed.
      connection: 'close',
    },
    body: JSON.stringify(body),
  });
const text = async (path: string): Promise<string> => (await fetch(`${server.url}${path}`)).text();
const bytes = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await fetch(`${server.url}${path}`)).arrayBuffer());
const outline = async (): Promise<ReplayOutline> =>
  JSON.parse(await text(`/r/${room.slug}/replay/outline.json`)) as ReplayOutline;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-parts-'));
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Parts of an evening', '--host', 'Ana');
  browser = await startBrowser();
  say('Ana', 1, true);
  say('Ben', 2, false);
  await until('both are on stage', async () => {
    const state = JSON.parse(await text(`/r/${room.slug}/state.json`)) as { stage: unknown[] };
    return state.stage.length === 2;
  });
  await api('/live', {});
  await new Promise((resolve) => setTimeout(resolve, 14_000));
}, 120_000);
afterAll(async () => {
  for (const one of speakers) one.kill('SIGKILL');
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('a clip of a live room is there within seconds, as long as was asked, with a page and a card', async () => {
  expect((await api('/chapters', { title: 'Questions begin' })).status).toBe(201);
  const made = await api('/clips', { title: 'A live <b>moment</b>', last: 6 });
  expect(made.status).toBe(201);
  clip = (await made.json()) as typeof clip;
  await until('the clip is there', async () => (await fetch(`${server.url}${clip.path}.m4a`)).ok, 40_000);
  const sound = await decodeWithFfmpeg('mp4', await bytes(`${clip.path}.m4a`));
  expect(Math.abs(sound.length / RATE - (clip.to - clip.from) / 1000)).toBeLessThan(0.005);
  expect(sound.some((value) => Math.abs(value) > 0.02)).toBe(true);
  expect([...(await bytes(`${clip.path}.png`)).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(JSON.parse(await text(`/oembed?url=${encodeURIComponent(server.url + clip.path)}`))).toMatchObject({
    type: 'rich',
    title: 'A live <b>moment</b>',
  });
  const page = await browser.page(`${server.url}${clip.path}`);
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('A live <b>moment</b>');
  expect(await page.locator('meta[property="og:image"]').getAttribute('content')).toBe(
    `${server.url}${clip.path}.png`,
  );
  // The page has no script: its player is all there is to press.
  expect((await page.locator('audio').boundingBox())?.width).toBeGreaterThan(200);
  await page.close();
}, 120_000);

test('in the studio a host notes the moment and clips the last seconds, by keyboard alone', async () => {
  desk = await browser.page(room.studio);
  const card = desk.locator('.moments');
  await card.getByLabel('What is it about?').focus();
  await desk.keyboard.type('A note by hand');
  await desk.keyboard.press('Enter');
  await card.getByText('A note by hand').waitFor();
  await desk.keyboard.type('Said a moment ago');
  await card.getByLabel('How much of it').selectOption('15');
  await card.getByRole('button', { name: 'Clip what was just said' }).press('Enter');
  await card.getByRole('link', { name: 'Open: Said a moment ago' }).waitFor();
}, 120_000);

test('a speaker makes a clip of their own, sees nothing of the others’, and mends it', async () => {
  const invited = (await (await api('/invites', { name: 'Cid' })).json()) as { url: string };
  const page = await browser.page(invited.url);
  const card = page.locator('.moments');
  await card.getByLabel('What is it about?').fill('What I said');
  expect(await card.getByRole('button', { name: 'Note this moment' }).count()).toBe(0);
  await card.getByRole('button', { name: 'Clip what was just said' }).press('Enter');
  await card.getByRole('link', { name: 'Open: What I said' }).waitFor();
  expect(await card.locator('.edits li').count()).toBe(1);
  await card.getByRole('button', { name: 'Change the words: What I said' }).press('Enter');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('What I meant');
  await page.keyboard.press('Enter');
  await card.getByRole('link', { name: 'Open: What I meant' }).waitFor();
  await page.close();
}, 60_000);

test('after the end a listener goes to a chapter, to the next speaker, and to a moment that was shared', async () => {
  for (const one of speakers) one.kill('SIGKILL');
  expect((await api('/end', {})).status).toBe(200);
  await until('the replay is complete', async () =>
    (await text(`/r/${room.slug}/replay/aac96.m3u8`)).includes('#EXT-X-ENDLIST'),
  );
  const { turns, chapters } = await outline();
  expect(new Set(turns.map(({ title }) => title))).toEqual(new Set(['Ana', 'Ben']));
  expect(chapters.map(({ title }) => title)).toContain('Questions begin');
  const page = await browser.page(`${server.url}/r/${room.slug}`);
  const card = page.locator('.replay-card');
  await card.waitFor();
  const at = (): Promise<number> => page.evaluate(() => document.querySelector('audio')?.currentTime ?? 0);
  await card.locator('.chapters a').nth(1).click();
  // Pressed at once, while the recording may still be loading.
  await page.getByRole('button', { name: 'Next speaker' }).click();
  await until('the speaker after the chapter', async () => (await at()) > (turns[2]?.at ?? Infinity));
  expect(await card.locator('.now-speaking').textContent()).toContain(turns[2]?.title);
  await page.close();
  const shared = await browser.page(`${server.url}/r/${room.slug}?t=9`);
  await shared.getByRole('button', { name: 'Listen from 0:09' }).click();
  await until('the moment', () =>
    shared.evaluate(() => (document.querySelector('audio')?.currentTime ?? 0) > 9),
  );
  await shared.close();
  const html = await text(`/r/${room.slug}`);
  expect(html).toMatch(new RegExp(`href="/r/${room.slug}/replay\\.m4a#t=\\d+">`));
  expect(html).toContain(`href="${clip.path}"`);
  expect((await fetch(`${server.url}/r/${room.slug}/clip/nothing`)).status).toBe(410);
}, 90_000);

test('after the end the host finds a place, leaves a stretch out with a note, and mends words: the page and the download have them', async () => {
  const card = desk.locator('.recording-desk');
  await card.getByLabel('From', { exact: true }).waitFor({ timeout: 30_000 });
  await card.getByLabel('From', { exact: true }).fill('0:02');
  await card.getByLabel('To', { exact: true }).fill('0:05');
  await card.getByLabel('What is it about?').fill('A phone rang');
  await card.getByRole('button', { name: 'Hear it' }).press('Enter');
  await until('it is heard', () =>
    desk.evaluate(
      () => (document.querySelector<HTMLAudioElement>('.recording-desk audio')?.currentTime ?? 0) > 2.2,
    ),
  );
  await card.getByRole('button', { name: 'Leave it out' }).press('Enter');
  await card.getByRole('button', { name: 'Put it back: A phone rang' }).waitFor();
  await card.getByRole('button', { name: 'Change the words: A note by hand' }).press('Enter');
  await desk.keyboard.press('Control+A');
  await desk.keyboard.type('A better note');
  await desk.keyboard.press('Enter');
  await card.getByText('A better note').waitFor();
  await card.getByRole('textbox', { name: 'Keep the recording for, in days' }).fill('30');
  await desk.keyboard.press('Enter');
  await desk.getByText('Saved. The page').waitFor();
  await until('the page has the trim', async () => (await outline()).trims.length > 0);
  const told = await outline();
  expect(told.trims).toMatchObject([{ note: 'A phone rang' }]);
  expect(told.trims[0]?.seconds).toBeGreaterThanOrEqual(3);
  expect(told.chapters.map(({ title }) => title)).toContain('A better note');
  expect(Buffer.from(await bytes(`/r/${room.slug}/replay.m4a`)).includes('A better note')).toBe(true);
  const { sha256 } = told.original ?? {};
  const original = await fetch(`${server.url}/api/rooms/${room.slug}/original.mp4`, {
    headers: { authorization: `Bearer ${room.token}` },
  });
  expect(
    createHash('sha256')
      .update(new Uint8Array(await original.arrayBuffer()))
      .digest('hex'),
  ).toBe(sha256);
}, 90_000);
