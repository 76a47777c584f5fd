/** Sends what happened to the server, in small batches. */

import { type AudienceEvent, type EventReport, MAX_EVENTS } from '../../src/wire/audience-events.ts';
import { roomAt } from '../kit/room-name.ts';

/** Events wait this long for others, ms. */
const GATHER_MS = 1_500;

/** Collects what one page reports about one room. */
export interface EventBatches {
  add(event: AudienceEvent): void;
  /** Sends at once what waits: the page may go. */
  flush(): void;
}

/** Opens the batches of a room. `session` is called when they are sent; a page with privacy sends no session. */
export function openEventBatches(slug: string, session: () => string | undefined): EventBatches {
  let waiting: AudienceEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const token = session();
      const events = waiting.slice(0, MAX_EVENTS);
      waiting = waiting.slice(MAX_EVENTS);
      const report: EventReport = { v: 1, ...(token === undefined ? {} : { session: token }), events };
      const body = JSON.stringify(report);
      // Text, so that no question goes ahead of it; what a browser refuses to queue is lost.
      navigator.sendBeacon(`${roomAt(slug)}/events`, body);
    }
  };
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush();
  });
  return {
    add(event) {
      waiting.push(event);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    flush,
  };
}
