import { beforeAll, expect, test } from 'vitest';
import { packageSound } from '../../../test/packaged.ts';
import { chord } from '../../../test/sound.ts';
import { initOf } from '../../packager/container.ts';
import { loadCodecs } from '../../packager/encoding.ts';
import { encodeNotice, type Notice } from '../../wire/notice.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import { SecondCounter } from '../order/second.ts';
import { Continuity } from './person.ts';
import { StreamReader } from './stream-reader.ts';

const FIRST = 5_000_000;
const opus = RENDITIONS.find(({ id }) => id === 'opus64')!;
let init: Buffer;
let fragments: Buffer[];

beforeAll(async () => {
  const coded = await packageSound(await loadCodecs(), [opus], chord(10 * 0.32 + 0.01), { firstSeq: FIRST });
  fragments = coded.get('opus64')!.map(({ bytes }) => Buffer.from(bytes));
  init = Buffer.from(initOf(opus)!);
});

/** Reads bytes in pieces through one buffer that is overwritten each time, as sockets do. */
function read(bytes: Buffer, piece: number) {
  const heard = { seqs: [] as number[], sounds: 0, notices: [] as Notice[], broken: [] as string[] };
  const reader = new StreamReader({
    sound: () => (heard.sounds += 1),
    fragment: (seq) => heard.seqs.push(seq),
    notice: (notice) => heard.notices.push(notice),
    broken: (why) => heard.broken.push(why),
  });
  const shared = Buffer.alloc(piece);
  for (let at = 0; at < bytes.length; at += piece) {
    const length = bytes.copy(shared, 0, at, at + piece);
    reader.push(shared, 0, length);
  }
  return { ...heard, whole: reader.whole };
}

/** The counts of a person who receives these numbers. */
function noticed(seqs: readonly number[]) {
  const counter = new SecondCounter();
  const continuity = new Continuity();
  for (const seq of seqs) continuity.take(seq, counter);
  const {
    gaps = 0,
    repeats = 0,
    flips = 0,
  } = counter.take(0, { hearing: 0, dry: 0, waiting: 0, ring: 0, placed: 0 }).counts;
  return { gaps, repeats, flips };
}
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => FIRST + from + i);

test.each([1, 2, 7, 8, 9, 100, 1448, 65_536])(
  'real fragments are read whole in pieces of %i bytes',
  (piece) => {
    const found = read(Buffer.concat([init, ...fragments]), piece);
    expect(found.broken).toEqual([]);
    expect(found.seqs).toEqual(range(0, 10));
    expect(found.sounds).toBe(10);
    expect(found.whole).toBe(true);
  },
);

test('a missing, a repeated and two flipped fragments are each found', () => {
  const of = (...order: number[]) =>
    read(Buffer.concat([init, ...order.map((i) => fragments[i]!)]), 700).seqs;
  expect(noticed(of(0, 1, 2, 3))).toEqual({ gaps: 0, repeats: 0, flips: 0 });
  expect(noticed(of(0, 1, 3, 4))).toEqual({ gaps: 1, repeats: 0, flips: 0 });
  expect(noticed(of(0, 1, 1, 2, 0))).toEqual({ gaps: 0, repeats: 2, flips: 0 });
  expect(noticed(of(0, 2, 1, 3))).toEqual({ gaps: 1, repeats: 0, flips: 1 });
  expect(noticed(of(0, 2, 1, 1, 3))).toEqual({ gaps: 1, repeats: 1, flips: 1 });
});

test('a cut stream is not whole, at any byte but the boundaries', () => {
  const bytes = Buffer.concat([init, fragments[0]!, fragments[1]!]);
  const good = [init.length, init.length + fragments[0]!.length, bytes.length];
  const ftyp = init.readUInt32BE(0);
  for (let end = 1; end <= bytes.length; end += 3)
    expect(read(bytes.subarray(0, end), 4096).whole, `at ${end}`).toBe(good.includes(end) || end === ftyp);
  for (const end of [...good, ...good.map((at) => at - 1), ...good.map((at) => at + 1)])
    if (end <= bytes.length)
      expect(read(bytes.subarray(0, end), 4096).whole, `at ${end}`).toBe(good.includes(end) || end === ftyp);
});

test('a flipped bit in the structure is found; in the sound it is passed over', () => {
  const at = (offset: number) => {
    const bytes = Buffer.concat([init, ...fragments]);
    bytes[offset]! ^= 0x40;
    return read(bytes, 5000);
  };
  const moof = init.length;
  // The size and type of moof, its sequence number, its time, and the type of mdat.
  for (const offset of [0, 4, 5, 20, 64, 67].map((n) => moof + n)) {
    const found = at(offset);
    expect(found.broken, `byte ${offset - moof}`).toHaveLength(1);
    expect(found.seqs).toEqual([]);
  }
  expect(at(moof + fragments[0]!.length - 1).seqs).toEqual(range(0, 10));
});

test('notices between fragments are read, and unknown boxes are not taken for sound', () => {
  const notice: Notice = { period: 1280, in: 12_000 };
  for (const piece of [1, 13, 5000]) {
    const found = read(Buffer.concat([init, fragments[0]!, encodeNotice(notice), fragments[1]!]), piece);
    expect(found.notices).toEqual([notice]);
    expect(found.seqs).toEqual(range(0, 2));
  }
  const unknown = Buffer.from([0, 0, 0, 9, 0x77, 0x68, 0x61, 0x74, 0]);
  expect(read(Buffer.concat([init, unknown, fragments[0]!]), 5000).broken).toEqual(['an unknown box']);
});

test('a stream without its configuration, sound without a header and HTML are refused', () => {
  expect(read(fragments[0]!, 5000).broken).toHaveLength(1);
  const mdat = fragments[0]!.subarray(fragments[0]!.readUInt32BE(0));
  expect(read(Buffer.concat([init, mdat]), 5000).broken).toEqual(['sound without its header']);
  expect(read(Buffer.from('<!doctype html><title>no</title>'), 5000).broken).toHaveLength(1);
});
