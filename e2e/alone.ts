/**
 * The files of e2e/ whose measurements other tests at the same time would change, each with the reason. All other files
 * wait for events and run three at once on two processors (the project `e2e`). `npm test e2e/NAME.test.ts` runs a file
 * of any kind.
 */

/**
 * These run two at a time (the project `e2e-pairs`). Each needs well under one processor, and a short wait for it does
 * not change the result.
 */
export const IN_PAIRS: Readonly<Record<string, string>> = {
  'caches-player': 'gaps in decoded sound while a cache dies',
  chaos: 'for how long anybody is silent while processes die and the disk stands still',
  counting: 'seconds that each of 280 listeners heard, to half a percent',
  crowd: 'what two hundred listeners have in hand in every second',
  faults: 'for how long listeners would have been silent',
  'foreign-players': 'whether eleven players in one browser keep up',
  'hls-live': 'the pace of blocking playlists, and what hls.js waits for',
  isolation: 'how late fragments are while another room is flooded',
  ladder: 'a real crowd beside a simulated one: a busy processor would be a reason for other steps',
  'light-tls': 'holes in ten seconds of sound',
  quarantine: 'how late fragments are while a room of another cell makes its studio fail',
  replay: 'gaps in decoded sound, sample by sample',
  slow: "visitors' waiting times and a door's memory under attack",
  stalls: 'seconds of silence behind a network that stands still now and then',
};

/** These run one at a time, last (the project `e2e-alone`). */
export const ALONE: Readonly<Record<string, string>> = {
  'axe-around': 'nothing, but forty pages in one browser wait for each other when others take the processor',
  'axe-people':
    'nothing, but a hundred pages in one browser wait for each other when others take the processor',
  'axe-rooms':
    'nothing, but a live room and thirty pages in one browser wait for each other on a busy processor',
  'axe-studio': 'nothing, but every page of the table of addresses waits for the others on a busy processor',
  'beacon-flood': 'silences of listeners beside a flood',
  delivery: 'gaps in decoded sound, sample by sample, and how fast a page plays',
  journey: 'microphone to ear in milliseconds, and holes in ten seconds of sound',
  player: 'gaps in decoded sound, sample by sample, in eight tabs too',
  stage: 'microphone to ear in milliseconds, and packets lost on the way',
  verify: 'how long it takes to check a two-hour event',
};

/**
 * The files that take longest, which begin first, the longest at the beginning: one that began when all others are over
 * would keep a processor waiting. Paths without `.test.ts`.
 */
export const LONGEST: readonly string[] = [
  // 300 s, nearly all of it waiting for final figures.
  'e2e/forecast',
  // Every address of a private room, straight, through nginx and through Varnish.
  'e2e/private',
  'e2e/fakes',
  // An evening with its people, on one database after the other.
  'e2e/people-journey',
  'e2e/numbers',
  'e2e/listening-page',
  'e2e/alerts',
  // 106 s: a storm of 45 s, and the figures afterwards.
  'e2e/chaos',
  // 220 s on a busy machine, nearly all of it looking at pages for seconds.
  'e2e/post-impressions',
  // 180 s, nearly all of it waiting for crowds and slots of ten seconds.
  'e2e/verdict-faults',
  // 115 s: a room from its announcement to its episode, and a minute until one is late.
  'e2e/feeds',
  'e2e/counting',
  'e2e/tally-kill',
  'e2e/queue',
  'e2e/blocked-log',
  'e2e/foreign-players',
  'e2e/isolation',
  'e2e/crowd',
  'src/verifier/verifier',
];
