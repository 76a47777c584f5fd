import type { MetricId } from '../wire/metrics.ts';
import type { Figure } from '../wire/numbers.ts';
import type { FigureWords } from './figure-words.ts';

const LOCALES = { en: 'en-GB', fr: 'fr-FR' } as const;

/** A whole number as people write it. */
export const wholeText = (value: number, { language }: Pick<FigureWords, 'language'>): string =>
  new Intl.NumberFormat(LOCALES[language], { maximumFractionDigits: 0 }).format(value);

/** A share between 0 and 1 as a percentage, with one digit below ten. */
export const shareText = (share: number, { language }: Pick<FigureWords, 'language'>): string =>
  new Intl.NumberFormat(LOCALES[language], {
    style: 'percent',
    maximumFractionDigits: share < 0.1 ? 1 : 0,
  }).format(share);

/** Seconds as hours, minutes and seconds, the two largest that matter: `1,204 h 12 min`. */
function duration(seconds: number, words: FigureWords): string {
  if (seconds < 60) return `${wholeText(seconds, words)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${wholeText(Math.floor(seconds / 3600), words)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** A value in the unit of a figure. */
export const valueText = (value: number, { unit }: Figure, words: FigureWords): string =>
  unit === 'seconds' ? duration(value, words) : wholeText(value, words);

/** Two counts that differ by more than this share give a range, and no single figure. */
const RANGE_FROM = 0.15;
const FEW = 2;

/** True for a figure of which only the range is told. */
export const isRange = ({ low = 0, high = 0 }: Pick<Figure, 'low' | 'high'>): boolean =>
  high - low > Math.max(FEW, high * RANGE_FROM);

/** The figure itself: live and replay listens stand side by side, a range as a range. */
export function spokenFigure(id: MetricId, figure: Figure, words: FigureWords): string {
  if (id === 'listens_total')
    return words.liveAndReplay(
      wholeText(figure.parts?.live ?? 0, words),
      wholeText(figure.parts?.replay ?? 0, words),
    );
  if (isRange(figure)) return `${wholeText(figure.low ?? 0, words)} – ${wholeText(figure.high ?? 0, words)}`;
  // A log of whole numbers has 0 where somebody listened now and then.
  if (id === 'avg_concurrent' && figure.value === 0) return words.belowOne;
  return valueText(figure.value, figure, words);
}
