import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Log, silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { openAccessTokens } from '../../src/identity/access-tokens.ts';
import { openEngine } from '../../src/identity/engine.ts';
import { type Identity, open as openIdentity, type RoomsPort } from '../../src/identity/index.ts';
import { openTokens } from '../../src/keys/token.ts';
import { open as openRooms } from '../../src/room/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import type { AccountId } from '../../src/wire/account.ts';
import { manualClock } from '../clock.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const ORIGIN = 'https://rooms.example';
const PASSWORD = 'a long enough password';

describe.each(['sqlite', 'postgres'] as const)('accounts on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let identity: Identity;
  const clock = manualClock(epochMs(Date.now()));
  const secret = new Uint8Array(32).fill(9);
  const logged: { path?: string; mark?: string; error?: string }[] = [];
  const log: Log = { ...silentLog, error: (fields) => void logged.push(fields) };
  /** What the part that has the rooms fails with. */
  let fails: Error | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-accounts-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    const rooms = {
      async asked() {
        if (fails) throw fails;
        return [];
      },
    } as Partial<RoomsPort> as RoomsPort;
    identity = await openIdentity({ store, clock, log, secret, publicUrl: ORIGIN, rooms });
  });
  afterAll(async () => {
    await identity?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const signUp = async (email: string): Promise<AccountId> => {
    const auth = openEngine({ store, secret, origin: ORIGIN, warn: () => {} });
    const { user } = await auth.api.signUpEmail({ body: { email, name: 'Zoë', password: PASSWORD } });
    await store.db.updateTable('account').set({ email_verified: 1 }).where('id', '=', user.id).execute();
    return user.id as AccountId;
  };
  const ask = (headers: Record<string, string>, method = 'GET'): Request =>
    new Request(`${ORIGIN}/api/start`, { method, headers });

  test('a session says who sends a request; what a foreign page sends is nobody’s', async () => {
    const id = await signUp('one@x.example');
    const auth = openEngine({ store, secret, origin: ORIGIN, warn: () => {} });
    const answer = await auth.api.signInEmail({
      body: { email: 'one@x.example', password: PASSWORD },
      asResponse: true,
    });
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-earshot-session=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/i,
    );
    expect(await identity.whoIs(ask({ cookie }))).toEqual({ id, name: 'Zoë', role: 'member' });
    expect(await identity.whoIs(ask({ cookie: `${cookie.slice(0, -6)}aaaaaa` }))).toBeUndefined();
    expect(await identity.whoIs(ask({}))).toBeUndefined();
    const foreign = { cookie, origin: 'https://evil.example' };
    expect(await identity.whoIs(ask(foreign, 'POST'))).toBeUndefined();
    expect(await identity.whoIs(ask({ cookie, origin: ORIGIN }, 'POST'))).toMatchObject({ id });
    expect(await identity.whoIs(ask({ cookie, 'sec-fetch-site': 'same-site' }, 'POST'))).toBeUndefined();
  });

  test('a personal token says the same until it is ended or over; the database knows only its hash', async () => {
    const id = await signUp('two@x.example');
    const tokens = openAccessTokens({ store, clock });
    const token = (await tokens.make(id, 'script', 1)) ?? '';
    const bearer = { authorization: `Bearer ${token}` };
    expect(await identity.whoIs(ask(bearer, 'POST'))).toMatchObject({ id, name: 'Zoë' });
    expect(JSON.stringify(await store.db.selectFrom('account_token').selectAll().execute())).not.toContain(
      token,
    );
    clock.advance(86_400_001);
    expect(await identity.whoIs(ask(bearer))).toBeUndefined();
    const other = (await tokens.make(id, 'other')) ?? '';
    expect(await identity.whoIs(ask({ authorization: `Bearer ${other}` }))).toMatchObject({ id });
    const [row] = await tokens.list(id);
    expect(await tokens.end(id, row?.id ?? '')).toBe(true);
    expect(await identity.whoIs(ask({ authorization: `Bearer ${other}` }))).toBeUndefined();
    expect(await identity.whoIs(ask({ authorization: 'Bearer ea_nothing' }))).toBeUndefined();
  });

  test('an account on the list of a private room comes in by its session, until it is taken off', async () => {
    const id = await signUp('guest@x.example');
    await signUp('stranger@x.example');
    const auth = openEngine({ store, secret, origin: ORIGIN, warn: () => {} });
    const cookieOf = async (email: string): Promise<string> => {
      const answer = await auth.api.signInEmail({ body: { email, password: PASSWORD }, asResponse: true });
      return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    };
    const [guest, stranger] = [await cookieOf('guest@x.example'), await cookieOf('stranger@x.example')];
    await using rooms = await openRooms({
      ...{ store, clock, log: silentLog, tokens: openTokens(secret), publicUrl: ORIGIN, cells: 1 },
      ...{ openLead: 0, account: identity.whoIs, people: { find: identity.lookUp, tell: () => {} } },
    });
    const send = (method: string, path: string, body: object, headers: Record<string, string> = {}) =>
      rooms.fetch(
        new Request(`${ORIGIN}${path}`, {
          ...{ method, headers: { 'content-type': 'application/json', ...headers } },
          ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
        }),
      );
    const made = await send('POST', '/api/rooms', { title: 'Board', slug: 'board', access: 'private' });
    const host = { authorization: `Bearer ${((await made.json()) as { token: string }).token}` };
    const wish = { who: 'Guest@x.example', role: 'guest' };
    const listed = await send('POST', '/api/rooms/board/invitations', wish, host);
    const enter = async (cookie: string): Promise<unknown[]> => {
      const answer = await send('POST', '/r/board/enter', {}, { cookie });
      const { code, pass } = (await answer.json()) as { code?: string; pass?: string };
      return [answer.status, code ?? pass];
    };
    expect(await enter(guest)).toEqual([200, 'account']);
    expect(await enter(stranger)).toEqual([404, 'account-not-listed']);
    const rows = await store.db.selectFrom('room_invitation').selectAll().execute();
    expect(rows).toMatchObject([{ said: 'guest@x.example', account: id, role: 'guest', accepted: 1 }]);
    const lock = rooms.card('board')?.lock;
    const invitation = ((await listed.json()) as { id: string }).id;
    expect((await send('DELETE', `/api/rooms/board/invitations/${invitation}`, {}, host)).status).toBe(204);
    expect(await enter(guest)).toEqual([404, 'account-not-listed']);
    expect(rooms.card('board')?.lock).not.toBe(lock);
  });

  test('a mistake of ours is called one, with a mark that the log has; a database that is away is called that', async () => {
    await signUp('three@x.example');
    const auth = openEngine({ store, secret, origin: ORIGIN, warn: () => {} });
    const body = { email: 'three@x.example', password: PASSWORD };
    const entered = await auth.api.signInEmail({ body, asResponse: true });
    const cookie = entered.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const page = (path: string, fields?: Record<string, string>) =>
      identity.fetch(
        new Request(`${ORIGIN}${path}`, {
          headers: { cookie, origin: ORIGIN },
          ...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}),
        }),
      ) ?? Promise.reject(new Error(`${path} is not answered`));
    const script = (path: string) =>
      identity.fetch(
        new Request(`${ORIGIN}${path}`, {
          method: 'POST',
          headers: { cookie, origin: ORIGIN, 'content-type': 'application/json' },
          body: '{}',
        }),
      ) ?? Promise.reject(new Error(`${path} is not answered`));
    expect((await page('/account')).status).toBe(200);
    expect((await script('/account/passkeys/options')).status).toBe(200);
    expect(logged).toEqual([]);

    fails = new TypeError('a bug');
    const broken = await page('/account');
    expect([broken.status, await broken.text()]).toEqual([
      500,
      expect.stringContaining(`in the log as ${logged[0]?.mark}`),
    ]);
    expect(logged).toMatchObject([{ path: '/account', error: expect.stringMatching(/a bug/) }]);
    fails = undefined;
    // A query that the database refuses is ours.
    await store.db.schema.alterTable('account_passkey').renameTo('account_passkey_away').execute();
    const wrong = await script('/account/passkeys/options');
    expect([wrong.status, ((await wrong.json()) as { wrong: string }).wrong]).toEqual([
      500,
      expect.stringContaining(`in the log as ${logged[1]?.mark}`),
    ]);
    expect(logged[1]?.mark).toMatch(/^[0-9a-f]{8}$/);
    expect(logged[1]?.mark).not.toBe(logged[0]?.mark);
    await store.db.schema.alterTable('account_passkey_away').renameTo('account_passkey').execute();
    expect((await script('/account/passkeys/options')).status).toBe(200);

    // Last: the database itself. SQLite's file is damaged, PostgreSQL is ended.
    await postgres?.[Symbol.asyncDispose]();
    postgres = undefined;
    const file = join(folder, 'earshot.sqlite');
    for (const hurt of [file, `${file}-wal`, `${file}-shm`])
      if (existsSync(hurt)) writeFileSync(hurt, Buffer.alloc(statSync(hurt).size, 'noise'), { flag: 'r+' });
    const away = await page('/account');
    expect([away.status, await away.text()]).toEqual([503, expect.stringContaining('Try again in a minute')]);
    expect((await page('/sign-in', body)).status).toBe(503);
    expect((await script('/account/passkeys/options')).status).toBe(503);
    expect(logged).toHaveLength(2);
  }, 60_000);
});
