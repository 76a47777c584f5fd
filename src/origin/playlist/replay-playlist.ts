import { type EpochMs, FRAGMENT_MS } from '../../base/time.ts';
import type { Recording } from '../../wire/recording.ts';
import { replayPieces } from '../recording.ts';
import { programDate, TARGET_SECONDS } from './live-playlist.ts';

/**
 * The replay's media playlist: growing while the room runs, complete afterwards; undefined while it is empty. Spec:
 * RFC 8216, 4.3.
 */
export function replayPlaylist(recording: Recording, rendition: string, over: boolean): string | undefined {
  const codec = recording.renditions.find(({ id }) => id === rendition)?.codec ?? 'aac';
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${TARGET_SECONDS}`,
    `#EXT-X-PLAYLIST-TYPE:${over ? 'VOD' : 'EVENT'}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    // A growing list is begun near its end unless it says otherwise; who asks for the replay wants its beginning.
    ...(over ? [] : ['#EXT-X-START:TIME-OFFSET=0,PRECISE=YES']),
    `#EXT-X-MAP:URI="${rendition}/init.mp4"`,
  ];
  let next: number | undefined;
  for (const { first, count } of replayPieces(recording, rendition)) {
    // A hole in the recording is a jump of its timestamps: the player goes on without a pause.
    if (next !== undefined && first !== next) lines.push('#EXT-X-DISCONTINUITY');
    if (first !== next)
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${programDate(recording.zero as EpochMs, first, codec)}`);
    lines.push(`#EXTINF:${((count * FRAGMENT_MS) / 1000).toFixed(3)},`, `${rendition}/${first}-${count}.m4s`);
    next = first + count;
  }
  if (next === undefined) return undefined;
  if (over) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
