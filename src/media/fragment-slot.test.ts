import { describe, expect, test } from 'vitest';
import { markedFragment } from '../../test/synthetic.ts';
import { retime, sealOggPage } from './fragment-slot.ts';

describe('fMP4', () => {
  test('a fragment moved to a slot is the fragment made for that slot', () => {
    for (const seq of [0, 1, 16, 65_536, 0x7fffffff]) {
      const moved = retime('fmp4', markedFragment('opus64', 3), seq);
      const made = markedFragment('opus64', 3);
      made.writeUInt32BE(seq, 20);
      const tfdt = made.indexOf('tfdt') + 8;
      made.writeBigUInt64BE(BigInt(seq) * 15_360n, tfdt);
      expect(moved).toEqual(made);
    }
  });

  test('the time of the last slot that fits in mfhd needs 64 bits and is exact', () => {
    const moved = retime('fmp4', markedFragment('aac64', 0), 0xffffffff);
    expect(moved.readUInt32BE(20)).toBe(0xffffffff);
    expect(moved.readBigUInt64BE(moved.indexOf('tfdt') + 8)).toBe(0xffffffffn * 15_360n);
  });

  test('the given bytes stay as they are', () => {
    const given = markedFragment('opus64', 3);
    const before = Buffer.from(given);
    retime('fmp4', given, 99)[20] = 1;
    expect(given).toEqual(before);
  });

  test('anything but a fragment is refused, however it is cut', () => {
    const good = markedFragment('opus64', 3);
    const moof = good.readUInt32BE(0);
    for (let length = 0; length < moof; length++) {
      expect(() => retime('fmp4', good.subarray(0, length), 1)).toThrow(RangeError);
    }
    const zeroSize = Buffer.from(good);
    zeroSize.writeUInt32BE(0, 8);
    expect(() => retime('fmp4', zeroSize, 1)).toThrow(RangeError);
  });
});

describe('Ogg', () => {
  /** The checksum computed bit by bit, as RFC 3533 describes it. */
  const slowCrc = (page: Buffer): number => {
    let crc = 0;
    for (const [at, byte] of page.entries()) {
      crc ^= (at >= 22 && at < 26 ? 0 : byte) << 24;
      for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
    }
    return crc >>> 0;
  };
  const page = Buffer.alloc(27 + 1 + 90, 0x5a);
  page.write('OggS\0\0', 'latin1');
  page[26] = 1;
  page[27] = 90;

  test('page number, granule position and checksum are those of the slot', () => {
    const moved = retime('ogg', page, 41);
    expect(moved.readUInt32LE(18)).toBe(43);
    expect(moved.readBigUInt64LE(6)).toBe(42n * 15_360n);
    expect(moved.readUInt32LE(22)).toBe(slowCrc(moved));
    expect(moved.subarray(26)).toEqual(page.subarray(26));
  });

  test('sealing twice changes nothing', () => {
    const once = Buffer.from(sealOggPage(Buffer.from(page)));
    expect(sealOggPage(Buffer.from(once))).toEqual(once);
  });

  test('anything but a page is refused', () => {
    expect(() => retime('ogg', Buffer.from('not a page at all, is it? no.'), 1)).toThrow(RangeError);
    expect(() => retime('ogg', page.subarray(0, 20), 1)).toThrow(RangeError);
  });
});

test('ADTS and MPEG carry no time and come back as they are', () => {
  const bytes = Uint8Array.of(0xff, 0xf1, 1, 2, 3);
  expect(retime('adts', bytes, 7)).toEqual(Buffer.from(bytes));
  expect(retime('mpeg', bytes, 7)).toEqual(Buffer.from(bytes));
});
