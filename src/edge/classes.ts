/** One kind of address, and how a cache in front treats it. Every generated configuration is written from these. */
export interface UrlClass {
  readonly id: string;
  /** What is there, in a few words. */
  readonly what: string;
  /** The path, anchored: a regular expression that PCRE, POSIX and JavaScript read alike. */
  readonly path: string;
  /** How long it may be kept, as the origin's headers say it; for people who configure a CDN by hand. */
  readonly keeps: string;
  /** Query parameters that make another object; all others are dropped before the cache looks. */
  readonly query: 'none' | 'playlist';
  /** True: many who ask for one object that is not there yet cost the origin one request, also where waiting is polled. */
  readonly collapse: boolean;
  /** True: the origin may hold the request until the thing exists, up to 15 s. */
  readonly blocks: boolean;
  /** True: text that the origin also sends compressed. */
  readonly text: boolean;
  /** Seconds for which an old copy may stand in while the origin is away. */
  readonly ifError: number;
  readonly examples: readonly string[];
}

const ROOM = '^/r/[a-z0-9-]{1,64}';
/** `opus64`, `aac96`: letters and a bitrate, so that `main` and `slow` are none. */
const RENDITION = '[a-z]{2,8}[0-9]{1,4}';
const YEAR = 'a year, never changes';

/** What may be kept, most asked for first. Everything else is never kept: it is passed on as it is, unbuffered. */
export const CLASSES: readonly UrlClass[] = [
  {
    id: 'segment',
    what: 'segments of 5.12 s and what a decoder needs first',
    path: `${ROOM}/(live|replay)/${RENDITION}/(init\\.mp4|[0-9]{1,10}\\.m4s|[0-9]{1,10}-[0-9]{1,2}\\.m4s)$`,
    ...{ keeps: YEAR, query: 'none', collapse: true, blocks: false, text: false, ifError: 86_400 },
    examples: [
      '/r/hall/live/opus64/init.mp4',
      '/r/hall/live/opus64/1234.m4s',
      '/r/hall/replay/aac96/160-16.m4s',
    ],
  },
  {
    id: 'part',
    what: 'parts of 640 ms for low-latency players',
    path: `${ROOM}/live/${RENDITION}/[0-9]{1,10}\\.[0-9]{1,2}\\.m4s$`,
    ...{ keeps: YEAR, query: 'none', collapse: false, blocks: true, text: false, ifError: 86_400 },
    examples: ['/r/hall/live/opus64/1234.7.m4s'],
  },
  {
    id: 'slow-playlist',
    what: 'playlists of whole segments, of the ring, of the replay, and where players are steered',
    path: `${ROOM}/(live/(main\\.m3u8|slow\\.m3u8|${RENDITION}\\.(slow|ring)\\.m3u8|steering\\.json)|replay/(main|${RENDITION})\\.m3u8)$`,
    keeps: '1 s (slow.m3u8: 10 s), then old for 2 s while it is asked again, 60 s while the origin is away',
    ...{ query: 'none', collapse: true, blocks: false, text: true, ifError: 60 },
    examples: [
      '/r/hall/live/main.m3u8',
      '/r/hall/live/slow.m3u8',
      '/r/hall/live/aac96.slow.m3u8',
      '/r/hall/live/aac96.ring.m3u8',
      '/r/hall/live/steering.json',
      '/r/hall/replay/main.m3u8',
    ],
  },
  {
    id: 'playlist',
    what: 'low-latency playlists; with _HLS_msn the origin holds the answer until there is something new',
    path: `${ROOM}/live/${RENDITION}\\.m3u8$`,
    keeps: '1 s; 12 s with _HLS_msn, whose address names the moment',
    ...{ query: 'playlist', collapse: false, blocks: true, text: true, ifError: 60 },
    examples: ['/r/hall/live/opus64.m3u8'],
  },
  {
    id: 'state',
    what: 'what everyone polls once a second',
    path: `^/(rooms\\.json|r/[a-z0-9-]{1,64}/(state|queue)\\.json)$`,
    keeps: '1 s, then old for 1 s while it is asked again, 60 s while the origin is away',
    ...{ query: 'none', collapse: false, blocks: false, text: true, ifError: 60 },
    examples: ['/rooms.json', '/r/hall/state.json', '/r/hall/queue.json'],
  },
  {
    id: 'asset',
    what: 'scripts, styles and fonts, named by their content',
    path: '^/_/[A-Za-z0-9._/-]{1,120}$',
    ...{ keeps: YEAR, query: 'none', collapse: true, blocks: false, text: true, ifError: 86_400 },
    examples: ['/_/main-a1B2c3D4.js'],
  },
  {
    id: 'page',
    what: 'pages, the same for everyone',
    path: `^/(r/[a-z0-9-]{1,64}|errors|favicon\\.svg|favicon\\.ico|robots\\.txt)?$`,
    ...{ keeps: '1 s (icon: a day)', query: 'none', collapse: false, blocks: false, text: true, ifError: 60 },
    examples: ['/', '/r/hall', '/errors', '/favicon.svg'],
  },
];

/** Query parameters of low-latency playlists and what they may be. Spec: draft-pantos-hls-rfc8216bis, 6.2.5. */
export const PLAYLIST_QUERY = {
  _HLS_msn: '[0-9]{1,10}',
  _HLS_part: '[0-9]{1,2}',
  _HLS_skip: 'YES|v2',
} as const;

/** Query parameters with which a page is for one person (a place in the queue) and is passed on, not kept. */
export const PERSONAL_QUERY = ['ticket'] as const;

/** Endless answers: written bit by bit for hours, never kept and never buffered. */
export const ENDLESS = `${ROOM}/(stream|radio\\.(aac|opus|mp3))$`;

/** Where a host's hold music goes: the one large request. */
export const MUSIC = '^/api/rooms/[a-z0-9-]{1,64}/music$';
/** The largest one, MB. */
export const MUSIC_MB = 8;

/** Paths that must never be kept, whatever their headers say; none of `CLASSES` matches one. */
export const NEVER: readonly string[] = [
  '/api/rooms',
  '/r/hall/stream',
  '/r/hall/radio.mp3',
  '/r/hall/whip',
  '/r/hall/whep/abc',
  '/r/hall/backstage',
  '/r/hall/ticket',
  '/r/hall/queue',
  '/plan',
  '/r/hall/beacon',
  '/r/hall/studio',
  '/r/hall/replay.m4a',
  '/r/hall/event.ics',
  '/healthz',
];

/** The class of a path, or undefined when it must be passed on. */
export const classOf = (path: string): UrlClass | undefined =>
  CLASSES.find(({ path: pattern }) => new RegExp(pattern).test(path));
