/** One piece of a recording. */
export interface PlaylistPiece {
  readonly url: string;
  /** Where it begins in the recording, seconds. */
  readonly at: number;
  readonly seconds: number;
  /** Bytes of `url` that are this piece, `[offset, length]`. */
  readonly range?: readonly [number, number];
  /** What the decoder needs before it. */
  readonly init: string;
  /** Wall-clock ms of its first sample, where the playlist says. */
  readonly wall?: number;
}

/** A recording as its playlist describes it. */
export interface PlaylistRecording {
  readonly pieces: readonly PlaylistPiece[];
  readonly seconds: number;
  /** False while it still grows. */
  readonly complete: boolean;
  /** How long to wait before looking for more, ms. */
  readonly again: number;
}

/** The most pieces that are read (40 hours). */
const MAX_PIECES = 30_000;

/** The playlist to play out of a multivariant one: the first that `plays`. For a media playlist its own address. */
export function variantOf(
  text: string,
  base: string,
  plays: (codecs: string) => boolean,
): string | undefined {
  if (!text.includes('#EXT-X-STREAM-INF')) return base;
  const lines = text.split(/\r?\n/);
  const variants = lines.flatMap((line, i) => {
    const codecs = /^#EXT-X-STREAM-INF:.*?CODECS="([^"]*)"/.exec(line)?.[1];
    const uri = lines[i + 1];
    return codecs !== undefined && uri
      ? [{ codecs: codecs.toLowerCase(), url: new URL(uri, base).href }]
      : [];
  });
  return (
    variants.find(({ codecs }) => codecs.includes('opus') && plays(codecs))?.url ??
    variants.find(({ codecs }) => plays(codecs))?.url
  );
}

/** Reads a media playlist. Pieces marked as gaps take up time but are left out. Spec: RFC 8216, 4.3. */
export function readPlaylist(text: string, base: string): PlaylistRecording {
  const pieces: PlaylistPiece[] = [];
  let init = '';
  let seconds = 0;
  let at = 0;
  let wall: number | undefined;
  let range: readonly [number, number] | undefined;
  let reached = 0;
  let target = 5;
  let gap = false;
  for (const line of text.split(/\r?\n/)) {
    const value = line.slice(line.indexOf(':') + 1);
    if (line.startsWith('#EXTINF:')) seconds = Number.parseFloat(value);
    else if (line.startsWith('#EXT-X-TARGETDURATION:')) target = Number.parseFloat(value);
    else if (line.startsWith('#EXT-X-MAP:')) init = new URL(/URI="([^"]*)"/.exec(line)?.[1] ?? '', base).href;
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) wall = Date.parse(value);
    else if (line.startsWith('#EXT-X-GAP')) gap = true;
    else if (line.startsWith('#EXT-X-BYTERANGE:')) {
      const [length = '0', from] = value.split('@');
      range = [from === undefined ? reached : Number(from), Number(length)];
      reached = range[0] + range[1];
    } else if (line !== '' && !line.startsWith('#')) {
      if (!gap && pieces.length < MAX_PIECES) {
        pieces.push({
          url: new URL(line, base).href,
          at,
          seconds,
          init,
          ...(range ? { range } : {}),
          ...(wall === undefined ? {} : { wall }),
        });
      }
      if (wall !== undefined) wall += seconds * 1000;
      at += seconds;
      range = undefined;
      gap = false;
    }
  }
  return { pieces, seconds: at, complete: text.includes('#EXT-X-ENDLIST'), again: target * 1000 };
}

/** The piece that plays at `at` seconds, or the next one after a hole; -1 when there is none. */
export function pieceAt(pieces: readonly PlaylistPiece[], at: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece && piece.at + piece.seconds <= at + 0.001) low = middle + 1;
    else high = middle;
  }
  return low < pieces.length ? low : -1;
}

/**
 * The place of wall-clock time `wall` (ms) in the recording: the end of a hole for a time in it, 0 before the start.
 */
export function placeAt({ pieces, seconds }: PlaylistRecording, wall: number): number {
  for (const piece of pieces) {
    if (piece.wall === undefined || piece.wall + piece.seconds * 1000 <= wall) continue;
    return piece.at + Math.max(0, wall - piece.wall) / 1000;
  }
  return pieces.some((piece) => piece.wall !== undefined) ? seconds : 0;
}

/** The wall-clock time (ms) of what plays at `at` seconds; undefined if the playlist does not say. */
export function wallAt({ pieces }: PlaylistRecording, at: number): number | undefined {
  const piece = pieces[pieceAt(pieces, at)];
  return piece?.wall === undefined ? undefined : piece.wall + (at - piece.at) * 1000;
}
