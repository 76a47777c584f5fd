import type { HostileText } from './hostile-text.ts';

/** What is said of the requests of an incident. */
export interface RequestWords {
  readonly title: string;
  /** The hostile share, and how many clients are taken for people and for attackers. */
  readonly says: (hostile: HostileText, people: string, attackers: string) => string;
  readonly caused: Readonly<Record<'true' | 'false' | 'null', string>>;
  readonly heads: readonly [name: string, says: string, weight: string, measured: string];
  readonly bundle: string;
  readonly verdict: string;
}

/** English. */
export const REQUESTS_ENGLISH: RequestWords = {
  title: 'What the doors were asked for',
  says: ({ requests, cost }, people, attackers) =>
    `${requests} of the requests and ${cost} of their cost behave like an attack. Clients taken for people: ${people}; for attackers: ${attackers}.`,
  caused: {
    true: 'All five conditions hold, so the attack caused what went wrong.',
    false: 'An attack did not cause what went wrong.',
    null: 'Whether an attack caused what went wrong cannot be told.',
  },
  heads: ['Family', 'Says', 'Weight', 'Measured'],
  bundle: 'All requests of the time, without addresses, to work it out again.',
  verdict: 'The verdict by itself.',
};

/** French. */
export const REQUESTS_FRENCH: RequestWords = {
  title: 'Ce qui a été demandé aux portes',
  says: ({ requests, cost }, people, attackers) =>
    `${requests} des requêtes et ${cost} de leur coût se comportent comme une attaque. Clients pris pour des personnes : ${people} ; pour des attaquants : ${attackers}.`,
  caused: {
    true: 'Les cinq conditions sont remplies : c’est l’attaque qui a causé ce qui s’est passé.',
    false: 'Ce n’est pas une attaque qui a causé ce qui s’est passé.',
    null: 'On ne peut pas dire si une attaque a causé ce qui s’est passé.',
  },
  heads: ['Famille', 'Dit', 'Poids', 'Mesuré'],
  bundle: 'Toutes les requêtes de ce temps, sans adresses, pour refaire le calcul.',
  verdict: 'Le verdict à part.',
};
