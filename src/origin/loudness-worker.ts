/** Decodes recorded Opus and measures it, in a thread of its own: an hour is some 25 s of work. */
import { parentPort } from 'node:worker_threads';
import { createDecoder, type OpusDecoderHandle } from 'libopus-wasm';
import { fragmentFrames, wholeFragments } from '../wire/boxes.ts';
import { LoudnessMeter } from './loudness-meter.ts';

/** `take` the next piece of a recording, `ask` for its figure so far, `forget` it. */
export interface Measure {
  readonly id: number;
  readonly recording: string;
  readonly what: 'take' | 'ask' | 'forget';
  readonly bytes?: Uint8Array;
}

/** What was measured. */
export interface Measured {
  readonly id: number;
  /** LUFS as played on two loudspeakers; undefined for silence. */
  readonly lufs: number | undefined;
  /** Largest sample in dBFS. */
  readonly peak: number;
}

const open = new Map<string, { decoder: OpusDecoderHandle; meter: LoudnessMeter }>();

async function answer({ id, recording, what, bytes }: Measure): Promise<Measured> {
  const found = open.get(recording) ?? {
    decoder: await createDecoder({ channels: 2 }),
    meter: new LoudnessMeter(),
  };
  open.set(recording, found);
  if (what === 'forget') {
    found.decoder.free();
    open.delete(recording);
  }
  for (const place of bytes ? wholeFragments(bytes) : [])
    for (const frame of fragmentFrames(bytes?.subarray(place.start, place.end) ?? new Uint8Array(0)))
      found.meter.push(found.decoder.decodeFloat(frame));
  return {
    id,
    lufs: what === 'ask' ? found.meter.integrated() : undefined,
    peak: 20 * Math.log10(found.meter.peak + 1e-9),
  };
}

let tail = Promise.resolve();
parentPort?.on('message', (message: Measure) => {
  tail = tail
    .then(async () => parentPort?.postMessage(await answer(message)))
    .catch(() => parentPort?.postMessage({ id: message.id, lufs: undefined, peak: 0 } satisfies Measured));
});
