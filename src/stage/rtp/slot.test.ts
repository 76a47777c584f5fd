import { describe, expect, test } from 'vitest';
import { ms } from '../../base/time.ts';
import { unwrapRed } from './red.ts';
import { HEAD_BYTES, readRtp } from './rtp.ts';
import { type SlotFormat, type VoicePacket, VoiceSlot } from './slot.ts';

const voice = (epoch: number, sequence: number, timestamp: number, level?: number): VoicePacket => {
  const frame = Buffer.alloc(HEAD_BYTES + 3);
  frame.set([0x78, epoch, sequence & 255], HEAD_BYTES);
  return { frame, sequence: sequence & 0xffff, timestamp: timestamp >>> 0, level, epoch };
};

/** A slot and the packets that it sent, as the receiver sees them. */
function openSlot(more: Partial<SlotFormat> = {}) {
  const sent: NonNullable<ReturnType<typeof readRtp>>[] = [];
  const slot = new VoiceSlot(
    { ssrc: 77, opus: 109, levelId: 4, ...more },
    (bytes) => {
      const packet = readRtp(Buffer.from(bytes), 4);
      if (packet) sent.push(packet);
      return packet !== undefined;
    },
    65_530,
    0xffffff00,
  );
  return { slot, sent };
}

describe('a receiver sees one source that never jumps', () => {
  test('over nine changes of voice and both wraps', () => {
    const { slot, sent } = openSlot();
    let now = 0;
    for (let epoch = 1; epoch <= 10; epoch += 1) {
      for (let i = 0; i < 5; i += 1, now += 20)
        slot.forward(voice(epoch, epoch * 9_000 + i, epoch * 1e8 + i * 960, 30), ms(now));
    }
    expect(sent).toHaveLength(50);
    sent.forEach((packet, index) => {
      expect(packet).toMatchObject({
        ssrc: 77,
        payloadType: 109,
        level: 30,
        sequence: (65_531 + index) & 0xffff,
      });
      const before = sent[index - 1];
      if (before) expect((packet.timestamp - before.timestamp) >>> 0).toBe(960);
    });
    expect(sent.map((packet) => packet.marker).filter(Boolean)).toHaveLength(10);
  });

  test('a pause between two voices is as long as it was', () => {
    const { slot, sent } = openSlot();
    slot.forward(voice(1, 5, 1_000), ms(0));
    slot.forward(voice(2, 90, 7_000_000), ms(500));
    expect(((sent[1]?.timestamp ?? 0) - (sent[0]?.timestamp ?? 0)) >>> 0).toBe(24_000);
  });

  test('a late packet comes in its place; one from before the change of voice does not come', () => {
    const { slot, sent } = openSlot();
    for (const sequence of [10, 11, 13, 12])
      slot.forward(voice(1, sequence, sequence * 960), ms(sequence * 20));
    expect(sent.map((packet) => (packet.sequence - 65_531) & 0xffff)).toEqual([0, 1, 3, 2]);
    slot.forward(voice(2, 500, 0), ms(400));
    slot.forward(voice(2, 499, 0), ms(401));
    expect(sent).toHaveLength(5);
  });

  test('a voice may speak longer than a sequence number lasts', () => {
    const { slot, sent } = openSlot();
    for (let i = 0; i < 70_000; i += 1) slot.forward(voice(1, i, i * 960), ms(i * 20));
    expect(sent).toHaveLength(70_000);
  });
});

test('a missed packet is resent unchanged, three times at most, while it is kept', () => {
  const { slot, sent } = openSlot();
  for (let i = 0; i < 100; i += 1) slot.forward(voice(1, i, i * 960, 20), ms(i * 20));
  const [recent, old] = [sent[95], sent[5]];
  if (!recent || !old) throw new Error('nothing was sent');
  expect(slot.resend([recent.sequence])).toBe(1);
  expect(sent.at(-1)).toEqual(recent);
  expect(slot.resend([recent.sequence, recent.sequence, recent.sequence])).toBe(2);
  expect(slot.resend([old.sequence, 12_345])).toBe(0);
});

test('a receiver that prefers RED gets every packet with the one before', () => {
  const { slot, sent } = openSlot({ red: 63 });
  for (let i = 0; i < 3; i += 1) slot.forward(voice(1, i, i * 960), ms(i * 20));
  expect(sent.map((packet) => packet.payloadType)).toEqual([109, 63, 63]);
  const blocks = unwrapRed(sent[2]?.payload ?? new Uint8Array());
  expect(blocks?.map((block) => [block.payloadType, block.age, block.data[2]])).toEqual([
    [109, 960, 1],
    [109, 0, 2],
  ]);
});

test('a receiver without the extension gets no level', () => {
  const { slot, sent } = openSlot({ levelId: undefined });
  slot.forward(voice(1, 0, 0, 20), ms(0));
  expect(sent[0]?.level).toBeUndefined();
  expect(sent[0]?.payload).toHaveLength(3);
});

test('a report of loss is used for ten seconds', () => {
  const { slot } = openSlot();
  slot.reported({ ssrc: 77, fraction: 0.3, lastReport: 0, delay: 0 }, ms(1_000));
  expect(slot.loss(ms(5_000))).toBe(0.3);
  expect(slot.loss(ms(11_001))).toBe(0);
});
