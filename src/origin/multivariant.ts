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

/** The multivariant playlist over the given renditions. Spec: draft-pantos-hls-rfc8216bis, 4.4.6. */
export function multivariant(renditions: Iterable<Rendition>): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS'];
  for (const { id, bitrate, codec, codecs } of hlsRenditions(renditions)) {
    const peak = Math.round(bitrate * PEAK[codec]) + OVERHEAD;
    lines.push(
      `#EXT-X-STREAM-INF:BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${bitrate + OVERHEAD},CODECS="${codecs}"`,
    );
    lines.push(`${id}.m3u8`);
  }
  return `${lines.join('\n')}\n`;
}
