import { beforeEach, describe, expect, it } from 'vitest';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { testTag } from '../../test/segment-tag.ts';
import { markedFragment } from '../../test/synthetic.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { EMPTY } from '../wire/feed.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import { stateOfCard } from '../wire/room.ts';
import { type Origin, open } from './index.ts';
import { MAX_COMING_ROOMS } from './state-file.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SLUG = 'room';
const COUNTED: RoomNumbers = {
  ...{ v: 1, room: 'room', at: ZERO, status: 'reconciled', state: 'live' },
  ...{ metrics: {}, excluded: { bot: 3 }, sampling: 1 },
};
const CARD = {
  ...{ slug: SLUG, title: 'A room', hosts: [], status: 'live' as const },
  ...{ clocks: {}, zero: ZERO, cell: 0 },
};

let clock: ManualClock;
let origin: Origin;
let numbers: RoomNumbers | undefined;
beforeEach(() => {
  numbers = undefined;
  clock = manualClock(ZERO);
  const archive = {
    recording: async () => undefined,
    init: async () => undefined,
    read: async () => undefined,
  };
  origin = open({
    clock,
    log: silentLog,
    archive,
    holdWhileAway: true,
    tag: testTag,
    numbers: () => numbers,
  });
  origin.receive({
    head: { kind: 'rooms', rooms: [CARD, { ...CARD, slug: 'later', status: 'scheduled' }] },
    body: EMPTY,
  });
  const renditions = RENDITIONS.filter(({ id }) => id === 'opus64');
  origin.receive({ head: { kind: 'program', slug: SLUG, zero: ZERO, renditions }, body: EMPTY });
  origin.receive({
    head: { kind: 'fragment', slug: SLUG, rendition: 'opus64', seq: 0 },
    body: markedFragment('opus64', 0),
  });
});

describe('state.json and rooms.json', () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await origin.answer(path, new URLSearchParams(), headers, AbortSignal.timeout(1000));
    return { ...reply, text: String(reply?.body) };
  };

  it('are made once a second, the same bytes for everyone', async () => {
    const first = await get(`/r/${SLUG}/state.json`);
    clock.advance(900);
    const second = await get(`/r/${SLUG}/state.json`);
    expect(second.body).toBe(first.body);
    clock.advance(200);
    const third = await get(`/r/${SLUG}/state.json`);
    expect(JSON.parse(third.text).at).toBeGreaterThan(JSON.parse(first.text).at);
    expect(third.headers?.['cache-control']).toBe(
      'public, max-age=1, stale-while-revalidate=1, stale-if-error=60',
    );
    expect((await get(`/r/${SLUG}/state.json`, { 'if-none-match': third.headers?.etag ?? '' })).status).toBe(
      304,
    );
  });

  it('list the newest gaps when there are very many', async () => {
    const gaps = Array.from({ length: 300 }, (_, n) => ({
      from: ZERO + n,
      seconds: 1,
      reason: 'disk-error' as const,
    }));
    const card = origin.card(SLUG);
    if (!card) throw new Error('no card');
    const state = { ...stateOfCard(card, ZERO), gaps };
    origin.receive({ head: { kind: 'state', slug: SLUG, state }, body: EMPTY });
    const told = JSON.parse((await get(`/r/${SLUG}/state.json`)).text).gaps;
    expect(told).toEqual(gaps.slice(200));
  });

  it('list the rooms with what is on the air first', async () => {
    const { rooms } = JSON.parse((await get('/rooms.json')).text);
    expect(rooms.map(({ slug }: { slug: string }) => slug)).toEqual([SLUG, 'later']);
    expect(rooms[0]).toMatchObject({ zero: ZERO, streams: 0, status: 'live' });
  });

  it('reveal nothing about revoked links', async () => {
    const revoked = { generation: 3, spared: 'the-host', barred: ['somebody-removed'] };
    const here = { slug: SLUG, title: 'A room', hosts: [], status: 'live' as const, clocks: {}, zero: ZERO };
    origin.receive({ head: { kind: 'rooms', rooms: [{ ...here, revoked }] }, body: EMPTY });
    for (const path of ['/rooms.json', `/r/${SLUG}/state.json`]) {
      const { text } = await get(path);
      expect(text).toContain('A room');
      expect(text).not.toMatch(/revoked|somebody-removed|the-host/);
    }
  });

  it('list the soonest of very many announced rooms', async () => {
    const announced = Array.from({ length: 500 }, (_, n) => ({
      ...{ slug: `room-${n}`, title: 'A room', hosts: [], status: 'scheduled' as const },
      clocks: { scheduled: ZERO + 1000 - n },
    }));
    origin.receive({ head: { kind: 'rooms', rooms: announced }, body: EMPTY });
    const { rooms } = JSON.parse((await get('/rooms.json')).text);
    expect(rooms).toHaveLength(MAX_COMING_ROOMS);
    expect(rooms[0].slug).toBe('room-499');
  });

  it('know no figure before a room has opened, nor in its first seconds; then the tally has to say them', async () => {
    const told = (opened?: number): void => {
      const clocks = opened === undefined ? {} : { opened };
      origin.receive({ head: { kind: 'rooms', rooms: [{ ...CARD, clocks }] }, body: EMPTY });
      clock.advance(1_001);
    };
    const path = `/r/${SLUG}/numbers.json`;
    const nothing = { v: 1, room: SLUG, metrics: {}, excluded: {}, state: 'live', sampling: 1 };
    told();
    expect(await get(path)).toMatchObject({ status: 200 });
    told(clock.wall());
    const first = await get(path);
    expect(first.status).toBe(200);
    expect(JSON.parse(first.text)).toEqual({ ...nothing, status: 'reconciled', at: clock.wall() });
    clock.advance(30_000);
    const away = await get(path);
    expect(away.status).toBe(503);
    expect(away.text).toContain('tally-away');
    clock.advance(1_001);
    numbers = COUNTED;
    expect(JSON.parse((await get(path)).text)).toEqual(COUNTED);
  });
});
