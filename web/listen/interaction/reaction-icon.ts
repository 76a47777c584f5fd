import type { Reaction } from '../../../src/wire/interaction/reactions.ts';
import { drawing } from '../../kit/element.ts';

const FACE = 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.2 7.8v.4M12.8 7.8v.4';
const PATHS: Readonly<Record<Reaction, string>> = {
  applause:
    'M5.2 10.6l4-5a1.1 1.1 0 0 1 1.8 1.3l-2.6 3.6M8.6 10.4l4.2-4.7a1.1 1.1 0 0 1 1.7 1.5l-3.3 4M11.2 11.2l2.9-2.7a1.1 1.1 0 0 1 1.5 1.6l-4.8 5.3a4 4 0 0 1-5.8.2 3.8 3.8 0 0 1 .2-5M13.6 3.6l.4-1.6M16.2 5l1.2-1.2',
  laugh: `${FACE}M6 11h8a4 4 0 0 1-8 0z`,
  heart: 'M10 16.8S3 12.6 3 7.8A3.7 3.7 0 0 1 10 6a3.7 3.7 0 0 1 7 1.8c0 4.8-7 9-7 9z',
  agree: 'M3.5 10.5l4.5 4.5 8.5-9.5',
  surprised: `${FACE}M10 11a1.8 2 0 1 0 0 4 1.8 2 0 0 0 0-4z`,
};

/** The picture of a reaction: ours, so that no font has to have it. Hidden from screen readers. */
export const reactionIcon = (reaction: Reaction): SVGSVGElement =>
  drawing(
    'svg',
    { viewBox: '0 0 20 20', 'aria-hidden': 'true', focusable: 'false', class: 'reaction-icon' },
    drawing('path', {
      ...{ d: PATHS[reaction], fill: 'none', stroke: 'currentColor' },
      ...{ 'stroke-width': 1.5, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' },
    }),
  );
