import type { Language } from '../kit/words.ts';

/** The texts of the card of the line; numbers are already formatted. */
export interface LineWords {
  readonly title: string;
  readonly waiting: string;
  nobodyAhead: string;
  /** `most`: the range is an upper limit; there may be nobody ahead. */
  ahead(range: string, most: boolean): string;
  readonly lottery: (time: string) => string;
  minutes(range: string): string;
  readonly noPace: string;
  hearing(seconds: string): string;
  readonly turn: string;
  readonly up: string;
  readonly worse: Readonly<Record<'places' | 'slower' | 'draw', string>>;
  readonly note: Readonly<Record<'forged' | 'foreign' | 'expired', string>>;
  readonly leave: string;
  readonly left: string;
  readonly again: string;
  readonly check: string;
  readonly why: string;
  readonly kept: string;
  readonly away: string;
}

const english: LineWords = {
  title: 'In line for the live edge',
  waiting: 'Finding your place in line.',
  nobodyAhead: 'Nobody is ahead of you.',
  ahead: (range, most) =>
    `${most ? 'At most ' : ''}${range === '1' ? '1 person is' : `${range} people are`} ahead of you.`,
  lottery: (time) => `The order will be drawn at ${time}. Until then it does not matter who came first.`,
  minutes: (range) => `About ${range === '1' ? 'a minute' : `${range} minutes`} at the present pace.`,
  noPace: 'In the last few minutes nobody has left the live edge, so nobody can say how long it will take.',
  hearing: (seconds) => `You are hearing it ${seconds} seconds late in the meantime. You miss nothing.`,
  turn: 'It is your turn. Moving up to the live edge.',
  up: 'You are at the live edge now.',
  worse: {
    places: 'It takes longer than before: there are fewer places at the live edge now.',
    slower: 'It takes longer than before: fewer people leave the live edge.',
    draw: 'More people are in your draw than before.',
  },
  note: {
    forged: 'This browser’s ticket was not from this server. Here is a new one, at the end of the line.',
    foreign: 'This browser’s ticket was for another room. Here is a new one.',
    expired: 'Your ticket had expired. It has been renewed, at the same place.',
  },
  leave: 'Leave the line',
  left: 'You have left the line. You will keep hearing it late.',
  again: 'Take a place in line',
  check: 'The line, as everyone sees it',
  why: 'It is a range, because the order within a minute is drawn at random.',
  kept: 'Your place is kept for 10 minutes if you close this page.',
  away: 'There has been no news of the line for a while. Your place is kept.',
};

const french: LineWords = {
  title: 'Dans la file pour le direct',
  waiting: 'Recherche de votre place dans la file.',
  nobodyAhead: 'Personne n’est devant vous.',
  ahead: (range, most) =>
    `${most ? 'Au plus ' : ''}${range === '1' ? '1 personne est' : `${range} personnes sont`} devant vous.`,
  lottery: (time) => `L’ordre sera tiré au sort à ${time}. D’ici là, peu importe qui est arrivé en premier.`,
  minutes: (range) => `Environ ${range === '1' ? 'une minute' : `${range} minutes`} au rythme actuel.`,
  noPace:
    'Ces dernières minutes, personne n’a quitté le direct : nul ne peut dire combien de temps cela prendra.',
  hearing: (seconds) =>
    `En attendant, vous écoutez avec ${seconds} secondes de retard. Vous ne manquez rien.`,
  turn: 'C’est votre tour. Passage au direct.',
  up: 'Vous écoutez maintenant en direct.',
  worse: {
    places: 'L’attente s’allonge : il y a moins de places au direct.',
    slower: 'L’attente s’allonge : moins de gens quittent le direct.',
    draw: 'Il y a plus de monde qu’avant dans votre tirage.',
  },
  note: {
    forged: 'Le ticket de ce navigateur ne venait pas de ce serveur. En voici un nouveau, en fin de file.',
    foreign: 'Le ticket de ce navigateur était pour une autre salle. En voici un nouveau.',
    expired: 'Votre ticket avait expiré. Il est renouvelé, à la même place.',
  },
  leave: 'Quitter la file',
  left: 'Vous avez quitté la file. Vous continuez d’écouter avec du retard.',
  again: 'Prendre une place dans la file',
  check: 'La file, telle que chacun la voit',
  why: 'C’est une fourchette, car l’ordre au sein d’une minute est tiré au sort.',
  kept: 'Votre place est gardée 10 minutes si vous fermez cette page.',
  away: 'Pas de nouvelles de la file depuis un moment. Votre place est gardée.',
};

/** The words of a language. */
export const lineWords = (language: Language): LineWords => (language === 'fr' ? french : english);
