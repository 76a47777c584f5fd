import { TICKS_PER_SECOND } from '../base/time.ts';

/** Bytes before the samples. */
export const WAV_HEADER_BYTES = 44;

/** The header of a WAV file of 16 bit and 48 kHz with so many `bytes` of samples. */
export function wavHeader(bytes: number, channels: 1 | 2): Buffer {
  const head = Buffer.alloc(WAV_HEADER_BYTES);
  head.write('RIFF', 0);
  head.writeUInt32LE(WAV_HEADER_BYTES - 8 + bytes, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(TICKS_PER_SECOND, 24);
  head.writeUInt32LE(TICKS_PER_SECOND * 2 * channels, 28);
  head.writeUInt16LE(2 * channels, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(bytes, 40);
  return head;
}
