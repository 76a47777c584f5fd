/** Chapters, clips and trims of a whole server: made by hosts, heard by listeners, read by programs of others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HostNote } from '../src/wire/figures/host-note.ts';
import type { ReplayOutline, Waveform } from '../src/wire/replay/outline.ts';
import { decodeWithFfmpeg } from '../test/ffmpeg.ts';
import { speechLike } from '../test/sound.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';
import { RATE, writeWav } from './rig/sound.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const TURN_S = 7;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let server: Server;
let browser: Browser;
let room: MadeRoom;
let folder: string;
const speakers: ChildProcess[] = [];

/** One of two people who take turns: silence while the other speaks. */
function voice(seed: number, first: boolean): Float32Array {
  const sound = speechLike(TURN_S * 4, seed);
  for (let turn = 0; turn < 4; turn++)
    if ((turn % 2 === 0) !== first) sound.fill(0, turn * TURN_S * RATE, (turn + 1) * TURN_S * RATE);
  return sound;
}

function say(name: string, seed: number, first: boolean): void {
  const file = join(folder, `${name}.wav`);
  writeWav(file, voice(seed, first));
  const words = [ENTRY, 'say', file, '--room', room.slug, '--name', name, '--url', server.url, '--loop'];
  speakers.push(
    spawn(process.execPath, words, {
      env: { ...outside(), EARSHOT_DATA: server.data },
      stdio: 'ignore',
    }),
  );
}

const api = async (path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<Response> =>
  fetch(`${server.url}/api/rooms/${room.slug}${path}`, {
    method,
    headers: {
      ...{ authorization: `Bearer ${room.token}`, 'content-type': 'application/json' },
      // A connection that was idle for long may just be closed.
      connection: 'close',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
const outline = async (): Promise<ReplayOutline> =>
  (await (await fetch(`${server.url}/r/${room.slug}/replay/outline.json`)).json()) as ReplayOutline;
const bytesOf = async (path: string): Promise<Uint8Array> => {
  const answer = await fetch(`${server.url}${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return new Uint8Array(await answer.arrayBuffer());
};
const iso = (wall: number): string => new Date(wall).toISOString();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-parts-'));
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
  room = await server.room('Parts of an evening', '--host', 'Ana');
  browser = await startBrowser();
  say('Ana', 1, true);
  say('Ben', 2, false);
  await until('both are on stage', async () => {
    const state = (await (await fetch(`${server.url}/r/${room.slug}/state.json`)).json()) as {
      stage: unknown[];
    };
    return state.stage.length === 2;
  });
  await api('/live', {});
  await wait(16_000);
}, 120_000);
afterAll(async () => {
  for (const one of speakers) one.kill('SIGKILL');
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

let live: { id: string; path: string; from: number; to: number };

test('a note of the host and a clip are made while the room is live, and the clip plays within seconds', async () => {
  const noted = await api('/chapters', { title: 'Questions begin', link: 'https://example.org/agenda' });
  expect(noted.status).toBe(201);
  const made = await api('/clips', { title: 'A live <b>moment</b>', text: 'As it happened', last: 6 });
  expect(made.status).toBe(201);
  live = (await made.json()) as typeof live;
  await until('the clip is there', async () => (await fetch(`${server.url}${live.path}.m4a`)).ok, 20_000);
  const sound = await decodeWithFfmpeg('mp4', await bytesOf(`${live.path}.m4a`));
  expect(Math.abs(sound.length / RATE - (live.to - live.from) / 1000)).toBeLessThan(0.005);
  expect(Math.abs(live.to - live.from - 6000)).toBeLessThan(12);
  expect(sound.some((value) => Math.abs(value) > 0.02)).toBe(true);
  await wait(16_000);
}, 180_000);

test('a stranger changes nothing, and nonsense is refused in words', async () => {
  const stranger = await fetch(`${server.url}/api/rooms/${room.slug}/clips`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"title":"x","last":5}',
  });
  expect(stranger.status).toBe(401);
  for (const [path, body] of [
    ['/clips', { title: 'x', last: 91 }],
    ['/clips', { title: '\u202e', last: 5 }],
    ['/clips', { title: 'x', from: iso(0), to: iso(9_000) }],
    ['/chapters', { title: 'x', link: 'javascript:alert(1)' }],
    ['/chapters', { title: 'x', link: 'https://a:b@example.org/' }],
    ['/chapters', { title: 'x', at: '2001-01-01T00:00:00Z' }],
  ] as const)
    expect([path, (await api(path, body)).status]).toEqual([path, 422]);
  const early = await api('/trims', { from: iso(live.from), to: iso(live.to), note: 'x' });
  expect(early.status).toBe(409);
});

test('after the end there are chapters of both speakers and of the note, in the page and in the file', async () => {
  for (const one of speakers) one.kill('SIGKILL');
  expect((await api('/end', {})).status).toBe(200);
  await until('the replay is complete', async () => {
    const list = await (await fetch(`${server.url}/r/${room.slug}/replay/aac96.m3u8`)).text();
    return list.includes('#EXT-X-ENDLIST');
  });
  const told = await outline();
  expect(told.chapters.filter(({ kind }) => kind === 'note')).toMatchObject([
    { title: 'Questions begin', link: 'https://example.org/agenda' },
  ]);
  expect(new Set(told.turns.map(({ title }) => title))).toEqual(new Set(['Ana', 'Ben']));
  expect(JSON.stringify(told)).not.toContain('"by"');
  const { levels } = (await (
    await fetch(`${server.url}/r/${room.slug}/replay/waveform.json`)
  ).json()) as Waveform;
  expect(Math.max(...levels)).toBe(100);
  expect(levels.length).toBeGreaterThan(50);
}, 180_000);

test('a listener goes from speaker to speaker, by the keyboard along the waveform, and shares the moment', async () => {
  const page = await browser.page(`${server.url}/r/${room.slug}`);
  const card = page.locator('.replay-card');
  await card.waitFor();
  await expect.poll(() => card.getByRole('listitem').count()).toBeGreaterThan(1);
  await page.getByRole('button', { name: /^Play/ }).click();
  const at = (): Promise<number> =>
    page.evaluate(
      () =>
        document.querySelector('audio')?.currentTime ??
        [...document.querySelectorAll('audio')][0]?.currentTime ??
        0,
    );
  await until('it plays', async () => (await at()) > 0.3);
  const { turns } = await outline();
  await page.getByRole('button', { name: 'Next speaker' }).click();
  await until('the next speaker is heard', async () => Math.abs((await at()) - (turns[1]?.at ?? 0)) < 2);
  expect(await card.locator('.now-speaking').textContent()).toContain(turns[1]?.title);
  const slider = card.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('Home');
  await until('the beginning', async () => (await at()) < 2);
  await page.keyboard.press('ArrowRight');
  await until('five seconds on', async () => (await at()) > 4.5);
  expect(await slider.getAttribute('aria-valuetext')).toMatch(/seconds? of/);
  await page.keyboard.press('n');
  await until('the next speaker by key', async () => (await at()) >= (turns[1]?.at ?? 0));
  // A link with a moment begins there.
  const shared = await browser.page(`${server.url}/r/${room.slug}?t=9`);
  await shared.getByRole('button', { name: 'Listen from 0:09' }).click();
  await until('the moment', async () =>
    shared.evaluate(() => [...document.querySelectorAll('audio')].some((a) => a.currentTime >= 9)),
  );
  for (const one of [page, shared]) await one.close();
}, 180_000);

test('a clip has a page that plays without a script, a card, and is found by programs of others', async () => {
  const html = await (await fetch(`${server.url}${live.path}`)).text();
  expect(html).toContain('A live &lt;b&gt;moment&lt;/b&gt;');
  expect(html).toContain(`<audio controls preload="metadata" src="${live.path}.m4a">`);
  const png = await bytesOf(`${live.path}.png`);
  expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  const oembed = await fetch(`${server.url}/oembed?url=${encodeURIComponent(server.url + live.path)}`);
  expect(await oembed.json()).toMatchObject({ type: 'link', title: 'A live <b>moment</b>' });
  const input = new Input({
    source: new BufferSource(await bytesOf(`${live.path}.m4a`)),
    formats: ALL_FORMATS,
  });
  const tags = await input.getMetadataTags();
  expect(tags.title).toBe('A live <b>moment</b>');
  expect(Buffer.from(tags.images?.[0]?.data ?? []).equals(Buffer.from(png))).toBe(true);
  const page = await browser.page(`${server.url}${live.path}`);
  const heard = await page.evaluate(async () => {
    const bytes = await (await fetch(`${location.pathname}.m4a`)).arrayBuffer();
    return (await new AudioContext().decodeAudioData(bytes)).duration;
  });
  expect(Math.abs(heard - (live.to - live.from) / 1000)).toBeLessThan(0.05);
  await page.evaluate(() => document.querySelector('audio')?.play());
  await until('it plays', () =>
    page.evaluate(() => (document.querySelector('audio')?.currentTime ?? 0) > 0.5),
  );
  await page.close();
  expect((await fetch(`${server.url}/r/${room.slug}/clip/nothing`)).status).toBe(410);
}, 120_000);

test('a mended title and chapter reach the outline, the file and its tag', async () => {
  const before = await fetch(`${server.url}/r/${room.slug}/replay.m4a`, { method: 'HEAD' });
  const note = (await outline()).chapters.find(({ kind }) => kind === 'note');
  expect((await api(`/chapters/${note?.id}`, { title: 'Your questions' }, 'PATCH')).status).toBe(200);
  expect((await api('', { title: 'Parts, mended' }, 'PATCH')).status).toBe(200);
  expect((await api(`/clips/${live.id}`, { title: 'A moment' }, 'PATCH')).status).toBe(200);
  await until('the outline has it', async () =>
    (await outline()).chapters.some(({ title }) => title === 'Your questions'),
  );
  // Right after the end the file keeps the layout of whoever reads it.
  const file = await bytesOf(`/r/${room.slug}/replay.m4a`);
  const input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS });
  expect((await input.getMetadataTags()).title).toBe('Parts, mended');
  expect(Buffer.from(file).includes('Your questions')).toBe(true);
  const after = await fetch(`${server.url}/r/${room.slug}/replay.m4a`, { method: 'HEAD' });
  expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'));
  const clip = new Input({
    source: new BufferSource(await bytesOf(`${live.path}.m4a`)),
    formats: ALL_FORMATS,
  });
  expect((await clip.getMetadataTags()).title).toBe('A moment');
}, 120_000);

test('a trim is seen, is heard as nothing, and the original stays what it was, by its hash in the log', async () => {
  const whole = await outline();
  const [first] = whole.turns;
  const from = (first?.wall ?? 0) + 9_000;
  const pieces = [
    ...(await (await fetch(`${server.url}/r/${room.slug}/replay/aac96.m3u8`)).text()).matchAll(
      /^aac96\/.*$/gm,
    ),
  ].map(([file]) => file);
  const made = await api('/trims', { from: iso(from), to: iso(from + 4_000), note: 'A name that was said' });
  expect(made.status).toBe(201);
  const {
    original,
    first: slot,
    end,
  } = (await made.json()) as {
    original: { sha256: string; bytes: number };
    first: number;
    end: number;
  };
  await until('the outline is shorter', async () => (await outline()).seconds < whole.seconds - 3.9);
  const told = await outline();
  expect(told.trims).toMatchObject([{ note: 'A name that was said', seconds: (end - slot) * 0.32 }]);
  expect(told.seconds).toBeCloseTo(whole.seconds - (end - slot) * 0.32, 2);
  const sound = await decodeWithFfmpeg('mp4', await bytesOf(`/r/${room.slug}/replay.m4a`));
  expect(Math.abs(sound.length / RATE - (told.seconds - told.lead))).toBeLessThan(0.1);
  // No piece that has something of it is given out any more.
  const touched = pieces.filter((file) => {
    const [, begin = 0, count = 0] = (/(\d+)-(\d+)\.m4s/.exec(file) ?? []).map(Number);
    return begin < end && begin + count > slot;
  });
  expect(touched.length).toBeGreaterThan(0);
  for (const file of touched)
    expect((await fetch(`${server.url}/r/${room.slug}/replay/${file}`)).status).toBe(404);
  const kept = await api('/original.mp4');
  const bytes = Buffer.from(await kept.arrayBuffer());
  expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([
    original.bytes,
    original.sha256,
  ]);
  expect((await decodeWithFfmpeg('mp4', bytes)).length / RATE).toBeGreaterThan(told.seconds + 3);
  expect((await fetch(`${server.url}/api/rooms/${room.slug}/original.mp4`)).status).toBe(401);
  const { notes } = (await (await fetch(`${server.url}/api/rooms/${room.slug}/notes`)).json()) as {
    notes: HostNote[];
  };
  expect(
    notes.some(({ text }) => text.includes(original.sha256) && text.includes('A name that was said')),
  ).toBe(true);
  const page = await browser.page(`${server.url}/r/${room.slug}`);
  await page.getByText(/Trimmed by the host on .* removed at .*A name that was said/).waitFor();
  await page.close();
  // And back.
  expect((await api(`/trims/${told.trims[0]?.id}`, undefined, 'DELETE')).status).toBe(204);
  await until('all of it is back', async () => Math.abs((await outline()).seconds - whole.seconds) < 0.01);
}, 180_000);

test('without scripts the page has the sound, chapters as links into the file, and the clips', async () => {
  const html = await (await fetch(`${server.url}/r/${room.slug}`)).text();
  expect(html).toContain(`<audio controls preload="none" src="/r/${room.slug}/replay.m4a">`);
  expect(html).toMatch(new RegExp(`href="/r/${room.slug}/replay\\.m4a#t=\\d+">`));
  expect(html).toContain(`href="/r/${room.slug}/clip/${live.id}"`);
});

test('a host shortens how long it is kept, and is told when it goes', async () => {
  expect((await api('/replay', { days: 0 }, 'PATCH')).status).toBe(422);
  expect(await (await api('/replay', { days: 30 }, 'PATCH')).json()).toEqual({ keepDays: 30 });
  await until(
    'the room says when it goes',
    async () => {
      const told = (await (await api('')).json()) as { recording?: { goesAt?: number } };
      const left = (told.recording?.goesAt ?? 0) - Date.now();
      return Math.abs(left - 30 * 86_400_000) < 600_000;
    },
    90_000,
  );
}, 120_000);
