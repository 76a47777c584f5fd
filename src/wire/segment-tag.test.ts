import { expect, test } from 'vitest';
import { messageIn } from './event-box.ts';
import { segmentAt, TAG_BOX_BYTES, TAG_BYTES, tagOf, withTag } from './segment-tag.ts';
import { decodeState } from './state-box.ts';

const TAG = Uint8Array.from({ length: TAG_BYTES }, (_, n) => n + 1);
const FRAGMENT = Uint8Array.from({ length: 100 }, (_, n) => 255 - n);

test('a tag is read where it was put, and the fragment follows as it was', () => {
  const bytes = withTag(TAG, FRAGMENT);
  expect(tagOf(bytes)).toEqual(TAG);
  expect(bytes.subarray(TAG_BOX_BYTES)).toEqual(FRAGMENT);
  const view = new DataView(bytes.buffer);
  expect(view.getUint32(0)).toBe(TAG_BOX_BYTES);
  expect(new TextDecoder().decode(bytes.subarray(4, 8))).toBe('emsg');
  // It is no news of the room, which the player takes out of the stream.
  expect(decodeState(bytes.subarray(0, TAG_BOX_BYTES))).toBeUndefined();
  expect(messageIn('urn:earshot:tag:1', bytes.subarray(0, TAG_BOX_BYTES))).toBeUndefined();
});

test('a fragment without a tag has none, nor has one whose box was damaged or cut', () => {
  expect(tagOf(FRAGMENT)).toBeUndefined();
  expect(tagOf(new Uint8Array(0))).toBeUndefined();
  const bytes = withTag(TAG, FRAGMENT);
  expect(tagOf(bytes.subarray(0, TAG_BOX_BYTES - 1))).toBeUndefined();
  for (let at = 0; at < TAG_BOX_BYTES - TAG_BYTES; at++) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(tagOf(damaged), `byte ${at}`).toBeUndefined();
  }
});

test('segments begin every sixteen fragments', () => {
  expect([0, 1, 15, 16, 17, 32].map(segmentAt)).toEqual([0, undefined, undefined, 1, undefined, 2]);
});
