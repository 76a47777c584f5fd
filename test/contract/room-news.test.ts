import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { openAccessTokens } from '../../src/identity/access-tokens.ts';
import { openEngine } from '../../src/identity/engine.ts';
import { type Identity, open as openIdentity, openSmtp } from '../../src/identity/index.ts';
import { openTokens } from '../../src/keys/token.ts';
import { open as openRooms, type Rooms } from '../../src/room/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import type { AccountId } from '../../src/wire/account.ts';
import { manualClock } from '../clock.ts';
import { smtpServer } from '../smtp.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const ORIGIN = 'https://rooms.example';
const NOW = Date.UTC(2027, 2, 1, 12);
const NAMES = ['Ana', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gus'] as const;
type Name = (typeof NAMES)[number];

describe.each(['sqlite', 'postgres'] as const)('news of a room on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let identity: Identity;
  let rooms: Rooms;
  let mail: Awaited<ReturnType<typeof smtpServer>>;
  let clock = manualClock(epochMs(NOW));
  const secret = new Uint8Array(32).fill(9);
  const bearers = new Map<Name, string>();

  beforeEach(async () => {
    clock = manualClock(epochMs(NOW));
    mail = await smtpServer();
    folder = mkdtempSync(join(tmpdir(), 'earshot-news-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    const { send } = openSmtp(`smtp://127.0.0.1:${mail.port}`, 'earshot@rooms.example');
    identity = await openIdentity({ store, clock, log: silentLog, secret, publicUrl: ORIGIN, send });
    rooms = await openRooms({
      ...{ store, clock, log: silentLog, tokens: openTokens(secret), publicUrl: ORIGIN, cells: 1 },
      ...{ openLead: 0, account: identity.whoIs },
      people: { find: identity.lookUp, tell: identity.tellInvited, news: identity.tellNews },
    });
    const auth = openEngine({ store, secret, origin: ORIGIN, warn: () => {} });
    for (const name of NAMES) {
      const body = { email: addressOf(name), name, password: 'a long enough password' };
      const { user } = await auth.api.signUpEmail({ body });
      bearers.set(name, (await openAccessTokens({ store, clock }).make(user.id as AccountId, 'test')) ?? '');
      // Everybody's address is confirmed but Finn's.
      if (name === 'Finn') continue;
      await store.db.updateTable('account').set({ email_verified: 1 }).where('id', '=', user.id).execute();
    }
  });
  afterEach(async () => {
    await rooms?.[Symbol.asyncDispose]();
    await identity?.[Symbol.asyncDispose]();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    await mail?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const addressOf = (name: string): string => `${name.toLowerCase()}@x.example`;
  const send = async (who: Name, method: string, path: string, body?: object, language = 'en') => {
    const headers = {
      ...{ authorization: `Bearer ${bearers.get(who)}`, 'accept-language': language },
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await rooms.fetch(new Request(`${ORIGIN}${path}`, init));
    const text = await answer.text();
    expect(answer.status, text).toBeLessThan(300);
    await identity.settled();
    return (text === '' ? {} : JSON.parse(text)) as { invitations?: { id: string }[] };
  };
  const at = (hours: number): string => new Date(NOW + hours * 3_600_000).toISOString();
  const invite = async (who: Name, role: string, said?: 'accept' | 'decline'): Promise<void> => {
    await send('Ana', 'POST', '/api/rooms/hall/invitations', { who: addressOf(who), role });
    if (!said) return;
    const [one] = (await send(who, 'GET', '/api/account/invitations')).invitations ?? [];
    await send(who, 'POST', `/api/account/invitations/${one?.id}`, { answer: said });
  };
  const waiting = () => store.db.selectFrom('mail').selectAll().execute();
  /** Lets the clock go on until `seen` holds. */
  const until = (seen: () => void | Promise<void>) =>
    vi.waitFor(
      () => {
        clock.advance(30_000);
        return seen();
      },
      { timeout: 20_000, interval: 20 },
    );
  /** Everything that was put is sent; by address, readable. */
  const sent = async (): Promise<Record<string, string[]>> => {
    await until(async () => expect(await waiting()).toEqual([]));
    const all: Record<string, string[]> = {};
    for (const { to, text } of mail.received.splice(0)) {
      const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      const list = all[to.slice(1, to.indexOf('@'))] ?? [];
      all[to.slice(1, to.indexOf('@'))] = [...list, Buffer.from(bytes, 'latin1').toString()];
    }
    return all;
  };
  const announce = (more: object = {}) =>
    send('Ana', 'POST', '/api/rooms', { title: 'Hall', host: 'Ana', slug: 'hall', start: at(24), ...more });

  test('whoever is invited or belongs to it gets one mail of several changes, with the newest facts; who did it gets none', async () => {
    await announce();
    await invite('Ben', 'guest');
    await invite('Cleo', 'speaker', 'accept');
    await invite('Dan', 'co-host', 'accept');
    await invite('Eve', 'guest', 'decline');
    await invite('Finn', 'guest');
    await sent();
    await send('Ana', 'PATCH', '/api/rooms/hall', { start: at(48) });
    await send('Ana', 'PATCH', '/api/rooms/hall', { start: at(30) });
    await send('Ana', 'PATCH', '/api/rooms/hall', { about: 'Of what is no news' });
    expect(await waiting()).toHaveLength(3);
    expect(mail.received).toEqual([]);
    const moved = await sent();
    expect(Object.keys(moved).sort()).toEqual(['ben', 'cleo', 'dan']);
    expect(moved.ben).toHaveLength(1);
    expect(moved.ben?.[0]).toContain('Subject: New time: Hall');
    expect(moved.ben?.[0]).toMatch(/It begins: Tuesday,? 2 March 2027 at 18:00 UTC/);
    expect(moved.ben?.[0]).toContain(`${ORIGIN}/r/hall`);

    // What was taken back before it was sent is not said; what is the same again is no news.
    await send('Ana', 'PATCH', '/api/rooms/hall', { late: 'The train stands still' });
    await send('Ana', 'PATCH', '/api/rooms/hall', { late: null, start: at(30) });
    for (const { body } of await waiting()) expect(body).not.toContain('train');
    await sent();
    await send('Ana', 'PATCH', '/api/rooms/hall', { late: 'The bus as well' });
    await send('Ana', 'PATCH', '/api/rooms/hall', { late: 'The bus as well' });
    const late = await sent();
    expect(Object.values(late).map((list) => list.length)).toEqual([1, 1, 1]);
    expect(late.cleo?.[0]).toContain('begins late: The bus as well');
    await send('Ana', 'PATCH', '/api/rooms/hall', { late: 'The bus as well' });
    expect(await waiting()).toEqual([]);

    await send('Dan', 'PATCH', '/api/rooms/hall', { start: at(31) });
    expect((await waiting()).map(({ recipient }) => recipient).sort()).toContain('ana@x.example');
    await send('Ana', 'POST', '/api/rooms/hall/cancel', { reason: 'Nobody came' }, 'fr');
    const cancelled = await sent();
    expect(Object.keys(cancelled).sort()).toEqual(['ben', 'cleo', 'dan']);
    expect(cancelled.dan).toHaveLength(1);
    expect(cancelled.dan?.[0]).toContain('est annulée : Nobody came');
    expect(cancelled.dan?.[0]).toMatch(/2 mars 2027 à 19:00 UTC/);
  }, 120_000);

  test('the address of a private room is only in mails to those who are let in, and of a draft nothing is said', async () => {
    await announce({ access: 'private', draft: true });
    await invite('Ben', 'guest');
    await invite('Cleo', 'speaker');
    await invite('Dan', 'speaker', 'accept');
    await sent();
    await send('Ana', 'PATCH', '/api/rooms/hall', { start: at(26) });
    expect(await waiting()).toEqual([]);
    await send('Ana', 'POST', '/api/rooms/hall/publish');
    await send('Ana', 'PATCH', '/api/rooms/hall', { start: at(27) });
    const moved = await sent();
    expect(Object.keys(moved).sort()).toEqual(['ben', 'cleo', 'dan']);
    for (const name of ['ben', 'dan']) expect(moved[name]?.[0]).toContain(`${ORIGIN}/r/hall`);
    expect(moved.cleo?.[0]).not.toContain('/r/');
    expect(moved.cleo?.[0]).toContain(`${ORIGIN}/account`);
  }, 120_000);

  test('while the mail server is away news wait like other mails, and are replaced by newer ones; a room that is deleted is cancelled', async () => {
    await announce();
    await invite('Gus', 'guest');
    await sent();
    mail.state.refusing = true;
    await send('Ana', 'PATCH', '/api/rooms/hall', { start: at(27) });
    await until(async () =>
      expect(await waiting()).toMatchObject([{ error: expect.stringContaining('451') }]),
    );
    await send('Ana', 'DELETE', '/api/rooms/hall');
    const [one, ...others] = await waiting();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ subject: 'Cancelled: Hall', error: expect.stringContaining('451') });
    expect(one?.body).not.toContain('/r/');
    mail.state.refusing = false;
    const { gus } = await sent();
    expect(gus).toHaveLength(1);
    expect(gus?.[0]).toContain('Subject: Cancelled: Hall');
  }, 120_000);
});
