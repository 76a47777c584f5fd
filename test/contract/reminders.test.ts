import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { openSmtp } from '../../src/identity/index.ts';
import { open as openOutgoing } from '../../src/outgoing/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { openReminders, type Reminders } from '../../src/syndication/reminder/reminders.ts';
import type { Reminding } from '../../src/syndication/reminder/reminding.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { manualClock } from '../clock.ts';
import {
  type BrowserKeys,
  browserKeys,
  decryptPush,
  type PushReceived,
  pushService,
} from '../push-receiver.ts';
import { smtpServer } from '../smtp.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const ORIGIN = 'https://rooms.example';
const NOW = Date.UTC(2027, 2, 1, 12);
const MINUTE = 60_000;
const START = NOW + 3 * 60 * MINUTE;

describe.each(['sqlite', 'postgres'] as const)('reminders on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let reminders: Reminders;
  let push: Awaited<ReturnType<typeof pushService>>;
  let mail: Awaited<ReturnType<typeof smtpServer>>;
  let clock = manualClock(epochMs(NOW));
  /** What the push service answers, by path. */
  let answers: Map<string, (got: PushReceived, res: ServerResponse) => void>;
  let browsers: Map<string, BrowserKeys>;
  const cards = new Map<string, RoomCard>();
  let who: string | undefined;
  const hall: RoomCard = {
    ...{ slug: 'hall', title: 'The Hall', hosts: ['Ana'], status: 'scheduled', clocks: { scheduled: START } },
  };

  async function openAll(more: Partial<Reminding> = {}): Promise<void> {
    const { send } = openSmtp(`smtp://127.0.0.1:${mail.port}`, 'earshot@rooms.example');
    reminders = (await openReminders({
      ...{
        store,
        clock,
        log: silentLog,
        publicUrl: ORIGIN,
        account: async () => (who === undefined ? undefined : ({ id: who, name: who } as never)),
      },
      ...{ cardOf: async (slug: string) => cards.get(slug), cards: () => [...cards.values()] },
      reminding: {
        ...{ outgoing: openOutgoing({ allow: ['127.0.0.1'], kept: 4 }), services: ['127.0.0.1'] },
        ...{ vapidKey: new Uint8Array(32).fill(3), topicKey: new Uint8Array(32).fill(4) },
        ...{ most: 1_000, perSecond: 120, mail: send, ...more },
      },
    })) as Reminders;
  }
  beforeEach(async () => {
    clock = manualClock(epochMs(NOW));
    [answers, browsers] = [new Map(), new Map()];
    cards.clear();
    cards.set('hall', hall);
    push = await pushService((got, res) =>
      (answers.get(got.path) ?? (() => res.writeHead(201).end()))(got, res),
    );
    mail = await smtpServer();
    folder = mkdtempSync(join(tmpdir(), 'earshot-reminders-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    await openAll();
  });
  afterEach(async () => {
    await reminders?.close?.();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    await push?.close();
    await mail?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (method: string, path: string, body?: object | string, headers = {}): Promise<Response> =>
    reminders.fetch(
      new Request(`${ORIGIN}${path}`, {
        method,
        headers: {
          ...(body === undefined
            ? {}
            : {
                'content-type':
                  typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
              }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
  /** A browser subscribes; its reminder's id. */
  async function subscribe(name: string, room = 'hall', language = 'en'): Promise<string> {
    const browser = browsers.get(`/${name}`) ?? browserKeys();
    browsers.set(`/${name}`, browser);
    const wish = { endpoint: `${push.origin}/${name}`, keys: browser.keys, language };
    const answer = await ask('POST', `/api/rooms/${room}/reminders`, wish);
    const said = (await answer.json()) as { id: string };
    expect([answer.status, said]).toEqual([201, expect.anything()]);
    return said.id;
  }
  const change = async (more: Partial<RoomCard>, slug = 'hall'): Promise<void> => {
    cards.set(slug, { ...hall, slug, ...more });
    reminders.roomChanged?.(slug);
    await reminders.look();
  };
  /** Lets time go by, in steps. */
  async function pass(by: number, step = 30_000): Promise<void> {
    for (let gone = 0; gone < by; gone += step) {
      clock.advance(Math.min(step, by - gone));
      await reminders.look();
    }
  }
  const read = ({ path, body }: PushReceived): { notice: string; body: string; id: string; tag: string } =>
    JSON.parse(decryptPush(body, browsers.get(path) as BrowserKeys).toString());
  const pushed = (): string[] => push.received.map((got) => `${got.path} ${read(got).notice}`).sort();
  const rows = () => store.db.selectFrom('reminder').selectAll().execute();
  const mails = (): string[] =>
    mail.received.map(({ text }) =>
      Buffer.from(
        text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString(),
    );

  test('a browser is told once that it starts soon, and once that it begins; encrypted, signed, with one topic, and never twice', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await subscribe(name);
    await subscribe('a');
    expect(reminders.count('hall')).toBe(8);
    const planned = (await (await ask('GET', '/api/rooms/hall/reminders')).json()) as object;
    expect(planned).toEqual({
      ...{ people: 8, mail: true, push: { key: expect.stringMatching(/^[\w-]{87}$/) } },
      window: { from: '2027-03-01T14:55:00.000Z', until: '2027-03-01T14:58:00.000Z' },
    });
    await pass(START - NOW - 6 * MINUTE, 20 * MINUTE);
    expect(push.received).toEqual([]);
    const at: number[] = [];
    for (let i = 0; i < 40; i++) {
      await pass(5_000, 5_000);
      at.push(push.received.length);
    }
    expect(new Set(at).size).toBeGreaterThan(3);
    await pass(MINUTE);
    expect(pushed()).toEqual([...'abcdefgh'].map((name) => `/${name} soon`));
    const [first] = push.received as [PushReceived];
    expect(first.headers).toMatchObject({
      ...{ urgency: 'high', 'content-encoding': 'aes128gcm', topic: expect.stringMatching(/^[\w-]{32}$/) },
      authorization: expect.stringMatching(/^vapid t=[\w.-]+, k=[\w-]{87}$/),
    });
    expect(Number(first.headers.ttl)).toBeGreaterThan(1_000);
    expect(read(first)).toMatchObject({
      title: 'The Hall',
      body: 'Starts at {time}.',
      at: START,
      url: '/r/hall',
    });
    await change({ status: 'open' });
    await change({ status: 'live', clocks: { scheduled: START, firstSpeech: START } });
    await pass(15_000, 1_000);
    expect(pushed().filter((one) => one.endsWith('live'))).toHaveLength(8);
    await change({ status: 'live', clocks: { scheduled: START, firstSpeech: START } });
    await pass(MINUTE);
    expect(push.received).toHaveLength(16);
    expect(new Set(push.received.map(({ headers }) => headers.topic)).size).toBe(1);
    await change({ status: 'ended' });
    await pass(25 * 60 * MINUTE, 60 * MINUTE);
    expect(await rows()).toEqual([]);
    expect(push.received).toHaveLength(16);
  }, 60_000);

  test('late replaces what waits; a new time is told, and reminded of; a cancelled room is told of once', async () => {
    await subscribe('a', 'hall', 'fr');
    await change({ plans: { late: { reason: 'The train stands still', at: NOW } } });
    await pass(5_000, 1_000);
    expect(push.received.map(read)).toMatchObject([
      {
        notice: 'late',
        title: 'En retard : The Hall',
        body: 'Le début est retardé : The train stands still',
      },
    ]);
    await change({ plans: { late: { reason: 'The train stands still', at: NOW } } });
    await change({ clocks: { scheduled: START + 60 * MINUTE } });
    await pass(5_000, 1_000);
    expect(pushed()).toEqual(['/a late', '/a moved']);
    await pass(START - NOW, 10 * MINUTE);
    expect(push.received).toHaveLength(2);
    await pass(59 * MINUTE, MINUTE);
    expect(pushed()).toEqual(['/a late', '/a moved', '/a soon']);
    await subscribe('b');
    await pass(5_000, 1_000);
    expect(pushed()).toContain('/b soon');
    await change({ status: 'cancelled', plans: { cancelled: { reason: 'Nobody came' } } });
    await pass(5_000, 1_000);
    await change({ status: 'cancelled', plans: { cancelled: { reason: 'Nobody came' } } });
    expect(pushed().filter((one) => one.endsWith('cancelled'))).toEqual(['/a cancelled', '/b cancelled']);
    expect(read(push.received.at(-1) as PushReceived).tag).toBe(push.received[0]?.headers.topic);
  }, 60_000);

  test('what other calendars got wrong: a start that comes early, a new name, a new time of which nobody could be told', async () => {
    // Begun early: it is told that it begins, and never that it will.
    await subscribe('a');
    await change({ status: 'live', clocks: { scheduled: START, firstSpeech: NOW + MINUTE } });
    await pass(START - NOW + MINUTE, 5 * MINUTE);
    expect(pushed()).toEqual(['/a live']);
    push.received.length = 0;
    // Renamed after it was told, and all started again: nothing more is told.
    cards.set('attic', { ...hall, slug: 'attic', clocks: { scheduled: clock.wall() + 20 * MINUTE } });
    await subscribe('b', 'attic');
    await pass(19 * MINUTE, 20_000);
    expect(pushed()).toEqual(['/b soon']);
    const at = cards.get('attic')?.clocks.scheduled ?? 0;
    await change({ title: 'Another name', clocks: { scheduled: at } }, 'attic');
    await reminders.close?.();
    await openAll();
    await pass(30_000, 5_000);
    expect(push.received).toHaveLength(1);
    // Moved while this browser's push service is broken: it is reminded of the new time all the same.
    answers.set('/b', (_got, res) => void res.writeHead(400).end());
    await change({ clocks: { scheduled: at + 60 * MINUTE } }, 'attic');
    await pass(10_000, 1_000);
    answers.delete('/b');
    await pass(62 * MINUTE, MINUTE);
    expect(pushed()).toEqual(['/b moved', '/b soon', '/b soon']);
  }, 60_000);

  test('push services: gone, full, too large, broken, silent, elsewhere', async () => {
    const say =
      (status: number, headers = {}) =>
      (_got: PushReceived, res: ServerResponse) =>
        void res.writeHead(status, headers).end();
    for (const name of ['fine', 'gone', 'unknown', 'large', 'broken', 'away', 'mends', 'silent'])
      await subscribe(name);
    answers.set('/gone', say(410));
    answers.set('/unknown', say(404));
    answers.set('/large', say(413));
    answers.set('/broken', say(500));
    answers.set('/away', say(307, { location: 'http://127.0.0.1:1/' }));
    answers.set('/silent', () => undefined);
    let times = 0;
    answers.set('/mends', (_got, res) => void res.writeHead(times++ < 2 ? 503 : 201).end());
    await change({ clocks: { scheduled: START + MINUTE } });
    await pass(3_000, 1_000);
    await pass(20 * MINUTE, 15_000);
    const of = (name: string): number => push.received.filter(({ path }) => path === `/${name}`).length;
    expect([of('fine'), of('gone'), of('unknown'), of('large'), of('away')]).toEqual([1, 1, 1, 1, 1]);
    expect([of('broken'), of('silent'), of('mends')]).toEqual([6, 6, 3]);
    expect((await rows()).map(({ target }) => new URL(target).pathname).sort()).toEqual([
      '/away',
      '/broken',
      '/fine',
      '/large',
      '/mends',
      '/silent',
    ]);
    expect(reminders.count('hall')).toBe(6);
    expect((await rows()).filter(({ due }) => due !== null)).toEqual([]);
  }, 120_000);

  test('429 with Retry-After: that push service is left alone so long, and all others are told', async () => {
    const other = await pushService();
    try {
      for (const name of ['a', 'b', 'c']) await subscribe(name);
      const keys = browserKeys();
      expect(
        (await ask('POST', '/api/rooms/hall/reminders', { endpoint: `${other.origin}/x`, keys: keys.keys }))
          .status,
      ).toBe(201);
      let full = true;
      for (const name of ['/a', '/b', '/c'])
        answers.set(
          name,
          (_got, res) => void res.writeHead(full ? 429 : 201, full ? { 'retry-after': '120' } : {}).end(),
        );
      await change({ clocks: { scheduled: START + MINUTE } });
      await pass(5_000, 1_000);
      expect(other.received).toHaveLength(1);
      const tried = push.received.length;
      expect(tried).toBeLessThanOrEqual(3);
      await pass(110_000, 5_000);
      expect(push.received).toHaveLength(tried);
      full = false;
      await pass(30_000, 5_000);
      expect(push.received).toHaveLength(tried + 3);
    } finally {
      await other.close();
    }
  }, 60_000);

  test('mail: nothing before the address is confirmed; one press ends it; a permanent refusal does as well', async () => {
    const form = (email: string) => ask('POST', '/r/hall/remind', `email=${encodeURIComponent(email)}`);
    expect((await form('Ana@Example.org')).status).toBe(200);
    expect((await form('nobody')).status).toBe(422);
    await pass(2_000, 1_000);
    expect(mail.received).toHaveLength(1);
    const [confirm = ''] = mails();
    expect(confirm).toContain('Subject: Confirm: remind me of The Hall');
    const [, path = ''] = /https:\/\/rooms\.example(\/reminder\/[\w-]{22})/.exec(confirm) ?? [];
    expect(reminders.count('hall')).toBe(0);
    // A program that looks at links confirms nothing.
    expect(await (await ask('GET', path)).text()).toContain('Yes, remind me');
    await pass(MINUTE);
    expect(reminders.count('hall')).toBe(0);
    expect(await (await ask('POST', path, 'act=confirm')).text()).toContain(
      'You will be reminded by e-mail.',
    );
    expect(reminders.count('hall')).toBe(1);
    await form('ana@example.org');
    await pass(2_000, 1_000);
    expect(mail.received).toHaveLength(1);
    // Nobody was told a time yet, so nobody is told that it is late; the reminder says so.
    await change({ plans: { late: { reason: 'The bus', at: NOW } } });
    await pass(5_000, 1_000);
    expect(mail.received).toHaveLength(1);
    await pass(START - NOW, 2 * MINUTE);
    expect(mail.received).toHaveLength(2);
    const soon = mails()[1] ?? '';
    expect(soon).toContain(`List-Unsubscribe: <${ORIGIN}${path}>`);
    expect(soon).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(soon).toContain('Starts late: The bus');
    expect(soon).toContain(`${ORIGIN}/r/hall`);
    await change({ status: 'live', clocks: { scheduled: START, firstSpeech: clock.wall() } });
    await pass(MINUTE);
    expect(mail.received).toHaveLength(2);
    const left = await ask('POST', path, 'List-Unsubscribe=One-Click', { 'sec-fetch-site': 'cross-site' });
    expect([left.status, await rows()]).toEqual([200, []]);
    expect((await ask('POST', path, 'List-Unsubscribe=One-Click')).status).toBe(200);
  }, 60_000);

  test('a mail server that refuses for now is asked again; what was not confirmed within a day is forgotten', async () => {
    mail.state.refusing = true;
    await ask('POST', '/r/hall/remind', 'email=ben%40example.org');
    await pass(2_000, 1_000);
    expect((await rows())[0]).toMatchObject({ tries: 1, confirmed: 0 });
    mail.state.refusing = false;
    await pass(30_000, 5_000);
    expect(mail.received).toHaveLength(1);
    await pass(26 * 60 * MINUTE, 60 * MINUTE);
    expect(await rows()).toEqual([]);
  }, 60_000);

  test('what nobody may do: foreign endpoints, keys that are none, private rooms, rooms that have begun, more than there is room for', async () => {
    const { keys } = browserKeys();
    const post = async (wish: object, room = 'hall'): Promise<number> =>
      (await ask('POST', `/api/rooms/${room}/reminders`, wish)).status;
    for (const endpoint of [
      ...[
        'https://example.org/push',
        'http://10.0.0.1/',
        'https://127.0.0.1@evil.example/',
        'file:///etc/passwd',
        'x',
      ],
      `${push.origin}/${'x'.repeat(1_000)}`,
    ])
      expect([endpoint, await post({ endpoint, keys })]).toEqual([endpoint, 422]);
    expect(await post({ endpoint: `${push.origin}/a`, keys: { ...keys, p256dh: 'AAAA' } })).toBe(422);
    cards.set('private', { ...hall, slug: 'private', access: 'private' });
    cards.set('on', { ...hall, slug: 'on', status: 'live' });
    for (const [room, status] of [
      ['private', 404],
      ['nothing', 404],
      ['on', 409],
    ] as const) {
      expect([room, await post({ endpoint: `${push.origin}/a`, keys }, room)]).toEqual([room, status]);
      expect((await ask('GET', `/r/${room}/remind`)).status).toBe(status === 404 ? 404 : 200);
    }
    expect(
      (
        await ask(
          'POST',
          '/api/rooms/hall/reminders',
          { endpoint: `${push.origin}/a`, keys },
          { 'sec-fetch-site': 'cross-site' },
        )
      ).status,
    ).toBe(403);
    await reminders.close?.();
    await openAll({ most: 2 });
    expect([
      await post({ endpoint: `${push.origin}/a`, keys }),
      await post({ endpoint: `${push.origin}/b`, keys }),
    ]).toEqual([201, 201]);
    expect(await post({ endpoint: `${push.origin}/c`, keys })).toBe(429);
    const [one] = await rows();
    expect((await ask('DELETE', `/api/reminders/${one?.id}`)).status).toBe(204);
    expect((await ask('DELETE', `/api/reminders/${one?.id}`)).status).toBe(404);
    expect(await post({ endpoint: `${push.origin}/c`, keys })).toBe(201);
    expect(push.received).toEqual([]);
  }, 60_000);

  test('what changed while nothing ran is told at the start; what was told is not told again', async () => {
    for (const name of ['a', 'b']) await subscribe(name);
    await reminders.look();
    await reminders.close?.();
    cards.set('hall', { ...hall, clocks: { scheduled: START + 5 * MINUTE } });
    await openAll();
    expect(reminders.count('hall')).toBe(2);
    await pass(5_000, 1_000);
    expect(pushed()).toEqual(['/a moved', '/b moved']);
    await reminders.close?.();
    await openAll();
    await pass(MINUTE);
    expect(push.received).toHaveLength(2);
    await reminders.close?.();
    cards.clear();
    await openAll();
    await pass(5_000, 1_000);
    expect(pushed()).toEqual(['/a cancelled', '/a moved', '/b cancelled', '/b moved']);
  }, 60_000);

  test('who follows a host and has chosen it is reminded by mail of what that host announces, and of nothing after choosing otherwise', async () => {
    const person = (id: string, email: string) => ({
      ...{ id, name: id, email, email_verified: 1, image: null, role: 'member', created: NOW, updated: NOW },
    });
    await store.db
      .insertInto('account')
      .values([person('host', 'host@example.org'), person('fan', 'fan@example.org')] as never)
      .execute();
    await store.db
      .insertInto('social_follow')
      .values({ follower: 'fan', followee: 'host', at: NOW })
      .execute();
    const made = {
      id: 'r1',
      slug: 'attic',
      title: 'Attic',
      hosts: '[]',
      status: 'scheduled',
      welcome: 0,
      created: NOW,
    };
    await store.db
      .insertInto('room')
      .values(made as never)
      .execute();
    await store.db
      .insertInto('room_member')
      .values({ room: 'r1', account: 'host', role: 'host', created: NOW } as never)
      .execute();
    await reminders.close?.();
    who = 'fan';
    await openAll({ mailOf: async (account) => `${account}@example.org` });
    expect(await (await ask('GET', '/reminders')).text()).toContain(
      'By e-mail, to the address of your account',
    );
    expect((await ask('POST', '/reminders', 'way=push')).status).toBe(422);
    expect((await ask('POST', '/reminders', 'way=mail')).status).toBe(200);
    await change({ clocks: { scheduled: START } }, 'attic');
    // All started again before anybody was told of it.
    await reminders.close?.();
    await openAll({ mailOf: async (account) => `${account}@example.org` });
    await pass(10_000, 5_000);
    expect(await rows()).toMatchObject([
      { room: 'attic', account: 'fan', confirmed: 1, target: 'account:fan' },
    ]);
    expect(await reminders.exported?.('fan')).toMatchObject({
      reminders: [{ room: 'attic' }],
      remindersOfFollowed: { way: 'mail' },
    });
    await pass(START - NOW, 2 * MINUTE);
    expect(mail.received.map(({ to }) => to)).toEqual(['<fan@example.org>']);
    // Nobody asked for this room alone: the mail says why it came, and how to get none.
    expect(mail.received[0]?.text).toContain('You follow who announced this room');
    expect(mail.received[0]?.text).toContain(`${ORIGIN}/reminders`);
    // Whoever leaves this one is not put back.
    const [own] = await rows();
    expect((await ask('POST', `/reminder/${own?.id}`, 'List-Unsubscribe=One-Click')).status).toBe(200);
    await pass(MINUTE);
    expect(await rows()).toEqual([]);
    expect((await ask('POST', '/reminders', 'way=off')).status).toBe(200);
    who = undefined;
    expect((await ask('POST', '/reminders', 'way=mail')).status).toBe(403);
    await reminders.forget?.('fan');
    expect(await reminders.exported?.('fan')).toEqual({ reminders: [] });
  }, 60_000);

  test('a browser whose subscription is replaced keeps its reminders', async () => {
    await subscribe('a');
    const next = browserKeys();
    browsers.set('/next', next);
    const moved = { from: `${push.origin}/a`, to: { endpoint: `${push.origin}/next`, keys: next.keys } };
    expect(await (await ask('POST', '/api/reminders/moved', moved)).json()).toEqual({ moved: 1 });
    await change({ clocks: { scheduled: START + MINUTE } });
    await pass(5_000, 1_000);
    expect(pushed()).toEqual(['/next moved']);
  }, 60_000);
});
