import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { behind } from '../src/cli/doctor/behind.ts';
import type { Door } from '../src/door/index.ts';
import { openTestDoor } from '../test/door.ts';
import { BoxReader } from '../web/player/boxes.ts';
import { type Broadcast, broadcast } from './rig/broadcast.ts';
import { type Cache, type CacheName, startCache } from './rig/caches.ts';
import { until } from './rig/server.ts';

const ROOM = '/r/room';
const CROWD = 50;

let dir: string;
let air: Broadcast;
let door: Door;
let port: number;
/** Requests that reached the origin, by path and query. */
const reached = new Map<string, number>();
const caches = new Map<CacheName, Cache>();

const openDoor = (at: number): Promise<Door> =>
  openTestDoor(
    {
      ...air.origin,
      answer(path, query, headers, signal) {
        const key = query.size > 0 ? `${path}?${query}` : path;
        reached.set(key, (reached.get(key) ?? 0) + 1);
        return air.origin.answer(path, query, headers, signal);
      },
    },
    { port: at },
  );

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-caches-'));
  air = await broadcast(dir, ['opus64', 'aac96'], { age: 12_000 });
  door = await openDoor(0);
  port = door.port;
  await Promise.all(
    (['nginx', 'varnish', 'haproxy'] as const).map(async (name) => {
      caches.set(name, await startCache(name, port));
    }),
  );
  // The first whole segment.
  expect((await fetch(`http://127.0.0.1:${port}${ROOM}/live/opus64.slow.m3u8`)).status).toBe(200);
}, 60_000);
afterAll(async () => {
  for (const cache of caches.values()) await cache[Symbol.asyncDispose]();
  await door?.[Symbol.asyncDispose]();
  await air?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

const direct = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
const through = (name: CacheName, path: string, init?: RequestInit): Promise<Response> =>
  fetch(`${caches.get(name)?.url}${path}`, init);
const bytes = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());
/** The newest whole segment, and the next part. */
async function edge(): Promise<{ segment: number; next: readonly [number, number] }> {
  const text = await (await direct(`${ROOM}/live/opus64.m3u8`)).text();
  const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="opus64\/(\d+)\.(\d+)\.m4s"/.exec(text) ?? [];
  return { segment: Number(msn) - 1, next: [Number(msn), Number(part)] };
}
const asked = (path: string): number => reached.get(path) ?? 0;

describe.each(['nginx', 'varnish', 'haproxy'] as const)('%s, as earshot edge configures it', (name) => {
  test('gives the same bytes as the origin, without cookies', async () => {
    const { segment } = await edge();
    const paths = [
      `${ROOM}/live/opus64/init.mp4`,
      `${ROOM}/live/opus64/${segment}.m4s`,
      `${ROOM}/live/opus64/${segment}.7.m4s`,
      `${ROOM}/live/main.m3u8`,
      `${ROOM}/live/slow.m3u8`,
    ];
    for (const path of paths) {
      for (const cookie of ['', 'who=me']) {
        const seen = await through(name, path, cookie ? { headers: { cookie } } : {});
        expect([path, seen.status, seen.headers.get('set-cookie')]).toEqual([path, 200, null]);
        expect((await bytes(seen)).equals(await bytes(await direct(path)))).toBe(true);
      }
    }
    // Lists change in between, so they must become equal within a few seconds.
    for (const path of [`${ROOM}/live/opus64.slow.m3u8`, `${ROOM}/live/aac96.slow.m3u8`])
      await until(`${path} is the same`, async () => {
        const [seen, own] = await Promise.all([through(name, path), direct(path)]);
        return (await bytes(seen)).equals(await bytes(own));
      });
  });

  test('forwards the client address that it sees, whatever the client claims', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const origin = createServer((request, response) => {
      seen.push(request.headers);
      response.end('x');
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    await using cache = await startCache(name, (origin.address() as AddressInfo).port);
    try {
      const forged = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-host': 'evil.example' };
      for (const path of [`${ROOM}/live/opus64/1.m4s`, '/r/hall/stream', '/api/rooms']) {
        seen.length = 0;
        await bytes(await fetch(`${cache.url}${path}`, { headers: forged }));
        // Varnish appends to the list of its client. Invented addresses stand before the one that counts, the last.
        expect(seen[0]?.['x-forwarded-for']).toMatch(
          name === 'varnish' ? /^203\.0\.113\.9, 127\.0\.0\.1$/ : /^127\.0\.0\.1$/,
        );
        expect([path, seen[0]?.['x-forwarded-host'] || undefined]).toEqual([path, undefined]);
      }
    } finally {
      origin.closeAllConnections();
      origin.close();
    }
  });

  test('keeps one object for random query strings, and one for each encoding', async () => {
    const { segment } = await edge();
    const path = `${ROOM}/live/aac96/${segment}.m4s`;
    await bytes(await through(name, path));
    const before = asked(path);
    for (let n = 0; n < 20; n++) expect((await through(name, `${path}?x=${Math.random()}`)).status).toBe(200);
    expect(asked(path)).toBe(before);
    expect([...reached.keys()].filter((key) => key.startsWith(`${path}?`))).toEqual([]);
    const list = `${ROOM}/live/slow.m3u8`;
    for (const coding of ['gzip', 'identity', 'gzip', 'identity']) {
      const seen = await through(name, `${list}?${Math.random()}`, {
        headers: { 'accept-encoding': coding },
      });
      expect(await seen.text()).toContain('aac96.slow.m3u8');
    }
    expect([...reached.keys()].filter((key) => key.startsWith(`${list}?`))).toEqual([]);
  });

  test.skipIf(name === 'haproxy')(
    `asks the origin once for a new segment that ${CROWD} clients want at the same time`,
    async () => {
      const { next } = await edge();
      const path = `${ROOM}/live/opus64/${next[0]}.m4s`;
      await until('the segment is whole', async () => (await edge()).segment >= next[0]);
      const before = asked(path);
      const crowd = await Promise.all(
        Array.from({ length: CROWD }, async (_, n) => bytes(await through(name, `${path}?n=${n}`))),
      );
      expect(asked(path) - before).toBe(1);
      expect(crowd.every((body) => body.length > 1000 && body.equals(crowd[0] as Buffer))).toBe(true);
    },
  );

  test('lets a blocking playlist wait, and releases it when the part is there', async () => {
    const { next } = await edge();
    const [msn, part] = next[1] < 7 ? [next[0], next[1] + 1] : [next[0] + 1, 0];
    const path = `${ROOM}/live/opus64.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`;
    const before = asked(path);
    const crowd = await Promise.all(
      Array.from({ length: CROWD }, async (_, n) => (await through(name, `${path}&n=${n}`)).text()),
    );
    for (const text of crowd) expect(text).toContain(`URI="opus64/${msn}.${part}.m4s"`);
    if (name === 'varnish') expect(asked(path) - before).toBe(1);
    expect(asked(path)).toBeGreaterThan(before);
    const sound = await through(name, `${ROOM}/live/opus64/${msn}.${part}.m4s`);
    expect(sound.status).toBe(200);
    expect((await bytes(sound)).length).toBeGreaterThan(1000);
  });

  test('does not hold the stream back', async () => {
    const path = `${ROOM}/stream?codec=opus`;
    const [own, seen] = await Promise.all([arrivals(direct(path), 9), arrivals(through(name, path), 9)]);
    const later = [...seen].flatMap(([seq, at]) => {
      const there = own.get(seq);
      return there === undefined ? [] : [at - there];
    });
    expect(later.length).toBeGreaterThan(4);
    later.sort((a, b) => a - b);
    // A buffer of 4 kB would be half a second.
    expect(later[later.length >> 1]).toBeLessThan(250);
  });

  test('passes everything else on, and keeps none of it', async () => {
    for (let n = 0; n < 2; n++) {
      const reply = await through(name, '/api/rooms', { method: 'POST', body: '{}' });
      expect([reply.status, ((await reply.json()) as { code: string }).code]).toEqual([503, 'site-away']);
    }
    expect((await through(name, `${ROOM}/live/opus64/99999999.m4s`)).status).toBe(404);
    expect(await (await through(name, '/healthz')).text()).toBe('ok\n');
  });
});

test('earshot doctor --behind finds nothing to change in any of them', async () => {
  const all = ['nginx', 'varnish', 'haproxy'] as const;
  const found = await Promise.all(all.map((name) => behind(`${caches.get(name)?.url}${ROOM}`)));
  for (const [i, findings] of found.entries()) {
    expect(findings.length).toBeGreaterThan(8);
    expect([all[i], findings.filter(({ state }) => state !== 'good')]).toEqual([all[i], []]);
  }
});

test('what they hold can still be heard while the origin is briefly away', async () => {
  const { segment } = await edge();
  const kept = [`${ROOM}/state.json`, `${ROOM}/live/opus64.slow.m3u8`, `${ROOM}/live/opus64/${segment}.m4s`];
  const all = ['nginx', 'varnish', 'haproxy'] as const;
  for (const name of all) for (const path of kept) await bytes(await through(name, path));
  await door[Symbol.asyncDispose]();
  try {
    // Beyond the time for which they are fresh and for which they may be served stale during revalidation.
    await sleep(3500);
    for (const name of ['nginx', 'varnish'] as const)
      for (const path of kept)
        for (let n = 0; n < 3; n++) {
          const reply = await through(name, path);
          expect([name, path, reply.status]).toEqual([name, path, 200]);
          await bytes(reply);
        }
    // HAProxy serves nothing stale, but segments never become stale.
    expect((await through('haproxy', kept[2] as string)).status).toBe(200);
  } finally {
    door = await openDoor(port);
  }
  for (const name of all)
    await until(`${name} asks the origin again`, async () => {
      const at = (JSON.parse(await (await through(name, `${ROOM}/state.json`)).text()) as { at: number }).at;
      return Date.now() - at < 3000;
    });
});

/** Arrival time of each of `count` fragments of a stream, by its number. */
async function arrivals(response: Promise<Response>, count: number): Promise<Map<number, number>> {
  const { body } = await response;
  const boxes = new BoxReader();
  const found = new Map<number, number>();
  if (!body) return found;
  for await (const chunk of body) {
    for (const cut of boxes.push(chunk)) if (cut.kind === 'fragment') found.set(cut.seq, performance.now());
    if (found.size >= count) break;
  }
  return found;
}
