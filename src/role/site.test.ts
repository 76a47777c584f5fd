import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { load } from '../config/index.ts';
import { paths } from './paths.ts';
import { askForRoom } from './room-lookup.ts';
import { openSite } from './site.ts';

const KEY = 'operator-key-of-some-length';
let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-site-'));
  mkdirSync(paths(data).run, { recursive: true });
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

interface Told {
  readonly status: number;
  readonly body: { slug?: string; code?: string; recording?: { removedBy?: string } };
}

/** One request to the site as a door passes it on. */
const ask = (method: string, path: string, body?: object): Promise<Told> =>
  new Promise((resolve, reject) => {
    const headers = { host: 'x.example', authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const socketPath = paths(data).siteHttp;
    const call = request({ socketPath, method, path, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text || '{}') }));
    });
    call.on('error', reject).end(body && JSON.stringify(body));
  });

/** A room that is over, and something that was recorded of it. */
async function ended(title: string): Promise<string> {
  const { status, body } = await ask('POST', '/api/rooms', { title });
  expect(status, JSON.stringify(body)).toBe(201);
  const { slug = '' } = body;
  await ask('POST', `/api/rooms/${slug}/live`);
  const folder = join(paths(data).archive, slug, 'aac96');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(paths(data).archive, slug, 'room.json'), '{"v":1,"renditions":[{"id":"aac96"}]}');
  writeFileSync(join(folder, '0-16.m4s'), Buffer.alloc(60_000));
  return slug;
}

test('removing a room frees its disk, removing its recording leaves a note, and a running room loses nothing', async () => {
  const config = load({ flags: ['--data', data, '--welcome', 'no', '--operator-key', KEY], cores: 2 });
  await using _site = await openSite(config, silentLog);
  const whole = await ended('Whole room');
  const sound = await ended('Its sound');
  for (const [slug, what] of [
    [whole, ''],
    [sound, '/recording'],
  ] as const) {
    expect((await ask('DELETE', `/api/rooms/${slug}${what}`)).body.code).toBe('wrong-moment');
    await ask('POST', `/api/rooms/${slug}/end`);
    expect((await ask('DELETE', `/api/rooms/${slug}${what}`)).status).toBe(204);
  }
  expect(readdirSync(paths(data).archive)).toEqual([sound]);
  expect(readdirSync(join(paths(data).archive, sound)).sort()).toEqual(['removed.json', 'room.json']);
  expect((await ask('DELETE', `/api/rooms/${sound}/recording`)).status).toBe(204);
  expect((await ask('GET', `/api/rooms/${whole}`)).status).toBe(404);
});

test('a door finds a room that is over by asking for it, and no other', async () => {
  const config = load({ flags: ['--data', data, '--welcome', 'no', '--operator-key', KEY], cores: 2 });
  const find = askForRoom(paths(data).siteHttp);
  await expect(find('none')).rejects.toThrow();
  await using _site = await openSite(config, silentLog);
  const slug = await ended('Years ago');
  expect(await find(slug)).toBeUndefined();
  await ask('POST', `/api/rooms/${slug}/end`);
  expect(await find(slug)).toMatchObject({ slug, title: 'Years ago', status: 'ended' });
  expect(await find('none')).toBeUndefined();
  expect(await find('..%2f..')).toBeUndefined();
});
