import type { ToldRefusal } from '../refusal-facts.ts';
import { STAGE_NAME_LENGTH } from '../stage/hands.ts';
import { QUESTION_LENGTH } from './questions.ts';

const english = {
  rule: (rule: string) =>
    `It breaks the rule “\u2068${rule}\u2069” of this room or server. Write it differently.`,
  name: `A name has up to ${STAGE_NAME_LENGTH} characters, and letters of one alphabet in each word.`,
  text: `A question has 1 to ${QUESTION_LENGTH} characters.`,
  wait: (seconds: number) => `That came too fast. Try again in ${seconds} s.`,
  limits: {
    room: (most) => `${most} questions were asked, and the room takes no more.`,
    device: (most) => `${most} of your questions are open. Ask again when one is answered.`,
    network: () => 'Too many questions or votes came from your network. Try again later.',
    votes: (most) => `${most} votes were given, and the room takes no more.`,
  } as Readonly<Record<string, (most: string) => string>>,
  codes: {
    'questions-closed': 'The host takes no questions here now.',
    'questions-full': 'The room takes no more questions or votes.',
    'not-found': 'This question is not in the list any more.',
    'room-not-open': 'The room is not open.',
    'too-large': 'That is too long.',
    banned: 'A host of this room has banned this device.',
  } as Readonly<Record<string, string>>,
  other: 'The server did not take it. Try again later.',
};

const french: typeof english = {
  rule: (rule) =>
    `Ce texte enfreint la règle « \u2068${rule}\u2069 » de cette salle ou du serveur. Écrivez-le autrement.`,
  name: `Un nom a ${STAGE_NAME_LENGTH} caractères au plus, et dans chaque mot les lettres d’un seul alphabet.`,
  text: `Une question a de 1 à ${QUESTION_LENGTH} caractères.`,
  wait: (seconds) => `C’était trop rapide. Réessayez dans ${seconds} s.`,
  limits: {
    room: (most) => `${most} questions ont été posées, et la salle n’en prend pas plus.`,
    device: (most) => `${most} de vos questions sont ouvertes. Revenez quand l’une aura sa réponse.`,
    network: () => 'Trop de questions ou de voix sont venues de votre réseau. Réessayez plus tard.',
    votes: (most) => `${most} voix ont été données, et la salle n’en prend pas plus.`,
  },
  codes: {
    'questions-closed': 'L’hôte ne prend pas de questions ici pour le moment.',
    'questions-full': 'La salle ne prend pas plus de questions ni de voix.',
    'not-found': 'Cette question n’est plus dans la liste.',
    'room-not-open': 'La salle n’est pas ouverte.',
    'too-large': 'C’est trop long.',
    banned: 'Un hôte de cette salle a banni cet appareil.',
  },
  other: 'Le serveur ne l’a pas pris. Réessayez plus tard.',
};

/** Why a question or a vote was not taken, for whoever sent it. */
export function questionRefusal(language: 'en' | 'fr', why: ToldRefusal): string {
  const words = language === 'fr' ? french : english;
  const { code, rule, field, limit = '', most = 0, seconds } = why;
  if (rule !== undefined) return words.rule(rule);
  if (code === 'unprocessable' && field === 'name') return words.name;
  if (code === 'unprocessable' && field === 'text') return words.text;
  if (code === 'too-often' && seconds !== undefined) return words.wait(seconds);
  const full = code === 'questions-full' ? words.limits[limit] : undefined;
  return full ? full(most.toLocaleString(language)) : (words.codes[code] ?? words.other);
}
