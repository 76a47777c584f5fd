import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { FRAGMENTS_PER_PART, FRAGMENTS_PER_SEGMENT, PARTS_PER_SEGMENT } from '../../base/time.ts';
import { LIVE_LIST, OPEN_TO_ALL, Packed, type RequestHeaders } from '../packed.ts';
import { delayedEdgeOf, edgeOf, livePlaylist, reachesDelay } from '../playlist/live-playlist.ts';
import { type HlsCodec, hlsRenditions, multivariant } from '../playlist/multivariant.ts';
import type { Window } from '../window.ts';
import { PATIENCE } from './live-media.ts';
import type { OriginProgram } from './program.ts';

/** Limit of parts ahead of the newest that may be requested: 3 s, the specification's Advance Part Limit. */
const ADVANCE_PARTS = 5;
/**
 * An answer to a blocking request: caches give it to all who ask at the moment that its URL names, and no browser
 * gives it to itself again. Where a list ends with a whole segment, video.js 8 asks for the part it knows until the
 * next one is there; with an answer of its own cache it stood still for as long as that was kept.
 */
const BLOCKED_LIST = 'public, max-age=0, s-maxage=1';

/** The media type of a playlist. */
export const PLAYLIST = 'application/vnd.apple.mpegurl';
const NUMBER = /^\d{1,10}$/;

/** A playlist at one moment; kept until it changes. */
interface Version {
  readonly of: string;
  readonly packed: Packed;
}

/** The playlists of running programs. */
export class LiveLists {
  readonly #clock: Clock;
  readonly #caches: readonly string[];
  readonly #queues: (slug: string) => boolean;
  readonly #versions = new WeakMap<Window, Map<string, Version>>();
  readonly #mains = new WeakMap<OriginProgram, Map<string, Version>>();

  /** `caches` are base addresses; `queues` says whether newcomers of a room get no live place. */
  constructor(clock: Clock, caches: readonly string[], queues: (slug: string) => boolean) {
    this.#clock = clock;
    this.#caches = caches;
    this.#queues = queues;
  }

  /** The multivariant playlist of one codec. */
  main(
    slug: string,
    program: OriginProgram,
    file: string,
    { codec, slow }: { codec: HlsCodec; slow: boolean },
  ): Packed {
    const kept = this.#mains.get(program) ?? new Map<string, Version>();
    this.#mains.set(program, kept);
    const known = kept.get(file);
    // Players of the first half minute get whole segments instead: a delayed list that had to stand still would be
    // silence.
    const held = !slow && this.#queues(slug);
    const delayed = held && listed(program, codec).some(reachesDelay);
    const of = `${program.windows.size} ${held} ${delayed}`;
    if (known?.of === of) return known.packed;
    const packed = new Packed(
      multivariant(
        listed(program, codec).map((window) => window.rendition),
        {
          slow: slow || held,
          delayed,
          caches: this.#caches.map((base) => `${base}/r/${slug}/live/`),
        },
      ),
    );
    kept.set(file, { of, packed });
    return packed;
  }

  /** A playlist of whole segments: no request waits for it, so every cache may hold it. */
  async whole(
    program: OriginProgram,
    window: Window,
    headers: RequestHeaders,
    signal: AbortSignal,
    delayed: boolean,
  ): Promise<Reply> {
    const came = await this.#opened(window, signal);
    if (!came && (!program.over || !edgeOf(window))) return later();
    return this.#render(program, window, { parts: false, delayed }).reply(headers, {
      'content-type': PLAYLIST,
      'cache-control': LIVE_LIST,
    });
  }

  /** The playlist of a rendition, at once or when the requested part exists. */
  async parts(
    program: OriginProgram,
    window: Window,
    query: URLSearchParams,
    headers: RequestHeaders,
    signal: AbortSignal,
  ): Promise<Reply> {
    const asked = readBlocking(query, window);
    if (typeof asked === 'string') return problem('bad-request', asked, OPEN_TO_ALL);
    const ready =
      asked === undefined || window.first === undefined ? await this.#opened(window, signal) : true;
    const came = ready && (await window.ready(asked ?? 0, this.#clock, PATIENCE, signal));
    if (!came && (!program.over || !edgeOf(window))) return later();
    const skip = query.get('_HLS_skip') === 'YES' || query.get('_HLS_skip') === 'v2';
    return this.#render(program, window, { skip }).reply(headers, {
      'content-type': PLAYLIST,
      'cache-control': asked === undefined ? LIVE_LIST : BLOCKED_LIST,
    });
  }

  /** A playlist without a whole segment is an error to most players, so the first one is waited for. */
  async #opened(window: Window, signal: AbortSignal): Promise<boolean> {
    if (!(await window.ready(0, this.#clock, PATIENCE, signal))) return false;
    const whole = Math.ceil((window.first ?? 0) / FRAGMENTS_PER_SEGMENT);
    return window.ready((whole + 1) * FRAGMENTS_PER_SEGMENT - 1, this.#clock, PATIENCE, signal);
  }

  #render(program: OriginProgram, window: Window, { skip = false, parts = true, delayed = false }): Packed {
    const kept = this.#versions.get(window) ?? new Map<string, Version>();
    this.#versions.set(window, kept);
    const edge = delayed ? delayedEdgeOf(window, program.over) : edgeOf(window);
    const key = `${skip} ${parts} ${delayed}`;
    const of = `${edge?.first}:${edge?.running}:${parts ? edge?.parts : ''}:${program.over}`;
    const known = kept.get(key);
    if (known?.of === of) return known.packed;
    const others = listed(program, window.rendition.codec as HlsCodec).filter((other) => other !== window);
    const { zero, over } = program;
    const packed = new Packed(livePlaylist({ zero, window, others, over, skip, parts, delayed }));
    kept.set(key, { of, packed });
    return packed;
  }
}

const later = (): Reply =>
  problem('studio-away', 'Nothing new yet; ask again.', { ...OPEN_TO_ALL, 'retry-after': '1' });

function listed(program: OriginProgram, codec: HlsCodec): Window[] {
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
