/** Writers of what other programs read of rooms and posts: RSS and Atom, chapters, calendars. They know texts and times, and no part. */
export { type AtomEnclosure, type AtomFeed, type AtomItem, atomFeed } from './atom.ts';
export { type CalendarEvent, type CalendarName, calendar } from './calendar.ts';
export { CHAPTERS_TYPE, chaptersFile, type FeedChapter } from './chapters.ts';
export { feedGuid, type ItemKind, itemGuid } from './guid.ts';
export { feedAnswer, feedHeaders, type KeptFeeds, openKeptFeeds } from './kept-feeds.ts';
export {
  type FeedItem,
  type FeedPerson,
  type FeedSound,
  type LiveItem,
  type PodcastFeed,
  podcastFeed,
  type Soundbite,
} from './podcast.ts';
export { textElement, xmlText } from './xml.ts';
