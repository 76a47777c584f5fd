/** A speaker's packets behind the transport: jitter buffer, decoder, levels; lost, late, twice, garbage, silence. */
import type { Packet } from '../../src/base/media.ts';
import { BLOCK_TICKS, type Ms } from '../../src/base/time.ts';
import { openDecoder } from '../../src/mixer/decoder.ts';
import { Speaker } from '../../src/mixer/speaker.ts';
import { joined, piecesOf, target } from './engine/target.ts';

const left = new Float32Array(BLOCK_TICKS);
const right = new Float32Array(BLOCK_TICKS);
const FRAMES = [
  [0x78, 1, 2, 3, 4, 5, 6, 7, 8],
  [0xfc, 0xff, 0xfe],
  [0x18],
  [0x7b, 0x03, 9, 9, 9, 9],
  [0xe3, 0x86, 1, 2, 1, 1, 1, 1],
];

/** How a piece says what it is: steps of sequence and time, milliseconds until it comes, then the packet. */
const spoken = (frames: readonly number[][], step = 20): Buffer =>
  joined(frames.map((frame) => Buffer.from([1, step, step, ...frame])));

export default target({
  covers: [
    'src/mixer/speaker.ts',
    'src/mixer/playout.ts',
    'src/mixer/arrival.ts',
    'src/mixer/waiting.ts',
    'src/mixer/line.ts',
    'src/mixer/pace.ts',
    'src/mixer/leveller.ts',
    'src/mixer/comfort-gain.ts',
    'src/media/opus-packet.ts',
  ],
  async run(bytes) {
    const speaker = new Speaker();
    speaker.equip(await openDecoder());
    let [now, sequence, timestamp, epoch] = [1_000, 65_530, 4_294_900_000, 1];
    let due = now;
    try {
      for (const piece of piecesOf(bytes, 40)) {
        const [step = 0, time = 0, wait = 0] = piece;
        now += wait;
        sequence = (sequence + (step < 128 ? step : step - 256) + 65_536) % 65_536;
        timestamp = (timestamp + (time < 250 ? time * 48 : 0x7fff_ffff * (time - 249))) % 2 ** 32;
        if (step === 200) epoch += 1;
        const payload = piece.subarray(3, 1_453);
        speaker.insert({ sequence, timestamp, payload, arrival: now as Ms, epoch } as unknown as Packet);
        if (step === 201) speaker.mute(time % 2 === 0, now as Ms);
        for (; due + 20 <= now; due += 20) {
          left.fill(0);
          right.fill(0);
          speaker.mix(due as Ms, left, right);
          for (let i = 0; i < BLOCK_TICKS; i += 1)
            if (!Number.isFinite(left[i]) || !Number.isFinite(right[i]))
              throw new Error('sound that is no number');
        }
      }
      speaker.stats();
    } finally {
      speaker.close();
    }
  },
  seeds: [
    spoken(FRAMES),
    spoken(Array.from({ length: 12 }, () => FRAMES[0] as number[])),
    spoken(FRAMES, 120),
  ],
  mostBytes: 1_500,
  patienceMs: 1_000,
});
