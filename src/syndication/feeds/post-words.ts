import type { PageLanguage } from '../../base/negotiation.ts';

const DAY = {
  en: new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }),
  fr: new Intl.DateTimeFormat('fr', { dateStyle: 'long', timeZone: 'UTC' }),
} as const;

/** What feeds of posts and calendars say in their own words. */
export interface PostFeedWords {
  ofPerson(name: string): string;
  ofServer(server: string): string;
  readonly about: string;
  readonly erased: string;
  /** When a post was deleted, in a sentence. */
  deleted(by: 'author' | 'moderator', at: number): string;
  reason(said: string): string;
  edited(at: number): string;
  shared(name: string): string;
  answers(name: string): string;
  readonly room: string;
  readonly clip: string;
  rooms(name: string): string;
  roomsAbout(name: string): string;
}

const WORDS: Readonly<Record<PageLanguage, PostFeedWords>> = {
  en: {
    ofPerson: (name) => `Posts of ${name}`,
    ofServer: (server) => `Posts on ${server}`,
    about: 'The newest first. What was deleted says so.',
    erased: 'Somebody who has erased their account',
    deleted: (by, at) =>
      by === 'author'
        ? `Deleted by its author on ${DAY.en.format(at)}.`
        : `Removed by the moderators of this server on ${DAY.en.format(at)}.`,
    reason: (said) => `The reason given: “${said}”`,
    edited: (at) => `Edited on ${DAY.en.format(at)}.`,
    shared: (name) => `${name} reposted`,
    answers: (name) => `${name}:`,
    room: 'Room:',
    clip: 'Clip',
    rooms: (name) => `Rooms of ${name}`,
    roomsAbout: (name) => `Live audio rooms that ${name} hosts.`,
  },
  fr: {
    ofPerson: (name) => `Publications de ${name}`,
    ofServer: (server) => `Publications sur ${server}`,
    about: 'Les plus récentes d’abord. Ce qui a été supprimé le dit.',
    erased: 'Quelqu’un qui a effacé son compte',
    deleted: (by, at) =>
      by === 'author'
        ? `Supprimée par son auteur le ${DAY.fr.format(at)}.`
        : `Retirée par la modération de ce serveur le ${DAY.fr.format(at)}.`,
    reason: (said) => `La raison donnée : « ${said} »`,
    edited: (at) => `Modifiée le ${DAY.fr.format(at)}.`,
    shared: (name) => `${name} a repartagé`,
    answers: (name) => `${name} :`,
    room: 'Salle :',
    clip: 'Extrait',
    rooms: (name) => `Les salles de ${name}`,
    roomsAbout: (name) => `Les salles audio en direct que ${name} anime.`,
  },
};

/** The words in a language. */
export const postFeedWords = (language: PageLanguage): PostFeedWords => WORDS[language];
