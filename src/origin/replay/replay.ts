import { createGunzip } from 'node:zlib';
import { codedTag, matches, takes } from '../../base/negotiation.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { LIVE_LIST, OPEN_TO_ALL, Packed, type RequestHeaders, sound } from '../packed.ts';
import { LEAST_LISTED } from '../playlist/live-playlist.ts';
import { hlsRenditions, multivariant, multivariantOf } from '../playlist/multivariant.ts';
import type { Piece, RecordingPort } from '../recording.ts';
import { type Asker, isNotNow, type NotNow, type ReplayDesk } from './replay-desk.ts';
import type { ReplayFacts, ReplayList } from './replay-maker.ts';

/** The media type of playlists. Spec: RFC 8216, 4. */
export const PLAYLIST = 'application/vnd.apple.mpegurl';
const MEDIA = /^(\d{1,10})-(\d{1,2})\.m4s$/;

/** The replay as HLS: answers `file`, the path below `/r/:slug/replay/`. */
export interface ReplayAnswers {
  answer(
    slug: string,
    facts: ReplayFacts,
    over: boolean,
    file: string,
    headers: RequestHeaders,
    asker: Asker,
  ): Promise<Reply>;
}

/** Opens the replay side of the origin. */
export function openReplayAnswers(port: RecordingPort, desk: ReplayDesk): ReplayAnswers {
  return {
    async answer(slug, facts, over, file, headers, asker) {
      const list = { 'content-type': PLAYLIST, 'cache-control': LIVE_LIST };
      const all = multivariantOf(file);
      if (all && !all.slow) {
        const least = over ? 1 : LEAST_LISTED;
        const kept = facts.renditions.filter(({ id }) => (facts.pieces[id] ?? 0) >= least);
        if (kept.length === 0) return nothingYet(over);
        // A room recorded in one codec only has one list, whatever it is called.
        const asked = hlsRenditions(kept, all.codec);
        const listed = asked.length > 0 ? asked : hlsRenditions(kept, all.codec === 'aac' ? 'opus' : 'aac');
        return new Packed(multivariant(listed)).reply(headers, list);
      }
      const [name = '', below, ...more] = file.split('/');
      const rendition = below === undefined ? name.replace(/\.m3u8$/, '') : name;
      const known = facts.renditions.some(({ id }) => id === rendition);
      if (more.length > 0 || (below === undefined && !name.endsWith('.m3u8'))) return missing();
      if (below === undefined) {
        if (facts.renditions.length === 0) return nothingYet(over);
        if (!known) return missing();
        const made = await desk.list(slug, over, rendition, asker);
        if (isNotNow(made)) return notNow(made);
        return made ? listReply(made, headers, list) : nothingYet(over);
      }
      if (!known) return missing();
      if (below === 'init.mp4') return bytesOr(await port.init(slug, rendition));
      const piece = asPiece(below);
      return piece ? bytesOr(await port.read(slug, rendition, piece)) : missing();
    },
  };
}

/** A list in the coding that the client takes. */
export function listReply(list: ReplayList, request: RequestHeaders, kind: Record<string, string>): Reply {
  const coding = takes(request['accept-encoding'], 'gzip') ? 'gzip' : undefined;
  const etag = codedTag(list.etag, coding);
  const common = { ...OPEN_TO_ALL, ...kind, etag, vary: 'accept-encoding' };
  if (matches(request['if-none-match'], etag)) return { status: 304, headers: common, body: '' };
  if (coding) return { status: 200, headers: { ...common, 'content-encoding': coding }, body: list.gzip };
  if (list.plain) return { status: 200, headers: common, body: list.plain };
  const unpacked = createGunzip();
  unpacked.end(list.gzip);
  return { status: 200, headers: { ...common, 'content-length': String(list.length) }, body: unpacked };
}

function asPiece(name: string): Piece | undefined {
  const match = MEDIA.exec(name);
  return match ? { first: Number(match[1]), count: Number(match[2]) } : undefined;
}

/** The answer to what cannot be had at this moment. */
export const notNow = (why: NotNow): Reply =>
  why === 'busy'
    ? problem('crowded', undefined, { ...OPEN_TO_ALL, 'retry-after': '10' })
    : problem('recording-unreadable', undefined, { ...OPEN_TO_ALL, 'retry-after': '10' });

const missing = (): Reply => problem('not-found', undefined, OPEN_TO_ALL);
const bytesOr = (bytes: Buffer | undefined): Reply => (bytes ? sound(bytes) : missing());
const nothingYet = (over: boolean): Reply =>
  over
    ? missing()
    : problem('room-not-open', 'The first seconds are being recorded.', {
        ...OPEN_TO_ALL,
        'retry-after': '6',
      });
