import { MP3_MODULE, startForeignModule } from './foreign-module.ts';
import type { FrameEncoder } from './frame-encoder.ts';

interface LameModule {
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _init_lame(channels: number, sampleRate: number, bitrate: number): number;
  _encode_samples(
    lame: number,
    left: number,
    right: number,
    count: number,
    out: number,
    size: number,
  ): number;
  _close_lame(lame: number): void;
}

/** Output bytes of one call, by LAME's own rule: 1.25 per sample plus 7,200. */
const OUTPUT_BYTES = 1.25 * 960 + 7200;

/** Starts one instance of the MP3 module. The result opens mono encoders in it. */
export async function loadMp3(): Promise<(bitrate: number) => Promise<FrameEncoder>> {
  const module = await startForeignModule<LameModule>(MP3_MODULE);
  return async (bitrate) => openMp3(module, bitrate);
}

/** A frame may borrow bits from earlier frames, so a listener who joins hears the second or third. */
function openMp3(module: LameModule, bitrate: number): FrameEncoder {
  const lame = module._init_lame(1, 48_000, bitrate);
  if (lame === 0) throw new Error(`the MP3 encoder does not start at ${bitrate} bit/s`);
  const frameBytes = (144 * bitrate) / 48_000;
  const input = module._malloc(960 * 2);
  const output = module._malloc(OUTPUT_BYTES);
  const samples = new Int16Array(960);
  let rest: Uint8Array = new Uint8Array(0);
  return {
    encode({ mono }) {
      for (let i = 0; i < samples.length; i++) {
        samples[i] = Math.max(-32_768, Math.min(32_767, Math.round((mono[i] ?? 0) * 32_768)));
      }
      new Int16Array(module.HEAPU8.buffer, input, 960).set(samples);
      const written = module._encode_samples(lame, input, input, 960, output, OUTPUT_BYTES);
      if (written < 0) throw new Error(`the MP3 encoder failed (${written})`);
      const bytes = Buffer.concat([rest, module.HEAPU8.subarray(output, output + written)]);
      // At 48 kHz and a constant bitrate every frame has the same size.
      const frames: Uint8Array[] = [];
      let at = 0;
      for (; at + frameBytes <= bytes.length; at += frameBytes) {
        if (bytes[at] !== 0xff) throw new Error('the MP3 encoder lost its frame boundary');
        frames.push(bytes.subarray(at, at + frameBytes));
      }
      rest = bytes.subarray(at);
      return frames;
    },
    [Symbol.dispose]() {
      module._close_lame(lame);
      module._free(input);
      module._free(output);
    },
  };
}
