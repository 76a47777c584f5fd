/** Sound files: what a host uploads, and what `earshot say` plays. */
import { EarshotError } from '../../src/base/errors.ts';
import { isOggOpus, readOgg, surroundChannels } from '../../src/media/ogg-packets.ts';
import { packetTicks } from '../../src/media/opus-packet.ts';
import { readMusic } from '../../src/mixer/music-file.ts';
import { isWav, readWav } from '../../src/stage/bot/wav.ts';
import { oggFile, wavFile } from '../sound-file.ts';
import { target } from './engine/target.ts';

const samples = Float32Array.from({ length: 240 }, (_, i) => Math.sin(i / 9) * 0.5);
const WAVS = [wavFile(samples, 1, 'short', 8_000), wavFile(samples, 2, 'float', 8_000), wavFile(samples, 2)];
/** SILK of 60 ms without content: seconds of sound in few bytes. */
const QUIET = Array.from({ length: 100 }, () => Buffer.from([0x18]));

export default target({
  covers: [
    'src/media/ogg-packets.ts',
    'src/mixer/music-file.ts',
    'src/stage/bot/wav.ts',
    'src/base/resample.ts',
    'src/base/polarity.ts',
  ],
  async run(bytes) {
    if (isWav(bytes)) readWav(bytes);
    if (isOggOpus(bytes)) {
      surroundChannels(bytes);
      for (const packet of readOgg(bytes)) packetTicks(packet);
      // Decoding takes a hundred times as long as reading.
      if ((bytes.at(-1) ?? 0) % 64 !== 0) return;
    }
    await readMusic(bytes);
  },
  allowed: (error) => error instanceof EarshotError && error.code !== 'internal',
  seeds: [
    ...WAVS,
    oggFile([Buffer.from([0x78, 1, 2, 3]), Buffer.from([0xfc, 1, 2]), Buffer.alloc(600, 0x78)]),
    oggFile(QUIET),
  ],
  words: ['RIFF', 'RF64', 'WAVE', 'fmt ', 'data', 'OggS', 'OpusHead', 'OpusTags', 'ds64', 'LIST'],
  mostBytes: 8_192,
  patienceMs: 1_500,
});
