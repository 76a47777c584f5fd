import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { segmentTags } from '../keys/segment-tags.ts';
import { sha256 } from './listening/sha256.ts';
import {
  chosenOf,
  firstSegment,
  phaseOf,
  proofOf,
  sessionOf,
  WINDOW_SEGMENTS,
  windowAt,
} from './listening-proof.ts';

const foreign = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const tags = segmentTags(new Uint8Array(32).fill(7));
const tag = (segment: number): Uint8Array => tags('hall', segment);
const session = (first: number, ...more: number[]): Uint8Array => {
  const bytes = new Uint8Array(8);
  bytes.set([first, ...more]);
  return bytes;
};

test('the hash is SHA-256, at every length around a block', () => {
  for (let length = 0; length < 200; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    expect(hex(sha256(bytes))).toBe(hex(foreign(bytes)));
  }
});

test('every segment lies in one window of a session, wherever its windows begin', () => {
  for (let phase = 0; phase < 9; phase += 1) {
    const who = session(phase);
    for (let segment = 10; segment < 40; segment += 1) {
      const window = windowAt(who, segment);
      const first = firstSegment(who, window);
      expect(segment - first).toBeGreaterThanOrEqual(0);
      expect(segment - first).toBeLessThan(WINDOW_SEGMENTS);
    }
    expect(firstSegment(who, 3) % WINDOW_SEGMENTS).toBe(phaseOf(who));
  }
});

test('player and server come to the same proof, and each session, window and room to another', () => {
  const one = { session: session(1, 2, 3), window: 20, segments: 6 };
  const proof = proofOf(one, tag);
  expect(proof).toMatch(/^[0-9a-f]{16}$/);
  expect(proofOf(one, tag, foreign)).toBe(proof);
  const others = [
    proofOf({ ...one, window: 21 }, tag),
    proofOf({ ...one, session: session(1, 2, 4) }, tag),
    proofOf(one, (segment) => tags('yard', segment)),
  ];
  expect(new Set([proof, ...others]).size).toBe(4);
});

test('two different segments are chosen, every pair about as often as any other', () => {
  const counts = new Map<string, number>();
  const rounds = 6_000;
  for (let i = 0; i < rounds; i += 1) {
    const who = session(i & 255, i >> 8);
    const [a, b] = chosenOf({ session: who, window: 5, segments: 6 }, tag(i), foreign);
    expect(a).not.toBe(b);
    const pair = [a, b].sort().join();
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  expect(counts.size).toBe(15);
  for (const count of counts.values()) expect(Math.abs(count - rounds / 15)).toBeLessThan(90);
});

test('whoever has only half of the segments proves a fifth of the windows', () => {
  let passed = 0;
  for (let window = 0; window < 1_000; window += 1) {
    const held = (segment: number): Uint8Array | undefined => (segment % 2 === 1 ? tag(segment) : undefined);
    if (proofOf({ session: session(0), window, segments: 6 }, held, foreign)) passed += 1;
  }
  expect(passed).toBeGreaterThan(150);
  expect(passed).toBeLessThan(250);
});

test('a token holds the id of its session; anything else holds none', () => {
  const id = Uint8Array.of(250, 1, 2, 3, 4, 5, 6, 255);
  const token = Buffer.concat([id, Buffer.alloc(16, 9)]).toString('base64url');
  expect(hex(sessionOf(token) ?? new Uint8Array())).toBe(hex(id));
  expect(sessionOf('')).toBeUndefined();
  expect(sessionOf(`${token}a`)).toBeUndefined();
  expect(sessionOf('x'.repeat(31).concat('+'))).toBeUndefined();
});
