import type { OpusDecoderHandle } from 'libopus-wasm';
import type { Packet } from '../base/media.ts';
import { Polarity } from '../base/polarity.ts';
import { BLOCK_TICKS, type Ms } from '../base/time.ts';
import type { Watched } from './dead-air.ts';
import { Leveller } from './leveller.ts';
import { SpeakerPlayout } from './playout.ts';

/** Packets kept while the decoder is created, which takes a few milliseconds. */
const MAX_EARLY = 64;

/** Statistics of one speaker's connection and level. Counts start when they joined. */
export interface SpeakerStats {
  received: number;
  /** Lost frames restored from the FEC copy in the next packet. */
  fec: number;
  /** 20 ms frames that the decoder concealed. */
  concealed: number;
  /** Packets that came too late to be played. */
  late: number;
  /** Packets missing at their play-out time, whether restored or not. */
  lost: number;
  /** Time from the arrival of a packet with the shortest transit to the mix, in ms. */
  bufferMs: number;
  /** Difference of the speaker's clock from ours. */
  driftPpm: number;
  /** Loudness of the voice before levelling; −Infinity until a voice was heard. */
  loudnessLufs: number;
  /** Gain of the levelling. */
  gainDb: number;
  /** True if left and right arrive in opposite phase; the mix inverts one of them. */
  opposite: boolean;
}

/** One speaker in the mix. Muting affects what is said from then on, not what is still in the buffer. */
export class Speaker implements Watched {
  muted = false;
  #playout: SpeakerPlayout | undefined;
  #early: Packet[] = [];
  #leveller = new Leveller();
  #polarity = new Polarity();
  #left = new Float32Array(BLOCK_TICKS);
  #right = new Float32Array(BLOCK_TICKS);
  #open = 1;
  #audible = 1;
  /** Changes of mute that play-out has not reached yet: the time, and the new state. */
  #pending: { at: number; open: number }[] = [];
  #closed = false;

  /** Gives the speaker its decoder. Packets wait until then. */
  equip(decoder: OpusDecoderHandle): void {
    if (this.#closed) {
      decoder.free();
      return;
    }
    this.#playout = new SpeakerPlayout(decoder);
    for (const packet of this.#early) this.#playout.insert(packet);
    this.#early = [];
  }

  get lastArrival(): number {
    return this.#playout?.lastArrival ?? Number.NEGATIVE_INFINITY;
  }

  get dtx(): boolean {
    return this.#playout?.dtx ?? false;
  }

  /** Milliseconds from now until a word said now is in the mix. */
  get bufferMs(): number {
    return Math.max(0, this.#playout?.bufferMs ?? 0);
  }

  insert(packet: Packet): void {
    if (this.#playout) this.#playout.insert(packet);
    else if (this.#early.length < MAX_EARLY) this.#early.push(packet);
  }

  /** Opens or closes the microphone for everything said from `now` on. */
  mute(muted: boolean, now: Ms): void {
    if (muted === this.muted) return;
    this.muted = muted;
    this.#pending.push({ at: now + this.bufferMs, open: muted ? 0 : 1 });
  }

  /** Adds the block due at `due` to the mix. Returns whether anything was added. */
  mix(due: Ms, mixLeft: Float32Array, mixRight: Float32Array): boolean {
    while (this.#pending[0] && this.#pending[0].at <= due)
      this.#open = this.#pending.shift()?.open ?? this.#open;
    const left = this.#left;
    const right = this.#right;
    const heard = this.#playout?.pull(due, left, right) ?? 'idle';
    const from = this.#audible;
    this.#audible = this.#open;
    if (heard === 'idle' || (from === 0 && this.#open === 0)) return false;
    if (heard === 'stereo') this.#polarity.run(left, right);
    this.#leveller.run(left, right, heard === 'stereo');
    const step = (this.#open - from) / BLOCK_TICKS;
    let gain = from;
    for (let i = 0; i < BLOCK_TICKS; i += 1) {
      gain += step;
      mixLeft[i] = (mixLeft[i] as number) + (left[i] as number) * gain;
      mixRight[i] = (mixRight[i] as number) + (right[i] as number) * gain;
    }
    return true;
  }

  stats(): SpeakerStats {
    const counts = this.#playout?.counts ?? { received: 0, fec: 0, concealed: 0, late: 0, lost: 0 };
    return {
      ...counts,
      bufferMs: this.bufferMs,
      driftPpm: this.#playout?.driftPpm ?? 0,
      loudnessLufs: this.#leveller.loudness,
      gainDb: this.#leveller.gainDb,
      opposite: this.#polarity.opposite,
    };
  }

  close(): void {
    this.#closed = true;
    this.#playout?.close();
    this.#playout = undefined;
    this.#early = [];
  }
}
