import { describe, expect, test } from 'vitest';
import { unwrapRed, wrapRed } from './red.ts';
import { nack, readRtcp, receiverReport, senderReport } from './rtcp.ts';
import { isRtcp, readRtp, sequenceDistance, writeRtp } from './rtp.ts';

const payload = Uint8Array.from([0x78, 1, 2, 3]);
const head = { payloadType: 111, marker: true, sequence: 65_535, timestamp: 0xfffffff0, ssrc: 0xdeadbeef };

/** Pseudo-random bytes that are the same in every run. */
function noise(seed: number): (length: number) => Buffer {
  let state = seed;
  return (length) => {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[i] = state >>> 24;
    }
    return bytes;
  };
}

describe('RTP', () => {
  test('what is written is read back, with and without an audio level', () => {
    expect(readRtp(writeRtp(head, payload), 5)).toEqual({ ...head, payload: Buffer.from(payload) });
    expect(readRtp(writeRtp({ ...head, levelId: 5, level: 33 }, payload), 5)).toEqual({
      ...head,
      payload: Buffer.from(payload),
      level: 33,
    });
  });

  test('the level is found among other extensions, in one-byte and two-byte form', () => {
    const packet = (extension: number[], profile: number[]): Buffer =>
      Buffer.from([
        0x90,
        111,
        0,
        1,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        3,
        ...profile,
        0,
        extension.length / 4,
        ...extension,
        9,
      ]);
    const short = packet([0x22, 1, 2, 3, 0, 0x10, 0x80 | 40, 0], [0xbe, 0xde]);
    expect(readRtp(short, 1)).toMatchObject({ level: 40 });
    const long = packet([2, 3, 1, 2, 3, 1, 1, 41], [0x10, 0x00]);
    expect(readRtp(long, 1)).toMatchObject({ level: 41 });
    expect(readRtp(long, 1)?.payload).toEqual(Buffer.from([9]));
    expect(readRtp(long, 7)?.level).toBeUndefined();
  });

  test('contributing sources and padding are not payload', () => {
    const bytes = Buffer.from([0xa1, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9, 7, 8, 0, 2]);
    expect(readRtp(bytes)?.payload).toEqual(Buffer.from([7, 8]));
  });

  test('packets that lie about their lengths are refused', () => {
    const bytes = writeRtp({ ...head, levelId: 1, level: 1 }, payload);
    const spoil = (at: number, value: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at] = value;
      return copy;
    };
    expect(readRtp(bytes.subarray(0, 11))).toBeUndefined();
    expect(readRtp(spoil(0, 0x50))).toBeUndefined();
    expect(readRtp(spoil(0, 0x9f))).toBeUndefined();
    expect(readRtp(spoil(14, 255))).toBeUndefined();
    const padded = spoil(0, 0xb0);
    padded[padded.length - 1] = 200;
    expect(readRtp(padded)).toBeUndefined();
  });

  test('sequence numbers are compared modulo 65,536', () => {
    expect(sequenceDistance(2, 65_534)).toBe(4);
    expect(sequenceDistance(65_534, 2)).toBe(-4);
  });
});

describe('RTCP', () => {
  test('a NACK names exactly the packets asked for, across the wrap', () => {
    const bytes = nack(1, 2, [65_530, 65_534, 3, 200]);
    expect(isRtcp(bytes)).toBe(true);
    expect(readRtcp(bytes).nacks).toEqual([{ ssrc: 2, sequences: [65_530, 65_534, 3, 200] }]);
  });

  test('reports in a compound packet are all read', () => {
    const report = receiverReport(9, {
      ssrc: 7,
      fraction: 0.25,
      lost: 12,
      highest: 70_000,
      jitter: 3.4,
      lastReport: 0x01020304,
      delay: 65_536,
    });
    const read = readRtcp(
      Buffer.concat([senderReport(4, 1_700_000_000_000, 960, 5, 500), report, nack(1, 7, [4])]),
    );
    expect(read.reports).toEqual([{ ssrc: 7, fraction: 0.25, lastReport: 0x01020304, delay: 65_536 }]);
    expect(read.nacks).toEqual([{ ssrc: 7, sequences: [4] }]);
    expect(read.senderReport).toBe(readRtcp(senderReport(4, 1_700_000_000_000, 0, 0, 0)).senderReport);
  });

  test('a flood of NACKs is bounded', () => {
    const all = Array.from({ length: 3_000 }, (_, index) => index * 2);
    expect(readRtcp(nack(1, 2, all)).nacks[0]?.sequences.length).toBeLessThan(150);
  });
});

describe('RED', () => {
  test('a redundant payload is taken apart again', () => {
    const older = Uint8Array.from({ length: 700 }, (_, index) => index & 255);
    expect(unwrapRed(wrapRed(111, older, 960, payload))).toEqual([
      { payloadType: 111, age: 960, data: older },
      { payloadType: 111, age: 0, data: payload },
    ]);
  });

  test('lengths beyond the payload are refused', () => {
    const bytes = wrapRed(111, payload, 960, payload);
    expect(unwrapRed(bytes.subarray(0, 6))).toBeUndefined();
    expect(unwrapRed(new Uint8Array(0))).toBeUndefined();
    expect(unwrapRed(new Uint8Array(200).fill(0x80 | 111))).toBeUndefined();
  });
});

test('no bytes make a reader throw', () => {
  const bytes = noise(1);
  for (let round = 0; round < 20_000; round += 1) {
    const packet = bytes(round % 90);
    if (round % 2 && packet.length > 0) packet[0] = 0x80 | ((packet[0] ?? 0) & 0x3f);
    readRtp(packet, 1 + (round % 14));
    readRtcp(packet);
    unwrapRed(packet);
  }
});
