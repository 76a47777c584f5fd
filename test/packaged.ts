/** Runs sound through the packager's encoders in this thread and takes the results apart. */
import { createDecoder } from 'libopus-wasm';
import type { Fragment, Rendition } from '../src/base/media.ts';
import { findBox, fragmentFrames } from '../src/media/boxes.ts';
import { openEncoding } from '../src/packager/encoding.ts';
import type { Codecs } from '../src/packager/frame-encoder.ts';

/** Codes mono (or, with `right`, stereo) sound from slot `firstSeq` on; an incomplete last slot is left out. */
export async function packageSound(
  codecs: Codecs,
  renditions: readonly Rendition[],
  left: Float32Array,
  { firstSeq = 0, right = left }: { firstSeq?: number; right?: Float32Array } = {},
): Promise<Map<string, Fragment[]>> {
  const out = new Map<string, Fragment[]>(renditions.map(({ id }) => [id, []]));
  using encoding = await openEncoding(codecs, renditions, firstSeq, {
    fragment: (fragment) => void out.get(fragment.rendition)?.push(fragment),
    failed: (rendition, error) => {
      throw new Error(`${rendition.id} failed`, { cause: error });
    },
  });
  for (let at = 0; at + 960 <= left.length; at += 960) encoding.push(...block(left, right, at));
  return out;
}

function block(left: Float32Array, right: Float32Array, at: number): [Float32Array, boolean] {
  const samples = new Float32Array(1920);
  let wide = false;
  for (let i = 0; i < 960; i++) {
    samples[2 * i] = left[at + i] ?? 0;
    samples[2 * i + 1] = right[at + i] ?? 0;
    wide ||= left[at + i] !== right[at + i];
  }
  return [samples, wide];
}

/** The coded frames of an fMP4 fragment; every byte of `mdat` must belong to one. */
export function framesOf(bytes: Uint8Array): Uint8Array[] {
  const frames = fragmentFrames(bytes);
  const mdat = findBox(bytes, ['mdat'])!;
  const sum = frames.reduce((total, { length }) => total + length, 0);
  if (sum !== mdat.end - mdat.body) throw new Error('the sizes in trun do not add up to mdat');
  return frames;
}

/** Decodes Opus packets one after the other with two channels; returns left and right. */
export async function decodeOpus(
  packets: readonly Uint8Array[],
): Promise<{ left: Float32Array; right: Float32Array }> {
  using decoder = await createDecoder({ channels: 2 });
  const left = new Float32Array(packets.length * 960);
  const right = new Float32Array(packets.length * 960);
  packets.forEach((packet, index) => {
    const pcm = decoder.decodeFloat(packet);
    if (pcm.length !== 1920) throw new Error(`a packet of ${pcm.length / 2} samples`);
    for (let i = 0; i < 960; i++) {
      left[index * 960 + i] = pcm[2 * i]!;
      right[index * 960 + i] = pcm[2 * i + 1]!;
    }
  });
  return { left, right };
}
