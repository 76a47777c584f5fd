/** Cards as pixels, drawn here, with no program or library for it. */

export { type CardDrawing, openCardDrawing } from './card-drawing.ts';
export { type CardPainter, openCardPainter } from './card-png.ts';
