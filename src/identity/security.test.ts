import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { ADDRESSES } from '../http/index.ts';
import { open as openStore, type Store } from '../store/index.ts';
import { nameOf } from './fields.ts';
import { firstInvitation, type Identity, open } from './index.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(5);
const PASSWORD = 'seven quiet otters';
const DAY = 86_400_000;
const NOW = Date.now();
let store: Store;
let identity: Identity;
let clock: ReturnType<typeof manualClock>;
const start = async (at: number): Promise<void> => {
  clock = manualClock(epochMs(at));
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN },
    isOpen: true,
  });
};
beforeEach(async () => {
  store = await openStore({ url: 'sqlite::memory:' });
  await start(NOW);
});
afterEach(async () => {
  vi.useRealTimers();
  await identity[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
async function ask(path: string, body: string | undefined, more: Record<string, string> = {}) {
  const init = body === undefined ? {} : { method: 'POST', body };
  const headers = {
    origin: ORIGIN,
    'x-forwarded-for': '192.0.2.1',
    ...(body === undefined ? {} : FORM),
    ...more,
  };
  const answer = await identity.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
  await identity.settled();
  clock.advance(5_000);
  return {
    status: answer?.status ?? 0,
    text: (await answer?.text()) ?? '',
    cookie: answer?.headers.getSetCookie()[0]?.split(';')[0] ?? '',
    wait: answer?.headers.get('retry-after') ?? '',
  };
}
const fields = (of: Record<string, string>): string => new URLSearchParams(of).toString();
async function signedIn(): Promise<string> {
  const entry = { email: 'ana@x.example', password: PASSWORD };
  await ask('/sign-up', fields({ ...entry, name: 'Ana', invitation: firstInvitation(SECRET) }));
  return (await ask('/sign-in', fields(entry))).cookie;
}

test('what another site’s page sends is refused at every address of accounts that takes something', async () => {
  const cookie = await signedIn();
  const paths = ADDRESSES.filter(
    ({ owner, methods, cors }) => owner === 'site' && cors === 'own' && methods.includes('POST'),
  )
    .flatMap(({ examples }) => examples)
    .filter((path) => /^\/(?:sign-|verify-|reset|account|operate\/accounts)/.test(path));
  expect(paths.length).toBeGreaterThanOrEqual(10);
  const before = JSON.stringify(await store.db.selectFrom('account').selectAll().execute());
  for (const path of paths)
    for (const from of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://rooms.example.evil.example' },
      { origin: ORIGIN, 'sec-fetch-site': 'cross-site' },
      { origin: ORIGIN, 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await ask(path, fields({ act: 'name', name: 'Evil' }), { cookie, ...from });
      expect([path, from, answer.status]).toEqual([path, from, 403]);
    }
  expect(JSON.stringify(await store.db.selectFrom('account').selectAll().execute())).toBe(before);
}, 120_000);

test('a limit that is met says what it is and when it ends', async () => {
  const tries: { status: number; text: string; wait: string }[] = [];
  for (let i = 0; i < 10; i++) {
    const body = fields({ email: 'ana@x.example', password: 'x' });
    tries.push(await ask('/sign-in', body));
  }
  const stopped = tries.find(({ status }) => status === 429);
  expect(Number(stopped?.wait)).toBeGreaterThan(0);
  expect(stopped?.text).toContain(`Try again in ${stopped?.wait} s`);
}, 120_000);

test('names that hide or pretend are refused or tidied; every script is welcome', () => {
  for (const name of ['Аdmin', 'pаypal', 'Οlga', '\u200b\u2060', '   ', '', 'x'.repeat(61)])
    expect([name, nameOf(name)]).toEqual([name, undefined]);
  expect(nameOf('A\u200bna\u2060')).toBe('Ana');
  expect(nameOf('e\u0301')).toBe('é');
  expect(nameOf('\u202eana')).not.toContain('\u202e');
  for (const name of ['Ольга', 'Ελένη', 'محمد', 'שרה', '王小明', 'さくら', 'O’Neil-Łoś', 'नमस्ते'])
    expect(nameOf(name)).toBe(name.normalize('NFC'));
});

test('after a jump of the wall clock by a day, forth or back, browsers are signed in still and people sign in', async () => {
  const cookie = await signedIn();
  await identity[Symbol.asyncDispose]();
  for (const jump of [DAY, -DAY]) {
    vi.setSystemTime(NOW + jump);
    await start(NOW + jump);
    expect([jump, (await ask('/account', undefined, { cookie })).status]).toEqual([jump, 200]);
    const again = await ask('/sign-in', fields({ email: 'ana@x.example', password: PASSWORD }));
    expect([jump, again.status]).toEqual([jump, 303]);
    await identity[Symbol.asyncDispose]();
  }
  vi.useRealTimers();
  await start(NOW);
}, 120_000);
