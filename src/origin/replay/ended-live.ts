/**
 * The live addresses of a room that is over: a player that comes back late finds the end of its list, and goes on
 * there.
 */
import { problem, type Reply } from '../../base/reply.ts';
import { FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import { OPEN_TO_ALL, type RequestHeaders, sound } from '../packed.ts';
import { multivariantOf } from '../playlist/multivariant.ts';
import type { RecordingPort } from '../recording.ts';
import { listReply, notNow, PLAYLIST } from './replay.ts';
import { type Asker, isNotNow, type ReplayDesk } from './replay-desk.ts';
import type { ReplayFacts } from './replay-maker.ts';

const LIST = /^(\w[\w-]*?)(?:\.(?:slow|ring))?\.m3u8$/;
const MEDIA = /^(\w[\w-]*)\/(?:(\d{1,10})\.m4s|init\.mp4)$/;
const KEPT = 'public, max-age=60';

/**
 * What is recorded of a rendition or, where that is not, of another one of its codec: their decoder configuration is
 * the same.
 */
function recordedAs(facts: ReplayFacts, asked: string): string | undefined {
  const codec = RENDITIONS.find(({ id }) => id === asked)?.codec;
  const kept = facts.renditions.filter((r) => r.container === 'fmp4' && r.codec === codec);
  return (kept.find(({ id }) => id === asked) ?? kept[0])?.id;
}

/**
 * Answers the path `file` below `/r/:slug/live/` from the recording of a room that is over; undefined when the
 * recording has nothing there.
 */
export function openEndedLive(port: RecordingPort, desk: ReplayDesk) {
  return async (
    slug: string,
    facts: ReplayFacts,
    file: string,
    headers: RequestHeaders,
    asker: Asker,
  ): Promise<Reply | undefined> => {
    const all = multivariantOf(file);
    if (all) {
      const location = `/r/${slug}/replay/${all.codec === 'opus' ? 'opus' : 'main'}.m3u8`;
      return { status: 302, headers: { ...OPEN_TO_ALL, location, 'cache-control': KEPT }, body: '' };
    }
    const asked = LIST.exec(file)?.[1];
    const media = MEDIA.exec(file);
    const rendition = recordedAs(facts, asked ?? media?.[1] ?? '');
    if (rendition === undefined) return undefined;
    if (asked !== undefined) {
      const made = await desk.ended(slug, rendition, asker);
      if (isNotNow(made)) return notNow(made);
      return made && listReply(made, headers, { 'content-type': PLAYLIST, 'cache-control': KEPT });
    }
    const segment = media?.[2];
    const bytes =
      segment === undefined
        ? await port.init(slug, rendition)
        : await port.read(slug, rendition, {
            first: Number(segment) * FRAGMENTS_PER_SEGMENT,
            count: FRAGMENTS_PER_SEGMENT,
          });
    return bytes ? sound(bytes) : problem('not-found', undefined, OPEN_TO_ALL);
  };
}
