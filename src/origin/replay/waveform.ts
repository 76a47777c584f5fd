/**
 * How loud a replay is over time, without decoding it: each AAC frame says its level itself, in `global_gain`, the
 * exponent under all of its values. Spec: ISO/IEC 14496-3, 4.4.2.1.
 */
import { bits, channelElement } from '../../media/aac-frame.ts';
import { fragmentFrames, wholeFragments } from '../../media/boxes.ts';
import type { Waveform } from '../../wire/replay/outline.ts';
import { type Recording, type RecordingPort, replayPieces } from '../recording.ts';

/** Most stretches; a phone's screen has fewer pixels. */
const MOST_LEVELS = 480;
/** Id 3 bits and tag 4 come before it in the channel element. */
const GAIN_OFFSET = 7;
/** Steps of 1.5 dB between the loudest and what is drawn as silence. */
const RANGE = 34;

/** The gain of one frame; 0 for a frame of a form that Earshot does not write. */
export function frameLevel(frame: Uint8Array): number {
  const element = channelElement(frame);
  return element === undefined ? 0 : bits(frame, element + GAIN_OFFSET, 8);
}

/** Gains as levels between 0 and 100, the loudest at 100. */
export function levelsOf(gains: readonly number[]): number[] {
  const top = gains.reduce((a, b) => Math.max(a, b), 0);
  return gains.map((gain) => Math.max(0, Math.round(100 * (1 - (top - gain) / RANGE))));
}

/** Reads the whole recording once: 43 MB an hour. Undefined where there is no AAC. @throws when aborted. */
export async function waveformOf(
  port: RecordingPort,
  slug: string,
  recording: Recording,
  signal: AbortSignal,
): Promise<Waveform | undefined> {
  const aac = recording.renditions.find((r) => r.codec === 'aac' && r.container === 'fmp4')?.id;
  if (aac === undefined) return undefined;
  const pieces = [...replayPieces(recording, aac)];
  const fragments = pieces.reduce((sum, { count }) => sum + count, 0);
  if (fragments === 0) return undefined;
  const stretches = Math.min(MOST_LEVELS, fragments);
  const gains = Array.from({ length: stretches }, () => 0);
  let past = 0;
  for (const piece of pieces) {
    signal.throwIfAborted();
    const bytes = (await port.read(slug, aac, piece)) ?? Buffer.alloc(0);
    for (const { seq, start, end } of wholeFragments(bytes)) {
      const stretch = Math.floor(((past + seq - piece.first) * stretches) / fragments);
      for (const frame of fragmentFrames(bytes.subarray(start, end)))
        gains[stretch] = Math.max(gains[stretch] ?? 0, frameLevel(frame));
    }
    past += piece.count;
  }
  return { v: 1, seconds: (fragments * 320) / 1000, levels: levelsOf(gains) };
}
