import { expect, test } from 'vitest';
import { tagOf, withTag } from '../../src/wire/segment-tag.ts';
import type { MediaBuffer } from './buffer.ts';
import { openFeeder } from './feeder.ts';
import type { PlaylistPiece } from './playlist.ts';
import type { RecordingSource } from './recording-source.ts';

const PIECE_S = 5.12;
/** Pieces of a recording that begins in the middle of a segment. */
const pieces: PlaylistPiece[] = Array.from({ length: 12 }, (_, n) => ({
  ...{ url: `${n}`, init: 'init', at: n * PIECE_S, seconds: PIECE_S },
}));
const tag = (segment: number): Uint8Array => new Uint8Array(16).fill(segment);
/** The head of a fragment, as far as it is read: `moof` with `mfhd`. */
function fragment(seq: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  for (const [n, word] of [64, 0x6d6f6f66, 16, 0x6d666864, 0, seq].entries()) view.setUint32(4 * n, word);
  return bytes;
}
/** The first piece begins in the middle of segment 9, the next one is segment 10. */
const sound = ({ url }: PlaylistPiece): Uint8Array<ArrayBuffer> => {
  const segment = 9 + Number(url);
  return url === '0' ? fragment(segment * 16 + 5) : withTag(tag(segment), fragment(segment * 16));
};

test('a segment of a recording is told when it is played, not when it is fetched; a piece within a segment is not told', async () => {
  const audio = { currentTime: 0, buffered: { length: 0 } } as unknown as HTMLAudioElement;
  const source = {
    recording: { pieces, seconds: 12 * PIECE_S, complete: true, again: 0 },
    init: async () => new Uint8Array(0),
    sound: async (piece: PlaylistPiece) => sound(piece),
  } as unknown as RecordingSource;
  const told: { number: number; tag: Uint8Array | undefined }[] = [];
  const feeder = openFeeder(audio, source, new AbortController().signal, (number, first) =>
    told.push({ number, tag: tagOf(first)?.slice() }),
  );
  feeder.use({ append() {}, finish() {} } as unknown as MediaBuffer);
  await feeder.feed();
  feeder.passed();
  expect(told).toEqual([]);
  audio.currentTime = 2.5 * PIECE_S;
  feeder.passed();
  feeder.passed();
  expect(told).toEqual([
    { number: 10, tag: tag(10) },
    { number: 11, tag: tag(11) },
  ]);
});
