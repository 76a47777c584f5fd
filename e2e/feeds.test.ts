/**
 * What other programs are told of a room, from the day it is announced to its episode, on a running server: podcast
 * programs, readers of feeds, calendars and sites that show a link ask as they do, without cookies, and parsers of others
 * read the answers. What a feed says can be heard is fetched and decoded.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ogs from 'open-graph-scraper';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  elementsOf,
  type FoundElement,
  readCalendar,
  readFeed,
  readPodcast,
  strictXml,
} from '../test/foreign/feed-readers.ts';
import { type Browser, startBrowser } from './rig/browser.ts';
import { goLive, joinStage } from './rig/people.ts';
import { ask, decoded, type ProgramAnswer } from './rig/podcast-program.ts';
import { type Server, startServer, until } from './rig/server.ts';
import { writeSpeech } from './rig/sound.ts';

const PASSWORD = 'seven quiet otters';
const SPEECH =
  'Good evening from the town hall. We begin with the budget of the coming year, and what it leaves for the library.';
const HOUR = 3_600_000;
/** Below this is silence: somebody who speaks is ten times as loud. */
const HEARD = 0.01;

interface Made {
  readonly slug: string;
  readonly studio: string;
  readonly token: string;
}

let folder: string;
let server: Server;
let browser: Browser;
let ana: Page;
const made: Record<string, Made> = {};
/** Ids of the hall's entries, seen at first. */
let uid: string | undefined;
let guid: string | undefined;

/** Fills a form by its labels and presses its button. */
async function send(fields: Record<string, string>, button: string): Promise<void> {
  const named = ana.getByRole('button', { name: button, exact: true });
  const form = ana.locator('form').filter({ has: named }).first();
  for (const [label, value] of Object.entries(fields))
    await form.getByLabel(label, { exact: true }).fill(value);
  await Promise.all([
    ana.waitForNavigation(),
    form.getByRole('button', { name: button, exact: true }).click(),
  ]);
}
/** Asks the API as the page of somebody who is signed in does. */
async function asAna<T>(method: string, path: string, body: object = {}): Promise<T> {
  const [status, text] = await ana.evaluate(
    async ([how, where, what]) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(where as string, { method: how as string, headers, body: what as string });
      return [answer.status, await answer.text()] as const;
    },
    [method, path, JSON.stringify(body)],
  );
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as T;
}
/** Asks it as a program with the link of the host of the hall does. */
async function byLink(path: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${server.url}/api/rooms/${made.hall?.slug}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${made.hall?.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}
const change = (name: string, body: object): Promise<object> =>
  asAna('PATCH', `/api/rooms/${made[name]?.slug}`, body);
const at = (name: string, rest = ''): string => `${server.url}/r/${made[name]?.slug}${rest}`;
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-feeds-'));
  writeSpeech(join(folder, 'host.wav'), SPEECH);
  [server, browser] = await Promise.all([
    startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' }),
    startBrowser({ microphone: join(folder, 'host.wav') }),
  ]);
  const [, first = ''] = /(\/sign-up\?invitation=\S+)/.exec(server.output()) ?? [];
  ana = await browser.page(server.url + first);
  ana.setDefaultTimeout(60_000);
  const mail = { 'E-mail address': 'ana@rooms.example' };
  await send({ 'Your name': 'Ana', ...mail, Password: PASSWORD }, 'Make an account');
  if (!ana.url().includes('/sign-in')) await ana.goto(`${server.url}/sign-in`);
  await send({ ...mail, Password: PASSWORD }, 'Sign in');
  await ana.goto(`${server.url}/compose`);
  await send({ 'Your address: /@…': 'ana' }, 'Take this address');
  for (const [name, wish] of Object.entries({
    hall: { title: 'Town hall & "library"', start: inMs(2 * HOUR) },
    late: { title: 'The late one', start: inMs(1_000) },
    off: { title: 'The one called off', start: inMs(3 * HOUR) },
    secret: { title: 'The hidden one', access: 'private', password: PASSWORD },
    draft: { title: 'The draft', draft: true },
  }))
    made[name] = await asAna<Made>('POST', '/api/rooms', { host: 'Ana', ...wish });
}, 180_000);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Asks for a feed, packed, and has it read; nothing that nobody else may know is in it. */
async function feedAt(path: string): Promise<ProgramAnswer & { readonly xml: FoundElement }> {
  const answer = await ask(path.startsWith('http') ? path : server.url + path);
  expect([answer.status, answer.headers['content-encoding']], path).toEqual([200, 'gzip']);
  expect(answer.headers['content-type']).toBe(
    `application/${path.endsWith('.xml') ? 'rss' : 'atom'}+xml; charset=utf-8`,
  );
  expect(answer.text).not.toMatch(/hidden one|The draft/);
  expect(await readFeed(answer.text)).toBeDefined();
  return { ...answer, xml: strictXml(answer.text) };
}
const PODCASTS = (): string[] => ['/feed.xml', `/r/${made.hall?.slug}/feed.xml`, '/@ana/feed.xml'];
const ATOMS = (): string[] => ['/feed.atom', `/r/${made.hall?.slug}/feed.atom`, '/@ana/feed.atom'];
/** What podcast programs are told of the hall by each of the three feeds, once they say so. */
async function told(status: string) {
  const items: NonNullable<ReturnType<typeof readPodcast>['podcastLiveItems']>[number][] = [];
  for (const path of PODCASTS())
    await until(
      `${path} says ${status}`,
      async () => {
        const { podcastLiveItems = [] } = readPodcast((await feedAt(path)).text);
        const hall = podcastLiveItems.find(({ link }) => link === at('hall'));
        if (hall?.status === status) items.push(hall);
        return hall?.status === status;
      },
      40_000,
    );
  guid ??= items[0]?.guid;
  expect(items.map((item) => item.guid)).toEqual(PODCASTS().map(() => guid));
  return items;
}
async function event(name: string, path = at(name, '/event.ics')) {
  const { text, status } = await ask(path);
  expect(status).toBe(200);
  const { events } = readCalendar(text);
  const url = at(name);
  const found = events.find(({ component }) => component.getFirstPropertyValue('url') === url);
  if (!found) throw new Error(`no event for ${url} in ${path}`);
  const { component } = found;
  const state = component.getFirstPropertyValue('status');
  return { ...{ uid: found.uid, sequence: found.sequence, about: found.description, state }, found };
}
/** Whoever has the newest is told so, by its tag and by its date; asks again when it has changed in between. */
async function conditional(path: string, again = true): Promise<string> {
  const known = (more: Record<string, string>, method = 'GET') => ask(server.url + path, more, method);
  const { headers } = await known({});
  const tag = headers.etag ?? '';
  const byTag = await known({ 'if-none-match': tag });
  const since = headers['last-modified'];
  const byDate = since === undefined ? undefined : await known({ 'if-modified-since': since });
  const head = await known({}, 'HEAD');
  if (again && head.headers.etag !== tag) return conditional(path, false);
  expect([path, byTag.status, byTag.bytes.length, byTag.headers.etag]).toEqual([path, 304, 0, tag]);
  expect([path, since, byDate?.status ?? 304]).toEqual([path, since, 304]);
  expect([head.status, head.bytes.length, head.headers.etag]).toEqual([200, 0, tag]);
  return tag;
}
/** What sites are told that show a link: by oEmbed in both forms, found by its page, and by Open Graph. */
async function shown(url: string, status = 200) {
  const page = await ask(url, { accept: 'text/html', 'user-agent': 'Mastodon/4.6 (http.rb)' });
  expect(page.status).toBe(status);
  const { result } = await ogs({ html: page.text });
  const image = result.ogImage?.[0];
  const { headers, bytes } = await ask(image?.url ?? '');
  expect([headers['content-type'], bytes.subarray(1, 4).toString()]).toEqual(['image/png', 'PNG']);
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)].map(String)).toEqual(
    [image?.width, image?.height].map(String),
  );
  const oembed = `${server.url}/oembed?url=${encodeURIComponent(url)}`;
  const json = JSON.parse((await ask(oembed)).text) as Record<string, string | number>;
  const xml = strictXml((await ask(`${oembed}&format=xml`)).text);
  expect(Object.fromEntries(xml.inside.map(({ name, text }) => [name, text]))).toEqual(
    Object.fromEntries(Object.entries(json).map(([name, value]) => [name, String(value)])),
  );
  return { title: result.ogTitle, says: result.ogDescription, alt: image?.alt, json, image: image?.url };
}

test('announced: each feed has it once, to come; nothing of what is private or a draft is in any', async () => {
  for (const item of await told('pending'))
    expect(item).toMatchObject({ title: 'Town hall & "library"', enclosure: { type: 'audio/mpeg' } });
  for (const path of ATOMS()) {
    const { items } = await readFeed((await feedAt(path)).text);
    expect(items.filter(({ link }) => link === at('hall'))).toHaveLength(1);
  }
  for (const name of ['secret', 'draft'])
    for (const rest of ['/feed.xml', '/feed.atom', '/event.ics', '/replay/chapters.json', '/card.png'])
      expect([rest, (await ask(at(name, rest))).status]).toEqual([rest, 404]);
  expect((await ask(`${server.url}/oembed?url=${encodeURIComponent(at('secret'))}`)).status).toBe(404);
  const calendar = await ask(`${server.url}/@ana/rooms.ics`);
  expect(readCalendar(calendar.text).events).toHaveLength(3);
  expect(calendar.text).not.toMatch(/hidden one|The draft/);
  // The page to which programs lead is there, and says when.
  expect(await shown(at('hall'))).toMatchObject({ title: 'Town hall & "library"', alt: /^Announced/ });
  const early = await ask(at('hall', '/radio.mp3'));
  expect(early.status).toBe(409);
}, 90_000);

test('moved, named otherwise, late, called off: a calendar has the same event in a new revision each time', async () => {
  const first = await event('hall');
  uid = first.uid;
  expect([first.sequence, first.state]).toEqual([0, 'CONFIRMED']);
  const tag = await conditional(`/r/${made.hall?.slug}/event.ics`);
  // Within one second.
  await change('hall', { start: inMs(2.5 * HOUR) });
  const moved = await event('hall');
  await change('hall', { title: 'Town hall, and the library' });
  const named = await event('hall');
  await change('hall', { late: 'The train; it stands' });
  const late = await event('hall');
  expect([moved, named, late].map((one) => [one.uid, one.sequence])).toEqual([
    [uid, 1],
    [uid, 2],
    [uid, 3],
  ]);
  expect(
    moved.found.startDate.toJSDate().getTime() - first.found.startDate.toJSDate().getTime(),
  ).toBeGreaterThan(HOUR / 4);
  expect([named.found.summary, late.about]).toEqual([
    'Town hall, and the library',
    expect.stringContaining('The train; it stands'),
  ]);
  expect(await conditional(`/r/${made.hall?.slug}/event.ics`)).not.toBe(tag);
  await asAna('POST', `/api/rooms/${made.off?.slug}/cancel`, { reason: 'Ana is ill' });
  const path = `${server.url}/@ana/rooms.ics`;
  await until(
    'the calendar of the host says so',
    async () => (await event('off', path)).state === 'CANCELLED',
  );
  const off = await event('off', path);
  expect([off.sequence, off.found.component.getFirstPropertyValue('comment')]).toEqual([1, 'Ana is ill']);
  expect(off.uid).toBe((await event('off')).uid);
  await conditional('/@ana/rooms.ics');
  expect((await shown(at('off'))).alt).toMatch(/^Called off/);
}, 60_000);

test('live: every form of it in a feed is heard', async () => {
  const before = await conditional(PODCASTS()[1] ?? '');
  await change('hall', { start: inMs(5 * 60_000) });
  const studio = await browser.page(made.hall?.studio ?? '');
  await joinStage(studio);
  await goLive(studio);
  const [item] = await told('live');
  expect(await conditional(PODCASTS()[1] ?? '')).not.toBe(before);
  expect(item).toMatchObject({ title: 'Town hall, and the library', podcastPeople: [{ name: 'Ana' }] });
  const forms = item?.alternativeEnclosures?.map(({ source }) => source[0]?.uri ?? '') ?? [];
  expect(forms).toHaveLength(4);
  expect(forms).toContain(item?.enclosure.url);
  for (const form of forms) {
    const head = await ask(form, {}, 'HEAD');
    const { type } = item?.alternativeEnclosures?.find(({ source }) => source[0]?.uri === form) ?? {};
    expect([form, head.status, head.headers['content-type']?.split(';')[0]]).toEqual([form, 200, type]);
  }
  const heard = await Promise.all(forms.map((form) => decoded(form, 6)));
  for (const { seconds, loudness } of heard) {
    expect(seconds).toBeCloseTo(6, 0);
    expect(loudness).toBeGreaterThan(HEARD);
  }
  expect((await shown(at('hall'))).alt).toMatch(/^Live now/);
  for (const path of ATOMS())
    expect((await readFeed((await feedAt(path)).text)).items.map(({ title }) => title)).toContain(
      'Live now: Town hall, and the library',
    );
}, 150_000);

test('over: the live item has ended, and an episode has its sound, length, chapters, people and clips', async () => {
  await byLink('/chapters', { title: 'The budget' });
  await byLink('/clips', { title: 'A <short> passage', last: 5 });
  const live = await conditional('/feed.xml');
  await byLink('/end');
  const [ended] = await told('ended');
  expect(ended?.end?.getTime()).toBeGreaterThan(ended?.start.getTime() ?? Number.POSITIVE_INFINITY);
  const episode = async (path: string) =>
    readPodcast((await feedAt(path)).text).items.find(({ link }) => link === at('hall'));
  for (const path of PODCASTS())
    await until(
      `an episode with its clip in ${path}`,
      async () => {
        const { enclosure, podcastSoundbites = [] } = (await episode(path)) ?? {};
        return Number(enclosure?.length) > 0 && podcastSoundbites.length > 0;
      },
      90_000,
    );
  const item = await episode('/feed.xml');
  expect(await conditional('/feed.xml')).not.toBe(live);
  expect(item).toMatchObject({
    ...{ title: 'Town hall, and the library', podcastPeople: [{ name: 'Ana', role: 'Host' }] },
    enclosure: { url: at('hall', '/replay.m4a'), type: 'audio/mp4' },
    podcastSoundbites: [{ title: 'A <short> passage' }],
  });
  expect(item?.guid).not.toBe(guid);
  const url = item?.enclosure.url ?? '';
  const head = await ask(url, { 'accept-encoding': 'identity' }, 'HEAD');
  const whole = await ask(url, { 'accept-encoding': 'identity' });
  const length = item?.enclosure.length;
  expect([Number(head.headers['content-length']), whole.bytes.length]).toEqual([length, length]);
  expect(head.headers).toMatchObject({ 'content-type': 'audio/mp4', 'accept-ranges': 'bytes' });
  for (const [range, from, to] of [
    ['bytes=0-0', 0, 1],
    ['bytes=100-299', 100, 300],
    ['bytes=-200', whole.bytes.length - 200, whole.bytes.length],
    [`bytes=${whole.bytes.length - 50}-`, whole.bytes.length - 50, whole.bytes.length],
  ] as const) {
    const part = await ask(url, { range, 'if-range': whole.headers.etag ?? '' });
    expect([range, part.status, part.headers['content-range']]).toEqual([
      range,
      206,
      `bytes ${from}-${to - 1}/${length}`,
    ]);
    expect(part.bytes.equals(whole.bytes.subarray(from, to)), range).toBe(true);
  }
  expect((await ask(url, { range: `bytes=${length}-` })).status).toBe(416);
  expect((await ask(url, { 'if-none-match': whole.headers.etag ?? '' })).status).toBe(304);
  const forms = item?.alternativeEnclosures?.map(({ source }) => source[0]?.uri ?? '') ?? [];
  expect(forms).toHaveLength(3);
  for (const form of forms) {
    const { seconds, loudness } = await decoded(form);
    expect(Math.abs(seconds - (item?.duration ?? 0)), form).toBeLessThan(1);
    expect(loudness, form).toBeGreaterThan(HEARD);
  }
  const chapters = await ask(item?.podcastChapters?.url ?? '');
  expect(chapters.headers['content-type']).toMatch(/^application\/json\+chapters/);
  const { version, chapters: all } = JSON.parse(chapters.text) as {
    version: string;
    chapters: { startTime: number; title: string }[];
  };
  expect([version, all.map(({ title }) => title)]).toEqual(['1.2.0', expect.arrayContaining(['The budget'])]);
  const bite = item?.podcastSoundbites?.[0];
  expect((bite?.startTime ?? 0) + (bite?.duration ?? 0)).toBeLessThanOrEqual((item?.duration ?? 0) + 1);
  // Nothing live is left at the address of before, and the page is there.
  expect((await ask(at('hall', '/radio.mp3'))).status).toBe(410);
  expect((await shown(at('hall'))).alt).toMatch(/^Listen again/);
  expect((await event('hall')).uid).toBe(uid);
}, 150_000);

test('posts: a deleted one leaves its entry with its reason; what is late says so; each state has another picture', async () => {
  const said = `Hear it: ${at('hall')} \u0007 & <b> #Städte`;
  const post = await asAna<{ id: string; url: string }>('POST', '/api/posts', { text: said });
  const entries = async (path: string): Promise<FoundElement[]> =>
    elementsOf((await feedAt(path)).xml, 'entry');
  const paths = ['/posts.atom', '/@ana/posts.atom'];
  const of = (entry: FoundElement | undefined, name: string): string =>
    entry ? (elementsOf(entry, name)[0]?.text ?? '') : '';
  const before = new Map<string, { id: string; tag: string }>();
  for (const path of paths) {
    await until(`the post in ${path}`, async () => (await entries(path)).length === 1);
    const [entry] = await entries(path);
    expect(of(entry, 'content')).toContain('&amp; &lt;b&gt;');
    before.set(path, { id: of(entry, 'id'), tag: await conditional(path) });
  }
  const there = await shown(server.url + post.url);
  await asAna('PUT', `/api/posts/${post.id}/tombstone`, { reason: 'The date was wrong' });
  for (const path of paths) {
    await until(`the tombstone in ${path}`, async () =>
      of((await entries(path))[0], 'content').includes('wrong'),
    );
    const [entry, second] = await entries(path);
    expect([of(entry, 'id'), second]).toEqual([before.get(path)?.id, undefined]);
    expect(of(entry, 'content')).toMatch(/Deleted by its author on .*The date was wrong/s);
    expect(of(entry, 'content')).not.toContain('Hear it');
    expect(await conditional(path)).not.toBe(before.get(path)?.tag);
  }
  const gone = await shown(server.url + post.url, 410);
  expect(gone.says).toContain('The date was wrong');
  expect(gone.image).not.toBe(there.image);
  await until('a minute late', async () => /^Late/.test((await shown(at('late'))).alt ?? ''), 60_000);
  const late = readPodcast((await feedAt('/feed.xml')).text).podcastLiveItems?.find(
    ({ link }) => link === at('late'),
  );
  expect([late?.status, (late?.start.getTime() ?? 0) > Date.now()]).toEqual(['pending', true]);
}, 120_000);
