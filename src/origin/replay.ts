import { problem, type Reply } from '../base/reply.ts';
import { type EpochMs, FRAGMENT_MS } from '../base/time.ts';
import { LEAST_LISTED, programDate, TARGET_SECONDS } from './live-playlist.ts';
import { hlsRenditions, multivariant, multivariantOf } from './multivariant.ts';
import { LIVE_LIST, OPEN_TO_ALL, Packed, type RequestHeaders, sound } from './packed.ts';
import { type Piece, type Recording, type RecordingPort, replayPieces } from './recording.ts';

const PLAYLIST = 'application/vnd.apple.mpegurl';
const MEDIA = /^(\d{1,10})-(\d{1,2})\.m4s$/;

/** The replay's media playlist: growing while the room runs, complete afterwards. Spec: RFC 8216, 4.3. */
export function replayPlaylist(recording: Recording, rendition: string, over: boolean): string {
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
  if (over) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** The replay as HLS: answers `file`, the path below `/r/:slug/replay/`. */
export interface Replay {
  answer(
    slug: string,
    recording: Recording,
    over: boolean,
    file: string,
    headers: RequestHeaders,
  ): Promise<Reply>;
}

/** Opens the replay side of the origin. */
export function openReplay(port: RecordingPort): Replay {
  // One look at the disk is shared for a second, and so are its playlists: two hours are 70 kB to write and compress.
  const made = new WeakMap<Recording, Map<string, Packed>>();
  const once = (recording: Recording, name: string, make: () => string): Packed => {
    const known = made.get(recording) ?? new Map<string, Packed>();
    made.set(recording, known);
    const packed = known.get(name) ?? new Packed(make());
    known.set(name, packed);
    return packed;
  };

  return {
    async answer(slug, recording, over, file, headers) {
      const list = { 'content-type': PLAYLIST, 'cache-control': LIVE_LIST };
      const all = multivariantOf(file);
      if (all && !all.slow) {
        const kept = recording.renditions.filter(
          ({ id }) => replayPieces(recording, id).length >= (over ? 1 : LEAST_LISTED),
        );
        if (kept.length === 0) return nothingYet(over);
        // A room recorded in one codec only has one list, whatever it is called.
        const asked = hlsRenditions(kept, all.codec);
        const listed = asked.length > 0 ? asked : hlsRenditions(kept, all.codec === 'aac' ? 'opus' : 'aac');
        return once(recording, file, () => multivariant(listed)).reply(headers, list);
      }
      const [name = '', below, ...more] = file.split('/');
      const rendition = below === undefined ? name.replace(/\.m3u8$/, '') : name;
      if (!recording.pieces.has(rendition) || more.length > 0) return missing();
      if (below === undefined) {
        if (!name.endsWith('.m3u8')) return missing();
        if (replayPieces(recording, rendition).length === 0) return nothingYet(over);
        return once(recording, `${file} ${over}`, () => replayPlaylist(recording, rendition, over)).reply(
          headers,
          list,
        );
      }
      if (below === 'init.mp4') return bytesOr(await port.init(slug, rendition));
      const piece = asPiece(below);
      return piece ? bytesOr(await port.read(slug, rendition, piece)) : missing();
    },
  };
}

function asPiece(name: string): Piece | undefined {
  const match = MEDIA.exec(name);
  return match ? { first: Number(match[1]), count: Number(match[2]) } : undefined;
}

const missing = (): Reply => problem('not-found', undefined, OPEN_TO_ALL);
const bytesOr = (bytes: Buffer | undefined): Reply => (bytes ? sound(bytes) : missing());
const nothingYet = (over: boolean): Reply =>
  over
    ? missing()
    : problem('room-not-open', 'The first seconds are being recorded.', {
        ...OPEN_TO_ALL,
        'retry-after': '6',
      });
