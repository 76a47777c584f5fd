import { expect, test } from 'vitest';
import {
  FIRST_SEGMENTS,
  firstSegment,
  proofOf,
  sessionOf,
  WINDOW_SEGMENTS,
} from '../../src/wire/listening-proof.ts';
import { ListeningWindows } from './windows.ts';

const TOKEN = 'AAECAwQFBgcAAAAAAAAAAAAAAAAAAAAA';
const session = sessionOf(TOKEN) as Uint8Array;
const tag = (segment: number): Uint8Array =>
  Uint8Array.from({ length: 16 }, (_, n) => (segment * 7 + n) & 255);
/** Takes segments in order; returns the proofs with the segment after which each came. */
function listen(windows: ListeningWindows, from: number, to: number) {
  const proofs = [];
  for (let segment = from; segment <= to; segment++) {
    const proof = windows.take(segment, tag(segment));
    if (proof) proofs.push({ after: segment, ...proof });
  }
  return proofs;
}

test('the first window is proven early and when it is whole, each later one when it is whole', () => {
  const first = firstSegment(session, 100);
  const proofs = listen(new ListeningWindows(TOKEN), first, first + 3 * WINDOW_SEGMENTS - 1);
  expect(proofs.map(({ after, window, segments }) => [after - first, window, segments])).toEqual([
    [FIRST_SEGMENTS - 1, 100, FIRST_SEGMENTS],
    [WINDOW_SEGMENTS - 1, 100, WINDOW_SEGMENTS],
    [2 * WINDOW_SEGMENTS - 1, 101, WINDOW_SEGMENTS],
    [3 * WINDOW_SEGMENTS - 1, 102, WINDOW_SEGMENTS],
  ]);
  for (const { window, segments, proof } of proofs)
    expect(proof).toBe(proofOf({ session, window, segments }, tag));
});

test('a window of which chosen segments are missing is not proven, the next one is', () => {
  const first = firstSegment(session, 100);
  const windows = new ListeningWindows(TOKEN);
  // Only the last segment of the window: two others are asked for as well, or one other.
  expect(listen(windows, first + WINDOW_SEGMENTS - 1, first + WINDOW_SEGMENTS - 1)).toEqual([]);
  const proofs = listen(windows, first + WINDOW_SEGMENTS, first + 2 * WINDOW_SEGMENTS - 1);
  expect(proofs.map(({ window, segments }) => [window, segments])).toEqual([
    [101, FIRST_SEGMENTS],
    [101, WINDOW_SEGMENTS],
  ]);
});

test('what is left of a window can be proven when the page is left, once', () => {
  const first = firstSegment(session, 100);
  const windows = new ListeningWindows(TOKEN);
  listen(windows, first, first + WINDOW_SEGMENTS + 2);
  const rest = windows.rest();
  expect(rest).toEqual({
    ...{ window: 101, segments: 3 },
    proof: proofOf({ session, window: 101, segments: 3 }, tag),
  });
  expect(windows.rest()).toBeUndefined();
  expect(new ListeningWindows(TOKEN).rest()).toBeUndefined();
});

test('what is no token is refused', () => {
  for (const token of ['', 'x', 'A'.repeat(31), `${'A'.repeat(31)}!`])
    expect(() => new ListeningWindows(token)).toThrow(RangeError);
});
