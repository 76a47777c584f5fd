/** What a profile says of its feeds. */
export interface FeedLinkWords {
  readonly title: string;
  readonly calendar: string;
  readonly calendarFile: string;
  readonly calendarTitle: string;
  readonly podcast: string;
  readonly posts: string;
}

/** In English. */
export const ENGLISH_FEED_LINKS: FeedLinkWords = {
  title: 'In other programs',
  calendar: 'Add these rooms to your calendar',
  calendarFile: 'The same calendar as a file',
  calendarTitle: 'Rooms for calendars',
  podcast: 'Rooms as a podcast (RSS)',
  posts: 'Posts for readers (Atom)',
};

/** In French. */
export const FRENCH_FEED_LINKS: FeedLinkWords = {
  title: 'Dans d’autres programmes',
  calendar: 'Ajouter ces salles à votre agenda',
  calendarFile: 'Le même agenda en fichier',
  calendarTitle: 'Salles pour agendas',
  podcast: 'Salles en podcast (RSS)',
  posts: 'Publications pour lecteurs de flux (Atom)',
};
