import type { PageLanguage } from '../base/negotiation.ts';

const english = {
  language: 'en' as PageLanguage,
  title: 'Questions',
  back: 'Back to the room',
  lead: 'Ask the people on stage in text. You need no account. Everyone reads what you write.',
  closed: 'The host takes no new questions in text at the moment.',
  none: 'Nobody has asked anything yet.',
  question: 'Your question',
  name: 'Your name (optional)',
  send: 'Ask',
  vote: 'I would like to know that too',
  votes: (n: number) => (n === 1 ? '1 vote' : `${n} votes`),
  answered: 'Answered',
  from: (name: string) => `from ${name}`,
  asked: 'Your question is in the list.',
  voted: 'Your vote counts.',
  refused: 'That was not taken:',
  more: (n: number) => `and ${n} more with fewer votes`,
  report: 'Report',
  withdrawn: 'This question was taken out of the list:',
  reason: 'Reason:',
  why: 'What was decided, and how to object',
  plain: 'Without scripts, all who share your connection’s address count as one device.',
};

/** The texts of the page. */
export type QuestionWords = typeof english;

const french: QuestionWords = {
  language: 'fr',
  title: 'Questions',
  back: 'Retour à la salle',
  lead: 'Posez une question par écrit aux personnes sur scène. Aucun compte n’est nécessaire. Tout le monde lit ce que vous écrivez.',
  closed: 'L’hôte ne prend pas de nouvelles questions écrites pour le moment.',
  none: 'Personne n’a encore posé de question.',
  question: 'Votre question',
  name: 'Votre nom (facultatif)',
  send: 'Demander',
  vote: 'Cela m’intéresse aussi',
  votes: (n) => (n < 2 ? `${n} voix` : `${n} voix`),
  answered: 'Répondues',
  from: (name) => `de ${name}`,
  asked: 'Votre question est dans la liste.',
  voted: 'Votre voix compte.',
  refused: 'Cela n’a pas été pris :',
  more: (n) => `et ${n} de plus avec moins de voix`,
  report: 'Signaler',
  withdrawn: 'Cette question a été retirée de la liste :',
  reason: 'Raison :',
  why: 'Ce qui a été décidé, et comment s’y opposer',
  plain:
    'Sans script, toutes les personnes qui partagent l’adresse de votre connexion comptent pour un appareil.',
};

/** The texts in a language. */
export const questionWords = (language: PageLanguage): QuestionWords =>
  language === 'fr' ? french : english;
