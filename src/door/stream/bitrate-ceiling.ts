import type { Rendition } from '../../base/media.ts';
import { RENDITIONS } from '../../wire/renditions.ts';

/** A ceiling is given for Opus; AAC needs about twice the bits for the same sound. */
const AAC_FACTOR = 2;

/** Every rendition that may be spliced with the given one: the same codec in the same container, best first. */
export const familyOf = (rendition: Rendition): readonly Rendition[] =>
  RENDITIONS.filter((other) => other.codec === rendition.codec && other.container === rendition.container);

/**
 * The best rendition for a listener who asked for `wanted`, within a ceiling in bit/s of Opus; the lowest one when
 * none fits.
 */
export function bestWithin(wanted: Rendition, ceiling: number | undefined): Rendition {
  const most = ceiling === undefined ? Infinity : ceiling * (wanted.codec === 'aac' ? AAC_FACTOR : 1);
  const below = familyOf(wanted).filter((other) => other.bitrate <= wanted.bitrate);
  return below.find((other) => other.bitrate <= most) ?? below.at(-1) ?? wanted;
}
