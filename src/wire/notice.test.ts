import { expect, test } from 'vitest';
import { boxes } from '../media/boxes.ts';
import { decodeNotice, encodeNotice, type Notice } from './notice.ts';

const NOTICES: Notice[] = [
  { period: 1280, in: 24_000 },
  { period: 320, in: 0 },
  { place: 'live', from: 4_294_967_295, period: 640, next: 320 },
];

test.each(NOTICES)('a notice is one whole emsg box and comes back as it was: %j', (notice) => {
  const bytes = encodeNotice(notice);
  expect([...boxes(bytes)].map(({ type, end }) => [type, end])).toEqual([['emsg', bytes.length]]);
  expect(decodeNotice(bytes)).toEqual(notice);
});

test('version 0 as the specification lays it out', () => {
  const bytes = Buffer.from(encodeNotice({ period: 640, in: 12_000 }));
  const scheme = 'urn:earshot:delivery:1';
  expect(bytes.readUInt32BE(8)).toBe(0);
  expect(bytes.toString('latin1', 12, 12 + scheme.length + 2)).toBe(`${scheme}\0\0`);
  const numbers = 12 + scheme.length + 2;
  const read = [0, 4, 8, 12].map((at) => bytes.readUInt32BE(numbers + at));
  expect(read).toEqual([1000, 0, 0xffff_ffff, 0]);
  expect(bytes.toString('latin1', numbers + 16)).toBe('{"period":640,"in":12000}');
});

test('a box that is cut off, of another scheme or senseless is not a notice', () => {
  const good = encodeNotice({ period: 1280, in: 24_000 });
  for (let length = 0; length < good.length; length += 1)
    expect(decodeNotice(good.subarray(0, length))).toBeUndefined();
  const other = good.slice();
  other[13] = 0x58;
  expect(decodeNotice(other)).toBeUndefined();
  for (const senseless of [
    { period: 0, in: 1 },
    { period: -1, in: 0 },
    { period: 'x', in: 0 },
    { place: 'live' },
    7,
    null,
  ])
    expect(decodeNotice(encodeNotice(senseless as unknown as Notice))).toBeUndefined();
});
