import { expect, test } from 'vitest';
import type { Exclusion } from '../wire/metrics.ts';
import { RECORD_BYTES, type SessionRecord, type Way, writeRecord } from '../wire/session-record.ts';
import { type CountingOptions, countingRules } from './definitions.ts';
import { reconcile } from './reconciliation.ts';
import { AudienceRoom } from './room.ts';
import { EXCLUSION_RULES, exclusionCode } from './rules.ts';

const MINUTE = 29_700_000;

interface Player {
  readonly key?: bigint;
  readonly transport?: Way;
  readonly flags?: number;
  readonly exclusion?: Exclusion;
  readonly gets?: number;
  readonly proves?: number;
}

/** The room after some minutes in which all these players did the same all the time; samples at the end of each slot. */
function after(minutes: number, players: readonly Player[], options: CountingOptions = {}): AudienceRoom {
  const room = new AudienceRoom('hall', { rules: countingRules(options) });
  room.memory.opened = MINUTE * 60_000;
  for (let slot = 0; slot < minutes * 6; slot++) {
    const bytes = new Uint8Array(players.length * RECORD_BYTES);
    players.forEach((player, i) => {
      writeRecord(new DataView(bytes.buffer), i * RECORD_BYTES, recordOf(player, i, slot));
    });
    const words = new Int32Array(bytes.buffer);
    for (let at = 0; at < words.length; at += 8) room.record(words, at);
    room.sample((MINUTE * 6 + slot + 1) * 10_000);
  }
  return room;
}

function recordOf(player: Player, i: number, slot: number): SessionRecord {
  const { gets = 10, proves = 10, key = BigInt(i + 1), transport = 'stream', flags = 0 } = player;
  const so = (seconds: number): number[] =>
    Array.from({ length: 6 }, (_, n) => (n <= slot % 6 ? seconds : 0));
  return {
    ...{
      session: BigInt(i) * 0x1_0000_0001n + 5n,
      key,
      minute: MINUTE + Math.floor(slot / 6),
      room: 0,
      transport,
    },
    ...{
      flags,
      exclusion: exclusionCode(player.exclusion ?? 'none'),
      delivered: so(gets),
      proven: so(proves),
    },
    proofs: so(1).map((there, n) => proves > 0 && there > 0 && n % 3 === 1),
    door: 0,
  };
}

const honest = (many: number): Player[] =>
  Array.from({ length: many }, (_, i) => ({ key: 1_000n + BigInt(i) }));
const shown = (room: AudienceRoom) => {
  const { metrics, excluded, status } = room.numbers(MINUTE * 60_000 + 300_000);
  return { net: metrics.listeners_now?.net, gross: metrics.listeners_now?.gross, excluded, status };
};

test('three sessions of one key count, four do not', () => {
  const family = (many: number): Player[] => Array.from({ length: many }, () => ({ key: 7n }));
  expect(shown(after(2, [...honest(5), ...family(3)]))).toMatchObject({ net: 8, gross: 8, excluded: {} });
  expect(shown(after(2, [...honest(5), ...family(4)]))).toMatchObject({
    ...{ net: 5, gross: 9, excluded: { 'many-sessions': 4 } },
  });
});

test('a hundred sessions from one place are none, and each is named', () => {
  const farm: Player[] = Array.from({ length: 100 }, () => ({ key: 9n }));
  expect(shown(after(2, [...honest(10), ...farm]))).toMatchObject({
    net: 10,
    excluded: { 'many-sessions': 100 },
  });
});

test('bytes without a proof are no listener, and one again with the first proof', () => {
  const room = after(3, [...honest(10), { proves: 0 }]);
  expect(shown(room)).toMatchObject({ net: 10, gross: 11, excluded: { 'bytes-without-proof': 1 } });
  const bytes = new Uint8Array(RECORD_BYTES);
  writeRecord(new DataView(bytes.buffer), 0, { ...recordOf({}, 10, 17) });
  room.record(new Int32Array(bytes.buffer), 0);
  expect(shown(room).excluded).toEqual({});
});

test('proofs without bytes never count, and are named where a server knows what it gave', () => {
  expect(shown(after(3, [...honest(10), { gets: 0 }]))).toMatchObject({
    ...{ net: 10, excluded: { 'proof-without-bytes': 1 } },
  });
  // Behind a cache of somebody else nobody knows what it got: it does not count, but is no fake either.
  expect(shown(after(3, [...honest(10), { gets: 0, transport: 'hls' }]))).toMatchObject({
    net: 10,
    excluded: {},
  });
});

test('where nobody else has the sound, proofs of files that no door gave are fakes, and their number is nowhere', () => {
  const relayed: Player[] = Array.from({ length: 50 }, (_, i) => ({
    ...{ key: 5_000n + BigInt(i), gets: 0, transport: 'hls' as const },
  }));
  const room = after(1, [...honest(10), ...relayed], { caches: false });
  expect(shown(room)).toMatchObject({ net: 10, status: 'reconciled' });
  expect(room.numbers(0).metrics.listeners_now).toMatchObject({ low: 10, high: 10 });
  expect(shown(after(3, [...honest(10), ...relayed], { caches: false }))).toMatchObject({
    ...{ net: 10, excluded: { 'proof-without-bytes': 50 } },
  });
});

test('when everybody leaves at once, proofs outlast the sound, and nobody says that it came from elsewhere', () => {
  const room = after(2, honest(40));
  const end = MINUTE * 6 + 12;
  const seen = Array.from({ length: 8 }, (_, i) => {
    room.sample((end + 1 + i) * 10_000);
    const { status, metrics } = room.numbers(MINUTE * 60_000 + 130_000);
    return [status, metrics.listeners_now?.net, metrics.listeners_now?.high];
  });
  expect(new Set(seen.map(([status]) => status))).toEqual(new Set(['reconciled']));
  expect(seen.map(([, net]) => net)).toEqual([40, 0, 0, 0, 0, 0, 0, 0]);
  expect(seen.at(1)).toEqual(['reconciled', 0, 0]);
  const minutes = [MINUTE, MINUTE + 1, MINUTE + 2].map((minute) => room.closeMinute(minute));
  expect(minutes.map((entry) => entry?.status)).toEqual(['reconciled', 'reconciled', 'reconciled']);
  expect(minutes.at(-1)?.total.peak_concurrent?.net).toBe(40);
});

test('a token that is used at two doors at once is one session and is named once; who moves between doors is not', () => {
  const room = new AudienceRoom('hall');
  const say = (slot: number, i: number, door: number, delivered: readonly number[]): void => {
    const bytes = new Uint8Array(RECORD_BYTES);
    writeRecord(new DataView(bytes.buffer), 0, { ...recordOf({}, i, slot), delivered, door });
    room.record(new Int32Array(bytes.buffer), 0);
  };
  for (const minute of [0, 1, 2]) {
    for (const door of [0, 1]) say(minute * 6 + 5, 1, door, [10, 10, 10, 10, 10, 10]);
    say(minute * 6 + 5, 2, 0, [10, 10, 10, 7, 0, 0]);
    say(minute * 6 + 5, 2, 1, [0, 0, 0, 6, 10, 10]);
    for (let slot = 0; slot < 6; slot += 1) room.sample((MINUTE * 6 + minute * 6 + slot + 1) * 10_000);
  }
  expect(shown(room)).toMatchObject({ net: 2, excluded: { 'replayed-token': 1 } });
  expect(room.figures().listening_seconds).toMatchObject({ net: 360 });
});

test('half of the sound is enough, less is not', () => {
  expect(shown(after(2, [...honest(5), { gets: 5 }])).net).toBe(6);
  expect(shown(after(2, [...honest(5), { gets: 4 }])).net).toBe(5);
});

test('radios stand by the word of the server, and are told apart', () => {
  const radio: Player = { transport: 'radio', flags: 8, proves: 0 };
  const room = after(2, [...honest(3), radio, radio]);
  expect(room.numbers(MINUTE * 60_000).metrics.listeners_now).toMatchObject({
    ...{ value: 5, low: 5, high: 5, parts: { proven: 3, server_only: 2 } },
  });
  expect(shown(after(2, [radio])).status).toBe('server_only');
});

test('beside radios, players that have not proven anything yet are in the server’s count, and in no peak', () => {
  const radio: Player = { transport: 'radio', flags: 8, proves: 0 };
  const room = after(1, [radio, radio, ...Array.from({ length: 4 }, () => ({ proves: 0 }))]);
  const entry = room.closeMinute(MINUTE);
  expect([entry?.status, entry?.samples.at(-1)?.slice(1)]).toEqual(['server_only', [6, 2, 2, 6]]);
  expect(entry?.total.peak_concurrent).toMatchObject({ net: 2, gross: 6 });
});

test('what a door marks stays out of every figure but the gross one', () => {
  const room = after(2, [...honest(5), { exclusion: 'staff' }, { exclusion: 'headless' }]);
  expect(shown(room)).toMatchObject({ net: 5, gross: 7, excluded: { staff: 1, headless: 1 } });
  const { metrics } = room.numbers(MINUTE * 60_000 + 200_000);
  expect(metrics.listening_seconds).toMatchObject({ net: 600, gross: 840 });
  expect(metrics.unique_listeners).toMatchObject({ net: 5, gross: 7 });
});

test('behind a foreign cache the proofs are the headline, and that is said', () => {
  const room = after(
    2,
    Array.from({ length: 8 }, () => ({ gets: 0, transport: 'hls' as const })),
  );
  expect(shown(room)).toMatchObject({ status: 'client_only', net: 8 });
});

test('after the end proofs of sound from a cache outlast the others, and change neither the status nor the peak', () => {
  const cached: Player[] = Array.from({ length: 8 }, (_, i) => ({
    ...{ key: 5_000n + BigInt(i), gets: 0, transport: 'hls' as const },
  }));
  const room = after(2, [...honest(60), ...cached]);
  expect(shown(room)).toMatchObject({ net: 60, status: 'discrepant' });
  room.memory.ended = (MINUTE + 2) * 60_000 + 5_000;
  const end = MINUTE * 6 + 12;
  for (let slot = 1; slot <= 8; slot += 1) {
    room.sample((end + slot) * 10_000);
    expect(room.numbers((end + slot) * 10_000).status).toBe('discrepant');
  }
  const minutes = [MINUTE, MINUTE + 1, MINUTE + 2].map((minute) => room.closeMinute(minute));
  expect(minutes.map((entry) => entry?.status)).toEqual(['discrepant', 'discrepant', 'discrepant']);
  expect(minutes.at(-1)?.total.peak_concurrent?.net).toBe(60);
});

test('a minute without a sample is closed behind a cache as well', () => {
  const room = after(
    1,
    Array.from({ length: 8 }, () => ({ gets: 0, transport: 'hls' as const })),
  );
  for (const minute of [MINUTE, MINUTE + 1]) expect(room.closeMinute(minute)?.status).toBe('client_only');
  room.happened('door-0', 'life', { visits: 1 });
  expect(room.closeMinute(MINUTE + 2)).toMatchObject({ status: 'client_only', samples: [] });
});

test('in a sampled crowd the asked stand for the others, and whoever was asked all the same stands for himself', () => {
  const count = (players: readonly Player[]): number | undefined => {
    const full = after(2, players);
    full.memory.share = 1 / 4;
    full.memory.shareSince = 0;
    full.sample((MINUTE * 6 + 13) * 10_000);
    return full.numbers(MINUTE * 60_000 + 130_000).metrics.listeners_now?.net;
  };
  const unasked: Player[] = Array.from({ length: 300 }, (_, i) => ({
    key: BigInt(i + 9_000),
    flags: 4,
    proves: 0,
  }));
  expect(count([...honest(100), ...unasked])).toBe(400);
  expect(count(honest(400))).toBe(400);
});

test.each([
  [1000, 960, 0, 'reconciled'],
  [1000, 900, 0, 'discrepant'],
  [900, 1000, 0, 'discrepant'],
  [1000, 800, 0, 'range'],
  [3, 2, 0, 'reconciled'],
  [0, 9, 0, 'client_only'],
  [9, 0, 0, 'server_only'],
  [0, 0, 4, 'server_only'],
  [0, 0, 0, 'reconciled'],
])('%i by the server and %i by proofs are %s', (s, c, silent, status) => {
  expect(reconcile(s, c, silent)).toBe(status);
});

test('every reason has a rule, and no rule another reason', () => {
  const codes = EXCLUSION_RULES.map(({ code }) => exclusionCode(code));
  expect(codes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
});
