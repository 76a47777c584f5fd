/** Reads properties of an Opus packet without decoding it. Spec: RFC 6716, 3. */

/** The longest packet that Opus allows: 120 ms. */
export const MAX_PACKET_TICKS = 5760;

const SILK = [480, 960, 1920, 2880] as const;
const HYBRID = [480, 960] as const;
const CELT = [120, 240, 480, 960] as const;

/** Ticks of one frame, from the packet's first byte. Spec: RFC 6716, 3.1, table 2. */
export function frameTicks(packet: Uint8Array): number {
  const config = (packet[0] ?? 0) >> 3;
  if (config < 12) return SILK[config & 3] ?? 0;
  if (config < 16) return HYBRID[config & 1] ?? 0;
  return CELT[config & 3] ?? 0;
}

/** Ticks of the whole packet, 120 to 5,760; 0 when it is empty or declares an impossible length. */
export function packetTicks(packet: Uint8Array): number {
  const toc = packet[0];
  if (toc === undefined) return 0;
  const code = toc & 3;
  const frames = code === 0 ? 1 : code < 3 ? 2 : (packet[1] ?? 0) & 63;
  const total = frames * frameTicks(packet);
  return total > MAX_PACKET_TICKS ? 0 : total;
}

/** Whether the packet says that the sender is silent: it has only a header. Spec: RFC 6716, 2.1.9. */
export const isDtx = (packet: Uint8Array): boolean => packet.length <= 2;

/** Whether the packet also carries a copy of the previous frame (LBRR). Spec: RFC 6716, 4.2.4. */
export function carriesFec(packet: Uint8Array): boolean {
  const toc = packet[0] ?? 0xff;
  if (toc >> 3 >= 16) return false;
  const first = packet[firstFrame(packet)];
  if (first === undefined) return false;
  const frames = Math.max(1, frameTicks(packet) / 960);
  const mid = (first >> (7 - frames)) & 1;
  const side = toc & 4 ? (first >> (6 - 2 * frames)) & 1 : 0;
  return (mid | side) === 1;
}

/** Offset of the first frame's first byte. Spec: RFC 6716, 3.2. */
function firstFrame(packet: Uint8Array): number {
  const code = (packet[0] ?? 0) & 3;
  if (code < 2) return 1;
  if (code === 2) return 1 + lengthBytes(packet, 1);
  const count = packet[1] ?? 0;
  let at = 2;
  if (count & 0x40) {
    while (packet[at] === 255) at += 1;
    at += 1;
  }
  if (count & 0x80) for (let frame = 1; frame < (count & 63); frame += 1) at += lengthBytes(packet, at);
  return at;
}

const lengthBytes = (packet: Uint8Array, at: number): number => ((packet[at] ?? 0) >= 252 ? 2 : 1);
