/** A chapter as outlines have them. */
export interface FeedChapter {
  /** Seconds from the beginning of the enclosure. */
  readonly at: number;
  readonly title: string;
  readonly link?: string;
}

/** The media type of `chaptersFile`. */
export const CHAPTERS_TYPE = 'application/json+chapters';

/** The chapters of an episode for podcast programs. Spec: Podcasting 2.0, JSON chapters 1.2. */
export const chaptersFile = (title: string, chapters: readonly FeedChapter[]): string =>
  JSON.stringify({
    version: '1.2.0',
    title: title.toWellFormed(),
    fileName: 'replay.m4a',
    chapters: chapters
      .toSorted((one, other) => one.at - other.at)
      .map(({ at, title: said, link }) => ({
        startTime: Math.round(Math.max(0, at) * 1_000) / 1_000,
        title: said.toWellFormed(),
        ...(link === undefined ? {} : { url: link }),
      })),
  });
