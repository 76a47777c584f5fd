/** Forecasts on both databases: what is kept, when, and how it is checked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { epochMs, ms } from '../../src/base/time.ts';
import { open, type Store } from '../../src/store/index.ts';
import { type Forecaster, open as openSyndication, type Syndication } from '../../src/syndication/index.ts';
import type { Evening } from '../../src/wire/evening.ts';
import type { RoomNumbers } from '../../src/wire/numbers.ts';
import type { RoomCard } from '../../src/wire/room.ts';
import { manualClock } from '../clock.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const NOW = Date.UTC(2026, 11, 1, 12);
const HOUR = 3_600_000;
const account = (i: number): string => `019adf00-0000-7000-8000-00000000000${i}`;
const roomId = (i: number): string => `019adf00-0000-7000-8000-0000000001${String(i).padStart(2, '0')}`;

describe.each(['sqlite', 'postgres'] as const)('forecasts on %s', (engine) => {
  let postgres: Postgres | undefined;
  let folder: string;
  let store: Store;
  let part: Syndication;
  let clock: ReturnType<typeof manualClock>;
  let forecaster: Forecaster;
  const cards = new Map<string, RoomCard>();
  const numbers = new Map<string, RoomNumbers>();
  const evenings = new Map<string, Evening>();
  let rooms = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-forecast-'));
    if (engine === 'postgres') postgres = await startPostgres();
    store = await open({ url: postgres?.url ?? `sqlite:${join(folder, 'earshot.sqlite')}` });
  });
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    for (const table of [
      'reminder',
      'social_follow',
      'room_invitation',
      'room_member',
      'room',
      'account',
    ] as const)
      await store.db.deleteFrom(table).execute();
    for (const map of [cards, numbers, evenings]) map.clear();
    rooms = 0;
    const at = new Date(NOW).toISOString();
    for (const i of [0, 1, 2, 3])
      await store.db
        .insertInto('account')
        .values({
          ...{ id: account(i), name: `N${i}`, email: `${i}@x.example`, email_verified: 1, image: null },
          ...{ role: 'host', created: at, updated: at, erased: null },
        })
        .execute();
    clock = manualClock(epochMs(NOW));
    part = await openSyndication({
      ...{ store, clock, log: silentLog, account: async () => undefined },
      cardOf: async (slug) => cards.get(slug),
      cards: () => [...cards.values()],
      counting: {
        machine: { cores: 2, egressLimit: 1_250_000, tls: false, caches: false },
        numbersOf: async (slug) => numbers.get(slug),
        eveningOf: async (slug) => evenings.get(slug),
      },
    });
    if (!part.forecaster) throw new Error('nothing is foretold');
    forecaster = part.forecaster;
  });
  afterEach(() => part[Symbol.asyncDispose]());

  /** A room of one of the hosts; `-1`: of nobody with an account. */
  async function room(slug: string, host: number, card: Partial<RoomCard>): Promise<RoomCard> {
    const made = { slug, title: slug, hosts: ['Ana'], status: 'scheduled', clocks: {}, ...card } as RoomCard;
    const id = roomId(rooms);
    rooms += 1;
    await store.db
      .insertInto('room')
      .values({
        ...{ id, slug, title: slug, hosts: JSON.stringify(made.hosts), status: 'scheduled', welcome: 0 },
        ...{ created: NOW, start: null, opened: null, first_audio: null, first_speech: null, ended: null },
        ...{ zero: null, cell: null, cap: null, spared: null, modified: null, removed: null },
        ...{ measures: null, rules: null, arrangements: null, zone: null },
      })
      .execute();
    if (host >= 0)
      await store.db
        .insertInto('room_member')
        .values({ room: id, account: account(host), role: 'host', created: NOW })
        .execute();
    cards.set(slug, made);
    return made;
  }
  const figure = (net: number) => ({ value: net, net, gross: net + 3, unit: 'sessions', method: 'counted' });
  /** A room that is over and was counted. */
  async function past(
    slug: string,
    host: number,
    came: number,
    card: Partial<RoomCard> = {},
  ): Promise<RoomCard> {
    const over = await room(slug, host, {
      ...{ status: 'ended', ...card },
      clocks: { scheduled: NOW - 48 * HOUR, opened: NOW - 48 * HOUR, ended: NOW - 47 * HOUR + rooms },
    });
    count(slug, came);
    return over;
  }
  function count(slug: string, came: number): void {
    numbers.set(slug, {
      ...{ v: 1, room: slug, at: NOW, status: 'reconciled', state: 'final', excluded: {}, sampling: 1 },
      metrics: { peak_concurrent: { ...figure(came), entry: 7 }, tuned_in_live: figure(2 * came) },
    } as unknown as RoomNumbers);
    const minute = (NOW - 48 * HOUR) / 1000;
    evenings.set(slug, {
      ...{ v: 1, room: slug, at: NOW, step: 10, events: [] },
      points: [[minute + 60, came, came, came, came]],
      joins: [{ at: minute, attempts: came, successes: came, failures: {} }],
    } as unknown as Evening);
  }
  const turnAt = async (at: number): Promise<void> => {
    clock.advance(ms(at - clock.wall()));
    await forecaster.turn();
  };
  const told = async (slug: string, all = false) => {
    const card = cards.get(slug);
    const said = card && (await forecaster.told(card, all));
    if (!said) throw new Error(`nothing is said of ${slug}`);
    return said;
  };
  const status = (slug: string, card: Partial<RoomCard>): void => {
    const before = cards.get(slug);
    if (before) cards.set(slug, { ...before, ...card, clocks: { ...before.clocks, ...card.clocks } });
  };

  test('one forecast is kept for each moment, and checked when the room is over', async () => {
    for (const i of [0, 1, 2, 3, 4, 5]) await past(`past-${i}`, 0, 100 + i);
    for (let i = 0; i < 2; i += 1) await forecaster.turn();
    const start = NOW + 72 * HOUR;
    await room('next', 0, { clocks: { scheduled: start } });
    for (const i of [1, 2])
      await store.db
        .insertInto('social_follow')
        .values({ follower: account(i), followee: account(0), at: NOW })
        .execute();
    for (const [i, answered, accepted] of [
      [1, NOW, 1],
      [2, NOW, 0],
      [3, null, 0],
    ] as const)
      await store.db
        .insertInto('room_invitation')
        .values({
          ...{ id: `i${i}`, room: roomId(6), said: `N${i}`, account: account(i), role: 'guest' },
          ...{ inviter: 'Ana', created: NOW, expires: start, answered, accepted },
        })
        .execute();
    for (const [way, confirmed] of [
      ['push', 1],
      ['push', 1],
      ['mail', 1],
      ['mail', 0],
    ] as const)
      await store.db
        .insertInto('reminder')
        .values({
          ...{
            id: `r${Math.random()}`,
            room: 'next',
            way,
            target: `${Math.random()}`,
            keys: null,
            origin: way,
          },
          ...{ language: 'en', account: null, spread: 1, confirmed, created: NOW, notice: null, due: null },
          told: null,
        })
        .execute();
    const before = await told('next');
    // Who has declined will not come: the-events-calendar/event-tickets#873.
    expect(before.now?.signals).toEqual({
      ...{ reminders: { mail: 1, push: 2 }, followers: 2, invited: 2 },
    });
    expect(before.now?.basis).toEqual({ own: 6, others: 0, knows: 'some' });
    expect(before.now?.spans.peak.low).toBeLessThan(100);
    expect(before.now?.spans.peak.high).toBeGreaterThan(105);
    for (const left of [72, 30, 24, 23, 1, 0.9, 0]) await turnAt(start - left * HOUR);
    await turnAt(start + 60_000);
    expect((await told('next')).shown.map(({ moment }) => moment)).toEqual([
      'announced',
      'day',
      'hour',
      'start',
    ]);
    status('next', { status: 'live', clocks: { opened: start, firstSpeech: start } });
    const live = await told('next');
    expect(live.now).toBeUndefined();
    status('next', { status: 'ended', clocks: { ended: start + HOUR } });
    count('next', 104);
    await turnAt(start + HOUR + 60_000);
    expect((await told('next')).outcome).toBeUndefined();
    await turnAt(start + HOUR + 180_000);
    const after = await told('next', true);
    expect(after.outcome).toEqual({
      came: { peak: 104, heard: 208, worst: 104 },
      entry: 7,
      ended: start + HOUR,
    });
    expect(after.shown.map(({ hits }) => hits?.peak)).toEqual(['inside', 'inside', 'inside', 'inside']);
    const own = (await part.exported(account(0))) as { forecasts: object[] };
    expect(own.forecasts).toHaveLength(4);
    expect(own.forecasts[0]).toMatchObject({ room: 'next', moment: 'announced', came: { peak: 104 } });
    expect(await part.exported(account(1))).toMatchObject({ forecasts: [] });
    expect(after.score).toMatchObject({ checked: 1, inside: 1 });
    expect(after.serverScore).toMatchObject({ checked: 1, inside: 1 });
  });

  test('a night that nobody could foresee is a miss, and is shown as one', async () => {
    for (const i of [0, 1, 2, 3]) await past(`past-${i}`, 0, 20);
    await turnAt(NOW);
    await turnAt(NOW);
    const start = NOW + 0.5 * HOUR;
    await room('guest', 0, { clocks: { scheduled: start } });
    await turnAt(NOW);
    status('guest', { status: 'ended', clocks: { opened: start, ended: start + HOUR } });
    count('guest', 9_000);
    await turnAt(start + 2 * HOUR);
    const { shown, score } = await told('guest');
    expect(shown.map(({ moment, hits }) => [moment, hits?.peak])).toEqual([['hour', 'above']]);
    expect(score).toMatchObject({ checked: 1, inside: 0, above: 1 });
  });

  test('what a private room had teaches its own hosts alone', async () => {
    for (const i of [0, 1, 2]) await past(`secret-${i}`, 0, 5_000, { access: 'private' });
    await past('open', 1, 10);
    await turnAt(NOW);
    await turnAt(NOW);
    await room('by-ana', 0, { clocks: { scheduled: NOW + HOUR } });
    await room('by-bo', 1, { clocks: { scheduled: NOW + HOUR } });
    await room('by-nobody', -1, { clocks: { scheduled: NOW + HOUR } });
    const basis = async (slug: string) => (await told(slug)).now?.basis;
    expect(await basis('by-ana')).toMatchObject({ own: 3, others: 1 });
    expect(await basis('by-bo')).toMatchObject({ own: 1, others: 0 });
    expect(await basis('by-nobody')).toMatchObject({ own: 0, others: 1 });
    expect((await told('by-bo')).now?.spans.peak.high).toBeLessThan(1_000);
  });

  test('hosts without accounts are known by their names, in rooms without accounts', async () => {
    await past('one', -1, 40);
    await past('two', 0, 40);
    await past('three', -1, 40, { hosts: ['Zoë'] });
    await turnAt(NOW);
    await room('next', -1, { clocks: { scheduled: NOW + HOUR } });
    expect((await told('next')).now?.basis).toMatchObject({ own: 1, others: 2 });
  });

  test('a room that is moved is foretold anew, and keeps what was said before', async () => {
    await room('moved', 0, { clocks: { scheduled: NOW + 30 * 60_000 } });
    await turnAt(NOW);
    status('moved', { clocks: { scheduled: NOW + 48 * HOUR } });
    await turnAt(NOW + 1);
    const { shown } = await told('moved');
    expect(shown.map(({ moment, start }) => [moment, start])).toEqual([
      ['hour', NOW + 30 * 60_000],
      ['announced', NOW + 48 * HOUR],
    ]);
    for (let i = 1; i < 40; i += 1) {
      status('moved', { clocks: { scheduled: NOW + (48 + i) * HOUR } });
      await turnAt(NOW + 1 + i);
    }
    expect((await told('moved')).shown.length).toBe(12);
  });

  test('nothing is foretold of a room that has begun, is cancelled, or was handed its listeners', async () => {
    const began = { opened: NOW - HOUR, firstSpeech: NOW - HOUR };
    await room('began', 0, { status: 'live', clocks: began });
    await room('cancelled', 0, { status: 'cancelled', clocks: { scheduled: NOW + HOUR } });
    const continues = { slug: 'began', title: 'began', at: NOW };
    await room('handed', 0, { status: 'open', clocks: { opened: NOW }, plans: { continues } });
    await past('was-handed', 0, 700, { plans: { continues } });
    await turnAt(NOW);
    await turnAt(NOW);
    for (const slug of ['began', 'cancelled', 'handed']) expect((await told(slug)).shown).toEqual([]);
    await room('next', 0, { clocks: { scheduled: NOW + HOUR } });
    expect((await told('next')).now?.basis.own).toBe(0);
  });

  test('a clock that is set back or forward keeps no forecast twice', async () => {
    await room('clock', 0, { clocks: { scheduled: NOW + 2 * HOUR } });
    for (const left of [1, 2, 0.5, 26, 0.2, 1]) await turnAt(NOW + (2 - left) * HOUR);
    const moments = (await told('clock')).shown.map(({ moment }) => moment);
    expect(new Set(moments).size).toBe(moments.length);
  });

  test('a room that nobody counted has no outcome, and is not asked for for ever', async () => {
    await room('uncounted', 0, { status: 'ended', clocks: { opened: NOW - HOUR, ended: NOW } });
    await turnAt(NOW + HOUR);
    expect((await told('uncounted')).outcome).toBeUndefined();
    await turnAt(NOW + 8 * 24 * HOUR);
    count('uncounted', 5);
    await turnAt(NOW + 8 * 24 * HOUR + HOUR);
    expect((await told('uncounted')).outcome).toBeUndefined();
  });

  test('what this machine holds and has held is said as it is, with what to do', async () => {
    for (const i of [0, 1, 2, 3, 4, 5]) await past(`crowd-${i}`, 0, 3_000);
    for (let i = 0; i < 3; i += 1) await turnAt(NOW + i);
    await room('big', 0, { clocks: { scheduled: NOW + HOUR }, cap: 2_000 });
    const { capacity } = await told('big');
    // 1.25 MB/s are 10 Mbit/s: 176 listeners of 57 kbit/s.
    expect(capacity).toMatchObject({ limit: 'network', holds: 176, rung: 4, proven: { people: 3_003 } });
    expect(capacity?.advice).toEqual([
      { what: 'cap', people: 2_000 },
      { what: 'cache', people: 176 },
    ]);
  });

  test('the rooms that come are listed for the operator, the next first', async () => {
    await room('later', 0, { clocks: { scheduled: NOW + 9 * HOUR } });
    await room('sooner', 1, { clocks: { scheduled: NOW + HOUR } });
    await room('welcome', 1, { status: 'open', welcome: true, clocks: { opened: NOW } });
    const { rooms: list, score } = await forecaster.coming();
    expect(list.map(({ room: slug }) => slug)).toEqual(['sooner', 'later']);
    expect(score.checked).toBe(0);
  });

  test('a room that is removed for good takes its forecasts along', async () => {
    await past('gone', 0, 10);
    await turnAt(NOW);
    await room('coming', 0, { clocks: { scheduled: NOW + HOUR } });
    await turnAt(NOW);
    await store.db.deleteFrom('room').execute();
    for (const table of ['forecast', 'forecast_outcome'] as const)
      expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([]);
  });
});
