/** What an image is for: a picture of somebody, square, or one of a post. */
export type ImageUse = 'avatar' | 'post';

/** Sides of pictures of people, in pixels, the largest first. */
export const AVATAR_SIDES = [400, 96, 48] as const;
/** Widths of a post's image, in pixels, the largest first. The smaller ones are made of what is wider. */
export const POST_WIDTHS = [1_600, 800, 480] as const;

/** The largest file that is taken, bytes. */
export const MOST_IMAGE_BYTES = 8_000_000;
/** The largest image that is decoded, pixels; of one with 16 bits for each colour, half of it. */
export const MOST_PIXELS = 25_000_000;
/** The longest side: so long a line of pixels has no use, whatever its height. */
export const MOST_SIDE = 20_000;

/** An image that is kept. `id` follows from its content; `width` and `height` are of the largest form. */
export interface ImageCard {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

const ID = /^[0-9a-f]{32}$/;
/** True for what can be the id of an image. */
export const isImageId = (text: string): boolean => ID.test(text);

/** Where a form of an image is served. */
export const imagePath = (id: string, side: number): string => `/_image/${id}-${side}.webp`;

/** The widths in which an image of a post is there, the largest first. */
export const widthsOf = ({ width }: Pick<ImageCard, 'width'>): readonly number[] =>
  POST_WIDTHS.filter((one, index) => index === 0 || one < width);
