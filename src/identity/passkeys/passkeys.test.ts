import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAuthenticator } from '../../../test/authenticator.ts';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import { open as openStore, type Store } from '../../store/index.ts';
import { firstInvitation, type Identity, open } from '../index.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(5);
const PASSWORD = 'seven quiet otters';
const HERE = { origin: ORIGIN, rpId: 'rooms.example' };
let store: Store;
let identity: Identity;
const clock = manualClock(epochMs(Date.now()));
beforeEach(async () => {
  store = await openStore({ url: 'sqlite::memory:' });
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN },
    isOpen: true,
  });
});
afterEach(async () => {
  await identity[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

/** A browser: it keeps its cookies. */
function browser() {
  const jar = new Map<string, string>();
  const send = async (path: string, body: string, type: string, more: Record<string, string> = {}) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { origin: ORIGIN, 'content-type': type, cookie, 'x-forwarded-for': '192.0.2.1', ...more };
    const answer = await identity.fetch(new Request(`${ORIGIN}${path}`, { method: 'POST', body, headers }));
    for (const set of answer?.headers.getSetCookie() ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      jar.set(name, value);
    }
    await identity.settled();
    clock.advance(5_000);
    return {
      status: answer?.status ?? 0,
      text: (await answer?.text()) ?? '',
      to: answer?.headers.get('location'),
    };
  };
  return {
    jar,
    form: (path: string, fields: Record<string, string>) =>
      send(path, new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded'),
    async json(path: string, body: object = {}, more: Record<string, string> = {}) {
      const { status, text } = await send(path, JSON.stringify(body), 'application/json', more);
      return { status, body: JSON.parse(text) as Record<string, string> };
    },
    async page(path: string) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      return (await identity.fetch(new Request(`${ORIGIN}${path}`, { headers: { cookie } })))?.text() ?? '';
    },
  };
}
type Tab = ReturnType<typeof browser>;
const entry = { email: 'ana@x.example', password: PASSWORD };
async function signedIn(): Promise<Tab> {
  const tab = browser();
  await tab.form('/sign-up', { ...entry, name: 'Ana', invitation: firstInvitation(SECRET) });
  expect((await tab.form('/sign-in', entry)).to).toBe('/account');
  return tab;
}
async function added(tab: Tab, key = openAuthenticator()) {
  const { body } = await tab.json('/account/passkeys/options');
  const challenge = String(body.challenge);
  const made = await tab.json('/account/passkeys', {
    response: key.create({ ...HERE, challenge }),
    name: 'Phone',
  });
  expect(made, JSON.stringify(made.body)).toMatchObject({ status: 200 });
  return key;
}
async function challengeOf(tab: Tab): Promise<string> {
  return String((await tab.json('/sign-in/passkey/options')).body.challenge);
}

test('a passkey is added, signs in, is listed, and when it is removed signs in no more', async () => {
  const ana = await signedIn();
  const key = await added(ana);
  expect(await ana.page('/account')).toContain('Phone');
  const other = browser();
  const response = key.get({ ...HERE, challenge: await challengeOf(other) });
  const done = await other.json('/sign-in/passkey', { response, next: '/r/my-room/studio' });
  expect(done).toEqual({ status: 200, body: { to: '/r/my-room/studio' } });
  expect(await other.page('/account')).toContain('ana@x.example');
  // The same answer a second time is worth nothing: its question has been used up.
  expect((await other.json('/sign-in/passkey', { response })).status).toBe(400);
  const [row] = await store.db.selectFrom('account_passkey').selectAll().execute();
  await ana.form('/account', { act: 'passkey-end', id: row?.id ?? '' });
  expect(await ana.page('/account')).not.toContain('Phone');
  const late = browser();
  const answer = key.get({ ...HERE, challenge: await challengeOf(late) });
  expect((await late.json('/sign-in/passkey', { response: answer })).status).toBe(401);
}, 120_000);

test('what was made for another origin, another question, or without the person is refused', async () => {
  const ana = await signedIn();
  const key = await added(ana);
  const wrong = [
    { origin: 'https://rooms.example.evil.example' },
    { origin: 'http://rooms.example' },
    { rpId: 'evil.example' },
    { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    { verified: false },
  ];
  for (const how of wrong) {
    const tab = browser();
    const challenge = await challengeOf(tab);
    const answer = await tab.json('/sign-in/passkey', { response: key.get({ ...HERE, challenge, ...how }) });
    expect([how, answer.status >= 400, answer.status < 500]).toEqual([how, true, true]);
    expect(await tab.page('/account')).not.toContain('ana@x.example');
    const { body } = await ana.json('/account/passkeys/options');
    const made = openAuthenticator().create({ ...HERE, challenge: String(body.challenge), ...how });
    expect((await ana.json('/account/passkeys', { response: made, name: 'Evil' })).status).not.toBe(200);
  }
  expect(await store.db.selectFrom('account_passkey').selectAll().execute()).toHaveLength(1);
}, 120_000);

test('a question belongs to the browser that asked; strangers and foreign pages add nothing', async () => {
  const ana = await signedIn();
  const key = await added(ana);
  const challenge = await challengeOf(browser());
  const response = key.get({ ...HERE, challenge });
  expect((await browser().json('/sign-in/passkey', { response })).status).toBe(400);
  expect((await browser().json('/account/passkeys/options')).status).toBe(401);
  expect((await browser().json('/account/passkeys', { response, name: 'X' })).status).toBe(401);
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  expect((await ana.json('/account/passkeys/options', {}, foreign)).status).toBe(403);
  for (const response of [undefined, 7, [], {}, { id: 'x' }, { id: 'x', response: {} }])
    expect((await browser().json('/sign-in/passkey', { response })).status).toBeGreaterThanOrEqual(400);
}, 120_000);
