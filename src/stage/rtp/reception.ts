import type { Ms } from '../../base/time.ts';
import type { ReceptionFigures as Report } from './rtcp.ts';
import { sequenceDistance } from './rtp.ts';

/** Sequence numbers remembered behind the newest: 2.5 s of 20 ms packets. Older packets are dropped. */
const WINDOW = 128;
/** A larger jump is a restart of the source, not a loss. */
const MAX_JUMP = 1_000;
/** Limits of retransmission requests for one packet: number and interval. The mixer waits 200–400 ms for it. */
const NACK_TRIES = 4;
const NACK_EVERY_MS = 50;
/** A packet that is late by less than this was reordered, not lost. */
const REORDER_MS = 15;

interface Missing {
  readonly since: number;
  asked: number;
  tries: number;
}

/** Kind of a packet by its sequence number. */
export type ArrivedAs = 'new' | 'duplicate' | 'old' | 'restart';

/**
 * Tracks one RTP source: which packets are missing and worth requesting again, and what to report. It detects
 * duplicates, so that a packet recovered by redundancy and its late original count once.
 */
export class Reception {
  readonly ssrc: number;
  #highest = -1;
  #cycles = 0;
  #base = 0;
  #received = 0;
  #jitter = 0;
  #transit: number | undefined;
  readonly #seen = new Uint32Array(WINDOW).fill(0xffffffff);
  readonly #missing = new Map<number, Missing>();
  #expectedBefore = 0;
  #lostNow = 0;
  #loss = 0;
  #senderReport = 0;
  #senderReportAt = 0;

  constructor(ssrc: number) {
    this.ssrc = ssrc;
  }

  /** Share lost in the last seconds, before repair, 0 to 1. */
  get loss(): number {
    return this.#loss;
  }

  /** Records a packet. A `repaired` packet comes from redundancy: it closes a gap but says nothing about the link. */
  arrive(sequence: number, timestamp: number, now: Ms, repaired = false): ArrivedAs {
    if (this.#highest < 0) {
      this.#begin(sequence);
      return 'new';
    }
    const ahead = sequenceDistance(sequence, this.#highest);
    if (Math.abs(ahead) > MAX_JUMP) {
      if (repaired) return 'old';
      this.#begin(sequence);
      return 'restart';
    }
    if (ahead <= -WINDOW) return 'old';
    const at = sequence % WINDOW;
    if (ahead <= 0) {
      if (this.#seen[at] === sequence) return 'duplicate';
      this.#seen[at] = sequence;
      const missing = this.#missing.get(sequence);
      this.#missing.delete(sequence);
      if (!repaired && missing && now - missing.since < REORDER_MS && this.#lostNow > 0) this.#lostNow -= 1;
      this.#received += 1;
      return 'new';
    }
    for (let step = Math.max(1, ahead - WINDOW + 1); step < ahead; step += 1) {
      const gone = (this.#highest + step) & 0xffff;
      this.#missing.set(gone, { since: now, asked: -Infinity, tries: 0 });
    }
    this.#lostNow += ahead - 1;
    if (sequence < this.#highest) this.#cycles += 1;
    this.#highest = sequence;
    this.#seen[at] = sequence;
    this.#received += 1;
    if (!repaired) this.#measureJitter(timestamp, now);
    return 'new';
  }

  /** Sequence numbers to request now, ascending; each is requested at most four times. */
  wanted(now: Ms): number[] {
    const wanted: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (missing.tries >= NACK_TRIES || sequenceDistance(this.#highest, sequence) >= WINDOW) {
        this.#missing.delete(sequence);
      } else if (now - missing.asked >= NACK_EVERY_MS) {
        missing.asked = now;
        missing.tries += 1;
        wanted.push(sequence);
      }
    }
    return wanted;
  }

  /** Records a sender report, so that the sender can measure the round trip. */
  reported(middle: number, now: Ms): void {
    this.#senderReport = middle;
    this.#senderReportAt = now;
  }

  /** Ends a reporting interval. `downstream` is the worst loss on the way to anyone who hears this source. */
  report(now: Ms, downstream: number): Report {
    const expected = this.#cycles * 65_536 + this.#highest - this.#base + 1;
    const interval = expected - this.#expectedBefore;
    this.#expectedBefore = expected;
    const fraction = interval > 0 ? Math.min(1, this.#lostNow / interval) : 0;
    this.#lostNow = 0;
    if (interval > 0) this.#loss += (fraction - this.#loss) * 0.4;
    return {
      ssrc: this.ssrc,
      fraction: Math.max(fraction, this.#loss, downstream),
      lost: expected - this.#received,
      highest: this.#cycles * 65_536 + this.#highest,
      jitter: this.#jitter,
      lastReport: this.#senderReport,
      delay: this.#senderReport === 0 ? 0 : Math.round(((now - this.#senderReportAt) / 1000) * 65_536),
    };
  }

  #begin(sequence: number): void {
    this.#highest = sequence;
    this.#base = sequence;
    this.#cycles = 0;
    this.#received = 1;
    this.#expectedBefore = 0;
    this.#lostNow = 0;
    this.#transit = undefined;
    this.#missing.clear();
    this.#seen.fill(0xffffffff);
    this.#seen[sequence % WINDOW] = sequence;
  }

  /** Spec: RFC 3550, A.8. */
  #measureJitter(timestamp: number, now: Ms): void {
    const transit = (Math.round(now * 48) - timestamp) | 0;
    if (this.#transit !== undefined) {
      const change = Math.abs((transit - this.#transit) | 0);
      if (change < 48_000) this.#jitter += (change - this.#jitter) / 16;
    }
    this.#transit = transit;
  }
}
