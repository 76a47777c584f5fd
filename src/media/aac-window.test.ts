import { describe, expect, test } from 'vitest';
import { markedFragment, markedFrames, syntheticFragment } from '../../test/synthetic.ts';
import { type AacWindow, aacWindow, edgeFrames, spliceable } from './aac-window.ts';

/** The beginning of a single channel element with this window. */
const frame = (window: AacWindow): Uint8Array =>
  Uint8Array.of(0x00, 0x8c, ['long', 'start', 'short', 'stop'].indexOf(window) << 6, 0, 0);
/** The same bits after a fill element of `bytes` bytes. */
function filled(bytes: number, inner: Uint8Array): Uint8Array {
  const count =
    bytes < 15 ? bytes.toString(2).padStart(4, '0') : `1111${(bytes - 14).toString(2).padStart(8, '0')}`;
  const text = `110${count}${'10'.repeat(bytes * 4)}${[...inner].map((b) => b.toString(2).padStart(8, '0')).join('')}`;
  return Uint8Array.from(text.match(/.{1,8}/g) ?? [], (byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
}

describe('AAC windows', () => {
  test.each(['long', 'start', 'short', 'stop'] as const)(
    '%s is read, also behind a fill element',
    (window) => {
      expect(aacWindow(frame(window))).toBe(window);
      for (const bytes of [0, 3, 14, 15, 16, 200])
        expect(aacWindow(filled(bytes, frame(window)))).toBe(window);
    },
  );

  test('a frame of another shape, a cut frame and nothing at all have no window', () => {
    expect(aacWindow(Uint8Array.of(0x20, 0, 0, 0))).toBeUndefined();
    expect(aacWindow(frame('long').subarray(0, 2))).toBeUndefined();
    expect(aacWindow(filled(200, frame('long')).subarray(0, 100))).toBeUndefined();
    expect(aacWindow(new Uint8Array(0))).toBeUndefined();
  });

  test.each([
    ['long', 'long', true],
    ['long', 'start', true],
    ['long', 'short', false],
    ['long', 'stop', false],
    ['start', 'long', false],
    ['start', 'short', true],
    ['start', 'stop', true],
    ['short', 'short', true],
    ['short', 'stop', true],
    ['short', 'start', false],
    ['stop', 'long', true],
    ['stop', 'stop', false],
  ] as const)('%s before %s: %s', (before, after, fits) => {
    expect(spliceable(frame(before), frame(after))).toBe(fits);
  });

  test('what cannot be read is not spliced', () => {
    expect(spliceable(Uint8Array.of(0xff), frame('long'))).toBe(false);
  });
});

describe('the edges of a fragment', () => {
  test('are its first and its last frame', () => {
    const frames = markedFrames('aac64', 7, 15);
    const { first, last } = edgeFrames(syntheticFragment(7, frames));
    expect(Buffer.from(first)).toEqual(frames[0]);
    expect(Buffer.from(last)).toEqual(frames[14]);
  });

  test('damaged bytes are refused', () => {
    const good = markedFragment('aac64', 7);
    for (let length = 0; length < good.length; length += 7) {
      expect(() => edgeFrames(good.subarray(0, length))).toThrow(RangeError);
    }
  });
});
