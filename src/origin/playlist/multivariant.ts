import type { Rendition } from '../../base/media.ts';

/** `moof` and box headers, 164 bytes per 320 ms, in bit/s; rounded up. */
const OVERHEAD = 5_000;
/** AAC of speech runs up to a fifth above its nominal bitrate (measured); Opus stays within a tenth. */
const PEAK = { aac: 1.25, opus: 1.15, mp3: 1 } as const;

/** The codecs of HLS, each a list of its own. */
export type HlsCodec = 'aac' | 'opus';

/**
 * The renditions of one codec, the best first. A list never mixes codecs: players that decode HLS themselves (Chromium
 * from 142 on, Safari) fail when they change from one to the other. Every player can play AAC.
 */
export const hlsRenditions = (renditions: Iterable<Rendition>, codec: HlsCodec): Rendition[] =>
  [...renditions]
    .filter((r) => r.container === 'fmp4' && r.codec === codec)
    .sort((a, b) => b.bitrate - a.bitrate);

/** What multivariant playlists are called: `main` is AAC, `opus` is Opus; `slow` ones list whole segments only. */
const LISTS: Readonly<Record<string, { readonly codec: HlsCodec; readonly slow: boolean }>> = {
  'main.m3u8': { codec: 'aac', slow: false },
  'slow.m3u8': { codec: 'aac', slow: true },
  'opus.m3u8': { codec: 'opus', slow: false },
  'opus.slow.m3u8': { codec: 'opus', slow: true },
};

/** What a file name lists, when it is a multivariant playlist. */
export const multivariantOf = (file: string): (typeof LISTS)[string] | undefined =>
  Object.hasOwn(LISTS, file) ? LISTS[file] : undefined;

/** What a multivariant playlist may say beside its renditions. */
export interface MultivariantOptions {
  /** True: the variants are playlists of whole segments. */
  readonly slow?: boolean;
  /** True: the variants are playlists of the delayed stream. */
  readonly delayed?: boolean;
  /** Base addresses of the live folder in each cache, which steering.json may send players to. */
  readonly caches?: readonly string[];
}

/** Where variants come from when no cache is meant. */
export const HERE = 'here';
/** The name of cache `index` in playlists and in steering.json. */
const pathwayOf = (index: number): string => `cache-${index}`;

/**
 * The multivariant playlist over the given renditions, in their order. Spec: draft-pantos-hls-rfc8216bis, 4.4.6;
 * steering 4.4.6.6.
 */
export function multivariant(
  renditions: Iterable<Rendition>,
  { slow = false, delayed = false, caches = [] }: MultivariantOptions = {},
): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS'];
  const steered = caches.length > 0;
  if (steered) lines.push(`#EXT-X-CONTENT-STEERING:SERVER-URI="steering.json",PATHWAY-ID="${HERE}"`);
  const add = (folder: string, ending: string, pathway: string): void => {
    for (const { id, bitrate, codec, codecs } of renditions) {
      const peak = Math.round(bitrate * PEAK[codec]) + OVERHEAD;
      const way = steered ? `,PATHWAY-ID="${pathway}"` : '';
      lines.push(
        `#EXT-X-STREAM-INF:BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${bitrate + OVERHEAD},CODECS="${codecs}"${way}`,
        `${folder}${id}${ending}`,
      );
    }
  };
  const whole = delayed ? '.ring.m3u8' : '.slow.m3u8';
  add('', slow || delayed ? whole : '.m3u8', HERE);
  for (const [i, cache] of caches.entries()) add(cache, whole, pathwayOf(i));
  return `${lines.join('\n')}\n`;
}

/**
 * steering.json: where players go from now on; they ask again after `TTL` seconds. Spec: draft-pantos-hls-rfc8216bis,
 * 7.
 */
export function steering(caches: number, toCaches: boolean): string {
  const there = Array.from({ length: caches }, (_, i) => pathwayOf(i));
  return JSON.stringify({
    VERSION: 1,
    TTL: 10,
    'RELOAD-URI': 'steering.json',
    'PATHWAY-PRIORITY': toCaches ? [...there, HERE] : [HERE, ...there],
  });
}
