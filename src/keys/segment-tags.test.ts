import { expect, test } from 'vitest';
import { segmentTags } from './segment-tags.ts';

const SECRET = new Uint8Array(32).fill(7);

test('every process of an installation finds the same tag; room, segment and secret change all of it', () => {
  const tag = segmentTags(SECRET);
  expect(tag('town-hall', 12)).toEqual(segmentTags(SECRET.slice())('town-hall', 12));
  expect(tag('town-hall', 12)).toHaveLength(16);
  const others = [
    tag('town-hall', 13),
    tag('town-hal', 12),
    segmentTags(new Uint8Array(32))('town-hall', 12),
  ];
  for (const other of others) {
    const same = other.filter((byte, at) => byte === tag('town-hall', 12)[at]).length;
    expect(same).toBeLessThan(6);
  }
});

test('a tag never changes: recordings hold it', () => {
  expect(Buffer.from(segmentTags(SECRET)('town-hall', 12)).toString('hex')).toMatchInlineSnapshot(
    `"7d2fd4203461782117bb5dd378c1c66d"`,
  );
});
