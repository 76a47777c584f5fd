import type { Rendition } from '../../base/media.ts';
import { type EpochMs, FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import type { Piece, Recording } from '../../wire/recording.ts';
import { replayStart } from '../recording.ts';
import { programDate, TARGET_SECONDS } from './live-playlist.ts';

/** Segments listed after the end, so that somebody who paused for ten minutes still finds the next one. */
const LISTED_AFTER_END = 128;

const segmentOf = ({ first }: Piece): number => Math.floor(first / FRAGMENTS_PER_SEGMENT);

/** The newest pieces of the replay, one for each segment: where the recording broke off within one, the longest. */
function lastPieces(recording: Recording, rendition: string): Piece[] {
  const pieces = recording.pieces.get(rendition);
  const start = replayStart(recording);
  const found: Piece[] = [];
  for (let i = (pieces?.length ?? 0) - 1; i >= 0; i--) {
    const piece = pieces?.at(i);
    if (!piece || piece.first + piece.count <= start) break;
    const later = found.at(-1);
    if (!later || segmentOf(later) !== segmentOf(piece)) {
      if (found.length === LISTED_AFTER_END) break;
      found.push(piece);
    } else if (piece.count > later.count) found[found.length - 1] = piece;
  }
  return found.reverse();
}

/**
 * The end of a live media playlist, with the numbers that its players know, so that people who come back after the
 * end hear the rest. Undefined when nothing is recorded. Spec: RFC 8216, 4.3 and 6.2.1.
 */
export function endedPlaylist(recording: Recording, { id, codec }: Rendition): string | undefined {
  const pieces = lastPieces(recording, id);
  const [oldest] = pieces;
  if (!oldest) return undefined;
  let next = segmentOf(oldest);
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:8',
    `#EXT-X-TARGETDURATION:${TARGET_SECONDS}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MEDIA-SEQUENCE:${next}`,
    `#EXT-X-MAP:URI="${id}/init.mp4"`,
  ];
  const add = (fragments: number, uri: string): void => {
    lines.push(`#EXTINF:${((fragments * FRAGMENT_MS) / 1000).toFixed(3)},`, uri);
    next += 1;
  };
  for (const piece of pieces) {
    const segment = segmentOf(piece);
    // Numbers count on over what was not recorded.
    while (next < segment) {
      lines.push('#EXT-X-GAP');
      add(FRAGMENTS_PER_SEGMENT, `${id}/${next}.m4s`);
    }
    const whole = piece.count === FRAGMENTS_PER_SEGMENT;
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${programDate(recording.zero as EpochMs, piece.first, codec)}`);
    add(piece.count, whole ? `${id}/${segment}.m4s` : `../replay/${id}/${piece.first}-${piece.count}.m4s`);
  }
  lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
