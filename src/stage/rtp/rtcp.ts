/** One reception report: how the far side received `ssrc`. Spec: RFC 3550, 6.4.1. */
export interface ReportBlock {
  readonly ssrc: number;
  /** Share lost since the last report, 0 to 1. */
  readonly fraction: number;
  /** Middle 32 bits of the NTP time of the last sender report; 0 when there was none. */
  readonly lastReport: number;
  /** Time since that report, in 1/65,536 s. */
  readonly delay: number;
}

/** The parts of a compound RTCP packet that the stage uses. */
export interface Rtcp {
  readonly reports: readonly ReportBlock[];
  /** Sequence numbers requested again, by media SSRC. Spec: RFC 4585, 6.2.1. */
  readonly nacks: readonly { readonly ssrc: number; readonly sequences: readonly number[] }[];
  /** Middle 32 bits of a sender report's NTP time. */
  readonly senderReport?: number;
}

/** Limit of sequence numbers read from one packet; the rest of a flood is ignored. */
const MAX_NACKS = 128;
const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const FEEDBACK = 205;

/** Reads a compound packet; truncated and unknown parts are skipped. */
export function readRtcp(bytes: Uint8Array): Rtcp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const reports: ReportBlock[] = [];
  const nacks: { ssrc: number; sequences: number[] }[] = [];
  let senderReport: number | undefined;
  let asked = 0;
  for (let at = 0; at + 4 <= bytes.length; ) {
    const first = view.getUint8(at);
    const end = at + (view.getUint16(at + 2) + 1) * 4;
    if (first >> 6 !== 2 || end > bytes.length) break;
    const count = first & 31;
    const type = view.getUint8(at + 1);
    if (type === SENDER_REPORT || type === RECEIVER_REPORT) {
      if (type === SENDER_REPORT && at + 28 <= end) senderReport = view.getUint32(at + 10);
      let block = at + (type === SENDER_REPORT ? 28 : 8);
      for (let i = 0; i < count && block + 24 <= end; i += 1, block += 24) {
        reports.push({
          ssrc: view.getUint32(block),
          fraction: view.getUint8(block + 4) / 256,
          lastReport: view.getUint32(block + 16),
          delay: view.getUint32(block + 20),
        });
      }
    } else if (type === FEEDBACK && count === 1 && at + 12 <= end) {
      const sequences: number[] = [];
      for (let item = at + 12; item + 4 <= end && asked < MAX_NACKS; item += 4) {
        const base = view.getUint16(item);
        const mask = view.getUint16(item + 2);
        sequences.push(base);
        for (let bit = 0; bit < 16; bit += 1)
          if (mask & (1 << bit)) sequences.push((base + bit + 1) & 0xffff);
        asked += 17;
      }
      nacks.push({ ssrc: view.getUint32(at + 8), sequences });
    }
    at = end;
  }
  return { reports, nacks, ...(senderReport === undefined ? {} : { senderReport }) };
}

/** Input of `receiverReport`. */
export interface ReceptionFigures {
  readonly ssrc: number;
  /** Share lost, 0 to 1. */
  readonly fraction: number;
  /** Packets lost since the start. */
  readonly lost: number;
  /** Extended highest sequence number, with its cycles. */
  readonly highest: number;
  /** Interarrival jitter in timestamp units. */
  readonly jitter: number;
  readonly lastReport: number;
  readonly delay: number;
}

/** A receiver report with one block. Spec: RFC 3550, 6.4.2. */
export function receiverReport(from: number, about: ReceptionFigures): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32BE(0x81c90007, 0);
  bytes.writeUInt32BE(from, 4);
  bytes.writeUInt32BE(about.ssrc, 8);
  bytes[12] = Math.min(255, Math.max(0, Math.round(about.fraction * 256)));
  bytes.writeUIntBE(Math.min(0x7fffff, Math.max(0, about.lost)), 13, 3);
  bytes.writeUInt32BE(about.highest >>> 0, 16);
  bytes.writeUInt32BE(Math.round(about.jitter) >>> 0, 20);
  bytes.writeUInt32BE(about.lastReport, 24);
  bytes.writeUInt32BE(about.delay >>> 0, 28);
  return bytes;
}

/** A generic NACK, which requests packets again. `sequences` is in ascending order. Spec: RFC 4585, 6.2.1. */
export function nack(from: number, ssrc: number, sequences: readonly number[]): Buffer {
  const items: { base: number; mask: number }[] = [];
  for (const sequence of sequences) {
    const last = items.at(-1);
    const gap = last ? (sequence - last.base) & 0xffff : 0;
    if (last && gap >= 1 && gap <= 16) last.mask |= 1 << (gap - 1);
    else items.push({ base: sequence, mask: 0 });
  }
  const bytes = Buffer.alloc(12 + items.length * 4);
  bytes.writeUInt32BE(0x81cd0000 + 2 + items.length, 0);
  bytes.writeUInt32BE(from, 4);
  bytes.writeUInt32BE(ssrc, 8);
  items.forEach(({ base, mask }, index) => {
    bytes.writeUInt16BE(base, 12 + index * 4);
    bytes.writeUInt16BE(mask, 14 + index * 4);
  });
  return bytes;
}

/**
 * A sender report without blocks. It gives receivers a clock and lets them measure the round trip. Spec: RFC 3550,
 * 6.4.1.
 */
export function senderReport(
  ssrc: number,
  wall: number,
  timestamp: number,
  packets: number,
  octets: number,
): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(0x80c80006, 0);
  bytes.writeUInt32BE(ssrc, 4);
  bytes.writeUInt32BE((Math.floor(wall / 1000) + 2_208_988_800) >>> 0, 8);
  bytes.writeUInt32BE(Math.floor(((wall % 1000) / 1000) * 2 ** 32) >>> 0, 12);
  bytes.writeUInt32BE(timestamp >>> 0, 16);
  bytes.writeUInt32BE(packets >>> 0, 20);
  bytes.writeUInt32BE(octets >>> 0, 24);
  return bytes;
}
