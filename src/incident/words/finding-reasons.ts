import { type Reason, reasonText } from '../../verdict/index.ts';

/** What reasons of signs and listeners are told with. */
interface OwnValues {
  'own-fault': Record<never, never>;
  'no-strain': Record<never, never>;
  'listeners-rose': { readonly before: number; readonly most: number };
  'counted-by-sound': Record<never, never>;
  'listeners-did-not-rise': { readonly before: number; readonly most: number };
  'usual-unknown': Record<never, never>;
  'requests-unknown': Record<never, never>;
}
type OwnCode = keyof OwnValues;
type OwnReason = {
  readonly [Code in OwnCode]: { readonly code: Code; readonly values: OwnValues[Code] };
}[OwnCode];

/** Why an incident is judged as it is: by signs and listeners, or by requests. */
export type FindingReason = OwnReason | Reason;
/** What speaks for the label, and what against it. */
export interface FindingReasons {
  readonly for: readonly FindingReason[];
  readonly against: readonly FindingReason[];
}

type Texts = { readonly [Code in OwnCode]: (values: OwnValues[Code]) => string };

const ENGLISH: Texts = {
  'own-fault': () => 'A part of this server failed by itself; see the list.',
  'no-strain': () => 'No room gave up delay or sound quality, and joins did not fail in numbers.',
  'listeners-rose': ({ before, most }) => `Counted listeners rose from ${before} to ${most}.`,
  'counted-by-sound': () => 'Each of them is counted by the sound that reached it.',
  'listeners-did-not-rise': ({ before, most }) =>
    `Counted listeners did not rise threefold: ${before} before, ${most} at most.`,
  'usual-unknown': () =>
    'What is usual for this server is not known: it had counted for less than three minutes.',
  'requests-unknown': () =>
    'The requests of this time are not known, so an attack is neither shown nor excluded.',
};

const FRENCH: Texts = {
  'own-fault': () => 'Une partie de ce serveur s’est arrêtée d’elle-même ; voir la liste.',
  'no-strain': () => 'Aucune salle n’a perdu en retard ni en qualité de son, et peu d’écoutes ont échoué.',
  'listeners-rose': ({ before, most }) => `Les auditeurs comptés sont passés de ${before} à ${most}.`,
  'counted-by-sound': () => 'Chacun est compté d’après le son qui lui est parvenu.',
  'listeners-did-not-rise': ({ before, most }) =>
    `Les auditeurs comptés n’ont pas triplé : ${before} avant, ${most} au plus.`,
  'usual-unknown': () =>
    'On ne sait pas ce qui est habituel pour ce serveur : il comptait depuis moins de trois minutes.',
  'requests-unknown': () =>
    'On ne connaît pas les requêtes de ce moment : une attaque n’est ni montrée ni exclue.',
};

const isOwn = (reason: FindingReason): reason is OwnReason => Object.hasOwn(ENGLISH, reason.code);

/** A reason in words. */
export function findingText(reason: FindingReason, language: 'en' | 'fr' = 'en'): string {
  if (!isOwn(reason)) return reasonText(reason, language);
  const text = (language === 'fr' ? FRENCH : ENGLISH)[reason.code] as (values: unknown) => string;
  return text(reason.values);
}
