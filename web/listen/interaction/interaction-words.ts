import type { Reaction } from '../../../src/wire/interaction/reactions.ts';
import type { Language } from '../../kit/words.ts';

const english = {
  react: 'React',
  reactions: {
    ...{ applause: 'Applause', laugh: 'Laughter', heart: 'Heart' },
    ...{ agree: 'Agree', surprised: 'Surprised' },
  } as Readonly<Record<Reaction, string>>,
  /** What a screen reader is told of the last seconds. */
  lately: (list: string) => `Reactions just now: ${list}`,
  /** Of a whole recording. */
  whole: (list: string) => `Reactions in this recording: ${list}`,
  perSecond: (most: number) => `At most ${most} reactions a second count.`,
  unreachable: 'The server did not answer. Try again.',
  questions: 'Questions',
  question: 'Your question, as everyone will read it',
  name: 'Your name (optional)',
  send: 'Ask',
  asked: 'Your question is in the list.',
  ask: 'Ask a question',
  cancel: 'Not now',
  none: 'Nobody has asked anything yet.',
  closed: 'The host takes no new questions now.',
  vote: 'I want to know that too',
  voted: 'You voted',
  votes: (n: number) => (n === 1 ? '1 vote' : `${n} votes`),
  all: (n: number) => `Show all ${n}`,
  report: 'Report',
  withdrawn: (text: string) => `Your question was taken out of the list: “\u2068${text}\u2069”.`,
  reason: (text: string) => `Reason: \u2068${text}\u2069`,
  why: 'What was decided, and how to object',
  answered: 'Answered',
  pinned: 'Pinned by the host',
  link: (host: string) => `Opens ${host}`,
};

/** The texts of the cards. */
export type InteractionWords = typeof english;

const french: InteractionWords = {
  react: 'Réagir',
  reactions: {
    ...{ applause: 'Bravo', laugh: 'Rire', heart: 'Cœur' },
    ...{ agree: 'D’accord', surprised: 'Surprise' },
  },
  lately: (list) => `Réactions à l’instant : ${list}`,
  whole: (list) => `Réactions dans cet enregistrement : ${list}`,
  perSecond: (most) => `${most} réactions par seconde comptent au plus.`,
  unreachable: 'Le serveur n’a pas répondu. Réessayez.',
  questions: 'Questions',
  question: 'Votre question, telle que tout le monde la lira',
  name: 'Votre nom (facultatif)',
  send: 'Demander',
  asked: 'Votre question est dans la liste.',
  ask: 'Poser une question',
  cancel: 'Pas maintenant',
  none: 'Personne n’a encore posé de question.',
  closed: 'L’hôte ne prend pas de nouvelles questions maintenant.',
  vote: 'Cela m’intéresse aussi',
  voted: 'Vous avez voté',
  votes: (n) => `${n} voix`,
  all: (n) => `Afficher les ${n}`,
  report: 'Signaler',
  withdrawn: (text) => `Votre question a été retirée de la liste : « \u2068${text}\u2069 ».`,
  reason: (text) => `Raison : \u2068${text}\u2069`,
  why: 'Ce qui a été décidé, et comment s’y opposer',
  answered: 'Répondues',
  pinned: 'Épinglé par l’hôte',
  link: (host) => `Ouvre ${host}`,
};

/** The texts in a language. */
export const interactionWords = (language: Language): InteractionWords =>
  language === 'fr' ? french : english;
