/** The fields of one RTP packet. Spec: RFC 3550, 5.1. */
export interface Rtp {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** A view into the packet, without header, extensions and padding. May be empty. */
  readonly payload: Uint8Array;
  /** −dBov, 0 (loudest) to 127, when extension `levelId` is present. Spec: RFC 6464. */
  readonly level?: number;
}

/** Length of the longest header that `writeHead` produces. */
export const HEAD_BYTES = 20;

/** Whether a packet is RTCP rather than RTP on a shared port. Spec: RFC 5761, 4. */
export const isRtcp = (bytes: Uint8Array): boolean => {
  const type = bytes[1] ?? 0;
  return type >= 192 && type <= 223;
};

/** Reads a packet; undefined when it is not well-formed RTP. `levelId` is the extension id of the audio level. */
export function readRtp(bytes: Uint8Array, levelId?: number): Rtp | undefined {
  const size = bytes.length;
  if (size < 12) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  let offset = 12 + (first & 15) * 4;
  let level: number | undefined;
  if (first & 16) {
    if (offset + 4 > size) return undefined;
    const profile = view.getUint16(offset);
    const end = offset + 4 + view.getUint16(offset + 2) * 4;
    if (end > size) return undefined;
    if (levelId !== undefined) level = findLevel(view, offset + 4, end, profile, levelId);
    offset = end;
  }
  let end = size;
  if (first & 32) {
    const padding = view.getUint8(size - 1);
    if (padding === 0) return undefined;
    end -= padding;
  }
  if (offset > end) return undefined;
  const second = view.getUint8(1);
  return {
    payloadType: second & 127,
    marker: second > 127,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(offset, end),
    ...(level === undefined ? {} : { level }),
  };
}

/** Spec: RFC 8285, 4.2 (one-byte headers) and 4.3 (two-byte headers). */
function findLevel(
  view: DataView,
  from: number,
  end: number,
  profile: number,
  id: number,
): number | undefined {
  const short = profile === 0xbede;
  if (!short && (profile & 0xfff0) !== 0x1000) return undefined;
  let at = from;
  while (at < end) {
    const head = view.getUint8(at);
    if (head === 0) {
      at += 1;
      continue;
    }
    if (short && head >> 4 === 15) return undefined;
    const found = short ? head >> 4 : head;
    if (!short && at + 1 >= end) return undefined;
    const length = short ? (head & 15) + 1 : view.getUint8(at + 1);
    const data = at + (short ? 1 : 2);
    if (data + length > end) return undefined;
    if (found === id && length >= 1) return view.getUint8(data) & 127;
    at = data + length;
  }
  return undefined;
}

/** The header fields for `writeHead`. */
export interface RtpHead {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  /** Extension id (1 to 14) and −dBov of the audio level; both or neither. */
  readonly levelId?: number | undefined;
  readonly level?: number | undefined;
}

/**
 * Writes a header that ends at byte `HEAD_BYTES` of `into`, where the payload already is.
 * @returns the byte at which the packet begins: 0 with an audio level, 8 without.
 */
export function writeHead(into: Buffer, head: RtpHead): number {
  const extended = head.levelId !== undefined && head.level !== undefined;
  const start = extended ? 0 : 8;
  into[start] = extended ? 0x90 : 0x80;
  into[start + 1] = (head.marker ? 128 : 0) | head.payloadType;
  into.writeUInt16BE(head.sequence, start + 2);
  into.writeUInt32BE(head.timestamp, start + 4);
  into.writeUInt32BE(head.ssrc, start + 8);
  if (head.levelId !== undefined && head.level !== undefined) {
    into.writeUInt32BE(0xbede0001, 12);
    into[16] = head.levelId << 4;
    // The V bit would mean that the sender's own detector hears voice; we have only the level.
    into[17] = head.level & 127;
    into[18] = 0;
    into[19] = 0;
  }
  return start;
}

/** A whole packet in newly allocated memory. */
export function writeRtp(head: RtpHead, payload: Uint8Array): Buffer {
  const packet = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
  packet.set(payload, HEAD_BYTES);
  return packet.subarray(writeHead(packet, head));
}

/** Signed distance from `b` to `a` on the 16-bit circle of sequence numbers. */
export const sequenceDistance = (a: number, b: number): number => ((a - b) << 16) >> 16;
