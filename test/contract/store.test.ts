import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { openTokens } from '../../src/keys/token.ts';
import { open as openRooms } from '../../src/room/index.ts';
import { isDuplicate, open, type Store } from '../../src/store/index.ts';
import { manualClock } from '../clock.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const NOW = Date.UTC(2026, 0, 1);

describe.each(['sqlite', 'postgres'] as const)('the store on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let url: string;
  let store: Store;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-store-'));
    if (engine === 'postgres') postgres = await startPostgres();
    url = postgres?.url ?? `sqlite:${join(folder, 'deep', 'earshot.sqlite')}`;
    store = await open({ url });
  });
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await store.db.deleteFrom('room').execute();
  });

  const row = (slug: string, more: object = {}) => ({
    ...{ id: randomUUIDv7(), slug, title: 'T', hosts: '[]', status: 'open', welcome: 0, created: NOW },
    ...more,
  });
  const insert = (slug: string, more: object = {}) =>
    store.db.insertInto('room').values(row(slug, more)).execute();
  const read = (slug: string) =>
    store.db.selectFrom('room').selectAll().where('slug', '=', slug).executeTakeFirst();

  test('knows which engine it is', () => {
    expect(store.engine).toBe(engine);
  });

  test('gives back what was written: instants as numbers, any text, absent as null', async () => {
    const title = `Ἀθῆναι 😀 'quotes' "and" \\ % _ \u202e; drop table room; --`;
    await insert('one', { title, opened: 1_795_353_886_479, zero: 1_795_353_886_479, cell: 3 });
    expect(await read('one')).toMatchObject({
      ...{ title, opened: 1_795_353_886_479, zero: 1_795_353_886_479, cell: 3 },
      ...{ start: null, ended: null, first_audio: null, welcome: 0 },
    });
    expect(await read("one' or '1'='1")).toBeUndefined();
  });

  test('a write that need not wait for the disk is read at once, waits for a transaction, and is refused alike', async () => {
    const soon = (slug: string) => store.writeSoon(store.db.insertInto('room').values(row(slug)).compile());
    await soon('one');
    expect(await read('one')).toMatchObject({ slug: 'one', title: 'T' });
    expect(isDuplicate(await soon('one').catch((e) => e))).toBe(true);
    const trx = await store.db.startTransaction().execute();
    await trx.insertInto('room').values(row('of a transaction')).execute();
    const waiting = soon('two');
    await trx.rollback().execute();
    await waiting;
    expect([await read('of a transaction'), (await read('two'))?.slug]).toEqual([undefined, 'two']);
    // Later writes wait for the disk again.
    if (engine === 'sqlite')
      expect((await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db)).rows).toEqual([
        { synchronous: 2 },
      ]);
  });

  test('refuses a second row with the same address and gives that as the reason', async () => {
    await insert('one');
    const error = await insert('one').catch((e) => e);
    expect(isDuplicate(error)).toBe(true);
    const other = await insert('two', { status: 'nonsense' }).catch((e) => e);
    expect(other).toBeInstanceOf(Error);
    expect(isDuplicate(other)).toBe(false);
    expect(await read('two')).toBeUndefined();
  });

  test('a transaction that fails leaves nothing behind', async () => {
    const attempt = store.db.transaction().execute(async (trx) => {
      await trx.insertInto('room').values(row('half')).execute();
      throw new Error('midway');
    });
    await expect(attempt).rejects.toThrow('midway');
    expect(await read('half')).toBeUndefined();
  });

  test('opening again, also from several at once, finds the tables and keeps the rows', async () => {
    await insert('kept');
    const others = await Promise.all([open({ url }), open({ url }), open({ url })]);
    for (const other of others) {
      expect(await other.db.selectFrom('room').select('slug').execute()).toEqual([{ slug: 'kept' }]);
      await other[Symbol.asyncDispose]();
    }
    const steps = await sql<{ name: string }>`select name from kysely_migration`.execute(store.db);
    expect(steps.rows.map(({ name }) => name)).toEqual([
      ...['0001-room', '0002-cap', '0003-links-and-revisions', '0004-measures', '0005-repeats'],
      '0010-accounts',
      '0011-room-invitations',
      ...['0030-on-stage', '0040-arrangements', '0060-moderation', '0061-audit-kept'],
      '0070-social',
      ...['0082-image', '0084-reminders', '0086-forecasts', '0092-notification', '0094-follow-counts'],
      ...['0098-zone', '0101-suspended'],
    ]);
  });

  test('two that write at once both get through', async () => {
    const other = await open({ url });
    const write = (db: Store['db'], from: number) =>
      Promise.all(
        Array.from({ length: 25 }, (_, i) =>
          db
            .insertInto('room')
            .values(row(`w-${from + i}`))
            .execute(),
        ),
      );
    await Promise.all([write(store.db, 0), write(other.db, 100)]);
    await other[Symbol.asyncDispose]();
    expect(await store.db.selectFrom('room').select('slug').execute()).toHaveLength(50);
  });

  test('a closed store refuses', async () => {
    const other = await open({ url });
    await other[Symbol.asyncDispose]();
    await expect(other.db.selectFrom('room').selectAll().execute()).rejects.toThrow();
  });

  describe('rooms', () => {
    const clock = manualClock(epochMs(NOW));
    const tokens = openTokens(new Uint8Array(32));
    const start = () => openRooms({ store, tokens, clock, log: silentLog, cells: 2, openLead: 900_000 });
    const post = (
      rooms: { fetch(r: Request): Promise<Response> },
      path: string,
      body: object,
      token?: string,
    ) =>
      rooms.fetch(
        new Request(`http://x${path}`, {
          method: 'POST',
          body: JSON.stringify(body),
          headers: {
            'content-type': 'application/json',
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
        }),
      );

    test('live through creation, change and restart the same', async () => {
      let rooms = await start();
      await rooms.ensureWelcome();
      const made = (await (await post(rooms, '/api/rooms', { title: 'Été', host: 'Zoë' })).json()) as {
        token: string;
      };
      expect((await post(rooms, '/api/rooms/ete/live', {}, made.token)).status).toBe(200);
      rooms.clocks('ete', { firstAudio: NOW + 1, firstSpeech: NOW + 2 });
      await post(rooms, '/api/rooms', { title: 'Later', start: new Date(NOW + 9e6).toISOString() });
      await vi.waitFor(() =>
        expect(rooms.cards().find((c) => c.slug === 'ete')?.clocks.firstSpeech).toBe(NOW + 2),
      );
      const before = new Set(rooms.cards());
      expect(before.size).toBe(3);
      await rooms[Symbol.asyncDispose]();
      rooms = await start();
      expect(new Set(rooms.cards())).toEqual(before);
      await rooms[Symbol.asyncDispose]();
    });

    test('an address that only the database knows is still taken', async () => {
      const rooms = await start();
      await insert('taken', { status: 'ended' });
      const made = (await (await post(rooms, '/api/rooms', { title: 'Taken' })).json()) as { slug: string };
      expect(made.slug).toMatch(/^taken-[a-z2-9]{4}$/);
      expect((await rooms.fetch(new Request('http://x/api/rooms/taken'))).status).toBe(200);
      await rooms[Symbol.asyncDispose]();
    });
  });
});

test.each(['', 'mysql://x/y', 'earshot.sqlite', 'sqlite:'])(
  'a database URL like "%s" is refused by name',
  async (url) => {
    await expect(open({ url })).rejects.toMatchObject({ code: 'bad-config' });
  },
);
