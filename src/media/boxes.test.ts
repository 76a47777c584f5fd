import { expect, test } from 'vitest';
import { fragmentFrames } from './boxes.ts';

const box = (type: string, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4);
  return Buffer.concat([head, body]);
};
const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => void bytes.writeUInt32BE(value, i * 4));
  return bytes;
};
const fragment = (tfhd: Buffer, trun: Buffer): Buffer =>
  Buffer.concat([
    box('moof', box('mfhd', numbers(0, 7)), box('traf', box('tfhd', tfhd), box('trun', trun))),
    box('mdat', Buffer.alloc(7, 1)),
  ]);

test('the frames of a run are cut by their sizes', () => {
  const frames = fragmentFrames(fragment(numbers(0x20000, 1), numbers(0x200, 2, 3, 4)));
  expect(frames.map((frame) => frame.length)).toEqual([3, 4]);
});

test('a run that claims four thousand million empty frames has none, and takes no time', () => {
  const began = performance.now();
  expect(fragmentFrames(fragment(numbers(0, 1), numbers(0, 0xffff_ffff)))).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test('boxes that end before what they should say are read as if it were not there', () => {
  expect(fragmentFrames(fragment(numbers(0x10), numbers(0, 3)))).toEqual([]);
  expect(fragmentFrames(fragment(Buffer.alloc(0), Buffer.alloc(0)))).toEqual([]);
  const turned = Buffer.concat([
    box('mdat'),
    box('moof', box('traf', box('tfhd', numbers(0, 1)), box('trun'))),
  ]);
  expect(fragmentFrames(turned)).toEqual([]);
});
