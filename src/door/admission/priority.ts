import { find } from '../../http/index.ts';

/**
 * How urgent a request is; the lower the number, the later it is deferred. 0: speakers, hosts and health; 1: people
 * who are already listening; 2: people who were called or come back; 3: newcomers; 4: reactions; 5: other reading; 6:
 * what nobody is waiting for.
 */
export type Priority = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** What is known about a request before any work is done for it. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  /** `Sec-Purpose` or `Purpose`. Spec: Fetch, 4.7 (Sec-Purpose). */
  readonly purpose?: string | undefined;
  readonly agent?: string | undefined;
  /** What its signatures prove; they have been checked. */
  readonly holds?: 'stage' | 'ticket' | undefined;
}

/** Programs that read pages for nobody in particular, by their User-Agent. */
const ROBOT = /bot\b|crawl|spider|slurp|archiver|facebookexternalhit|preview|scrapy|monitor/i;

/** The priority of a request. An unproven claim to be a speaker or to be called does not count. */
export function priorityOf({ method, path, purpose, agent, holds }: RequestFacts): Priority {
  const urgency = find(path)?.address.urgency ?? 'reading';
  if (urgency === 'health') return 0;
  // WHIP, WHEP and the backstage. Commands to the site wait their turn, whoever gives them.
  if (holds === 'stage' && urgency === 'stage') return 0;
  if (purpose?.includes('prefetch') === true) return 6;
  if (urgency === 'playing') return 1;
  if (urgency === 'hearing') return holds === 'ticket' ? 2 : 3;
  if (agent !== undefined && ROBOT.test(agent)) return 6;
  // Styles and scripts belong to a page that was let in; only the studio page itself knows whose link it has.
  if (holds === 'ticket' || urgency === 'furniture') return 2;
  if (urgency === 'control') return method === 'GET' ? 5 : 3;
  return urgency === 'joining' || urgency === 'stage' ? 3 : 5;
}
