import { expect, test } from 'vitest';
import { BEACON_BYTES, type Beacon, readBeacon } from './beacon.ts';

const BEACON: Beacon = {
  ...{ session: 'abcdefgh'.repeat(4), way: 'stream', window: 4_294_967, segments: 6 },
  ...{ proof: '0123456789abcdef', seconds: 30.72, audible: true, hidden: false, embed: true, stalls: 2 },
};

test('a beacon is read as it was written, and fits', () => {
  const text = JSON.stringify(BEACON);
  expect(readBeacon(text)).toEqual(BEACON);
  expect(text.length).toBeLessThan(BEACON_BYTES);
  expect(readBeacon(JSON.stringify({ ...BEACON, later: [1, 2] }))).toEqual(BEACON);
});

test.each([
  ['nothing', ''],
  ['no JSON', '{"session":'],
  ['a number', '7'],
  ['null', 'null'],
  ['no members', '{}'],
  ['a short token', JSON.stringify({ ...BEACON, session: 'abc' })],
  ['another transport', JSON.stringify({ ...BEACON, way: 'pigeon' })],
  ['a negative window', JSON.stringify({ ...BEACON, window: -1 })],
  ['a window that is too large', JSON.stringify({ ...BEACON, window: 2 ** 32 })],
  ['too few segments', JSON.stringify({ ...BEACON, segments: 1 })],
  ['too many segments', JSON.stringify({ ...BEACON, segments: 7 })],
  ['a long proof', JSON.stringify({ ...BEACON, proof: '0123456789abcdef0' })],
  ['negative seconds', JSON.stringify({ ...BEACON, seconds: -1 })],
  ['seconds without end', `${JSON.stringify(BEACON).replace('30.72', '1e999')}`],
  ['words for numbers', JSON.stringify({ ...BEACON, seconds: '30' })],
  ['a word for a flag', JSON.stringify({ ...BEACON, audible: 'yes' })],
])('%s is no beacon', (_, text) => expect(readBeacon(text)).toBeUndefined());
