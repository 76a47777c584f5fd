import type { Ms } from '../../base/time.ts';
import { wrapRed } from './red.ts';
import { type ReportBlock, senderReport } from './rtcp.ts';
import { HEAD_BYTES, sequenceDistance, writeHead, writeRtp } from './rtp.ts';

/** One packet of a voice that is forwarded to the others. */
export interface VoicePacket {
  /** One Opus packet, preceded by `HEAD_BYTES` of free space in `frame`. */
  readonly frame: Buffer;
  readonly sequence: number;
  readonly timestamp: number;
  readonly level: number | undefined;
  /** Changes when the source restarts (reconnected, reloaded); its numbers are then unrelated to the earlier ones. */
  readonly epoch: number;
}

/** The format in which a receiver wants its packets on one m-line. */
export interface SlotFormat {
  readonly ssrc: number;
  readonly opus: number;
  /** Payload type of RED if the receiver prefers it: every packet then also carries the one before. */
  readonly red?: number;
  readonly levelId: number | undefined;
}

/** Packets kept for retransmission: 1.3 s at 20 ms. */
const KEPT = 64;
/** A packet that is this far behind is not sent any more. */
const MAX_LATE = 256;
/** Limit of retransmissions of one packet, so that a receiver cannot multiply its traffic. */
const MAX_RESENDS = 3;

interface Kept {
  readonly sequence: number;
  readonly timestamp: number;
  readonly voice: VoicePacket;
  resends: number;
}

/**
 * One m-line on which a receiver hears one voice at a time. When the voice changes, the source, sequence number and
 * timestamp that the receiver sees continue without a jump: SRTP and jitter buffers rely on it.
 */
export class VoiceSlot {
  readonly format: SlotFormat;
  readonly #send: (bytes: Buffer) => boolean;
  readonly #kept: (Kept | undefined)[] = new Array(KEPT).fill(undefined);
  #epoch = -1;
  #first = 0;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #lastSequence: number;
  #lastTimestamp: number;
  #sentAt = 0;
  #packets = 0;
  #octets = 0;
  #loss = 0;
  #lossAt = -Infinity;

  constructor(format: SlotFormat, send: (bytes: Buffer) => boolean, sequence: number, timestamp: number) {
    this.format = format;
    this.#send = send;
    this.#lastSequence = sequence & 0xffff;
    this.#lastTimestamp = timestamp >>> 0;
  }

  /** Packets sent so far, without retransmissions. */
  get packets(): number {
    return this.#packets;
  }

  /** Forwards a packet. A late packet keeps its own sequence number and timestamp. */
  forward(voice: VoicePacket, now: Ms): void {
    const turn = voice.epoch !== this.#epoch;
    if (turn) {
      const elapsed = this.#packets === 0 ? 0 : Math.max(20, Math.min(60_000, now - this.#sentAt));
      this.#epoch = voice.epoch;
      this.#first = voice.sequence;
      this.#sequenceOffset = this.#lastSequence + 1 - voice.sequence;
      this.#timestampOffset = this.#lastTimestamp + Math.round(elapsed * 48) - voice.timestamp;
    } else if (sequenceDistance(voice.sequence, this.#first) < 0) {
      // From before this voice took the slot. After 32,768 packets `first` is moved along below.
      return;
    }
    const sequence = (voice.sequence + this.#sequenceOffset) & 0xffff;
    const timestamp = (voice.timestamp + this.#timestampOffset) >>> 0;
    const ahead = sequenceDistance(sequence, this.#lastSequence);
    if (ahead < -MAX_LATE) return;
    if (ahead > 0) {
      this.#lastSequence = sequence;
      this.#lastTimestamp = timestamp;
      this.#sentAt = now;
      if (sequenceDistance(voice.sequence, this.#first) > 16_384)
        this.#first = (voice.sequence - 1_024) & 0xffff;
    }
    this.#kept[sequence % KEPT] = { sequence, timestamp, voice, resends: 0 };
    if (!this.#write(voice, sequence, timestamp, turn)) return;
    this.#packets += 1;
    this.#octets += voice.frame.length - HEAD_BYTES;
  }

  /** Sends packets again that the receiver missed, if they are still kept. */
  resend(sequences: readonly number[]): number {
    let resent = 0;
    for (const sequence of sequences) {
      const kept = this.#kept[sequence % KEPT];
      if (kept?.sequence !== sequence || kept.resends >= MAX_RESENDS) continue;
      kept.resends += 1;
      if (this.#write(kept.voice, sequence, kept.timestamp, false)) resent += 1;
    }
    return resent;
  }

  /** Records a receiver's report about this slot. */
  reported(block: ReportBlock, now: Ms): void {
    this.#loss = block.fraction;
    this.#lossAt = now;
  }

  /** Share that the receiver lost by its last report; 0 when that is older than 10 s. */
  loss(now: Ms): number {
    return now - this.#lossAt < 10_000 ? this.#loss : 0;
  }

  /** Tells the receiver which wall-clock time its timestamps stand for. */
  report(wall: number, now: Ms): void {
    if (this.#packets === 0) return;
    const timestamp = this.#lastTimestamp + Math.round((now - this.#sentAt) * 48);
    this.#send(senderReport(this.format.ssrc, wall, timestamp, this.#packets, this.#octets));
  }

  #write(voice: VoicePacket, sequence: number, timestamp: number, marker: boolean): boolean {
    const { opus, red, ssrc, levelId } = this.format;
    const head = { payloadType: opus, marker, sequence, timestamp, ssrc, levelId, level: voice.level };
    const before = red === undefined ? undefined : this.#before(sequence, timestamp);
    if (red !== undefined && before) {
      const older = before.voice.frame.subarray(HEAD_BYTES);
      const payload = wrapRed(
        opus,
        older,
        (timestamp - before.timestamp) >>> 0,
        voice.frame.subarray(HEAD_BYTES),
      );
      return this.#send(writeRtp({ ...head, payloadType: red }, payload));
    }
    // All receivers share the frame: the header is overwritten for each of them, and the transport copies.
    const start = writeHead(voice.frame, head);
    return this.#send(start === 0 ? voice.frame : voice.frame.subarray(start));
  }

  /** The previous packet, if it fits into a redundant block. Spec: RFC 2198, 3. */
  #before(sequence: number, timestamp: number): Kept | undefined {
    const before = this.#kept[((sequence - 1) & 0xffff) % KEPT];
    if (before?.sequence !== ((sequence - 1) & 0xffff)) return undefined;
    const age = (timestamp - before.timestamp) >>> 0;
    return age > 0 && age < 16_384 && before.voice.frame.length - HEAD_BYTES < 1_024 ? before : undefined;
  }
}
