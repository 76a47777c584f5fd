import type { OpusDecoderHandle } from 'libopus-wasm';
import type { Packet } from '../base/media.ts';
import { Polarity } from '../base/polarity.ts';
import { BLOCK_TICKS, type Ms } from '../base/time.ts';
import type { Watched } from './dead-air.ts';
import { Leveller } from './leveller.ts';
import { Playout } from './playout.ts';

/** Packets kept while the decoder is being made; it takes a few milliseconds. */
const MAX_EARLY = 64;

/** How one speaker's link and level are doing. Counts since they joined. */
export interface SpeakerStats {
  received: number;
  /** Lost frames restored from the copy in the next packet. */
  fec: number;
  /** 20 ms frames invented by the decoder. */
  concealed: number;
  /** Packets that came too late to be played. */
  late: number;
  /** Packets missing when their time came, restored or not. */
  lost: number;
  /** From the best packet's arrival to the mix. */
  bufferMs: number;
  /** Speaker's clock against ours. */
  driftPpm: number;
  /** Loudness of the voice as it came; −Infinity until heard. */
  loudnessLufs: number;
  /** What the levelling adds. */
  gainDb: number;
  /** Left and right come opposite to each other; the mix turns one over. */
  opposite: boolean;
}

/** One speaker in the mix. Muting acts on what is said from then on, not on what still waits in the buffer. */
export class Speaker implements Watched {
  muted = false;
  #playout: Playout | undefined;
  #early: Packet[] = [];
  #leveller = new Leveller();
  #polarity = new Polarity();
  #left = new Float32Array(BLOCK_TICKS);
  #right = new Float32Array(BLOCK_TICKS);
  #open = 1;
  #audible = 1;
  /** Mutings that the play-out has not reached yet: when, and which. */
  #pending: { at: number; open: number }[] = [];
  #closed = false;

  /** Gives the speaker its decoder; before that packets wait. */
  equip(decoder: OpusDecoderHandle): void {
    if (this.#closed) {
      decoder.free();
      return;
    }
    this.#playout = new Playout(decoder);
    for (const packet of this.#early) this.#playout.insert(packet);
    this.#early = [];
  }

  get lastArrival(): number {
    return this.#playout?.lastArrival ?? Number.NEGATIVE_INFINITY;
  }

  get dtx(): boolean {
    return this.#playout?.dtx ?? false;
  }

  /** Milliseconds that what is said now takes to the mix. */
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

  /** Adds the block due at `due` to the mix; returns whether anything was added. */
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
