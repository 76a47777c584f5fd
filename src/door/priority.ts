/**
 * How urgent a request is; the lower the number, the later it is put off. 0: speakers, hosts and health; 1: those who
 * already listen; 2: those who were called or come back; 3: newcomers; 4: reactions; 5: other reading; 6: what nobody
 * waits for.
 */
export type Priority = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** What a request shows of itself before any work is done for it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** `Sec-Purpose` or `Purpose`. Spec: Fetch, 4.7 (Sec-Purpose). */
  readonly purpose?: string | undefined;
  readonly agent?: string | undefined;
  /** What its signatures are worth; they have been checked. */
  readonly holds?: 'stage' | 'ticket' | undefined;
}

const STAGE = /^\/(?:api\/|r\/[a-z0-9-]{1,64}\/(?:whip|whep|backstage)(?:\/|$))/;
const SOUND = /^\/r\/[a-z0-9-]{1,64}\/(?:stream$|radio\.|live\/)/;
/** What a player fetches again and again while it plays. */
const PLAYING = /^\/r\/[a-z0-9-]{1,64}\/live\/(?!main\.m3u8$)/;
const JOINING = /^\/r\/[a-z0-9-]{1,64}(?:\/(?:ticket|queue|queue\.json)?)?$/;
/** The stage's page: whose link it is only the page itself knows. */
const STUDIO = /^\/r\/[a-z0-9-]{1,64}\/studio\/?$/;
/** Programs that read pages for nobody in particular, by what they call themselves. */
const ROBOT = /bot\b|crawl|spider|slurp|archiver|facebookexternalhit|preview|scrapy|monitor/i;

/** The priority of a request. An unproven claim to be a speaker or to be called is worth nothing. */
export function priorityOf({ method, path, purpose, agent, holds }: Asked): Priority {
  if (path === '/healthz') return 0;
  if (holds === 'stage' && STAGE.test(path)) return 0;
  if (purpose?.includes('prefetch') === true) return 6;
  if (SOUND.test(path)) {
    if (PLAYING.test(path)) return 1;
    return holds === 'ticket' ? 2 : 3;
  }
  if (agent !== undefined && ROBOT.test(agent)) return 6;
  // Styles and scripts belong to a page that was let in.
  if (holds === 'ticket' || path.startsWith('/_/') || STUDIO.test(path)) return 2;
  if (JOINING.test(path) || STAGE.test(path)) return method === 'GET' && path.startsWith('/api/') ? 5 : 3;
  return 5;
}
