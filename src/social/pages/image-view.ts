import { escapeHtml } from '../../base/plain-text.ts';
import { imagePath, widthsOf } from '../../image/index.ts';
import type { PostImage } from '../posts/post-images.ts';
import { type AskedWords, matchedIn } from '../text/search-words.ts';
import type { SocialWords } from '../words/social-words.ts';
import { markedHtml } from './marked.ts';

/** An image in the size of its place; the place is there before it comes. */
export function imageHtml(image: PostImage, sizes: string): string {
  const { id, width, height, alt } = image;
  const widths = widthsOf(image);
  const srcset = widths.map((side) => `${imagePath(id, side)} ${Math.min(side, width)}w`).join(', ');
  return `<img src="${imagePath(id, widths.at(-1) ?? 0)}" srcset="${srcset}" sizes="${sizes}" width="${width}" height="${height}" alt="${escapeHtml(alt)}" loading="lazy" decoding="async">`;
}

/** The images of a post: each leads to itself in full, and its description can be read. `small`: inside another post. */
export function imagesHtml(
  { images: words }: Pick<SocialWords, 'images'>,
  images: readonly PostImage[] | undefined,
  small = false,
  asked?: AskedWords,
): string {
  if (!images || images.length === 0) return '';
  const many = images.length > 1;
  const sizes = small ? '160px' : many ? '(min-width: 46rem) 21rem, 50vw' : '(min-width: 46rem) 42rem, 100vw';
  const one = (image: PostImage): string => {
    const [full = 0] = widthsOf(image);
    const label = image.alt === '' ? ` aria-label="${words.undescribed}"` : '';
    const said =
      image.alt === '' || small
        ? ''
        : `<details class="alt"${asked && matchedIn(image.alt, asked).length > 0 ? ' open' : ''}><summary>${words.altButton}<span class="visually-hidden">: ${words.altOf}</span></summary><p dir="auto">${markedHtml(image.alt, asked)}</p></details>`;
    return `<li><a href="${imagePath(image.id, full)}"${label}>${imageHtml(image, sizes)}</a>${said}</li>`;
  };
  return `<ul class="pictures${many ? ' many' : ''}${small ? ' small' : ''}">${images.map(one).join('')}</ul>`;
}
