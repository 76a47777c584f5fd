import { escapeHtml } from '../../base/plain-text.ts';
import { imagePath } from '../../image/index.ts';
import type { PersonCard } from '../people/profiles.ts';

/** Tones of drawn pictures; `social.css` has a class for each. */
const TONES = 6;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** The first letter of a name that can be seen. */
function initialOf(name: string): string {
  for (const { segment } of segmenter.segment(name))
    if (/[\p{L}\p{N}\p{Emoji_Presentation}]/u.test(segment)) return segment.toLocaleUpperCase('und');
  return '·';
}

/** The same name has the same tone everywhere. */
function toneOf(handle: string): number {
  let sum = 0;
  for (let at = 0; at < handle.length; at += 1) sum = (sum * 31 + handle.charCodeAt(at)) % 997;
  return sum % TONES;
}

/**
 * The picture of somebody beside their name, which says who it is; without one, the letter that their name begins with.
 * `large`: on their own page.
 */
export function avatarHtml(
  { handle, name, avatar }: Pick<PersonCard, 'handle' | 'name' | 'avatar'>,
  large = false,
): string {
  const kind = large ? 'avatar large' : 'avatar';
  if (avatar === undefined)
    return `<span class="${kind} tone-${toneOf(handle)}" aria-hidden="true">${escapeHtml(initialOf(name))}</span>`;
  const [side, small, twice] = large ? [96, 96, 400] : [40, 48, 96];
  return `<img class="${kind}" src="${imagePath(avatar, small)}" srcset="${imagePath(avatar, small)} 1x, ${imagePath(avatar, twice)} 2x" width="${side}" height="${side}" alt=""${large ? '' : ' loading="lazy"'} decoding="async">`;
}
