import { createDecoder, createEncoder } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import { speechLike } from '../../test/sound.ts';
import { carriesFec, isDtx, packetTicks } from './opus-packet.ts';

describe('an Opus packet', () => {
  it.each([120, 240, 480, 960, 1920, 2880])(
    'of %i ticks tells its length as the decoder does',
    async (frameSize) => {
      const encoder = await createEncoder({ channels: 1, frameSize });
      const decoder = await createDecoder({ channels: 1 });
      const packet = encoder.encodeFloat(speechLike(1).subarray(0, frameSize));
      expect(packetTicks(packet)).toBe(frameSize);
      expect(decoder.decodeFloat(packet).length).toBe(frameSize);
      encoder.free();
      decoder.free();
    },
  );

  it('that is empty or longer than 120 ms has no length', () => {
    expect(packetTicks(new Uint8Array(0))).toBe(0);
    expect(packetTicks(Uint8Array.of((3 << 3) | 3, 3, 0, 0))).toBe(0);
    expect(packetTicks(Uint8Array.of((31 << 3) | 3, 0))).toBe(0);
    expect(packetTicks(Uint8Array.of((1 << 3) | 3, 6, 0, 0))).toBe(5760);
  });

  it('tells whether it carries a copy of the frame before it', async () => {
    const share = async (fec: boolean) => {
      const encoder = await createEncoder({
        channels: 1,
        application: 2048,
        bitrate: 32_000,
        fec,
        packetLossPercent: 20,
      });
      const sound = speechLike(2);
      let count = 0;
      for (let at = 0; at + 960 <= sound.length; at += 960)
        if (carriesFec(encoder.encodeFloat(sound.subarray(at, at + 960)))) count += 1;
      encoder.free();
      return count / 100;
    };
    expect(await share(false)).toBe(0);
    expect(await share(true)).toBeGreaterThan(0.5);
  });

  it('of one or two bytes is a pause', () => {
    expect(isDtx(Uint8Array.of(8))).toBe(true);
    expect(isDtx(Uint8Array.of(8, 1, 2))).toBe(false);
  });
});

it('the length of an Opus packet is read from its first byte', () => {
  const length = (...bytes: number[]): number => packetTicks(Uint8Array.from(bytes));
  expect(length(0x78)).toBe(960);
  expect(length(0x08)).toBe(960);
  expect(length(0xe0)).toBe(120);
  expect(length(0x18 | 1)).toBe(5_760);
  expect(length(0x78 | 3, 6)).toBe(5_760);
  expect(length(0x78 | 3, 7)).toBe(0);
  expect(length()).toBe(0);
});
