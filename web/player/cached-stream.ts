import { roomAt } from '../kit/room-name.ts';
import { BoxReader } from './boxes.ts';
import type { Sink, Stream } from './stream.ts';

/** Dependencies of the delayed program. */
export interface CachedStreamOptions {
  readonly slug: string;
  /** Origins of the caches; each listener begins with a random one. */
  readonly caches: readonly string[];
  readonly codec: 'opus' | 'aac';
  /** How far behind the live edge to play, ms. */
  readonly delay: number;
  /** The last fragment that was handed over; playing continues after it. */
  after(): number | undefined;
  /** The stream to take when no cache answers: the door's own. */
  fallback(sink: Sink): Stream;
}

/** Segments are 5.12 s long and hold 16 fragments; each takes one request. */
export const SEGMENT_MS = 5_120;
const FRAGMENTS = 16;
const RENDITION = { opus: 'opus64', aac: 'aac96' } as const;
/**
 * A cache that takes longer than this for a segment of 40 kB hangs; this is less than what is still buffered by then.
 */
const PATIENCE_MS = 2_500;
/**
 * The range, within a segment's period, in which a listener asks for the next one; random, so that requests spread out.
 */
const PHASE = [0.1, 0.35] as const;
/** A cache that has nothing new yet is asked again after this. */
const NOT_YET_MS = 1_000;
/** After this many failures in a row, over all caches, the door's own stream is used. */
const MAX_FAILURES = 6;
const FIRST_RETRY_MS = 300;

/** What a playlist lists: its oldest and newest segment, and whether the program is over. */
export interface SegmentList {
  readonly first: number;
  readonly last: number;
  readonly over: boolean;
}

/** Reads which segments a playlist lists; undefined when it lists none. Spec: RFC 8216, 4.3. */
export function readList(text: string): SegmentList | undefined {
  const numbers = [...text.matchAll(/^\w+\/(\d+)\.m4s$/gm)].map(([, number]) => Number(number));
  const [first, last] = [numbers[0], numbers.at(-1)];
  return first === undefined || last === undefined
    ? undefined
    : { first, last, over: text.includes('#EXT-X-ENDLIST') };
}

/** The segment to begin with: `delay` ms behind the end of the newest, or the oldest listed. */
export const firstSegment = ({ first, last }: SegmentList, delay: number): number =>
  Math.max(first, last + 1 - Math.max(1, Math.round(delay / SEGMENT_MS)));

/** The caches of one room: one of them is asked, and another one after it fails. */
function openCaches({ slug, caches, codec }: Pick<CachedStreamOptions, 'slug' | 'caches' | 'codec'>) {
  const start = Math.floor(Math.random() * caches.length);
  let turn = 0;
  let attempt = new AbortController();
  const get = async (path: string): Promise<Response> => {
    attempt = new AbortController();
    const watchdog = setTimeout(() => attempt.abort(), PATIENCE_MS);
    try {
      const response = await fetch(`${caches[(start + turn) % caches.length]}${roomAt(slug)}/live/${path}`, {
        signal: attempt.signal,
        credentials: 'omit',
      });
      // The time limit covers the body as well.
      const body = await response.arrayBuffer();
      return new Response(response.status === 204 || response.status === 304 ? null : body, {
        status: response.status,
      });
    } finally {
      clearTimeout(watchdog);
    }
  };
  return {
    /** Asks for a file of the rendition. @throws Error when the cache does not answer in time. */
    get: (file: string): Promise<Response> => get(`${RENDITION[codec]}/${file}`),
    /** The segments there are now. @throws Error when there is no list. */
    async list(): Promise<SegmentList | 'over'> {
      const response = await get(`${RENDITION[codec]}.slow.m3u8`);
      if (response.status === 410) return 'over';
      const list = response.ok ? readList(await response.text()) : undefined;
      if (!list) throw new Error(`list: ${response.status}`);
      return list;
    },
    /** Asks the next cache from now on. */
    turn(): void {
      turn++;
    },
    abort: (): void => attempt.abort(),
  };
}

/**
 * The delayed program out of caches: one GET for each segment, at the same point of each period, which differs between
 * listeners. Another cache is tried when one fails, and after the last of them the door's own stream.
 */
export function openCachedStream(options: CachedStreamOptions, sink: Sink): Stream {
  const { delay } = options;
  const caches = openCaches(options);
  let closed = false;
  let own: Stream | undefined;
  let wake = (): void => {};
  let failures = 0;
  let next: number | undefined;
  let begun = false;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const handOver = (bytes: Uint8Array): void => {
    for (const cut of new BoxReader().push(bytes)) {
      if (cut.kind === 'init') sink.init(cut.bytes);
      else if (cut.seq > (options.after() ?? -1)) sink.fragment(cut.seq, cut.bytes);
    }
  };

  /** Fetches what comes next. Returns the wait before the next step in ms, or `over`. */
  const step = async (): Promise<number | 'over'> => {
    if (next === undefined) {
      const list = await caches.list();
      if (list === 'over') return 'over';
      const after = options.after();
      const following = after === undefined ? undefined : Math.floor((after + 1) / FRAGMENTS);
      next =
        following !== undefined && following >= list.first && following <= list.last + 1
          ? following
          : firstSegment(list, delay);
      // The program has just begun: without a segment in reserve each following one would come too late.
      if (!list.over && next >= list.last && !begun) {
        next = undefined;
        return NOT_YET_MS;
      }
    }
    if (!begun) {
      const init = await caches.get('init.mp4');
      if (!init.ok) throw new Error(`init: ${init.status}`);
      // Needed once: all segments share one decoder configuration.
      handOver(new Uint8Array(await init.arrayBuffer()));
    }
    const response = await caches.get(`${next}.m4s`);
    if (response.status === 404) {
      const list = await caches.list();
      if (list === 'over' || (list.over && next > list.last)) return 'over';
      if (next > list.last) return NOT_YET_MS;
      if (next < list.first) next = firstSegment(list, delay);
      throw new Error('listed, and not there');
    }
    if (!response.ok) throw new Error(`segment: ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // The next segment exists already. It is fetched while this one plays, by each listener at another time.
    const wait = begun ? SEGMENT_MS : SEGMENT_MS * (PHASE[0] + (PHASE[1] - PHASE[0]) * Math.random());
    if (!begun) sink.opened(SEGMENT_MS, wait);
    begun = true;
    failures = 0;
    handOver(bytes);
    next++;
    return wait;
  };

  const run = async (): Promise<void> => {
    let due = performance.now();
    while (!closed) {
      const wait = await step().catch((error: unknown) => (closed ? 'over' : error));
      if (closed) return;
      if (wait === 'over') return sink.over();
      if (typeof wait === 'number') {
        // Timed by the clock, so that delays do not add up; a tab that was suspended continues from now.
        due = Math.max(due + wait, performance.now() - SEGMENT_MS);
        await pause(due - performance.now());
        continue;
      }
      failures++;
      caches.turn();
      if (failures >= MAX_FAILURES) {
        sink.lost(failures);
        own = options.fallback(sink);
        return;
      }
      // Other caches are tried at once the first time round, then more slowly; the jitter keeps listeners from asking
      // together.
      const rounds = Math.floor(failures / options.caches.length);
      await pause(rounds === 0 ? Math.random() * 200 : FIRST_RETRY_MS * 2 ** rounds * (0.5 + Math.random()));
    }
  };

  const online = (): void => wake();
  addEventListener('online', online);
  void run();
  return {
    close() {
      closed = true;
      removeEventListener('online', online);
      caches.abort();
      wake();
      own?.close();
    },
  };
}
