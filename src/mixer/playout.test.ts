import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import { carried, type Network, openBench, type Sent, spoken, toneFit } from '../../test/mixing.ts';
import { decibels, delayOf, difference, power, seeded, speechLike, tone } from '../../test/sound.ts';
import type { SpeakerId } from '../base/ids.ts';
import { ms } from '../base/time.ts';
import { SpeakerPlayout } from './playout.ts';

const ANN = 'ann' as SpeakerId;
const CHEAP = { complexity: 0 } as const;

async function heard(sent: readonly Sent[], seconds: number, network: Network = {}) {
  const bench = await openBench();
  await bench.join(ANN);
  bench.pass(100);
  bench.pass(seconds * 1000, carried(ANN, sent, 100, network));
  const stats = bench.mixer.stats(ANN);
  await bench.mixer[Symbol.asyncDispose]();
  if (!stats) throw new Error('no stats');
  return { bench, stats, sound: bench.sound() };
}

describe('a speaker behind a network', () => {
  it('is heard as one unbroken tone through jitter, reordering and duplicates', async () => {
    const sent = await spoken(tone(9, 440, 0.15), CHEAP);
    const { sound, stats } = await heard(sent, 9, { jitter: 150, duplicate: 0.2 });
    const { worst, least, most } = toneFit(sound, 440, 6 * 48_000, 9 * 48_000);
    expect(stats.received).toBeGreaterThan(500);
    expect([stats.late, stats.lost, stats.fec]).toEqual([0, 0, 0]);
    expect(worst).toBeGreaterThan(20);
    expect(most / least).toBeLessThan(1.12);
    expect(stats.bufferMs).toBeGreaterThan(190);
    expect(stats.bufferMs).toBeLessThan(260);
  });

  it('waits longer on a worse network, but never more than 400 ms', async () => {
    const sent = await spoken(speechLike(12), CHEAP);
    const { stats } = await heard(sent, 12, { jitter: 330, seed: 3 });
    expect(stats.bufferMs).toBeGreaterThan(300);
    expect(stats.bufferMs).toBeLessThan(420);
    expect(stats.late / stats.received).toBeLessThan(0.02);
  });

  it('begins on time, not after a number of packets', async () => {
    const sent = await spoken(tone(1, 440, 0.3), CHEAP);
    const bench = await openBench();
    await bench.join(ANN);
    bench.pass(100);
    // One packet of a sender in DTX, then nothing for 400 ms.
    bench.pass(400, carried(ANN, sent.slice(0, 1), 100));
    const sound = bench.sound();
    const start = sound.findIndex((sample) => Math.abs(sample) > 0.01) / 48;
    expect(start).toBeGreaterThan(300);
    expect(start).toBeLessThan(360);
    await bench.mixer[Symbol.asyncDispose]();
  });

  it('restores lost frames from the next packet, better than by concealment, better than silence', async () => {
    const sound = speechLike(7, 5);
    const sent = await spoken(sound, { ...CHEAP, fec: true });
    const random = seeded(11);
    const lost = sent.map((_, index) => index > 50 && random() > 0.75);
    const clean = await heard(sent, 7.6);
    const restored = await heard(
      sent.filter((_, i) => !lost[i]),
      7.6,
    );
    const without = await spoken(sound, CHEAP);
    const guessed = await heard(
      without.filter((_, i) => !lost[i]),
      7.6,
    );
    const cleanWithout = await heard(without, 7.6);
    // 200 ms of buffer and 20 ms of network after 100 ms before the speech. Errors are counted where packets were lost.
    const errors = (got: Float32Array, want: Float32Array) => {
      const at = delayOf(got, want, 200);
      expect(at).toBeLessThanOrEqual(1);
      let error = 0;
      let voice = 0;
      for (const [index, gone] of lost.entries()) {
        if (!gone) continue;
        const from = Math.round((100 + 220) * 48) + index * 960;
        error += power(difference(got, want, at, from, 960));
        voice += power(want, from, 960);
      }
      return decibels(voice / error);
    };
    const fec = errors(restored.sound, clean.sound);
    const plc = errors(guessed.sound, cleanWithout.sound);
    expect(restored.stats.lost).toBe(lost.filter(Boolean).length);
    expect(restored.stats.fec / restored.stats.lost).toBeGreaterThan(0.5);
    expect(plc).toBeGreaterThan(0.5);
    expect(fec).toBeGreaterThan(plc + 2.5);
  });

  it('keeps time through the pauses of a sender in DTX and invents nothing', async () => {
    const sound = new Float32Array(10 * 48_000);
    sound.set(speechLike(3), 0);
    sound.set(tone(1, 600, 0.2), 8 * 48_000);
    const sent = await spoken(sound, { ...CHEAP, dtx: true });
    expect(sent.length).toBeLessThan(300);
    const { sound: got, stats } = await heard(sent, 10.1);
    expect([stats.lost, stats.late]).toEqual([0, 0]);
    expect(stats.concealed).toBe(0);
    const onset = got.findIndex((sample, i) => i > 6 * 48_000 && Math.abs(sample) > 0.02) / 48;
    expect(onset).toBeGreaterThan(8000 + 320 - 5);
    expect(onset).toBeLessThan(8000 + 320 + 50);
  });

  it('repeats nothing and loses no word when the network stalls and then delivers', async () => {
    const sent = await spoken(tone(11, 440, 0.15), CHEAP);
    const packets = carried(ANN, sent, 100);
    const stalled = packets.map((packet) =>
      packet.arrival > 6000 && packet.arrival < 6700 ? { ...packet, arrival: ms(6700) } : packet,
    );
    const bench = await openBench();
    await bench.join(ANN);
    bench.pass(11_400, stalled);
    const stats = bench.mixer.stats(ANN);
    expect(stats).toMatchObject({ late: 0, lost: 0 });
    const silent = bench.sound().filter((_, i) => i > 5 * 48_000 && i < 10 * 48_000);
    let holes = 0;
    for (let at = 0; at + 960 < silent.length; at += 960) if (power(silent, at, 960) < 1e-5) holes += 1;
    // The gap is heard once (700 ms less the buffer and the concealed part), and nothing else is missing.
    expect(holes).toBeGreaterThan(10);
    expect(holes).toBeLessThan(28);
    await bench.mixer[Symbol.asyncDispose]();
  });

  it.each([
    { dtx: false, lost: 400 },
    { dtx: false, lost: 900 },
    { dtx: false, lost: 2500 },
    { dtx: true, lost: 900 },
    { dtx: true, lost: 2500 },
  ])(
    'continues with a sender whose clock stood still: $lost ms three times, DTX $dtx',
    async ({ dtx, lost }) => {
      // A starved browser drops sound that it should have recorded, and its timestamps do not show it.
      const sound = new Float32Array(24 * 48_000);
      for (let second = 0; second < 24; second += 2) sound.set(tone(1, 440, 0.2), second * 48_000);
      const sent = await spoken(sound, { ...CHEAP, dtx });
      const stood = (at: number): number => [5500, 11_500, 17_500].filter((stop) => at > stop).length * lost;
      const packets = carried(ANN, sent, 100).map((packet) => {
        const at = packet.arrival - 120;
        return { ...packet, arrival: ms(packet.arrival + stood(at)) };
      });
      const bench = await openBench();
      await bench.join(ANN);
      bench.pass(100 + 24_000 + 3 * lost + 500, packets);
      const got = bench.sound();
      const seconds = Array.from({ length: 12 }, (_, i) => {
        const begins = 100 + 2000 * i + stood(2000 * i + 1);
        let blocks = 0;
        // The position depends on the depth of the buffer. This counts missing or shortened tones.
        for (let at = begins; at < begins + 2000; at += 20) if (power(got, at * 48, 960) > 1e-3) blocks += 1;
        return blocks;
      });
      // Two tones may be a little shorter: the one that the sender's stop interrupts, and the one during which the
      // buffer grows.
      expect(seconds.filter((blocks) => blocks >= 48).length).toBeGreaterThanOrEqual(9);
      expect(Math.min(...seconds)).toBeGreaterThan(30);
      const { bufferMs = 0 } = bench.mixer.stats(ANN) ?? {};
      expect(bufferMs).toBeGreaterThan(150);
      expect(bufferMs).toBeLessThan(450);
      await bench.mixer[Symbol.asyncDispose]();
    },
  );

  it('follows a sender whose timestamps start again', async () => {
    const first = await spoken(tone(3, 440, 0.2), CHEAP);
    const second = await spoken(tone(3, 440, 0.2), CHEAP, 100, 5_000_000);
    const packets = [...carried(ANN, first, 100), ...carried(ANN, second, 3100)];
    const bench = await openBench();
    await bench.join(ANN);
    bench.pass(6_300, packets);
    const sound = bench.sound();
    expect(power(sound, 4 * 48_000, 96_000)).toBeGreaterThan(1e-3);
    expect(bench.mixer.stats(ANN)?.lost).toBe(0);
    await bench.mixer[Symbol.asyncDispose]();
  });

  it('survives empty, cut and random packets and continues', async () => {
    const sent = await spoken(tone(8, 440, 0.15), CHEAP);
    const random = seeded(5);
    const garbage = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => Math.floor((random() + 1) * 128));
    const spoilt = sent.map((packet, i) => {
      if (i < 50 || i > 200 || i % 5) return packet;
      const kinds = [new Uint8Array(0), garbage(1), garbage(3), garbage(1400), packet.payload.subarray(0, 5)];
      return { ...packet, payload: kinds[(i / 5) % kinds.length] as Uint8Array };
    });
    const { sound, stats } = await heard(spoilt, 8.2);
    expect(stats.received).toBe(400);
    expect(sound.every((sample) => Number.isFinite(sample) && Math.abs(sample) <= 1)).toBe(true);
    const { worst } = toneFit(sound, 440, 6 * 48_000, 8 * 48_000);
    expect(worst).toBeGreaterThan(20);
  });

  it('ignores one packet with a foreign timestamp', async () => {
    const sent = await spoken(tone(8, 440, 0.15), CHEAP);
    const odd = sent.map((p, i) => (i === 300 ? { ...p, timestamp: (p.timestamp + 2 ** 31) >>> 0 } : p));
    const { sound, stats } = await heard(odd, 8.2);
    expect(stats.lost).toBe(1);
    expect(toneFit(sound, 440, 6.8 * 48_000, 8 * 48_000).worst).toBeGreaterThan(20);
  });

  it.each([120, 240, 480, 1920, 2880])('plays frames of %i ticks', async (frameSize) => {
    const sent = await spoken(tone(6, 440, 0.15), {
      ...CHEAP,
      frameSize,
      bitrate: frameSize < 480 ? 256_000 : 64_000,
    });
    const { sound, stats } = await heard(sent, 6);
    expect([stats.late, stats.lost]).toEqual([0, 0]);
    expect(toneFit(sound, 440, 4.5 * 48_000, 6 * 48_000).worst).toBeGreaterThan(20);
  });

  it('plays packets of 120 ms', async () => {
    const frames = await spoken(tone(6, 440, 0.15), { ...CHEAP, bitrate: 48_000 });
    const joined: Sent[] = [];
    for (let i = 0; i + 6 <= frames.length; i += 6) {
      const six = frames.slice(i, i + 6);
      const toc = ((six[0]?.payload[0] ?? 0) & 0xfc) | 3;
      const bytes = [toc, 0x80 | 6];
      for (const { payload } of six.slice(0, 5)) {
        const length = payload.length - 1;
        if (length < 252) bytes.push(length);
        else bytes.push(252 + (length & 3), (length - (252 + (length & 3))) >> 2);
      }
      for (const { payload } of six) bytes.push(...payload.subarray(1));
      const payload = Uint8Array.from(bytes);
      joined.push({ ...(six[0] as Sent), sequence: i / 6, at: (six[5] as Sent).at, payload });
    }
    const decoder = await createDecoder({ channels: 2 });
    expect(decoder.decodeFloat((joined[3] as Sent).payload).length).toBe(2 * 5760);
    decoder.free();
    const { sound, stats } = await heard(joined, 6);
    expect([stats.late, stats.lost]).toEqual([0, 0]);
    expect(toneFit(sound, 440, 4.5 * 48_000, 6 * 48_000).worst).toBeGreaterThan(20);
  });
});

describe('a sender whose clock is wrong', () => {
  it.each([200, -200])('by %i ppm keeps its depth for ten minutes without a click', (driftPpm) => {
    // A decoder without coding noise, so that a click 60 dB below the tone would be visible.
    const decoder = exactDecoder(440, 0.3);
    const playout = new SpeakerPlayout(decoder);
    const random = seeded(3);
    const left = new Float32Array(960);
    const right = new Float32Array(960);
    const turn = 2 * Math.cos((2 * Math.PI * 440) / 48_000);
    const packets = 10 * 60 * 50;
    let sent = 0;
    let worst = 0;
    let before = [0, 0];
    for (let due = 0; sent < packets; due += 20) {
      for (; sent < packets; sent += 1) {
        const arrival = ms((sent * 20) / (1 + driftPpm / 1e6) + 10 + 5 * random());
        if (arrival > due) break;
        const payload = exactPayload(sent);
        playout.insert({ speaker: ANN, sequence: sent & 0xffff, timestamp: sent * 960, payload, arrival });
      }
      playout.pull(ms(due), left, right);
      if (due < 1000) continue;
      let [b = 0, a = 0] = before;
      for (const sample of left) {
        if (due > 1000) worst = Math.max(worst, Math.abs(sample - turn * a + b));
        b = a;
        a = sample;
      }
      before = [b, a];
      if (due % 10_000 === 0) expect(Math.abs(playout.bufferMs - 200)).toBeLessThan(25);
    }
    expect(playout.counts).toEqual({ received: packets, fec: 0, concealed: 0, late: 0, lost: 0 });
    expect(worst).toBeLessThan(3e-4);
    expect(Math.abs(playout.driftPpm - driftPpm)).toBeLessThan(40);
  });

  it('is bent so gently that the tone stays a tone', async () => {
    const sent = await spoken(tone(10, 440, 0.15), CHEAP);
    const { sound } = await heard(sent, 10, { driftPpm: 400 });
    expect(toneFit(sound, 440, 5 * 48_000, 10 * 48_000).worst).toBeGreaterThan(20);
  });
});

/** A full-band 20 ms packet that contains its own number. */
function exactPayload(n: number): Uint8Array {
  const payload = new Uint8Array(8);
  payload[0] = 31 << 3;
  new DataView(payload.buffer).setUint32(4, n);
  return payload;
}

/** Decodes packet n to the n-th 20 ms of an exact tone. */
function exactDecoder(hertz: number, level: number): OpusDecoderHandle {
  const decodeFloat = (packet: Uint8Array | null): Float32Array => {
    const pcm = new Float32Array(1920);
    if (!packet) return pcm;
    const first = new DataView(packet.buffer).getUint32(4) * 960;
    for (let i = 0; i < 960; i += 1) {
      pcm[2 * i] = level * Math.sin((2 * Math.PI * hertz * ((first + i) % 48_000)) / 48_000);
      pcm[2 * i + 1] = pcm[2 * i] ?? 0;
    }
    return pcm;
  };
  return { decodeFloat, free() {} } as unknown as OpusDecoderHandle;
}
