import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesOf } from '../src/http/index.ts';
import { startBrowser } from './rig/browser.ts';
import { type Cache, startCache } from './rig/caches.ts';
import { type Server, startServer, until } from './rig/server.ts';

const TITLE = 'Zephyrine budget';
const HOST = 'Quillon Marabout';
const CLIP = 'Zephyrine in short';
const PASSWORD = 'correct horse battery';
/** As long as the name of the room, so that answers that repeat it have the same length. */
const SLUG = 'closed-hall';
const NOBODY = 'nobody-hall';

interface Made {
  readonly slug: string;
  readonly token: string;
  readonly studio: string;
}

let server: Server;
let nginx: Cache;
let varnish: Cache;
let room: Made;
/** A clip of the room, by its id. */
let clip: string;

const api = async (method: string, path: string, body?: object, token?: string): Promise<Response> =>
  fetch(`${server.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const enter = async (
  grant: object,
  at = server.url,
): Promise<{ key?: string; pass?: string; status: number }> => {
  const response = await fetch(`${at}/r/${SLUG}/enter`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(grant),
  });
  return { ...((await response.json()) as object), status: response.status };
};

beforeAll(async () => {
  server = await startServer();
  const made = await api('POST', '/api/rooms', {
    ...{ title: TITLE, host: HOST, slug: SLUG, access: 'private', password: PASSWORD },
  });
  expect(made.status).toBe(201);
  room = (await made.json()) as Made;
  expect((await api('POST', `/api/rooms/${SLUG}/live`, undefined, room.token)).status).toBe(200);
  const cut = await api(
    'POST',
    `/api/rooms/${SLUG}/clips`,
    { title: CLIP, from: new Date().toISOString(), to: new Date(Date.now() + 2_000).toISOString() },
    room.token,
  );
  expect(cut.status).toBe(201);
  clip = ((await cut.json()) as { id: string }).id;
  [nginx, varnish] = await Promise.all([
    startCache('nginx', server.port),
    startCache('varnish', server.port),
  ]);
}, 400_000);
afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]();
  await varnish?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

const ways = [
  ['straight', () => server.url],
  ['through nginx', () => nginx.url],
  ['through Varnish', () => varnish.url],
] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS'] as const;
/**
 * What differs between two answers to the same question, and by the kind of connection on which a cache asks for it
 * (`referrer-policy`), or counts what this client may still ask for (`ratelimit`).
 */
const LOOSE =
  /^(?:ratelimit|referrer-policy|date|age|x-cache|etag|connection|keep-alive|content-length|x-varnish|via)$/;
/** After this time without a question every share of a client is there again. */
const SHARE_MS = 30_000;

/**
 * An answer as a stranger can look at it, without the room's own name. So many questions of one client use up its
 * share, whatever the room: a question that came too often is asked again.
 */
async function seen(base: string, method: string, path: string, slug: string): Promise<string> {
  for (const began = performance.now(); ; await sleep(300)) {
    const response = await fetch(`${base}${path}`, {
      method,
      redirect: 'manual',
      headers: { accept: 'text/html, */*' },
      ...(method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {}),
      signal: AbortSignal.timeout(20_000),
    });
    const body = await response.text();
    if (response.status === 429 && performance.now() - began < SHARE_MS) continue;
    const heads = [...response.headers].filter(([name]) => !LOOSE.test(name));
    return `${response.status}\n${JSON.stringify(heads)}\n${body}`.replaceAll(slug, 'ROOM');
  }
}

describe.each(ways)('a stranger %s', (_, base) => {
  test('sees at every address of a private room what is at the same address of no room', {
    timeout: 400_000,
  }, async () => {
    const differences: string[] = [];
    let asked = 0;
    let content = 0;
    for (const example of examplesOf(({ pattern }) => pattern.includes(':room'))) {
      for (const method of METHODS) {
        const [mine, none] = await Promise.all(
          [SLUG, NOBODY].map((slug) => seen(base(), method, example.replace('hall', slug), slug)),
        );
        asked += 1;
        if (mine?.includes(TITLE) || mine?.includes(HOST)) content += mine.length;
        if (mine !== none)
          differences.push(`${method} ${example}:\n${mine?.slice(0, 300)}\n--\n${none?.slice(0, 300)}`);
      }
    }
    expect(differences).toEqual([]);
    expect(content).toBe(0);
    expect(asked).toBeGreaterThan(200);
  });

  test('sees at every address that the description of the API names what is there of no room', {
    timeout: 200_000,
  }, async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const differences: string[] = [];
    let asked = 0;
    for (const [path, methods] of Object.entries(paths)) {
      if (!/\{(?:slug|room)\}/.test(path)) continue;
      for (const method of Object.keys(methods).filter((one) => /^(get|post|put|patch|delete)$/.test(one))) {
        const [mine, none] = await Promise.all(
          [SLUG, NOBODY].map((slug) => {
            const address = path.replace(/\{(?:slug|room)\}/, slug).replaceAll(/\{\w+\}/g, 'abcd2345');
            return seen(base(), method.toUpperCase(), address, slug);
          }),
        );
        asked += 1;
        if (mine !== none || mine?.includes(TITLE) || mine?.includes(HOST))
          differences.push(`${method} ${path}:\n${mine?.slice(0, 300)}\n--\n${none?.slice(0, 300)}`);
      }
    }
    expect(differences).toEqual([]);
    expect(asked).toBeGreaterThan(30);
  });

  test('sees of a clip and of the recording what is there of no room', { timeout: 100_000 }, async () => {
    const differences: string[] = [];
    const addresses = [
      ...['', '.m4a', '.svg', '.png'].map((end) => ['GET', `/r/ROOM/clip/${clip}${end}`] as const),
      ...['outline.json', 'waveform.json', 'main.m3u8'].map(
        (file) => ['GET', `/r/ROOM/replay/${file}`] as const,
      ),
      ...['replay', 'clips', 'original.mp4', 'notes'].map(
        (what) => ['GET', `/api/rooms/ROOM/${what}`] as const,
      ),
      ...(['PATCH', 'DELETE'] as const).map((method) => [method, `/api/rooms/ROOM/clips/${clip}`] as const),
    ];
    for (const [method, path] of addresses) {
      const [mine, none] = await Promise.all(
        [SLUG, NOBODY].map((slug) => seen(base(), method, path.replace('ROOM', slug), slug)),
      );
      if (mine !== none || mine?.includes('Zephyrine') || mine?.includes(HOST))
        differences.push(`${method} ${path}:\n${mine?.slice(0, 300)}\n--\n${none?.slice(0, 300)}`);
    }
    expect(differences).toEqual([]);
  });

  test('finds it at no other address', async () => {
    const others = [
      ...examplesOf(({ pattern }) => !pattern.includes(':room')),
      ...[
        `/oembed?url=${encodeURIComponent(`${server.url}/r/${SLUG}`)}`,
        `/claims?room=${SLUG}&text=5+listeners`,
      ],
      ...[
        `/api/claims/check?room=${SLUG}&text=5+listeners`,
        '/api/rooms?status=live',
        '/api/rooms?limit=200',
      ],
    ];
    for (const path of others) {
      const response = await fetch(`${base()}${path}`, { headers: { accept: '*/*' } });
      const text = await response.text();
      expect(text.includes(TITLE) || text.includes(HOST) || text.includes(`/r/${SLUG}/`), path).toBe(false);
    }
  });

  test('cannot make up a key', async () => {
    for (const key of ['0'.repeat(40), `${(await enter({ password: PASSWORD })).key?.slice(0, -1)}x`])
      for (const path of ['', '/stream', '/state.json', '/live/main.m3u8', '/radio.mp3'])
        expect((await fetch(`${base()}/r/${SLUG}~${key}${path}`)).status, path).toBe(404);
  });
});

test('a wrong password and a room that does not exist are answered alike, and take as long', async () => {
  const timed = async (slug: string): Promise<[number, string, number]> => {
    const began = performance.now();
    const response = await fetch(`${server.url}/r/${slug}/enter`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password: 'wrong password' }),
    });
    return [response.status, await response.text(), performance.now() - began];
  };
  const [mine, none] = [await timed(SLUG), await timed(NOBODY)];
  expect(mine[0]).toBe(404);
  expect(mine.slice(0, 2)).toEqual(none.slice(0, 2));
});

describe.each(ways)('whoever was let in %s', (_, base) => {
  test('has the page, the state, the sound and the calendar below the key', async () => {
    const { key } = await enter({ password: PASSWORD }, base());
    const at = `${base()}/r/${SLUG}~${key}`;
    const page = await fetch(at, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain(TITLE);
    const state = await fetch(`${at}/state.json`);
    expect(await state.json()).toMatchObject({ slug: SLUG, title: TITLE, status: 'live' });
    expect((await fetch(`${at}/event.ics`)).status).toBe(200);
    const main = await fetch(`${at}/live/main.m3u8`);
    expect(main.status).toBe(200);
    const list = /^[^#].*m3u8/m.exec(await main.text())?.[0] ?? '';
    const media = await fetch(new URL(list, main.url));
    const text = await media.text();
    expect(media.status, text).toBe(200);
    const init = /URI="([^"]+init\.mp4)"/.exec(text)?.[1] ?? '';
    const head = await fetch(new URL(init, media.url));
    expect(head.status).toBe(200);
    expect(head.headers.get('cache-control')).toMatch(/max-age=60$/);
    const stream = await fetch(`${at}/stream`);
    expect(stream.status).toBe(200);
    const first = await stream.body?.getReader().read();
    expect(first?.value?.length).toBeGreaterThan(0);
    await stream.body?.cancel().catch(() => undefined);
  });
});

test('a withdrawal ends streams that flow, and every key, pass and invitation given before', {
  timeout: 60_000,
}, async () => {
  const invited = (await (
    await api('POST', `/api/rooms/${SLUG}/invites`, { role: 'guest' }, room.token)
  ).json()) as { pass: string };
  const { key } = await enter({ pass: invited.pass });
  const stream = await fetch(`${server.url}/r/${SLUG}~${key}/stream`);
  const reader = stream.body?.getReader();
  await reader?.read();
  expect((await api('POST', `/api/rooms/${SLUG}/keys/renew`, undefined, room.token)).status).toBe(200);
  const began = performance.now();
  while (!(await reader?.read())?.done);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect((await fetch(`${server.url}/r/${SLUG}~${key}/state.json`)).status).toBe(404);
  expect((await enter({ pass: invited.pass })).status).toBe(404);
  expect((await enter({ password: PASSWORD })).status).toBe(200);
});

test('two people come in with the password and by invitation, hear it, and stay after a withdrawal that concerns one', {
  timeout: 180_000,
}, async () => {
  await using one = await startBrowser();
  await using other = await startBrowser({ locale: 'fr' });
  const invited = (await (
    await api('POST', `/api/rooms/${SLUG}/invites`, { role: 'guest' }, room.token)
  ).json()) as { url: string };
  const guest = await one.page(invited.url.replace(server.url, varnish.url));
  await guest.waitForSelector('h1:has-text("Zephyrine")', { timeout: 60_000 });
  expect(new URL(guest.url()).pathname).toBe(`/r/${SLUG}`);
  const member = await other.page(`${nginx.url}/r/${SLUG}`);
  await member.waitForSelector('#closed input');
  expect(await member.textContent('main')).not.toContain('Zephyrine');
  await member.fill('#password', PASSWORD);
  await member.click('form button');
  await member.waitForSelector('h1:has-text("Zephyrine")', { timeout: 60_000 });
  for (const page of [guest, member]) await page.click('button.main');
  const playing = (page: typeof guest): Promise<boolean> =>
    page.evaluate(() =>
      [...document.querySelectorAll('audio')].some((a) => !a.paused && a.currentTime > 0.5),
    );
  await until('both hear it', async () => (await playing(guest)) && (await playing(member)), 60_000);
  expect((await api('POST', `/api/rooms/${SLUG}/keys/renew`, undefined, room.token)).status).toBe(200);
  // The invitation is withdrawn; who has the password comes in again without a word.
  await guest.waitForSelector('#closed', { timeout: 60_000 });
  await until('the other goes on', () => playing(member), 60_000);
  expect(await member.locator('h1').first().textContent()).toContain('Zephyrine');
  await member.reload();
  await member.waitForSelector('h1:has-text("Zephyrine")', { timeout: 60_000 });
});
