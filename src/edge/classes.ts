import { type CacheClass, cachedAs, examplesOf, sourceOf } from '../http/index.ts';

/** One kind of address, and how a cache in front treats it. Every generated configuration is written from these. */
export interface UrlClass {
  readonly id: CacheClass;
  /** What is there, in a few words. */
  readonly what: string;
  /** The path, anchored: a regular expression that PCRE, POSIX and JavaScript read alike. */
  readonly path: string;
  /**
   * How long it may be kept, in the words of the origin's headers; for people who configure a CDN by hand.
   */
  readonly keeps: string;
  /** Query parameters that select a different object; all others are dropped before the cache looks. */
  readonly query: 'none' | 'playlist';
  /**
   * True: many simultaneous requests for an object that is not cached cost the origin one request, even where waiting
   * is done by polling.
   */
  readonly collapse: boolean;
  /** True: the origin may hold the request until the thing exists, up to 15 s. */
  readonly blocks: boolean;
  /** True: text that the origin also sends compressed. */
  readonly text: boolean;
  /** Seconds for which an old copy may stand in while the origin is away. */
  readonly ifError: number;
  readonly examples: readonly string[];
}

const YEAR = 'a year, never changes';

type Treatment = Omit<UrlClass, 'path' | 'examples'>;

/** How each class is treated. Which addresses belong to a class is in the table of addresses. */
const TREATMENTS: readonly Treatment[] = [
  {
    id: 'segment',
    what: 'segments of 5.12 s and the init segments of decoders',
    ...{ keeps: YEAR, query: 'none', collapse: true, blocks: false, text: false, ifError: 86_400 },
  },
  {
    id: 'part',
    what: 'parts of 640 ms for low-latency players',
    ...{ keeps: YEAR, query: 'none', collapse: false, blocks: true, text: false, ifError: 86_400 },
  },
  {
    id: 'slow-playlist',
    what: 'playlists of whole segments, of the delayed stream and of the replay, and content steering',
    keeps: '1 s (slow.m3u8: 10 s), then old for 2 s while it is asked again, 60 s while the origin is away',
    ...{ query: 'none', collapse: true, blocks: false, text: true, ifError: 60 },
  },
  {
    id: 'playlist',
    what: 'low-latency playlists; with _HLS_msn the origin holds the answer until there is something new',
    keeps: '1 s; 12 s with _HLS_msn, whose address names the moment',
    ...{ query: 'playlist', collapse: false, blocks: true, text: true, ifError: 60 },
  },
  {
    id: 'state',
    what: 'what everyone polls once a second',
    keeps: '1 s, then old for 1 s while it is asked again, 60 s while the origin is away',
    ...{ query: 'none', collapse: false, blocks: false, text: true, ifError: 60 },
  },
  {
    id: 'asset',
    what: 'scripts, styles and fonts, named by their content, and tiles of the evidence log',
    ...{ keeps: YEAR, query: 'none', collapse: true, blocks: false, text: true, ifError: 86_400 },
  },
  {
    id: 'image',
    what: 'images of posts and pictures of people, named by their content',
    ...{ keeps: 'a day, never changes; then it may be gone', query: 'none', collapse: true },
    ...{ blocks: false, text: false, ifError: 3_600 },
  },
  {
    id: 'page',
    what: 'pages, the same for everyone',
    ...{ keeps: '1 s (icon: a day)', query: 'none', collapse: false, blocks: false, text: true, ifError: 60 },
  },
];

/**
 * What may be cached, most requested first. Everything else is never cached: it is passed on unchanged and
 * unbuffered.
 */
export const CLASSES: readonly UrlClass[] = TREATMENTS.map((treatment) => ({
  ...treatment,
  path: cachedAs(treatment.id),
  examples: examplesOf(({ cache }) => cache === treatment.id),
}));

/**
 * Query parameters of low-latency playlists, and their allowed values. Spec: draft-pantos-hls-rfc8216bis, 6.2.5.
 */
export const PLAYLIST_QUERY = {
  _HLS_msn: '[0-9]{1,10}',
  _HLS_part: '[0-9]{1,2}',
  _HLS_skip: 'YES|v2',
} as const;

/**
 * Query parameters that make a page another one (a place in the queue; a player in the language of the page around it):
 * such requests are passed on, not cached.
 */
export const PERSONAL_QUERY = ['ticket', 'lang'] as const;

/** Endless answers: written bit by bit for hours, never cached and never buffered. */
export const ENDLESS = `^${sourceOf(({ endless }) => endless === true)}$`;

/** The address of a host's hold music: the one large request. */
export const MUSIC = `^${sourceOf(({ id }) => id === 'music')}$`;
/** The largest hold music of a host, in MB. */
export const MUSIC_MB = 8;

/** The address of the studio's event stream, which lasts for hours. */
export const BACKSTAGE = `^${sourceOf(({ id }) => id === 'backstage')}$`;

/** Paths that must never be cached, whatever their headers say; none of `CLASSES` matches one. */
export const NEVER: readonly string[] = examplesOf(({ cache }) => cache === undefined);

/** The class of a path, or undefined when it must be passed on. */
export const classOf = (path: string): UrlClass | undefined =>
  CLASSES.find(({ path: pattern }) => new RegExp(pattern).test(path));
