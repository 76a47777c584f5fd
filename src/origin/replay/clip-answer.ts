import { matches } from '../../base/negotiation.ts';
import { problem, type Reply } from '../../base/reply.ts';
import type { RoomCard } from '../../wire/room.ts';
import { OPEN_TO_ALL, type RequestHeaders } from '../packed.ts';
import type { RecordingPort } from '../recording.ts';
import { clipOf } from './clip-file.ts';
import { disposition } from './download.ts';
import { readRange } from './range.ts';
import { notNow } from './replay.ts';
import { type Asker, isNotNow, type ReplayDesk } from './replay-desk.ts';

/** Mended titles are in it. */
const KEPT = 'public, max-age=60';

/** Opens what answers `/r/:slug/clip/:id.m4a`. */
export function openClipAnswers(port: RecordingPort, desk: ReplayDesk) {
  return async (
    card: RoomCard,
    over: boolean,
    id: string,
    headers: RequestHeaders,
    asker: Asker,
  ): Promise<Reply> => {
    const { slug, title, hosts } = card;
    const clip = clipOf(await port.edits?.(slug), id);
    if (!clip) return problem('not-found', 'There is no such clip in this room.', OPEN_TO_ALL);
    const made = await desk.clip({ what: 'clip', slug, over, id, tags: { room: title, hosts } }, asker);
    if (isNotNow(made)) return notNow(made);
    if (!made)
      return over
        ? problem('recording-removed', 'What this clip was of is no longer in the recording.', OPEN_TO_ALL)
        : problem('room-not-open', 'The last seconds of this clip are being recorded.', {
            ...OPEN_TO_ALL,
            'retry-after': '3',
          });
    const { bytes, etag } = made;
    const common = {
      ...OPEN_TO_ALL,
      ...{ 'content-type': 'audio/mp4', 'accept-ranges': 'bytes', etag, 'cache-control': KEPT },
      'content-disposition': disposition(`${slug}-${id}`, clip.title),
    };
    if (matches(headers['if-none-match'], etag)) return { status: 304, headers: common, body: '' };
    const asked = headers['if-range'];
    const range = asked === undefined || asked === etag ? readRange(headers.range, bytes.length) : undefined;
    if (range === 'unsatisfiable')
      return { status: 416, headers: { ...common, 'content-range': `bytes */${bytes.length}` }, body: '' };
    const [from, to] = range ?? [0, bytes.length];
    const body = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
    if (!range) return { status: 200, headers: common, body };
    const where = { 'content-range': `bytes ${from}-${to - 1}/${bytes.length}` };
    return { status: 206, headers: { ...common, ...where }, body };
  };
}
