import { expect, test } from 'vitest';
import { encodeNotice } from '../../src/wire/notice.ts';
import { encodeState } from '../../src/wire/state-box.ts';
import { BoxReader, fragmentTime, MAX_BOX_BYTES } from './boxes.ts';

const join = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};
const u32 = (...values: number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value);
  return new Uint8Array(view.buffer);
};
const name = (text: string): Uint8Array => new TextEncoder().encode(text);
const box = (type: string, body: Uint8Array): Uint8Array => join(u32(8 + body.length), name(type), body);
const fragment = (
  seq: number,
  size: number,
  before: Uint8Array = new Uint8Array(0),
): Uint8Array<ArrayBuffer> => {
  const ticks = seq * 15_360;
  const tfdt = box('tfdt', u32(0x01000000, Math.floor(ticks / 2 ** 32), ticks));
  return join(
    before,
    box('moof', join(box('mfhd', u32(0, seq)), box('traf', tfdt))),
    box('mdat', new Uint8Array(size).fill(seq)),
  );
};
const init = join(box('ftyp', u32(1, 2)), box('moov', u32(3, 4, 5)));

test('however the network splits them, the reader delivers whole fragments with their numbers', () => {
  const parts = [init, fragment(7, 900), fragment(8, 1200, box('emsg', new Uint8Array(30))), fragment(9, 1)];
  const whole = join(...parts);
  for (const step of [1, 7, 64, 1000, whole.length]) {
    const reader = new BoxReader();
    const cuts = [];
    for (let at = 0; at < whole.length; at += step) cuts.push(...reader.push(whole.subarray(at, at + step)));
    expect(cuts.map((cut) => (cut.kind === 'init' ? 'init' : cut.seq))).toEqual(['init', 7, 8, 9]);
    cuts.forEach((cut, i) => {
      expect(cut.bytes).toEqual(parts[i]);
    });
  }
});

test('a notice of the door is taken out and told with the fragment behind it, however it is cut', () => {
  const notices = [
    { period: 1280, in: 24_000 },
    { place: 'live', from: 8, period: 320, next: 100 },
  ] as const;
  const whole = join(fragment(7, 300), ...notices.map(encodeNotice), fragment(8, 300), fragment(9, 20));
  for (const step of [1, 13, 100, whole.length]) {
    const reader = new BoxReader();
    const cuts = [];
    for (let at = 0; at < whole.length; at += step) cuts.push(...reader.push(whole.subarray(at, at + step)));
    expect(cuts.map((cut) => cut.kind === 'fragment' && cut.notices)).toEqual([
      undefined,
      notices,
      undefined,
    ]);
    // The decoder gets the fragment alone.
    expect(cuts.map((cut) => cut.bytes)).toEqual([fragment(7, 300), fragment(8, 300), fragment(9, 20)]);
  }
});

test('a fragment that is cut off is never delivered', () => {
  const reader = new BoxReader();
  expect(reader.push(join(init, fragment(1, 500).subarray(0, 400)))).toHaveLength(1);
});

test.each([
  ['zero', 0],
  ['smaller than its head', 7],
  ['larger than anything of ours', MAX_BOX_BYTES + 1],
])('a box of a size that is %s is refused at once', (_name, size) => {
  expect(() => new BoxReader().push(join(u32(size), name('moof')))).toThrow(RangeError);
});

test('sequence numbers use all 32 bits', () => {
  const [cut] = new BoxReader().push(fragment(0xfffffffe, 3));
  expect(cut).toMatchObject({ kind: 'fragment', seq: 0xfffffffe });
});

test('the media time of a fragment is read from tfdt, of both versions', () => {
  expect(fragmentTime(fragment(100, 10))).toBeCloseTo(32, 9);
  const short = join(box('moof', box('traf', box('tfdt', u32(0, 48_000)))), box('mdat', u32(1)));
  expect(fragmentTime(short)).toBe(1);
  expect(fragmentTime(init)).toBeUndefined();
});

test('the state of the room is taken out and told with the fragment behind it; the first comes behind the init', () => {
  const all = { v: 1 as const, at: 5, slug: 'room', title: 'A room' };
  const whole = join(
    init,
    ...[encodeState(all), fragment(7, 300)],
    ...[encodeNotice({ period: 640, in: 0 }), encodeState({ at: 9, streams: 4 }), fragment(8, 300)],
  );
  for (const step of [1, 13, 100, whole.length]) {
    const reader = new BoxReader();
    const cuts = [];
    for (let at = 0; at < whole.length; at += step) cuts.push(...reader.push(whole.subarray(at, at + step)));
    expect(cuts.map((cut) => cut.kind === 'fragment' && cut.changes)).toEqual([
      false,
      [all],
      [{ at: 9, streams: 4 }],
    ]);
    expect(cuts.map((cut) => cut.bytes)).toEqual([init, fragment(7, 300), fragment(8, 300)]);
  }
});
