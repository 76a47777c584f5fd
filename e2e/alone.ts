/**
 * The files of e2e/ that measure something which other tests at the same time would change, each with what that is. They
 * run one at a time, after all others (the project `e2e-alone`); what is not named here waits for things to happen and runs
 * two or three files at once (the project `e2e`). `npm test e2e/NAME.test.ts` runs a file of either kind.
 */
export const ALONE: Readonly<Record<string, string>> = {
  'caches-player': 'gaps in decoded sound while a cache dies',
  crowd: 'what two hundred listeners have in hand in every second',
  delivery: 'gaps in decoded sound, sample by sample, and how fast a page plays',
  faults: 'for how long listeners would have been silent',
  'foreign-players': 'eleven players in one browser, which take whatever processors there are',
  'hls-live': 'the pace of blocking playlists, and what hls.js waits for',
  isolation: 'how late fragments are while another room is flooded',
  journey: 'microphone to ear in milliseconds, and holes in ten seconds of sound',
  ladder: 'a real crowd beside a simulated one: a busy processor would be a reason for other steps',
  'light-tls': 'holes in ten seconds of sound',
  player: 'gaps in decoded sound, sample by sample',
  replay: 'gaps in decoded sound, sample by sample',
  slow: "visitors' waiting times and a door's memory under attack",
  stage: 'microphone to ear in milliseconds, and packets lost on the way',
  stalls: 'seconds of silence behind a network that stands still now and then',
};
