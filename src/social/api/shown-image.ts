import { type ImageCard, imagePath, widthsOf } from '../../image/index.ts';

/** An image as programs read it: its largest form, and the smaller ones. */
export const shownImage = (image: ImageCard, base: string): object => {
  const [full = 0, ...smaller] = widthsOf(image);
  return {
    ...{ id: image.id, width: image.width, height: image.height, url: base + imagePath(image.id, full) },
    smaller: smaller.map((width) => ({ width, url: base + imagePath(image.id, width) })),
  };
};
