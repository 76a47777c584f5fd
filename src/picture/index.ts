/** Cards as pixels, drawn here, with no program or library for it. */
export { type CardPainter, openCardPainter } from './card-png.ts';
