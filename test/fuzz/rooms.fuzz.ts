/** The API of rooms: bodies in JSON and forms, queries, credentials. */
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { openTokens } from '../../src/keys/token.ts';
import { open, type Rooms } from '../../src/room/index.ts';
import { open as openStore, type Store } from '../../src/store/index.ts';
import { manualClock } from '../clock.ts';
import { target } from './engine/target.ts';
import { checked, requestOf, written } from './requests.ts';
import { signedLink } from './signed-link.ts';

const SECRET = new Uint8Array(32).fill(7);
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const HOST = {
  authorization: `Bearer ${signedLink(SECRET, { room: 'hall', role: 'host', name: 'Ann', sub: 'ann' })}`,
};
const CREATE = { title: 'Hall', host: 'Ann', slug: 'hall', start: '2026-01-02T20:00:00+01:00' };
/** Requests after which all begins anew, so that what they made does not count as growth. */
const FRESH_EVERY = 4_000;

const clock = manualClock(epochMs(Date.UTC(2026, 0, 1, 12)));
let store: Store | undefined;
let rooms: Rooms | undefined;
let asked = 0;

async function fresh(): Promise<Rooms> {
  await rooms?.[Symbol.asyncDispose]();
  await store?.[Symbol.asyncDispose]();
  store = await openStore({ url: 'sqlite::memory:' });
  rooms = await open({
    ...{ store, clock, tokens: openTokens(SECRET), log: silentLog, publicUrl: 'https://x.example', cells: 2 },
    ...{ openLead: 900_000, operatorKey: 'k'.repeat(32), create: 'anyone' },
  });
  await rooms.fetch(
    requestOf(Buffer.from(written('POST', '/api/rooms', JSON_TYPE, JSON.stringify(CREATE)))) as Request,
  );
  return rooms;
}

export default target({
  covers: ['src/room/', 'src/base/plain-text.ts', 'src/base/local.ts', 'src/keys/token.ts'],
  async run(bytes) {
    const request = requestOf(bytes);
    if (!request) return;
    const open = rooms === undefined || asked++ % FRESH_EVERY === 0 ? await fresh() : rooms;
    clock.advance(1_000);
    await checked(await open.fetch(request));
  },
  seeds: [
    written('POST', '/api/rooms', JSON_TYPE, JSON.stringify({ ...CREATE, slug: 'other' })),
    written('POST', '/api/rooms', FORM, 'title=Hall&host=Ann&operator=https%3A%2F%2Fx%2F%23operator%3Dabc'),
    written('PATCH', '/api/rooms/hall', { ...JSON_TYPE, ...HOST }, '{"title":"New","cap":20,"start":null}'),
    written('POST', '/api/rooms/hall/invites', { ...JSON_TYPE, ...HOST }, '{"name":"Bo","role":"co-host"}'),
    ...['live', 'open', 'end'].map((act) => written('POST', `/api/rooms/hall/${act}`, HOST)),
    written('DELETE', '/api/rooms/hall/people/bo', HOST),
    written('POST', '/api/rooms/hall/links/renew', HOST),
    written('GET', '/api/rooms?status=open,live&limit=5'),
    written('GET', '/r/hall/event.ics', { 'accept-language': 'fr' }),
    written('GET', '/api/start', {
      'earshot-local': '4000 8080',
      origin: 'http://localhost:8080',
      'sec-fetch-site': 'same-origin',
    }),
    written('GET', '/openapi.json'),
  ],
  words: [
    'application/json',
    'application/x-www-form-urlencoded',
    '/api/rooms',
    '/api/rooms/hall',
    'Bearer ',
  ],
  patienceMs: 1_000,
});
