import { sealOggPage } from '../../media/fragment-slot.ts';
import type { RoomCard } from '../../wire/room.ts';

const HEADER_BYTES = 27;
const VENDOR = 'Earshot';
/** A page holds 255 segments of 255 bytes; titles and names are far shorter. */
const MAX_PACKET_BYTES = 255 * 255 - 1;

/** Bytes of the page that begins at `at`. Spec: RFC 3533, 6. */
function pageLength(bytes: Uint8Array, at: number): number {
  const segments = bytes[at + 26] ?? 0;
  let length = HEADER_BYTES + segments;
  for (let i = 0; i < segments; i++) length += bytes[at + HEADER_BYTES + i] ?? 0;
  return length;
}

/** The two pages before the sound, with the room's title and hosts among the comments. Spec: RFC 7845, 5.2. */
export function withOggTitle(
  init: Uint8Array,
  { title, hosts }: Pick<RoomCard, 'title' | 'hosts'>,
): Uint8Array {
  const first = pageLength(init, 0);
  const second = pageLength(init, first);
  if (second < HEADER_BYTES || first + second !== init.length) return init;
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const comments = [`TITLE=${title}`, ...hosts.map((host) => `ARTIST=${host}`)];
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  const packet = Buffer.concat([Buffer.from('OpusTags'), text(VENDOR), count, ...comments.map(text)]);
  if (packet.length > MAX_PACKET_BYTES) return init;
  const lacing = [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
  const header = Buffer.from(init.subarray(first, first + HEADER_BYTES));
  header[26] = lacing.length;
  return Buffer.concat([
    init.subarray(0, first),
    sealOggPage(Buffer.concat([header, Buffer.from(lacing), packet])),
  ]);
}
