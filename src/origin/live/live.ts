import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { FRAGMENTS_PER_PART, FRAGMENTS_PER_SEGMENT, ms, PARTS_PER_SEGMENT } from '../../base/time.ts';
import { EACH_SECOND, LIVE_LIST, OPEN_TO_ALL, Packed, type RequestHeaders, sound } from '../packed.ts';
import {
  edgeOf,
  hasRing,
  livePlaylist,
  ringEdgeOf,
  TARGET_SECONDS,
  wholeParts,
} from '../playlist/live-playlist.ts';
import { type HlsCodec, hlsRenditions, multivariant, multivariantOf } from '../playlist/multivariant.ts';
import type { RecordingPort } from '../recording.ts';
import type { Window } from '../window.ts';
import type { Program } from './program.ts';

/** A request may wait this long for what does not exist yet: three target durations, as the specification asks. */
const PATIENCE = ms(3 * TARGET_SECONDS * 1000);
/** A part may be asked for this many parts ahead of the newest: 3 s, the specification's Advance Part Limit. */
const ADVANCE_PARTS = 5;
/**
 * An answer to a blocking request: caches give it to all who ask at the moment that its URL names, and no browser gives it
 * to itself again. Where a list ends with a whole segment, video.js 8 asks for the part it knows until the next one is
 * there; with an answer of its own cache it stood still for as long as that was kept.
 */
const BLOCKED_LIST = 'public, max-age=0, s-maxage=1';

const PLAYLIST = 'application/vnd.apple.mpegurl';
const NUMBER = /^\d{1,10}$/;
const MEDIA = /^(\d{1,10})(?:\.(\d{1,2}))?\.m4s$/;

/** What a part holds that was hinted before the program ended without it: a box that means nothing. Spec: ISO/IEC 14496-12, 8.1.2. */
const NO_SOUND = Buffer.from('\0\0\0\x08free', 'latin1');

/** Low-Latency HLS of one running program. */
export interface Live {
  /** Answers `file`, the path below `/r/:slug/live/`. */
  answer(
    slug: string,
    program: Program,
    file: string,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
  ): Promise<Reply>;
}

/** What one playlist looked like at one moment: kept until that changes. */
interface Version {
  readonly of: string;
  readonly packed: Packed;
}

/**
 * Opens the HLS side of the origin. `archive` gives segments that have left the window; `caches` are base addresses;
 * `wanted` is told which rendition somebody fetches; `queues` says whether newcomers of a room get no live place.
 */
export function openLive(
  clock: Clock,
  archive: RecordingPort,
  caches: readonly string[] = [],
  wanted: (slug: string, program: Program, rendition: string) => void = () => undefined,
  queues: (slug: string) => boolean = () => false,
): Live {
  const versions = new WeakMap<Window, Map<string, Version>>();
  const mains = new WeakMap<Program, Map<string, Version>>();

  const render = (program: Program, window: Window, { skip = false, parts = true, ring = false }): Packed => {
    const kept = versions.get(window) ?? new Map<string, Version>();
    versions.set(window, kept);
    const edge = ring ? ringEdgeOf(window, program.over) : edgeOf(window);
    const key = `${skip} ${parts} ${ring}`;
    const of = `${edge?.first}:${edge?.running}:${parts ? edge?.parts : ''}:${program.over}`;
    const known = kept.get(key);
    if (known?.of === of) return known.packed;
    const others = listed(program, window.rendition.codec as HlsCodec).filter((other) => other !== window);
    const { zero, over } = program;
    const packed = new Packed(livePlaylist({ zero, window, others, over, skip, parts, ring }));
    kept.set(key, { of, packed });
    return packed;
  };

  const main = (
    slug: string,
    program: Program,
    file: string,
    { codec, slow }: { codec: HlsCodec; slow: boolean },
  ): Packed => {
    const kept = mains.get(program) ?? new Map<string, Version>();
    mains.set(program, kept);
    const known = kept.get(file);
    // Players of the first half minute get whole segments instead: a ring that had to stand still would be silence.
    const held = !slow && queues(slug);
    const ring = held && listed(program, codec).some(hasRing);
    const of = `${program.windows.size} ${held} ${ring}`;
    if (known?.of === of) return known.packed;
    const packed = new Packed(
      multivariant(
        listed(program, codec).map((window) => window.rendition),
        {
          slow: slow || held,
          ring,
          caches: caches.map((base) => `${base}/r/${slug}/live/`),
        },
      ),
    );
    kept.set(file, { of, packed });
    return packed;
  };

  /** A playlist without a whole segment is an error to most players: the first one is waited for. */
  const opened = async (window: Window, signal: AbortSignal): Promise<boolean> => {
    if (!(await window.ready(0, clock, PATIENCE, signal))) return false;
    const whole = Math.ceil((window.first ?? 0) / FRAGMENTS_PER_SEGMENT);
    return window.ready((whole + 1) * FRAGMENTS_PER_SEGMENT - 1, clock, PATIENCE, signal);
  };

  /** A list of whole segments: no request waits for it, so that every cache may hold it. */
  const slowList = async (
    program: Program,
    window: Window,
    headers: RequestHeaders,
    signal: AbortSignal,
    ring: boolean,
  ) => {
    const came = await opened(window, signal);
    if (!came && (!program.over || !edgeOf(window))) return later();
    return render(program, window, { parts: false, ring }).reply(headers, {
      'content-type': PLAYLIST,
      'cache-control': LIVE_LIST,
    });
  };

  const playlist = async (
    program: Program,
    window: Window,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
  ) => {
    const asked = readBlocking(query, window);
    if (typeof asked === 'string') return problem('bad-request', asked, OPEN_TO_ALL);
    const ready = asked === undefined || window.first === undefined ? await opened(window, signal) : true;
    const came = ready && (await window.ready(asked ?? 0, clock, PATIENCE, signal));
    if (!came && (!program.over || !edgeOf(window))) return later();
    const skip = query.get('_HLS_skip') === 'YES' || query.get('_HLS_skip') === 'v2';
    return render(program, window, { skip }).reply(headers, {
      'content-type': PLAYLIST,
      'cache-control': asked === undefined ? LIVE_LIST : BLOCKED_LIST,
    });
  };

  const media = async (
    slug: string,
    program: Program,
    window: Window,
    name: string,
    signal: AbortSignal,
  ): Promise<Reply> => {
    const match = MEDIA.exec(name);
    const edge = edgeOf(window);
    if (!match || !edge) return missing();
    const msn = Number(match[1]);
    const part = match[2] === undefined ? undefined : Number(match[2]);
    if (part !== undefined && part >= PARTS_PER_SEGMENT) return missing();
    const first = msn * FRAGMENTS_PER_SEGMENT + (part ?? 0) * FRAGMENTS_PER_PART;
    const count = part === undefined ? FRAGMENTS_PER_SEGMENT : FRAGMENTS_PER_PART;
    if (!program.over) {
      // The hinted part is held until it is there; whole segments are asked for only once they are listed.
      const ahead = first + count - 1 - (window.last ?? 0);
      if (ahead > (part === undefined ? 0 : 2 * FRAGMENTS_PER_PART)) return missing();
      if (!(await window.ready(first + count - 1, clock, PATIENCE, signal)) && !program.over)
        return missing();
    }
    const there = Math.min(count, (window.last ?? 0) + 1 - first);
    // A segment in which the program ended holds what its parts hold.
    const last = first - 1 + ((part === undefined && there < count && wholeParts(there)) || there);
    // It was hinted, and some players stop for good when what was hinted does not come. Here: Shaka.
    if (last === first - 1 && part !== undefined) return sound(NO_SOUND, true);
    const held = window.joined(first, last - first + 1);
    if (held && held.length > 0) return sound(held, window.substituted(first, last - first + 1));
    const bytes = await recorded(slug, window, msn, part);
    return bytes && bytes.length > 0 ? sound(bytes) : missing();
  };

  /** A segment that left the window a moment ago, for a player that is slow or rewinds. */
  const recorded = async (slug: string, window: Window, msn: number, part: number | undefined) =>
    part === undefined && msn * FRAGMENTS_PER_SEGMENT < (window.first ?? 0)
      ? archive.read(slug, window.rendition.id, {
          first: msn * FRAGMENTS_PER_SEGMENT,
          count: FRAGMENTS_PER_SEGMENT,
        })
      : undefined;

  return {
    async answer(slug, program, file, query, headers, signal) {
      const all = multivariantOf(file);
      if (all)
        return main(slug, program, file, all).reply(headers, {
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
        return slowList(program, window, headers, signal, name.endsWith('.ring.m3u8'));
      if (below === undefined)
        return name.endsWith('.m3u8') ? playlist(program, window, query, headers, signal) : missing();
      wanted(slug, program, window.rendition.id);
      if (below === 'init.mp4') return window.init ? sound(Buffer.from(window.init)) : missing();
      return media(slug, program, window, below, signal);
    },
  };
}

const later = (): Reply =>
  problem('studio-away', 'Nothing new yet; ask again.', { ...OPEN_TO_ALL, 'retry-after': '1' });
const missing = (): Reply => problem('not-found', undefined, OPEN_TO_ALL);

function listed(program: Program, codec: HlsCodec): Window[] {
  return hlsRenditions(
    [...program.windows.values()].map((window) => window.rendition),
    codec,
  ).flatMap(({ id }) => program.windows.get(id) ?? []);
}

/** The fragment that a blocking request waits for; undefined when it does not block; a sentence when it is wrong. */
function readBlocking(query: URLSearchParams, window: Window): number | undefined | string {
  const [msnText, partText] = [query.get('_HLS_msn'), query.get('_HLS_part')];
  if (msnText === null) return partText === null ? undefined : '_HLS_part needs _HLS_msn.';
  if (!NUMBER.test(msnText) || (partText !== null && !NUMBER.test(partText)))
    return '_HLS_msn and _HLS_part are whole numbers.';
  const msn = Number(msnText);
  const edge = edgeOf(window);
  if (edge && msn > edge.running + 1) return '_HLS_msn is more than two segments ahead.';
  if (partText === null) return (msn + 1) * FRAGMENTS_PER_SEGMENT - 1;
  // Beyond a segment's last part means the first one of the next.
  const part = Number(partText);
  const place = part < PARTS_PER_SEGMENT ? msn * PARTS_PER_SEGMENT + part : (msn + 1) * PARTS_PER_SEGMENT;
  if (edge && place - (edge.running * PARTS_PER_SEGMENT + edge.parts - 1) > ADVANCE_PARTS)
    return '_HLS_part is more than three seconds ahead.';
  return (place + 1) * FRAGMENTS_PER_PART - 1;
}
