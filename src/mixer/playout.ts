import type { OpusDecoderHandle } from 'libopus-wasm';
import type { Packet } from '../base/media.ts';
import { BLOCK_TICKS, type Ms, ms, TICKS_PER_SECOND } from '../base/time.ts';
import { carriesFec, frameTicks, isDtx, packetTicks } from '../media/opus-packet.ts';
import { PacketArrival } from './arrival.ts';
import { ComfortGain } from './comfort-gain.ts';
import { SpeakerBuffer } from './line.ts';
import { BufferPace } from './pace.ts';
import { type Held, Waiting } from './waiting.ts';

/** Concealed frames in a row before the sound fades out: 100 ms. */
const MAX_CONCEALED = 5;
/** A timestamp this far from both the last one and the clock starts a new timeline: 1 s. */
const JUMP = TICKS_PER_SECOND;
/** Late packets in a gap after which play-out rewinds for them: the network was stalled, nothing was lost. */
const LATE_BEFORE_REWIND = 3;
/** In ms. A sender in DTX repeats itself every 400 ms; one that is silent for longer is gone. */
const DTX_ALIVE = 1000;
/** In ms. Longest gap without packets that still counts as a pause, for a sender known to send nothing in pauses. */
const GAP_ALIVE = 5000;
/** In ms. A buffer deeper than its target by this is cut at once: the sender runs faster than any crystal. */
const MAX_EXCESS = 1500;
/** Smallest step Opus decodes: 2.5 ms. */
const GRAIN = 120;

/** What happened to one speaker's packets since they joined. */
export interface PlayoutCounts {
  received: number;
  /** Lost frames restored from the FEC copy in the next packet. */
  fec: number;
  /** 20 ms frames that the decoder concealed. */
  concealed: number;
  /** Packets that arrived after their play-out time. */
  late: number;
  /** Packets missing at their play-out time, whether restored or not. */
  lost: number;
}

/**
 * Turns one speaker's packets into a steady flow of 20 ms blocks: jitter buffer, decoder, concealment, drift
 * correction.
 */
export class SpeakerPlayout {
  readonly counts: PlayoutCounts = { received: 0, fec: 0, concealed: 0, late: 0, lost: 0 };
  /** Monotonic arrival of the newest packet. */
  lastArrival = Number.NEGATIVE_INFINITY;
  #decoder: OpusDecoderHandle;
  #arrival = new PacketArrival();
  #waiting = new Waiting();
  #line = new SpeakerBuffer();
  #pace = new BufferPace();
  #comfortGain = new ComfortGain();
  #anchored = false;
  #started = false;
  #startAt = 0;
  /** Media time of the next sample to be written to the line. */
  #cursor = 0;
  /** End of the newest packet that was played. */
  #playedTo = Number.NEGATIVE_INFINITY;
  #lastSequence: number | undefined;
  #newest = 0;
  #suspect: Packet | undefined;
  /** Arrival of the first late packet since there was nothing else left to play. */
  #behindSince: number | undefined;
  #inDtx = false;
  #due = 0;
  #dtxDue = Number.NEGATIVE_INFINITY;
  #run = 0;
  /** Frames concealed since the last packet. The next packet shows whether they were lost. */
  #unsure = 0;
  /**
   * True for a sender that sends nothing in pauses: sequence numbers continue while the timestamp jumps. Spec: RFC
   * 3551, 4.1.
   */
  #gaps = false;
  #newestSequence: number | undefined;
  #newestTicks = 0;

  constructor(decoder: OpusDecoderHandle) {
    this.#decoder = decoder;
  }

  /** Milliseconds between the arrival of a packet with the shortest transit and its play-out. */
  get bufferMs(): number {
    return this.#pace.depth;
  }

  /** Difference of the sender's clock from ours, parts per million. */
  get driftPpm(): number {
    return this.#pace.driftPpm;
  }

  /**
   * Whether the sender is silent on purpose, now or a moment ago: DTX refreshes a pause with a whole frame now and
   * then.
   */
  get dtx(): boolean {
    return this.#due - this.#dtxDue < DTX_ALIVE;
  }

  /** Takes a packet from the network. Empty and malformed packets count as received, and then as missing. */
  insert(packet: Packet): void {
    this.counts.received += 1;
    const ticks = packetTicks(packet.payload);
    if (ticks === 0) return;
    if (!this.#anchored) this.#anchor(packet);
    const ts = unwrap(packet.timestamp, this.#newest, 2 ** 32);
    const expected = this.#newest + ((packet.arrival - this.lastArrival) * TICKS_PER_SECOND) / 1000;
    if (Math.abs(ts - this.#newest) > JUMP && Math.abs(ts - expected) > JUMP) {
      this.#doubt(packet);
      return;
    }
    this.#suspect = undefined;
    this.lastArrival = packet.arrival;
    this.#learnGaps(packet.sequence, ts, ticks);
    if (ts > this.#newest) this.#newest = ts;
    this.#arrival.observe(packet.arrival, ts);
    if (ts + ticks <= this.#playedTo) {
      if (!this.#waiting.wasPlayed(ts)) this.counts.late += 1;
      return;
    }
    const sequence = unwrap(packet.sequence, this.#waiting.newestSequence, 2 ** 16);
    const place = this.#waiting.add({ ts, ticks, sequence, payload: packet.payload });
    if (place === 'dropped-oldest') this.counts.late += 1;
    if (!this.#started) this.#cursor = Math.min(this.#cursor, ts);
    else if (this.#waiting.before(this.#cursor) >= LATE_BEFORE_REWIND) this.#rewind();
    if (this.#waiting.at(this.#cursor)) this.#behindSince = undefined;
    else this.#behindSince ??= packet.arrival;
  }

  /** Fills 960 frames due at `due` and returns their kind. `idle`: the frames are silence and were not written. */
  pull(due: Ms, left: Float32Array, right: Float32Array): 'idle' | 'mono' | 'stereo' {
    this.#due = due;
    if (this.#inDtx) this.#dtxDue = due;
    if (!this.#anchored) return 'idle';
    if (!this.#started) {
      if (due < this.#startAt) return 'idle';
      this.#started = true;
    }
    if (this.#behindSince !== undefined && due >= this.#behindSince + this.#arrival.target) this.#resume();
    const next = this.#waiting.first;
    if (
      this.#line.silent &&
      this.#run > MAX_CONCEALED &&
      (!next || next.ts > this.#cursor + 2 * BLOCK_TICKS)
    ) {
      this.#cursor += BLOCK_TICKS;
      return 'idle';
    }
    const offset = due - ((this.#cursor - this.#line.available) * 1000) / TICKS_PER_SECOND;
    this.#pace.update(offset - this.#arrival.base, this.#arrival.target);
    const excess = this.#pace.depth - this.#arrival.target;
    if (excess > MAX_EXCESS) this.#cursor += Math.round((excess * TICKS_PER_SECOND) / 1000);
    const ratio = this.#pace.ratio;
    const need = Math.ceil(left.length * ratio) + 2;
    while (this.#line.available < need) this.#fill(due);
    return this.#line.read(left, right, ratio) ? 'stereo' : 'mono';
  }

  /** Frees the decoder. */
  close(): void {
    this.#decoder.free();
  }

  /** Nothing was lost if the sequence numbers are consecutive, however far apart the timestamps are. */
  #learnGaps(sequence: number, ts: number, ticks: number): void {
    const before = this.#newestSequence;
    if (before !== undefined && ts <= this.#newest) return;
    this.#newestSequence = sequence;
    if (before === undefined || sequence !== ((before + 1) & 0xffff)) return;
    const ahead = ts - this.#newest;
    if (ahead > this.#newestTicks + BLOCK_TICKS / 2) this.#gaps = true;
    this.#newestTicks = ticks;
  }

  #anchor(packet: Packet): void {
    this.#newestSequence = undefined;
    this.#newestTicks = packetTicks(packet.payload);
    this.#unsure = 0;
    this.#anchored = true;
    this.#started = false;
    this.#newest = packet.timestamp;
    this.#cursor = packet.timestamp;
    this.#playedTo = Number.NEGATIVE_INFINITY;
    this.#lastSequence = undefined;
    this.lastArrival = packet.arrival;
    this.#waiting.clear(packet.sequence);
    this.#arrival.reset();
    this.#pace.reset();
    this.#startAt = packet.arrival + this.#arrival.target;
    this.#inDtx = false;
    this.#behindSince = undefined;
  }

  /** Ignores a single unexpected timestamp. A second one that agrees with it starts a new timeline. */
  #doubt(packet: Packet): void {
    const before = this.#suspect;
    this.#suspect = packet;
    if (!before || Math.abs(unwrap(packet.timestamp, before.timestamp, 2 ** 32) - before.timestamp) > JUMP)
      return;
    this.#suspect = undefined;
    this.#anchor(before);
    this.counts.received -= 2;
    this.insert(before);
    this.insert(packet);
  }

  /** Plays late packets that were held back. This adds delay, which Pace then reduces. */
  #rewind(): void {
    const first = this.#waiting.first;
    if (first && this.#cursor - first.ts <= JUMP) this.#cursor = Math.max(first.ts, this.#playedTo);
  }

  /**
   * The sender's clock stopped, so all its packets are late from now on. Starts again with the waiting packets, at most
   * a second of them, as at the first packet.
   */
  #resume(): void {
    this.#behindSince = undefined;
    while ((this.#waiting.first?.ts ?? this.#newest) < this.#newest - JUMP) {
      this.#waiting.take(this.#waiting.first as Held);
      this.counts.late += 1;
    }
    this.#cursor = this.#waiting.first?.ts ?? this.#cursor;
    this.#arrival.reset();
    this.#arrival.observe(ms(this.lastArrival), this.#newest);
    this.#pace.reset();
  }

  #fill(due: Ms): void {
    const packet = this.#waiting.at(this.#cursor);
    if (packet && packet.ts < this.#cursor + GRAIN / 2) {
      this.counts.late += this.#waiting.take(packet);
      if (this.#lastSequence !== undefined) {
        const missing = Math.max(0, packet.sequence - this.#lastSequence - 1);
        this.counts.lost += missing;
        if (missing > 0) this.counts.concealed += this.#unsure;
      }
      this.#unsure = 0;
      this.#lastSequence = packet.sequence;
      this.#cursor = packet.ts + packet.ticks;
      this.#playedTo = this.#cursor;
      this.#inDtx = isDtx(packet.payload);
      this.#play(packet.payload, packet.ticks);
      return;
    }
    const gap = packet ? packet.ts - this.#cursor : Number.POSITIVE_INFINITY;
    const meant = packet
      ? this.#lastSequence !== undefined && packet.sequence === this.#lastSequence + 1
      : (this.#inDtx && due - this.lastArrival < DTX_ALIVE) ||
        (this.#gaps && due - this.lastArrival < GAP_ALIVE);
    if (meant) this.#comfort(Math.min(gap, BLOCK_TICKS));
    else {
      const copy = packet && carriesFec(packet.payload) ? frameTicks(packet.payload) : 0;
      if (packet && copy > 0 && grains(gap) === copy) this.#restore(packet.payload, copy);
      else this.#conceal(Math.min(gap > copy ? gap - copy : gap, BLOCK_TICKS));
    }
  }

  #play(payload: Uint8Array, ticks: number): void {
    const quiet = isDtx(payload);
    const pcm = quiet ? this.#decode(null, grains(ticks), false) : this.#decode(payload, 0, false);
    if (!pcm) {
      this.#cursor -= ticks;
      this.#conceal(ticks);
      return;
    }
    if (quiet) this.#comfortGain.lift(pcm);
    else this.#comfortGain.heard(pcm);
    const back = this.#run > MAX_CONCEALED;
    this.#run = 0;
    if (back) this.#line.write(pcm.subarray(0, 2 * GRAIN), GRAIN, 0, 1);
    const rest = back ? pcm.subarray(2 * GRAIN) : pcm;
    if (rest.length === 0) return;
    const advice = back ? 'play' : this.#pace.advise(rest);
    if (advice === 'omit') {
      this.#line.omit(rest);
      this.#pace.moved(-rest.length / 2);
      return;
    }
    this.#line.write(rest, rest.length / 2);
    // The frame, its mirror image and the frame again: two frames longer, and continuous at every seam.
    if (advice === 'stretch') {
      this.#line.write(mirrored(rest), rest.length / 2);
      this.#line.write(rest, rest.length / 2);
      this.#pace.moved(rest.length);
    }
  }

  #restore(next: Uint8Array, ticks: number): void {
    const pcm = this.#decode(next, ticks, true);
    if (!pcm) {
      this.#conceal(ticks);
      return;
    }
    this.#run = 0;
    this.counts.fec += 1;
    this.#line.write(pcm, pcm.length / 2);
    this.#cursor += pcm.length / 2;
  }

  /** Plays comfort noise. Nothing is lost here, so the buffer may also grow or shrink at once. */
  #comfort(ticks: number): void {
    this.#dtxDue = this.#due;
    const advice = this.#pace.advise(undefined);
    if (advice === 'omit') {
      this.#cursor += ticks;
      this.#pace.moved(-ticks);
      return;
    }
    const pcm = this.#decode(null, grains(ticks), false);
    if (pcm) {
      this.#comfortGain.lift(pcm);
      this.#line.write(pcm, pcm.length / 2);
    } else this.#line.rest(grains(ticks));
    this.#run = 0;
    if (advice === 'stretch') this.#pace.moved(grains(ticks));
    else this.#cursor += grains(ticks);
  }

  #conceal(ticks: number): void {
    const frames = grains(ticks);
    this.#run += 1;
    this.#cursor += frames;
    if (this.#run > MAX_CONCEALED + 1) {
      this.#line.rest(frames);
      return;
    }
    if (this.#lastSequence !== undefined) this.#unsure += 1;
    const pcm = this.#decode(null, frames, false);
    if (pcm) this.#line.write(pcm, frames, 1, this.#run > MAX_CONCEALED ? 0 : 1);
    else this.#line.rest(frames);
  }

  #decode(payload: Uint8Array | null, frameSize: number, decodeFec: boolean): Float32Array | undefined {
    try {
      return this.#decoder.decodeFloat(payload, frameSize ? { frameSize, decodeFec } : {});
    } catch {
      return undefined;
    }
  }
}

/** The number nearest to `near` that equals `value` modulo `range`. */
function unwrap(value: number, near: number, range: number): number {
  return value + Math.round((near - value) / range) * range;
}

/** `ticks` rounded up to a length that the decoder can produce: multiples of 2.5 ms up to 120 ms. */
const grains = (ticks: number): number => Math.min(48, Math.max(1, Math.ceil(ticks / GRAIN))) * GRAIN;

function mirrored(pcm: Float32Array): Float32Array {
  const out = new Float32Array(pcm.length);
  for (let i = 0; i < pcm.length; i += 2) {
    out[i] = pcm[pcm.length - 2 - i] ?? 0;
    out[i + 1] = pcm[pcm.length - 1 - i] ?? 0;
  }
  return out;
}
