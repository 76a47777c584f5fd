import type { Rendition } from '../base/media.ts';

/** `moof` and box headers, 164 bytes per 320 ms, in bit/s; rounded up. */
const OVERHEAD = 5_000;
/** AAC of speech runs up to a fifth above its nominal bitrate (measured); Opus stays within a tenth. */
const PEAK = { aac: 1.25, opus: 1.15, mp3: 1 } as const;

/** AAC before Opus, the best of each first: a player begins with the first variant it can play, and all can play AAC. */
export const hlsRenditions = (renditions: Iterable<Rendition>): Rendition[] =>
  [...renditions]
    .filter((r) => r.container === 'fmp4')
    .sort((a, b) => rank(a) - rank(b) || b.bitrate - a.bitrate);

const rank = (rendition: Rendition): number => (rendition.codec === 'aac' ? 0 : 1);

/** What a multivariant playlist may say beside its renditions. */
export interface MultivariantOptions {
  /** True: the variants are playlists of whole segments. */
  readonly slow?: boolean;
  /** True: the variants are playlists of the delayed ring. */
  readonly ring?: boolean;
  /** Base addresses of the live folder in each cache, which steering.json may send players to. */
  readonly caches?: readonly string[];
}

/** Where variants come from when no cache is meant. */
export const HERE = 'here';
/** The name of cache `index` in playlists and in steering.json. */
export const pathwayOf = (index: number): string => `cache-${index}`;

/** The multivariant playlist over the given renditions. Spec: draft-pantos-hls-rfc8216bis, 4.4.6; steering 4.4.6.6. */
export function multivariant(
  renditions: Iterable<Rendition>,
  { slow = false, ring = false, caches = [] }: MultivariantOptions = {},
): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS'];
  const kept = hlsRenditions(renditions);
  const steered = caches.length > 0;
  if (steered) lines.push(`#EXT-X-CONTENT-STEERING:SERVER-URI="steering.json",PATHWAY-ID="${HERE}"`);
  const add = (folder: string, ending: string, pathway: string): void => {
    for (const { id, bitrate, codec, codecs } of kept) {
      const peak = Math.round(bitrate * PEAK[codec]) + OVERHEAD;
      const way = steered ? `,PATHWAY-ID="${pathway}"` : '';
      lines.push(
        `#EXT-X-STREAM-INF:BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${bitrate + OVERHEAD},CODECS="${codecs}"${way}`,
        `${folder}${id}${ending}`,
      );
    }
  };
  const whole = ring ? '.ring.m3u8' : '.slow.m3u8';
  add('', slow || ring ? whole : '.m3u8', HERE);
  for (const [i, cache] of caches.entries()) add(cache, whole, pathwayOf(i));
  return `${lines.join('\n')}\n`;
}

/** steering.json: where players go from now on; they ask again after `TTL` seconds. Spec: draft-pantos-hls-rfc8216bis, 7. */
export function steering(caches: number, toCaches: boolean): string {
  const there = Array.from({ length: caches }, (_, i) => pathwayOf(i));
  return JSON.stringify({
    VERSION: 1,
    TTL: 10,
    'RELOAD-URI': 'steering.json',
    'PATHWAY-PRIORITY': toCaches ? [...there, HERE] : [HERE, ...there],
  });
}
