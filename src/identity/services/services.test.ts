import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { type OpenIdService, openOpenIdService } from '../../../test/openid-service.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import { open as openStore, type Store } from '../../store/index.ts';
import { firstInvitation, type Identity, open, readServices } from '../index.ts';

const ORIGIN = 'https://rooms.example';
const SECRET = new Uint8Array(32).fill(5);
const PASSWORD = 'seven quiet otters';
let store: Store;
let identity: Identity;
let club: OpenIdService;
const clock = manualClock(epochMs(Date.now()));
const start = async (isOpen: boolean): Promise<void> => {
  const service = {
    ...{ id: 'club', name: 'The Club', issuer: club.issuer, clientId: 'earshot' },
    clientSecret: 'a secret of forty letters or so',
  };
  const away = { id: 'gone', name: 'Gone', issuer: 'http://127.0.0.1:9', clientId: 'earshot' };
  identity = await open({
    ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN },
    ...{ isOpen, services: [service, away] },
  });
};
beforeEach(async () => {
  store = await openStore({ url: 'sqlite::memory:' });
  club = await openOpenIdService(`${ORIGIN}/sign-in/back/club`);
  await start(true);
});
afterEach(async () => {
  await identity[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await club[Symbol.asyncDispose]();
});

/** A browser: it keeps its cookies, and goes where a page leads it. */
function browser() {
  const jar = new Map<string, string>();
  const ask = async (path: string, fields?: Record<string, string>) => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const init = fields && { method: 'POST', body: new URLSearchParams(fields) };
    const headers = { origin: ORIGIN, cookie, 'x-forwarded-for': '192.0.2.1' };
    const answer = await identity.fetch(new Request(`${ORIGIN}${path}`, { ...init, headers }));
    for (const set of answer?.headers.getSetCookie() ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/max-age=0/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    await identity.settled();
    clock.advance(5_000);
    const text = (await answer?.text()) ?? '';
    return { status: answer?.status ?? 0, to: answer?.headers.get('location') ?? '', text };
  };
  const there = async (more: Record<string, string> = {}): Promise<string> => {
    const led = await ask('/sign-in/with', { service: 'club', ...more });
    expect(led.status, led.text).toBe(200);
    const [, url = ''] = /<a href="([^"]+)">Go on to The Club/.exec(led.text) ?? [];
    return url.replaceAll('&amp;', '&');
  };
  return {
    ...{ jar, ask, there },
    /** Signs in with the service; what the page that it leads back to answers. */
    async through(more?: Record<string, string>) {
      const back = await club.visit(await there(more));
      return ask(back.slice(ORIGIN.length));
    },
  };
}
async function withPassword() {
  const tab = browser();
  const entry = { email: 'ana@x.example', password: PASSWORD };
  await tab.ask('/sign-up', { ...entry, name: 'Ana', invitation: firstInvitation(SECRET) });
  expect((await tab.ask('/sign-in', entry)).to).toBe('/account');
  return tab;
}

test('somebody new signs in with a service, has an account, and comes back to it; nothing of the service is kept', async () => {
  const zoe = browser();
  club.person = { sub: '9', email: 'zoe@x.example', email_verified: true, name: 'Zoe' };
  const url = new URL(await zoe.there());
  for (const [name, shape] of Object.entries({ state: /.{20,}/, nonce: /.{20,}/, code_challenge: /.{40,}/ }))
    expect(url.searchParams.get(name)).toMatch(shape);
  expect(await zoe.through({ next: '/r/my-room/studio' })).toMatchObject({
    status: 303,
    to: '/r/my-room/studio',
  });
  const page = await zoe.ask('/account');
  expect(page.text).toContain('zoe@x.example');
  expect(page.text).toContain('The Club');
  const [kept, ...more] = await store.db.selectFrom('account_credential').selectAll().execute();
  expect(more).toEqual([]);
  expect(kept).toMatchObject({ provider: 'club', subject: '9' });
  expect([kept?.access_token, kept?.refresh_token, kept?.id_token]).toEqual([null, null, null]);
  const again = browser();
  expect((await again.through()).to).toBe('/account');
  expect(await store.db.selectFrom('account').select('id').execute()).toHaveLength(1);
}, 60_000);

test('an account is connected by its owner alone, never because the addresses are the same', async () => {
  const ana = await withPassword();
  const thief = browser();
  const refused = await thief.through();
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('There is an account with this address here');
  expect((await thief.ask('/account')).to).toBe('/sign-in');
  expect((await browser().ask('/sign-in/with', { service: 'club', connect: '1' })).to).toBe('/sign-in');
  expect((await ana.through({ connect: '1' })).to).toBe('/account?told=connected');
  expect((await browser().through()).to).toBe('/account');
  const row = await store.db
    .selectFrom('account_credential')
    .select('id')
    .where('provider', '=', 'club')
    .executeTakeFirstOrThrow();
  await ana.ask('/account', { act: 'disconnect', id: row.id });
  expect((await browser().through()).status).toBe(403);
}, 60_000);

test('an address that the service has not confirmed, and one without an account where accounts are by invitation, get none', async () => {
  club.person = { sub: '9', email: 'zoe@x.example', email_verified: false, name: 'Zoe' };
  const unproved = await browser().through();
  expect(unproved.status).toBe(403);
  expect(unproved.text).toContain('The Club has not confirmed your e-mail address');
  await identity[Symbol.asyncDispose]();
  await start(false);
  club.person = { ...club.person, email_verified: true };
  const uninvited = await browser().through();
  expect(uninvited.text).toContain('by invitation');
  expect(await store.db.selectFrom('account').select('id').execute()).toEqual([]);
}, 60_000);

test('what a service leads back to works once, in the browser that asked, for what it asked', async () => {
  const zoe = browser();
  club.person = { sub: '9', email: 'zoe@x.example', email_verified: true, name: 'Zoe' };
  const back = (await club.visit(await zoe.there())).slice(ORIGIN.length);
  const over = 'This sign-in is over, or was begun in another browser';
  // Somebody else's browser, also one that has begun a sign-in of its own.
  expect((await browser().ask(back)).text).toContain(over);
  const other = browser();
  await other.there();
  expect((await other.ask(back)).text).toContain(over);
  for (const [from, to] of [
    [/state=[^&]+/, 'state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
    [/[?&]state=[^&]+/, ''],
  ] as const)
    expect((await zoe.ask(back.replace(from, to).replace(/^([^?]*)&/, '$1?'))).status).toBe(403);
  const jar = new Map(zoe.jar);
  expect((await zoe.ask(back)).to).toBe('/account');
  // The same once more, with everything that the browser had.
  const replayed = browser();
  for (const [name, value] of jar) replayed.jar.set(name, value);
  expect((await replayed.ask(back)).text).toContain(over);
  expect((await replayed.ask('/account')).to).toBe('/sign-in');
}, 60_000);

test('who does not agree there, and a service that is away, are told in words; other ways go on', async () => {
  club.agrees = false;
  expect((await browser().through()).text).toContain('You did not agree at The Club');
  const tab = browser();
  const away = await tab.ask('/sign-in/with', { service: 'gone' });
  expect(away.status).toBe(503);
  expect(away.text).toContain('Gone does not answer now');
  expect((await tab.ask('/sign-in/with', { service: 'nobody' })).status).toBe(404);
  expect((await tab.ask('/sign-in')).text).toContain('Sign in with The Club');
  expect((await withPassword()).jar.size).toBeGreaterThan(0);
}, 60_000);

test('a list of services that is wrong is named with its place, and without a secret', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'earshot-services-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'services.json');
  const one = {
    id: 'club',
    name: 'Club',
    issuer: 'https://club.example',
    clientId: 'x',
    clientSecret: 'hush',
  };
  const read = async (list: unknown) => {
    await writeFile(path, typeof list === 'string' ? list : JSON.stringify(list));
    return readServices(path);
  };
  expect(await read([one])).toEqual([one]);
  for (const [list, why] of [
    ['[{"clientSecret": "hush"', /it is not JSON/],
    [[{ ...one, id: 'The Club' }], /0\.id: use 1 to 32/],
    [[{ ...one, issuer: 'club' }], /0\.issuer: use the URL/],
    [[one, one], /club is there twice/],
    [[{ ...one, secret: 'hush' }], /0: /],
  ] as const) {
    await expect(read(list)).rejects.toThrow(why);
    await expect(read(list)).rejects.not.toThrow(/hush/);
  }
  await expect(readServices(join(folder, 'none.json'))).rejects.toThrow(/ENOENT/);
});

test('a service that writes the address in capitals leads to the same account, and connects it', async () => {
  const ana = await withPassword();
  club.person = { sub: '7', email: 'Ana@X.example', email_verified: true, name: 'Ana There' };
  expect((await ana.through({ connect: '1' })).to).toBe('/account?told=connected');
  expect((await browser().through()).to).toBe('/account');
  expect(await store.db.selectFrom('account').select('email').execute()).toEqual([
    { email: 'ana@x.example' },
  ]);
}, 120_000);
