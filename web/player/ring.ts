import { BoxReader } from './boxes.ts';
import type { Sink, Stream } from './stream.ts';

/** What a ring needs to know. */
export interface RingOptions {
  readonly slug: string;
  /** Addresses of caches, without a path; each listener begins with one of them by chance. */
  readonly caches: readonly string[];
  readonly codec: 'opus' | 'aac';
  /** How far behind the live edge to play, ms. */
  readonly delay: number;
  /** The last fragment that was handed over, where it goes on. */
  after(): number | undefined;
  /** The way that is taken when no cache answers any more: the door's own stream. */
  fallback(sink: Sink): Stream;
}

/** One request for every segment of 5.12 s, and 16 fragments in each. */
export const SEGMENT_MS = 5_120;
const FRAGMENTS = 16;
const RENDITION = { opus: 'opus64', aac: 'aac96' } as const;
/** Longer than this for a segment of 40 kB is a cache that hangs; less than what is in hand when it is asked for. */
const PATIENCE_MS = 2_500;
/** Where in the period of its first segment a listener begins to ask, at least and at most: spread over all of them. */
const PHASE = [0.1, 0.35] as const;
/** A cache that has nothing new yet is asked again after this. */
const NOT_YET_MS = 1_000;
/** So many failures in a row, over all caches, and the door's own stream is taken. */
const MAX_FAILURES = 6;
const FIRST_RETRY_MS = 300;

/** What a playlist says: the newest whole segment, the oldest, and whether there will be more. */
export interface RingList {
  readonly first: number;
  readonly last: number;
  readonly over: boolean;
}

/** Reads which segments a playlist lists; undefined when it lists none. Spec: RFC 8216, 4.3. */
export function readList(text: string): RingList | undefined {
  const numbers = [...text.matchAll(/^\w+\/(\d+)\.m4s$/gm)].map(([, number]) => Number(number));
  const [first, last] = [numbers[0], numbers.at(-1)];
  return first === undefined || last === undefined
    ? undefined
    : { first, last, over: text.includes('#EXT-X-ENDLIST') };
}

/** The segment to begin with: `delay` ms behind the end of the newest one, or the oldest that is there. */
export const beginning = ({ first, last }: RingList, delay: number): number =>
  Math.max(first, last + 1 - Math.max(1, Math.round(delay / SEGMENT_MS)));

/** The caches of one room: one of them is asked, and another one after it fails. */
function openCaches({ slug, caches, codec }: Pick<RingOptions, 'slug' | 'caches' | 'codec'>) {
  const start = Math.floor(Math.random() * caches.length);
  let turn = 0;
  let attempt = new AbortController();
  const get = async (path: string): Promise<Response> => {
    attempt = new AbortController();
    const dog = setTimeout(() => attempt.abort(), PATIENCE_MS);
    try {
      const response = await fetch(`${caches[(start + turn) % caches.length]}/r/${slug}/live/${path}`, {
        signal: attempt.signal,
        credentials: 'omit',
      });
      // The body within the patience too.
      const body = await response.arrayBuffer();
      return new Response(response.status === 204 || response.status === 304 ? null : body, {
        status: response.status,
      });
    } finally {
      clearTimeout(dog);
    }
  };
  return {
    /** Asks for a file of the rendition. @throws Error when the cache does not answer in time. */
    get: (file: string): Promise<Response> => get(`${RENDITION[codec]}/${file}`),
    /** What is there now. @throws Error when there is no list. */
    async list(): Promise<RingList | 'over'> {
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
export function openRing(options: RingOptions, sink: Sink): Stream {
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
  const hand = (bytes: Uint8Array): void => {
    for (const cut of new BoxReader().push(bytes)) {
      if (cut.kind === 'init') sink.init(cut.bytes);
      else if (cut.seq > (options.after() ?? -1)) sink.fragment(cut.seq, cut.bytes);
    }
  };

  /** One step: what comes next, and how long until the one after it, ms; or the end. */
  const step = async (): Promise<number | 'over'> => {
    if (next === undefined) {
      const list = await caches.list();
      if (list === 'over') return 'over';
      const after = options.after();
      const following = after === undefined ? undefined : Math.floor((after + 1) / FRAGMENTS);
      next =
        following !== undefined && following >= list.first && following <= list.last + 1
          ? following
          : beginning(list, delay);
      // A program of a few seconds: without a segment in hand each next one would come too late.
      if (!list.over && next >= list.last && !begun) {
        next = undefined;
        return NOT_YET_MS;
      }
    }
    if (!begun) {
      const init = await caches.get('init.mp4');
      if (!init.ok) throw new Error(`init: ${init.status}`);
      // Only once per decoder: what it begins with is the same everywhere.
      hand(new Uint8Array(await init.arrayBuffer()));
    }
    const response = await caches.get(`${next}.m4s`);
    if (response.status === 404) {
      const list = await caches.list();
      if (list === 'over' || (list.over && next > list.last)) return 'over';
      if (next > list.last) return NOT_YET_MS;
      if (next < list.first) next = beginning(list, delay);
      throw new Error('listed, and not there');
    }
    if (!response.ok) throw new Error(`segment: ${response.status}`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    // The next one is there already: fetched somewhere in the middle of this one, everyone at another instant.
    const wait = begun ? SEGMENT_MS : SEGMENT_MS * (PHASE[0] + (PHASE[1] - PHASE[0]) * Math.random());
    if (!begun) sink.opened(SEGMENT_MS, wait);
    begun = true;
    failures = 0;
    hand(bytes);
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
        // By the clock, not by pauses added up; a tab that slept goes on from now.
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
      // The first other cache at once, then slower, and never all listeners in one instant.
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
