import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Ms } from '../base/time.ts';
import { Reception } from './rtp/reception.ts';
import { unwrapRed } from './rtp/red.ts';
import { readRtcp } from './rtp/rtcp.ts';
import { isRtcp, type Rtp, readRtp } from './rtp/rtp.ts';
import type { VoiceLevel } from './rtp/voice-level.ts';
import type { OfferLine } from './signalling/offer.ts';

/** Longest Opus payload accepted (RFC 6716, 3.4: 1,275 bytes per frame; 48 frames never fit into a datagram). */
const MAX_PAYLOAD = 1_450;
/**
 * Limit of different sources in one session; beyond it the session is closed, because a flood would grow the SRTP
 * tables.
 */
const MAX_SOURCES = 16;
/** A source that is silent for this long may be replaced by another one in the same session. */
const SOURCE_HOLD_MS = 1_000;
/** Limit of packets per second of one session; Opus needs 400 at 2.5 ms frames. */
const MAX_PACKETS_PER_SECOND = 500;
/** One packet of a publisher after SRTP and RED were removed. */
export interface Taken {
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
  readonly level: number | undefined;
  readonly arrival: Ms;
  /** Changes when the source restarts. */
  readonly epoch: number;
}

/** Packet counters of a publisher since its session began. */
export interface PublisherCounts {
  /** Opus packets passed on, including repaired ones. */
  packets: number;
  /** The part of these that was recovered from the redundancy in a later RED packet. */
  recovered: number;
  /** RTP packets that carried RED. */
  redundant: number;
  /** Packets requested again by NACK, counted once per request. */
  asked: number;
  /** Packets dropped: malformed, from an unknown source, or too many. */
  dropped: number;
}

/** What the packets of a publisher are read with. */
export interface IncomingDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly line: OfferLine;
  readonly level: VoiceLevel;
  packet(taken: Taken): void;
  /** So many sources were tried that the session must be closed. */
  flooded(): void;
}

let epochs = 0;

/** What comes from a publisher: one source at a time, with SRTP and RED undone, at a bounded pace. */
export class Incoming {
  readonly #deps: IncomingDeps;
  readonly #sources = new Set<number>();
  readonly link: PublisherCounts = { packets: 0, recovered: 0, redundant: 0, asked: 0, dropped: 0 };
  #reception: Reception | undefined;
  #epoch = 0;
  #lastRtp: Ms;
  #lastRtcp = -Infinity as Ms;
  #second: Ms;
  #inSecond = 0;
  #closed = false;

  constructor(deps: IncomingDeps) {
    this.#deps = deps;
    this.#lastRtp = deps.clock.now();
    this.#second = this.#lastRtp;
  }

  /** What arrives of the present source; undefined before its first packet. */
  get reception(): Reception | undefined {
    return this.#reception;
  }

  /** When the last RTP came; in the beginning, when the session was opened. */
  get lastRtp(): Ms {
    return this.#lastRtp;
  }

  /** When the last RTCP came. */
  get lastRtcp(): Ms {
    return this.#lastRtcp;
  }

  /** One datagram. */
  take(bytes: Buffer): void {
    if (isRtcp(bytes)) this.#rtcp(bytes);
    else this.#rtp(bytes);
  }

  /** Voices are not taken any more. */
  close(): void {
    this.#closed = true;
  }

  #rtcp(bytes: Buffer): void {
    this.#lastRtcp = this.#deps.clock.now();
    const { senderReport } = readRtcp(bytes);
    if (senderReport !== undefined) this.#reception?.reported(senderReport, this.#lastRtcp);
  }

  #rtp(bytes: Buffer): void {
    if (this.#closed) return;
    const { clock, line } = this.#deps;
    const now = clock.now();
    if (now - this.#second >= 1_000) {
      this.#second = now;
      this.#inSecond = 0;
    }
    this.#inSecond += 1;
    const packet = this.#inSecond > MAX_PACKETS_PER_SECOND ? undefined : readRtp(bytes, line.levelId);
    const known = packet && (packet.payloadType === line.opus || packet.payloadType === line.red);
    if (!packet || !known || !this.#admit(packet, now)) {
      this.link.dropped += 1;
      return;
    }
    this.#lastRtp = now;
    if (packet.payloadType === line.red) this.#takeRed(packet);
    else this.#takeOpus(packet, packet.payload, packet.sequence, packet.timestamp, false);
  }

  #admit(packet: Rtp, now: Ms): boolean {
    const { line, log, flooded } = this.#deps;
    if (this.#reception?.ssrc === packet.ssrc) return true;
    if (!this.#sources.has(packet.ssrc)) {
      if (this.#sources.size >= MAX_SOURCES) {
        log.warn({}, 'a speaker was disconnected: their program sent too many RTP sources in one session');
        flooded();
        return false;
      }
      this.#sources.add(packet.ssrc);
    }
    const announced = line.ssrc !== undefined && packet.ssrc === line.ssrc;
    if (this.#reception && !announced && now - this.#lastRtp < SOURCE_HOLD_MS) return false;
    this.#reception = new Reception(packet.ssrc);
    this.#begin();
    return true;
  }

  #begin(): void {
    epochs += 1;
    this.#epoch = epochs;
  }

  #takeRed(rtp: Rtp): void {
    const { opus } = this.#deps.line;
    const blocks = unwrapRed(rtp.payload);
    if (!blocks || blocks.at(-1)?.payloadType !== opus) {
      this.link.dropped += 1;
      return;
    }
    this.link.redundant += 1;
    // The redundant blocks are the packets just before this one. RED does not number them, so they are counted back.
    blocks.forEach((block, index) => {
      const back = blocks.length - 1 - index;
      if (block.payloadType !== opus) return;
      this.#takeOpus(
        rtp,
        block.data,
        (rtp.sequence - back) & 0xffff,
        (rtp.timestamp - block.age) >>> 0,
        back > 0,
      );
    });
  }

  #takeOpus(rtp: Rtp, payload: Uint8Array, sequence: number, timestamp: number, repaired: boolean): void {
    const reception = this.#reception;
    if (!reception || payload.length === 0 || payload.length > MAX_PAYLOAD) return;
    const arrived = reception.arrive(sequence, timestamp, this.#lastRtp, repaired);
    if (arrived === 'duplicate' || arrived === 'old') return;
    if (arrived === 'restart') this.#begin();
    this.link.packets += 1;
    if (repaired) this.link.recovered += 1;
    this.#deps.packet({
      sequence,
      timestamp,
      payload,
      level: this.#deps.level.of(rtp.level, payload),
      arrival: this.#lastRtp,
      epoch: this.#epoch,
    });
  }
}
