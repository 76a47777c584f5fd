/** Opus packets of one Ogg file. Spec: RFC 3533, 6; RFC 7845. */
const MAX_PACKET_BYTES = 65_536;

/** True when the bytes begin an Ogg file whose first stream is Opus. */
export const isOggOpus = (bytes: Uint8Array): boolean =>
  text(bytes, 0, 4) === 'OggS' && text(bytes, 28, 8) === 'OpusHead';

/**
 * The number of channels of an Ogg Opus file that has several streams in each packet, as surround sound does. A decoder
 * for one stream makes noise of such a file. Undefined for one stream of one or two channels. Spec: RFC 7845, 5.1.1.
 */
export function surroundChannels(bytes: Uint8Array): number | undefined {
  const [channels = 0, family = 0, streams = 0] = [bytes[37], bytes[46], bytes[47]];
  return family === 0 || (streams === 1 && channels <= 2) ? undefined : channels;
}

/** A number of channels in the usual notation: 6 is `6 channels (5.1)`. */
export function channelsInWords(channels: number): string {
  const known: Readonly<Record<number, string>> = {
    3: '3.0',
    4: '4.0',
    5: '5.0',
    6: '5.1',
    7: '6.1',
    8: '7.1',
  };
  return `${channels} channels${known[channels] ? ` (${known[channels]})` : ''}`;
}

/** The audio packets of the first logical stream, in order. A truncated page ends the file. */
export function* readOgg(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let serial: number | undefined;
  let heads = 2;
  let parts: Uint8Array[] = [];
  for (let at = 0; at + 27 <= bytes.length; ) {
    if (text(bytes, at, 4) !== 'OggS') return;
    const segments = view.getUint8(at + 26);
    let data = at + 27 + segments;
    if (data > bytes.length) return;
    const own = view.getUint32(at + 14, true);
    serial ??= own;
    for (let i = 0; i < segments; i += 1) {
      const size = view.getUint8(at + 27 + i);
      if (data + size > bytes.length) return;
      if (own === serial) {
        parts.push(bytes.subarray(data, data + size));
        if (size < 255) {
          const packet = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
          parts = [];
          // OpusHead and OpusTags come first.
          if (heads > 0) heads -= 1;
          else if (packet.length > 0 && packet.length <= MAX_PACKET_BYTES) yield packet;
        }
      }
      data += size;
    }
    at = data;
  }
}

const text = (bytes: Uint8Array, from: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(from, from + length));
