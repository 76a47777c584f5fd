/** Attacks on signing in, and clocks that jump, on both databases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { firstInvitation, type Identity, open as openIdentity } from '../../src/identity/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { openAuthenticator } from '../authenticator.ts';
import { manualClock } from '../clock.ts';
import { type OpenIdService, openOpenIdService } from '../openid-service.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const ORIGIN = 'https://rooms.example';
const SESSION = '__Host-earshot-session';
const SECRET = new Uint8Array(32).fill(9);
const PASSWORD = 'seven quiet otters';
const ANA = { email: 'ana@x.example', password: PASSWORD };
const DAY = 86_400_000;

describe.each(['sqlite', 'postgres'] as const)('signing in on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let club: OpenIdService;
  let identity: Identity;
  let clock: ReturnType<typeof manualClock>;

  const start = async (at: number): Promise<void> => {
    await identity?.[Symbol.asyncDispose]();
    vi.setSystemTime(at);
    clock = manualClock(epochMs(at));
    identity = await openIdentity({
      ...{ store, clock, log: silentLog, secret: SECRET, publicUrl: ORIGIN, isOpen: true },
      services: [
        {
          ...{ id: 'club', name: 'The Club', issuer: club.issuer, clientId: 'earshot' },
          clientSecret: 'a secret of forty letters or so',
        },
      ],
    });
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-sign-in-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    club = await openOpenIdService(`${ORIGIN}/sign-in/back/club`);
    await start(Date.now());
    const made = { ...ANA, name: 'Ana', invitation: firstInvitation(SECRET) };
    expect((await browser().ask('/sign-up', made)).to).toBe('/sign-in?told=ready');
  });
  afterAll(async () => {
    await identity?.[Symbol.asyncDispose]();
    await club?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  // Limits of attempts begin anew with each.
  beforeEach(() => start(Date.now()));
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A browser: it keeps its cookies. */
  function browser(jar = new Map<string, string>()) {
    const send = async (path: string, body?: string, type = 'application/x-www-form-urlencoded') => {
      const headers = {
        ...{ origin: ORIGIN, 'content-type': type, 'x-forwarded-for': '192.0.2.1' },
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      };
      const init = body === undefined ? {} : { method: 'POST', body };
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
    const ask = (path: string, fields?: Record<string, string>) =>
      send(path, fields && new URLSearchParams(fields).toString());
    return {
      ...{ jar, ask },
      signIn: () => ask('/sign-in', ANA),
      /** The address of the account that is signed in; empty: nobody is. */
      async who(): Promise<string> {
        return / · ([^\s<]+@[^\s<]+) · /.exec((await ask('/account')).text)?.[1] ?? '';
      },
      async json(path: string, body: object = {}) {
        const { status, text } = await send(path, JSON.stringify(body), 'application/json');
        return { status, body: JSON.parse(text) as Record<string, string> };
      },
      /** The address at the service that signing in with it leads to. */
      async there(): Promise<string> {
        const led = await ask('/sign-in/with', { service: 'club' });
        const [, url = ''] = /<a href="([^"]+)">Go on to The Club/.exec(led.text) ?? [];
        return url.replaceAll('&amp;', '&');
      },
    };
  }
  const back = async (address: string): Promise<string> => (await club.visit(address)).slice(ORIGIN.length);

  test('a cookie that somebody planted before signing in is nobody’s after it', async () => {
    const attacker = browser();
    await attacker.ask('/sign-up', { name: 'Mallory', email: 'mallory@x.example', password: PASSWORD });
    await store.db
      .updateTable('account')
      .set({ email_verified: 1 })
      .where('email', '=', 'mallory@x.example')
      .execute();
    await attacker.ask('/sign-in', { email: 'mallory@x.example', password: PASSWORD });
    const own = attacker.jar.get(SESSION) ?? '';
    for (const planted of [own, 'invented', `${'A'.repeat(32)}.${own.split('.')[1]}`]) {
      const victim = browser(new Map([[SESSION, planted]]));
      expect((await victim.signIn()).to).toBe('/account');
      expect(victim.jar.get(SESSION)).not.toBe(planted);
      expect(await victim.who()).toBe(ANA.email);
      expect(await browser(new Map([[SESSION, planted]])).who()).toBe(
        planted === own ? 'mallory@x.example' : '',
      );
    }
    // Signing out ends the session itself, not only the cookie.
    const copy = browser(new Map(attacker.jar));
    await attacker.ask('/account', { act: 'sign-out' });
    expect(await copy.who()).toBe('');
  });

  test('what a service leads back to is for one browser, once, and for the ID token that was asked for', async () => {
    club.person = { sub: '9', email: 'zoe@x.example', email_verified: true, name: 'Zoe' };
    const zoe = browser();
    const over = 'This sign-in is over, or was begun in another browser';
    const good = await back(await zoe.there());
    // State: of another browser, which has begun a sign-in of its own.
    const other = browser();
    await other.there();
    expect((await other.ask(good)).text).toContain(over);
    expect(await other.who()).toBe('');
    const jar = new Map(zoe.jar);
    expect((await zoe.ask(good)).to).toBe('/account');
    expect(await zoe.who()).toBe('zoe@x.example');
    // The same once more, with every cookie of then.
    expect((await browser(jar).ask(good)).text).toContain(over);
    // A code that was made for somebody else, under a state of one's own: PKCE.
    const thief = browser();
    const code = new URL(await back(await browser().there()), ORIGIN).searchParams.get('code') ?? '';
    const swapped = new URL(await back(await thief.there()), ORIGIN);
    swapped.searchParams.set('code', code);
    expect((await thief.ask(swapped.pathname + swapped.search)).status).toBe(403);
    expect(await thief.who()).toBe('');
    // Nonce: the ID token of another question, or of none.
    for (const [from, to] of [
      [/nonce=[^&]+/, 'nonce=of-another-sign-in'],
      [/&nonce=[^&]+/, ''],
    ] as const) {
      const tab = browser();
      const url = await tab.there();
      expect(url).toMatch(from);
      const refused = await tab.ask(await back(url.replace(from, to)));
      expect([to, refused.status, await tab.who()]).toEqual([to, 403, '']);
    }
  });

  test('a passkey answers for this origin and for one question, once', async () => {
    const here = { origin: ORIGIN, rpId: 'rooms.example' };
    const ana = browser();
    await ana.signIn();
    const key = openAuthenticator();
    const asked = (await ana.json('/account/passkeys/options')).body.challenge ?? '';
    const response = key.create({ ...here, challenge: asked });
    expect((await ana.json('/account/passkeys', { response, name: 'Phone' })).status).toBe(200);
    const enters = async (how: object): Promise<readonly [number, string]> => {
      const tab = browser();
      const challenge = (await tab.json('/sign-in/passkey/options')).body.challenge ?? '';
      const answer = { response: key.get({ ...here, challenge, ...how }) };
      const { status } = await tab.json('/sign-in/passkey', answer);
      // A second time it is worth nothing, whoever brings it.
      expect((await browser(new Map(tab.jar).set(SESSION, '')).json('/sign-in/passkey', answer)).status).toBe(
        400,
      );
      return [status, await tab.who()];
    };
    expect(await enters({})).toEqual([200, ANA.email]);
    for (const how of [
      { origin: 'https://evil.example' },
      { origin: 'https://rooms.example.evil.example' },
      { origin: 'http://rooms.example' },
      { rpId: 'evil.example' },
      { verified: false },
    ]) {
      const [status, who] = await enters(how);
      expect([how, who, status >= 400 && status < 500]).toEqual([how, '', true]);
    }
  });

  test('an address with an account and one without are answered alike, after the same work', async () => {
    const answers = (path: string, fields: (email: string) => Record<string, string>) =>
      Promise.all(
        [ANA.email, 'nob@x.example'].map(async (email) => {
          const { status, text, to } = await browser().ask(path, fields(email));
          return { status, to, text: text.replaceAll(email, 'E') };
        }),
      );
    for (const [path, fields] of [
      ['/sign-in', (email: string) => ({ email, password: 'not the password' })],
      ['/reset', (email: string) => ({ email })],
      ['/sign-up', (email: string) => ({ email, name: 'Somebody', password: PASSWORD })],
    ] as const) {
      await start(Date.now());
      const [known, unknown] = await answers(path, fields);
      expect(known, path).toEqual(unknown);
      expect(known?.status, path).not.toBe(429);
    }
    // Hashing the password is nearly all of the time; where it is left out, the ratio is many times this.
    const took = async (email: string): Promise<number> => {
      await start(Date.now());
      const began = performance.now();
      expect((await browser().ask('/sign-in', { email, password: 'wrong otters here' })).status).toBe(401);
      return performance.now() - began;
    };
    const least = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
    for (let n = 0; n < 7; n += 1) {
      least.known = Math.min(least.known, await took(ANA.email));
      least.unknown = Math.min(least.unknown, await took(`nobody${n}@x.example`));
    }
    expect(Math.abs(Math.log(least.known / least.unknown))).toBeLessThan(Math.log(2));
  });

  test('after a jump of the wall clock browsers are signed in still, or sign in again, and no session lives twice', async () => {
    const now = Date.now();
    const here = browser();
    await here.signIn();
    for (const jump of [DAY, -DAY, 29 * DAY, 0]) {
      await start(now + jump);
      expect([jump, await here.who()]).toEqual([jump, ANA.email]);
      const fresh = browser();
      await fresh.signIn();
      expect([jump, await fresh.who()]).toEqual([jump, ANA.email]);
      await fresh.ask('/account', { act: 'sign-out' });
    }
    // Beyond the length of a session it is over, and stays over when the clock comes back.
    await start(now + 100 * DAY);
    expect(await here.who()).toBe('');
    await start(now);
    expect(await here.who()).toBe('');
    expect((await here.signIn()).to).toBe('/account');
    expect(await here.who()).toBe(ANA.email);
  });
});
