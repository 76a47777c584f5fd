import { type ImageCard, imagesOf } from '../../image/index.ts';
import type { Store } from '../../store/index.ts';
import { tidyOptional } from '../text/post-text.ts';

/** Images of one post. */
export const MOST_IMAGES = 4;
/** The longest description of an image, in characters as people count them. */
export const ALT_LENGTH = 1_000;

/** An image of a post; `alt`: what is to be seen on it, perhaps empty. */
export interface PostImage extends ImageCard {
  readonly alt: string;
}

/** An image that somebody wants in a post. */
export interface ImageWish {
  readonly id: string;
  readonly alt: string;
}

/** Why a post was not given its images. */
export type ImagesFault = 'too-many-images' | 'no-image' | 'bad-alt';

/** The images of a row. */
export const imagesIn = (column: string | null): readonly PostImage[] =>
  column === null ? [] : (JSON.parse(column) as PostImage[]);

/** As a column. */
export const imagesColumn = (images: readonly PostImage[]): string | null =>
  images.length === 0
    ? null
    : JSON.stringify(images.map(({ id, width, height, alt }) => ({ id, width, height, alt })));

/** The images that somebody wants in a post: their own, each once, with descriptions that can be read. */
export async function wantedImages(
  { db }: Pick<Store, 'db'>,
  author: string,
  wishes: readonly ImageWish[],
): Promise<readonly PostImage[] | ImagesFault> {
  if (wishes.length === 0) return [];
  const ids = new Set(wishes.map(({ id }) => id));
  if (wishes.length > MOST_IMAGES || ids.size < wishes.length) return 'too-many-images';
  const cards = await imagesOf(db, author, [...ids]);
  const images: PostImage[] = [];
  for (const { id, alt } of wishes) {
    const card = cards.get(id);
    if (!card) return 'no-image';
    const tidy = tidyOptional(alt, ALT_LENGTH);
    if ('fault' in tidy) return 'bad-alt';
    images.push({ ...card, alt: tidy.text });
  }
  return images;
}
