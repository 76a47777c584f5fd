/** What strangers can make of reminders: other people's mailboxes full, places that do not answer, questions to a database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs, ms } from '../../src/base/time.ts';
import { open as openOutgoing } from '../../src/outgoing/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { openReminders, type Reminders } from '../../src/syndication/reminder/reminders.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { manualClock } from '../clock.ts';
import { browserKeys } from '../push-receiver.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const NOW = Date.UTC(2027, 2, 1, 12);
const HALL = {
  ...{ slug: 'hall', title: 'The Hall', hosts: ['Ana'], status: 'scheduled' },
  clocks: { scheduled: NOW + 24 * 3_600_000 },
} as RoomCard;

describe.each(['sqlite', 'postgres'] as const)('reminders and strangers on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let reminders: Reminders;
  let clock = manualClock(epochMs(NOW));
  let mails: string[];
  const { keys } = browserKeys();

  beforeEach(async () => {
    clock = manualClock(epochMs(NOW));
    mails = [];
    folder = mkdtempSync(join(tmpdir(), 'earshot-bounds-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
    reminders = (await openReminders({
      ...{ store, clock, log: silentLog, publicUrl: 'https://rooms.example', account: async () => undefined },
      ...{ cardOf: async (slug: string) => (slug === 'hall' ? HALL : undefined), cards: () => [HALL] },
      reminding: {
        ...{ outgoing: openOutgoing({ find: async () => [] }), services: ['push.example', '.wide.example'] },
        ...{ vapidKey: new Uint8Array(32).fill(3), topicKey: new Uint8Array(32).fill(4) },
        ...{ most: 100_000, perSecond: 120 },
        mail: async ({ to }: { readonly to: string }) => void mails.push(to),
      },
    })) as Reminders;
  });
  afterEach(async () => {
    await reminders?.close?.();
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const send = (path: string, body: object | string, network: string): Promise<Response> =>
    reminders.fetch(
      new Request(`https://rooms.example${path}`, {
        method: 'POST',
        headers: {
          'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json',
          'x-forwarded-for': network,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  const push = async (endpoint: string, network = '198.51.100.1'): Promise<number> =>
    (await send('/api/rooms/hall/reminders', { endpoint, keys }, network)).status;
  const mail = async (address: string, network: string): Promise<number> =>
    (await send('/r/hall/remind', `email=${encodeURIComponent(address)}`, network)).status;

  test('one mailbox gets three mails, however its address is written and from wherever', async () => {
    const same = ['bo@x.example', 'bo+1@x.example', 'Bo+two@x.example', 'b.o@x.example', 'bo+3+4@x.example'];
    const answers: number[] = [];
    for (const [i, address] of same.entries()) answers.push(await mail(address, `198.51.100.${i}`));
    expect(answers.map((status) => status < 400)).toEqual([true, true, true, false, false]);
    expect(await mail('bob@x.example', '198.51.100.9')).toBeLessThan(400);
    clock.advance(ms(1_000));
    await reminders.look();
    expect(mails).toHaveLength(4);
  });

  test('a push service is one host on one port: whoever makes up others gets no further than ten', async () => {
    expect([
      await push('https://push.example/a'),
      await push('https://push.example:8443/a'),
      await push('https://a.wide.example:22222/a'),
    ]).toEqual([201, 422, 422]);
    const made: number[] = [];
    for (let i = 0; i < 40; i += 1) made.push(await push(`https://h${i}.wide.example/a`));
    expect(made.filter((status) => status === 201)).toHaveLength(10);
    expect(new Set(made.slice(10))).toEqual(new Set([429]));
    // What is known is nobody's to lose, and a known browser may come from anywhere.
    expect(await push('https://h3.wide.example/b')).toBe(201);
    expect(await push('https://push.example/b')).toBe(201);
    expect(await push('https://h77.wide.example/a', '203.0.113.5')).toBe(201);
    const to = { endpoint: 'https://h99.wide.example/a', keys };
    expect(
      (await send('/api/reminders/moved', { from: 'https://push.example/a', to }, '198.51.100.1')).status,
    ).toBe(429);
  });

  test('what nobody waits for costs one question in each look, whatever the number of push services', async () => {
    for (let i = 0; i < 60; i += 1)
      expect(await push(`https://h${i}.wide.example/a`, `198.51.100.${i}`)).toBe(201);
    const executor = store.db.getExecutor();
    const compile = executor.compileQuery.bind(executor);
    let asked = 0;
    executor.compileQuery = (...sent) => {
      asked += 1;
      return compile(...sent);
    };
    await reminders.look();
    executor.compileQuery = compile;
    expect(asked).toBeLessThanOrEqual(2);
  });
});
