import { closeSync, openSync, writeSync } from 'node:fs';
import { TICKS_PER_SECOND } from '../../base/time.ts';

/**
 * A WAV file being written: 16 bit, stereo, 48 kHz. Its header is valid after each write, in case the program is
 * killed.
 */
export function createWav(path: string): { write(samples: Float32Array): void; close(): void } {
  const file = openSync(path, 'w');
  let bytes = 0;
  const header = (): void => {
    const head = Buffer.alloc(44);
    head.write('RIFF', 0);
    head.writeUInt32LE(36 + bytes, 4);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16);
    head.writeUInt16LE(1, 20);
    head.writeUInt16LE(2, 22);
    head.writeUInt32LE(TICKS_PER_SECOND, 24);
    head.writeUInt32LE(TICKS_PER_SECOND * 4, 28);
    head.writeUInt16LE(4, 32);
    head.writeUInt16LE(16, 34);
    head.write('data', 36);
    head.writeUInt32LE(bytes, 40);
    writeSync(file, head, 0, 44, 0);
  };
  header();
  return {
    write(samples) {
      const pcm = Buffer.allocUnsafe(samples.length * 2);
      for (let index = 0; index < samples.length; index++)
        pcm.writeInt16LE(Math.round(Math.max(-1, Math.min(1, samples[index] ?? 0)) * 32767), index * 2);
      writeSync(file, pcm, 0, pcm.length, 44 + bytes);
      bytes += pcm.length;
      header();
    },
    close: () => closeSync(file),
  };
}
