import { drawing } from '../kit/element.ts';

const SHAPES = {
  play: 'M6 4.5v11l9.5-5.5z',
  pause: 'M6 4.5h3v11H6zM11 4.5h3v11h-3z',
  loud: 'M3.5 8v4H6l4 3.5v-11L6 8zM12 7.2v1.6a1.6 1.6 0 0 1 0 2.4v1.6a3.2 3.2 0 0 0 0-5.6zM12 4v1.7a4.6 4.6 0 0 1 0 8.6V16a6.2 6.2 0 0 0 0-12z',
  mute: 'M3.5 8v4H6l4 3.5v-11L6 8zM12.2 8.6l1.1-1.1 1.6 1.6 1.6-1.6 1.1 1.1-1.6 1.4 1.6 1.6-1.1 1.1-1.6-1.6-1.6 1.6-1.1-1.1 1.6-1.6z',
} as const;

/** The shapes of all icons. */
export type Shape = keyof typeof SHAPES;

/** A small picture beside or instead of a word; hidden from screen readers. */
export const icon = (shape: Shape): SVGSVGElement =>
  drawing(
    'svg',
    { viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false' },
    drawing('path', { d: SHAPES[shape], fill: 'currentColor' }),
  );
