import type { PageLanguage } from '../../base/negotiation.ts';

/** What feeds say in their own words. */
export interface FeedWords {
  hostTitle(name: string): string;
  hostAbout(name: string): string;
  cancelled(title: string): string;
  onAir(title: string): string;
  readonly listen: string;
  readonly listenAgain: string;
  readonly streaming: string;
}

const WORDS: Readonly<Record<PageLanguage, FeedWords>> = {
  en: {
    hostTitle: (name) => `Rooms of ${name}`,
    hostAbout: (name) => `Live audio rooms of ${name}: what is on, what comes, and recordings.`,
    cancelled: (title) => `Cancelled: ${title}`,
    onAir: (title) => `Live now: ${title}`,
    listen: 'Listen on its page',
    listenAgain: 'Listen on its page, with chapters',
    streaming: 'HLS',
  },
  fr: {
    hostTitle: (name) => `Les salles de ${name}`,
    hostAbout: (name) =>
      `Les salles audio en direct de ${name} : ce qui se passe, ce qui vient, et les enregistrements.`,
    cancelled: (title) => `Annulé : ${title}`,
    onAir: (title) => `En direct : ${title}`,
    listen: 'Écouter sur sa page',
    listenAgain: 'Écouter sur sa page, avec les chapitres',
    streaming: 'HLS',
  },
};

/** The words of feeds in a language. */
export const feedWords = (language: PageLanguage): FeedWords => WORDS[language];
