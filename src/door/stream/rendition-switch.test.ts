import { expect, test } from 'vitest';
import { syntheticFragment } from '../../../test/synthetic.ts';
import type { Rendition } from '../../base/media.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import { bestWithin, familyOf } from './bitrate-ceiling.ts';
import { type Slot, Splice } from './rendition-switch.ts';

const rendition = (id: string): Rendition => RENDITIONS.find((r) => r.id === id) as Rendition;

/** A splice whose output is `rendition:seq`. */
function rig(target: string, since: (id: string, seq: number) => readonly Slot[] = () => []) {
  const out: string[] = [];
  const from = new Map<Buffer, string>();
  const splice: Splice = new Splice(rendition(target), familyOf(rendition(target)), {
    send: ({ seq, bytes }) => out.push(`${from.get(bytes) ?? splice.source}:${seq}`),
    since,
  });
  const take = (id: string, seq: number, bytes: Buffer = Buffer.from(`${id} ${seq}`)) => {
    from.set(bytes, id);
    splice.take(id, seq, bytes);
  };
  return { splice, out, take };
}

test.each([
  ['the best comes first in a slot', ['opus64', 'opus16']],
  ['the lower one comes first', ['opus16', 'opus64']],
])('switches at a boundary and back, every slot once: %s', (_name, order) => {
  const { splice, out, take } = rig('opus64');
  const slot = (seq: number) => {
    for (const id of order) take(id, seq);
  };
  splice.begin('opus64', { seq: 9, bytes: Buffer.alloc(0) });
  slot(10);
  splice.target = 'opus16';
  for (const seq of [11, 12, 13]) slot(seq);
  splice.target = 'opus64';
  for (const seq of [14, 15, 16]) slot(seq);
  expect(out.map((text) => Number(text.split(':')[1]))).toEqual([10, 11, 12, 13, 14, 15, 16]);
  expect(out[0]).toBe('opus64:10');
  expect(out[3]).toBe('opus16:13');
  expect(out.at(-1)).toBe('opus64:16');
});

test('a target that is not encoded, starts, stops and starts again never costs a slot', () => {
  const came: Slot[] = [];
  const { splice, out, take } = rig('opus64', (_id, seq) => came.filter((slot) => slot.seq >= seq));
  splice.begin('opus64', { seq: 0, bytes: Buffer.alloc(0) });
  splice.target = 'opus16';
  for (let seq = 1; seq <= 40; seq += 1) {
    came.push({ seq, bytes: Buffer.from(`opus64 ${seq}`) });
    take('opus64', seq);
    if ((seq >= 10 && seq < 20) || seq >= 30) take('opus16', seq);
  }
  // While the source waits for a target that has stopped, the next of the source settles it.
  take('opus64', 41);
  const seqs = out.map((text) => Number(text.split(':')[1]));
  expect(seqs.slice(0, 40)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(out[14]).toBe('opus16:15');
  expect(out.at(-1)).toMatch(/:4[01]$/);
});

/** An AAC fragment whose first and last frame have these windows. */
const WINDOWS = ['long', 'start', 'short', 'stop'];
const aac = (seq: number, first: string, last: string): Buffer => {
  const frame = (window: string) => Buffer.of(0x00, 0x8c, WINDOWS.indexOf(window) << 6, 0, 0);
  const frames = Array.from({ length: 15 }, (_, i) => frame(i === 0 ? first : i === 14 ? last : 'long'));
  return Buffer.from(syntheticFragment(seq, frames));
};

test('AAC waits for a boundary where the windows fit', () => {
  const { splice, out, take } = rig('aac96');
  splice.begin('aac96', { seq: 0, bytes: aac(0, 'long', 'start') });
  splice.target = 'aac64';
  // Before: start, long before long fits; start before long does not.
  for (const [seq, last] of [
    [1, 'start'],
    [2, 'start'],
    [3, 'long'],
    [4, 'long'],
  ] as const) {
    take('aac96', seq, aac(seq, 'short', last));
    take('aac64', seq, aac(seq, 'long', 'long'));
  }
  expect(out).toEqual(['aac96:1', 'aac96:2', 'aac96:3', 'aac64:4']);
});

test('AAC that was another rendition under the same name switches where the windows fit', () => {
  const { splice, out, take } = rig('aac64');
  const held = aac(1, 'long', 'start');
  splice.begin('aac64', { seq: 1, bytes: held });
  // From here on aac64 is coded itself; its first fragments begin long, the other's end short.
  for (const [seq, last] of [
    [2, 'start'],
    [3, 'long'],
    [4, 'long'],
  ] as const) {
    take('aac64', seq, aac(seq, 'long', 'long'));
    take('aac96', seq, aac(seq, 'short', last));
  }
  expect(out).toEqual(['aac96:2', 'aac96:3', 'aac64:4']);
});

test('a source that stops is replaced by another rendition, its missing slots by what is held of that', () => {
  const held = (_id: string, seq: number): Slot[] =>
    [2, 3, 4, 5].filter((n) => n >= seq).map((n) => ({ seq: n, bytes: Buffer.from(`held ${n}`) }));
  const { splice, out, take } = rig('opus16', held);
  splice.begin('opus16', { seq: 1, bytes: Buffer.alloc(0) });
  for (const seq of [2, 3, 4, 5]) take('opus64', seq);
  expect(out).toEqual(['opus64:2', 'opus64:3', 'opus64:4', 'opus64:5']);
});

test('other codecs and containers are left alone', () => {
  const { out, take } = rig('opus64');
  for (const id of ['aac96', 'radio-opus', 'radio-mp3']) take(id, 5);
  expect(out).toEqual([]);
});

test('ceilings: the best within it, the lowest where none is, never above what was asked for', () => {
  const best = (id: string, ceiling?: number): string => bestWithin(rendition(id), ceiling).id;
  expect([undefined, 32_000, 24_000, 16_000, 8_000].map((ceiling) => best('opus64', ceiling))).toEqual([
    ...['opus64', 'opus32', 'opus24', 'opus16', 'opus16'],
  ]);
  expect([undefined, 32_000, 24_000, 16_000].map((ceiling) => best('aac96', ceiling))).toEqual([
    ...['aac96', 'aac64', 'aac56', 'aac56'],
  ]);
  expect(best('opus24', 32_000)).toBe('opus24');
  expect(best('radio-mp3', 16_000)).toBe('radio-mp3');
});
