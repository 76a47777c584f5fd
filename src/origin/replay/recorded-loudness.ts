import { createDecoder } from 'libopus-wasm';
import { fragmentFrames, wholeFragments } from '../../media/boxes.ts';
import { LoudnessMeter } from '../../media/loudness-meter.ts';
import type { Recording, RecordingLoudness } from '../../wire/recording.ts';
import { type RecordingPort, replayPieces } from '../recording.ts';

/**
 * Decodes recorded Opus and measures it: an hour is some 25 s of work. Undefined when none is recorded.
 * @throws when aborted.
 */
export async function recordedLoudness(
  port: RecordingPort,
  slug: string,
  recording: Recording,
  signal: AbortSignal,
): Promise<RecordingLoudness | undefined> {
  const opus = recording.renditions.find((r) => r.codec === 'opus' && r.container === 'fmp4');
  if (!opus || !recording.pieces.get(opus.id)?.length) return undefined;
  const decoder = await createDecoder({ channels: 2 });
  const meter = new LoudnessMeter();
  try {
    for (const piece of replayPieces(recording, opus.id)) {
      signal.throwIfAborted();
      const bytes = await port.read(slug, opus.id, piece);
      for (const place of bytes ? wholeFragments(bytes) : [])
        for (const frame of fragmentFrames(bytes?.subarray(place.start, place.end) ?? new Uint8Array(0)))
          meter.push(decoder.decodeFloat(frame));
    }
  } finally {
    decoder.free();
  }
  return meter.figure;
}
