import type { Clock } from '../../base/clock.ts';
import type { Reply } from '../../base/reply.ts';
import { EACH_SECOND, type RequestHeaders, sound } from '../packed.ts';
import { multivariantOf } from '../playlist/multivariant.ts';
import type { RecordingPort } from '../recording.ts';
import { LiveLists, PLAYLIST } from './live-lists.ts';
import { liveMedia, missing } from './live-media.ts';
import type { OriginProgram } from './program.ts';

/** The Low-Latency HLS of one running program. */
export interface Live {
  /** Answers `file`, the path below `/r/:slug/live/`. */
  answer(
    slug: string,
    program: OriginProgram,
    file: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
  ): Promise<Reply>;
}

/**
 * Opens the HLS side of the origin. `archive` gives segments that have left the window; `caches` are base addresses;
 * `wanted` is told which rendition somebody fetches; `queues` says whether newcomers of a room get no live place.
 */
export function openLive(
  clock: Clock,
  archive: RecordingPort,
  caches: readonly string[] = [],
  wanted: (slug: string, program: OriginProgram, rendition: string) => void = () => undefined,
  queues: (slug: string) => boolean = () => false,
): Live {
  const lists = new LiveLists(clock, caches, queues);
  return {
    async answer(slug, program, file, query, headers, signal) {
      const all = multivariantOf(file);
      if (all)
        return lists.main(slug, program, file, all).reply(headers, {
          'content-type': PLAYLIST,
          // Where newcomers are sent changes from one second to the next.
          'cache-control': all.slow
            ? 'public, max-age=10, stale-while-revalidate=60, stale-if-error=600'
            : EACH_SECOND,
        });
      const [name = '', below, ...more] = file.split('/');
      const window = program.windows.get(
        below === undefined ? name.replace(/(?:\.(?:slow|ring))?\.m3u8$/, '') : name,
      );
      if (window?.rendition.container !== 'fmp4' || more.length > 0) return missing();
      // A list of what is of another time would send its reader there.
      if (program.resting) wanted(slug, program, window.rendition.id);
      if (below === undefined && /\.(?:slow|ring)\.m3u8$/.test(name))
        return lists.whole(program, window, headers, signal, name.endsWith('.ring.m3u8'));
      if (below === undefined)
        return name.endsWith('.m3u8') ? lists.parts(program, window, query, headers, signal) : missing();
      wanted(slug, program, window.rendition.id);
      if (below === 'init.mp4') return window.init ? sound(Buffer.from(window.init)) : missing();
      return liveMedia(clock, archive, slug, program, window, below, signal);
    },
  };
}
