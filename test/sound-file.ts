/** Sound files in common formats. */
import { sealOggPage } from '../src/media/fragment-slot.ts';

/** A WAV file of interleaved samples. */
export function wavFile(
  pcm: Float32Array,
  channels: 1 | 2,
  kind: 'short' | 'float' = 'short',
  rate = 48_000,
): Buffer {
  const width = kind === 'short' ? 2 : 4;
  const file = Buffer.alloc(44 + pcm.length * width);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(kind === 'short' ? 1 : 3, 20);
  file.writeUInt16LE(channels, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * channels * width, 28);
  file.writeUInt16LE(channels * width, 32);
  file.writeUInt16LE(width * 8, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(pcm.length * width, 40);
  pcm.forEach((sample, i) => {
    if (kind === 'short')
      file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, sample)) * 32_767), 44 + i * 2);
    else file.writeFloatLE(sample, 44 + i * 4);
  });
  return file;
}

/** An Ogg Opus file, one packet per page. Spec: RFC 7845. */
export function oggFile(packets: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead\x01\x02', 'latin1');
  head.writeUInt32LE(48_000, 12);
  const tags = Buffer.from('OpusTags\x04\0\0\0test\0\0\0\0', 'latin1');
  return Buffer.concat([head, tags, ...packets].map(page));
}

function page(packet: Uint8Array, number: number): Buffer {
  const lacing: number[] = [];
  for (let rest = packet.length; rest >= 255; rest -= 255) lacing.push(255);
  lacing.push(packet.length % 255);
  const bytes = Buffer.alloc(27 + lacing.length + packet.length);
  bytes.write('OggS', 'latin1');
  bytes[5] = number === 0 ? 2 : 0;
  bytes.writeBigUInt64LE(BigInt(Math.max(0, number - 1) * 960), 6);
  bytes.writeUInt32LE(1, 14);
  bytes.writeUInt32LE(number, 18);
  bytes[26] = lacing.length;
  bytes.set(lacing, 27);
  bytes.set(packet, 27 + lacing.length);
  return sealOggPage(bytes);
}
