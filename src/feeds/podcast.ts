import { elementOf, emptyElement, saying, textElement, type XmlAttributes, xmlText } from './xml.ts';

/** Somebody who is heard. */
export interface FeedPerson {
  readonly name: string;
  readonly role: 'host' | 'guest';
  /** Their own page. */
  readonly href?: string;
}

/** Sound at an address. */
export interface FeedSound {
  readonly url: string;
  readonly type: string;
  /** Length in bytes; absent: not known, or without end. */
  readonly bytes?: number;
  /** Bits per second. */
  readonly bitrate?: number;
  /** Spec: RFC 6381. */
  readonly codecs?: string;
  /** For people who choose; at most 32 letters. */
  readonly title?: string;
}

/** A passage of an episode. */
export interface Soundbite {
  /** Seconds from the beginning of the enclosure. */
  readonly at: number;
  readonly seconds: number;
  readonly title: string;
}

/** What an entry says. */
export interface FeedItem {
  readonly guid: string;
  readonly title: string;
  readonly link: string;
  /** One sentence, plain text. */
  readonly about: string;
  /** The same and more, as HTML. */
  readonly html?: string;
  /** Wall-clock ms when it was first told. */
  readonly at?: number;
  readonly author?: string;
  readonly people: readonly FeedPerson[];
  /** The sound that every program plays; absent: none. */
  readonly sound?: FeedSound;
  /** The same sound in other forms. */
  readonly otherSounds: readonly FeedSound[];
  /** Length in seconds. */
  readonly seconds?: number;
  /** Address of its chapters. */
  readonly chapters?: string;
  readonly soundbites: readonly Soundbite[];
}

/** Something that is live, comes, or was a moment ago. Spec: Podcasting 2.0, podcast:liveItem. */
export interface LiveItem extends FeedItem {
  readonly status: 'pending' | 'live' | 'ended';
  /** Wall-clock ms. */
  readonly start: number;
  readonly end?: number;
  /** What the link to its page says. */
  readonly watch: string;
}

/** A feed. */
export interface PodcastFeed {
  /** Its own address, and that of the page it belongs to. */
  readonly self: string;
  readonly link: string;
  readonly title: string;
  readonly about: string;
  readonly language: string;
  readonly guid: string;
  readonly author: string;
  /** A square picture of at least 1,400 pixels. */
  readonly image: string;
  readonly people: readonly FeedPerson[];
  /** Wall-clock ms of the newest thing in it; absent: it is empty. */
  readonly changed?: number;
  /** Directories leave it out. */
  readonly hidden?: boolean;
  readonly live: readonly LiveItem[];
  readonly entries: readonly FeedItem[];
  /** Elements of other vocabularies, XML already, and their namespaces. */
  readonly more?: readonly string[];
  readonly namespaces?: XmlAttributes;
}

/** Directories cut a name after this many letters. Spec: Podcasting 2.0, podcast:person, podcast:soundbite. */
const MOST_NAME = 128;
const MOST_SOUND_TITLE = 32;

const cut = (text: string, most: number): string => {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
};
/** Spec: RFC 822, 5, with a year of four digits, as RSS 2.0 has it. */
const dated = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');
const seconds = (of: number): string => String(Math.max(0, Math.round(of * 100) / 100));

const person = ({ name, role, href }: FeedPerson): string =>
  textElement('podcast:person', cut(name, MOST_NAME), { role, href });
const people = (all: readonly FeedPerson[]): string[] =>
  all.filter(({ name }) => saying(name, '') !== '').map(person);

/** Spec: RSS Advisory Board, Best Practices Profile, enclosure: 0 where the length is not known. */
const enclosure = ({ url, type, bytes = 0 }: FeedSound): string =>
  emptyElement('enclosure', { url, length: bytes, type });

/** With a length as well, 0 where it is not known: the Podcast Index leaves out what has none. */
const alternate = ({ url, type, bytes = 0, bitrate, codecs, title }: FeedSound, isDefault: boolean): string =>
  elementOf(
    'podcast:alternateEnclosure',
    {
      ...{ type, length: bytes, bitrate, codecs },
      title: title === undefined ? undefined : cut(title, MOST_SOUND_TITLE),
      default: isDefault ? 'true' : undefined,
    },
    [emptyElement('podcast:source', { uri: url })],
  );

function said(entry: FeedItem): string[] {
  const { sound, chapters, author } = entry;
  return [
    textElement('title', saying(entry.title, entry.link)),
    textElement('link', entry.link),
    textElement('guid', entry.guid, { isPermaLink: 'false' }),
    ...(entry.at === undefined ? [] : [textElement('pubDate', dated(entry.at))]),
    textElement('description', saying(entry.about, entry.title)),
    ...(entry.html === undefined ? [] : [textElement('content:encoded', entry.html)]),
    ...(author === undefined || saying(author, '') === '' ? [] : [textElement('itunes:author', author)]),
    ...people(entry.people),
    ...(sound ? [enclosure(sound), alternate(sound, true)] : []),
    ...entry.otherSounds.map((one) => alternate(one, false)),
    ...(entry.seconds === undefined
      ? []
      : [textElement('itunes:duration', String(Math.round(entry.seconds)))]),
    ...(chapters === undefined
      ? []
      : [emptyElement('podcast:chapters', { url: chapters, type: 'application/json+chapters' })]),
    ...entry.soundbites.map(({ at, seconds: long, title }) =>
      textElement('podcast:soundbite', cut(title, MOST_NAME), {
        startTime: seconds(at),
        duration: seconds(long),
      }),
    ),
  ];
}

const live = (entry: LiveItem): string =>
  elementOf(
    'podcast:liveItem',
    {
      status: entry.status,
      start: new Date(entry.start).toISOString(),
      end: entry.end === undefined ? undefined : new Date(entry.end).toISOString(),
    },
    [...said(entry), textElement('podcast:contentLink', entry.watch, { href: entry.link })],
  );

/**
 * A feed for podcast programs and for readers of feeds. Spec: RSS 2.0; RSS Advisory Board, Best Practices Profile;
 * Podcasting 2.0; Apple, Podcast RSS feed requirements.
 */
export function podcastFeed(feed: PodcastFeed): string {
  const title = saying(feed.title, feed.link);
  const { changed } = feed;
  return `<?xml version="1.0" encoding="UTF-8"?>
${elementOf(
  'rss',
  {
    version: '2.0',
    'xmlns:atom': 'http://www.w3.org/2005/Atom',
    'xmlns:content': 'http://purl.org/rss/1.0/modules/content/',
    'xmlns:itunes': 'http://www.itunes.com/dtds/podcast-1.0.dtd',
    'xmlns:podcast': 'https://podcastindex.org/namespace/1.0',
    ...feed.namespaces,
  },
  [
    elementOf('channel', {}, [
      textElement('title', title),
      textElement('link', feed.link),
      emptyElement('atom:link', { href: feed.self, rel: 'self', type: 'application/rss+xml' }),
      textElement('description', saying(feed.about, title)),
      textElement('language', feed.language),
      '<generator>Earshot</generator>',
      '<ttl>1</ttl>',
      ...(changed === undefined ? [] : [textElement('lastBuildDate', dated(changed))]),
      elementOf('image', {}, [
        textElement('url', feed.image),
        textElement('title', title),
        textElement('link', feed.link),
      ]),
      emptyElement('itunes:image', { href: feed.image }),
      textElement('itunes:author', saying(feed.author, title)),
      // The kind of thing it is. What people say in it nobody has rated: see docs/limits.md.
      `<itunes:category text="${xmlText('Society & Culture')}"/>`,
      '<itunes:explicit>false</itunes:explicit>',
      '<itunes:type>episodic</itunes:type>',
      ...(feed.hidden ? ['<itunes:block>Yes</itunes:block>', '<podcast:block>yes</podcast:block>'] : []),
      textElement('podcast:guid', feed.guid),
      '<podcast:medium>podcast</podcast:medium>',
      // Whoever is heard may take their feed along to another program.
      '<podcast:locked>no</podcast:locked>',
      ...people(feed.people),
      ...(feed.more ?? []),
      ...feed.live.map(live),
      ...feed.entries.map((entry) => elementOf('item', {}, said(entry))),
    ]),
  ],
)}
`;
}
