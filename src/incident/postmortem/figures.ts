import type { Dossier } from '../dossier.ts';
import { incidentWords } from '../words/sentences.ts';
import { draftOf } from './draft.ts';

/** A figure in a text: digits, with the separators of numbers and of times. */
export const FIGURE = /\d(?:[\d.,:\u00a0\u202f]*\d)?/g;

/** A figure without what separates its thousands, so that `1,234` and `1 234` are one. */
export const bareFigure = (figure: string): string => figure.replace(/[,\u00a0\u202f]/g, '');

const figuresIn = (text: string): string[] =>
  [...text.matchAll(FIGURE)].map(([figure]) => bareFigure(figure));

/** Every figure that the page of an incident has, in the form of `bareFigure`. */
export function recordedFigures(dossier: Dossier): ReadonlySet<string> {
  const { incident, parts } = dossier;
  const now = incident.window.to ?? incident.minutes.at(-1)?.at ?? incident.window.from;
  const told = (['en', 'fr'] as const).flatMap((language) =>
    figuresIn(draftOf(dossier, incidentWords(language), now)),
  );
  const measured = figuresIn(
    JSON.stringify([
      incident.minutes,
      incident.audience,
      parts.map(({ asked, failed, met, missed }) => [asked, failed, met, missed]),
    ]),
  );
  return new Set([...told, ...measured]);
}
