import { closeSync, openSync, writeSync } from 'node:fs';
import { WAV_HEADER_BYTES, wavHeader } from '../../media/wav-header.ts';

/**
 * A WAV file being written: 16 bit, stereo, 48 kHz. Its header is valid after each write, in case the program is
 * killed.
 */
export function createWav(path: string): { write(samples: Float32Array): void; close(): void } {
  const file = openSync(path, 'w');
  let bytes = 0;
  const header = (): void => {
    writeSync(file, wavHeader(bytes, 2), 0, WAV_HEADER_BYTES, 0);
  };
  header();
  return {
    write(samples) {
      const pcm = Buffer.allocUnsafe(samples.length * 2);
      for (let index = 0; index < samples.length; index++)
        pcm.writeInt16LE(Math.round(Math.max(-1, Math.min(1, samples[index] ?? 0)) * 32767), index * 2);
      writeSync(file, pcm, 0, pcm.length, WAV_HEADER_BYTES + bytes);
      bytes += pcm.length;
      header();
    },
    close: () => closeSync(file),
  };
}
