import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../../base/reply.ts';
import { find } from '../../http/index.ts';
import { busyPage } from '../../pages/index.ts';
import { SHORT_PAGE_HEADERS, send } from '../answer/send.ts';

/** Everyone who is deferred is told a pause between these, in seconds. */
const FIRST_PAUSE_S = 5;
const LAST_PAUSE_S = 20;

/** True for a browser that waits for a page, and shows it to somebody. */
export function isShownPage({ method, headers }: IncomingMessage): boolean {
  const reads = method === 'GET' || method === 'HEAD';
  const waits = !String(headers['sec-purpose'] ?? headers.purpose ?? '').includes('prefetch');
  return reads && waits && (headers.accept ?? '').includes('text/html');
}

/** The cheap answer to a deferred request: a short page for a browser, 429 for programs. `random`: 0 ≤ n < 1. */
export function answerDeferred(req: IncomingMessage, res: ServerResponse, path: string, random: number) {
  const pause = FIRST_PAUSE_S + Math.floor(random * (LAST_PAUSE_S - FIRST_PAUSE_S + 1));
  const told = { 'retry-after': String(pause), 'cache-control': 'no-store' };
  const reads = req.method === 'GET' || req.method === 'HEAD';
  if (isShownPage(req)) {
    const found = find(path);
    const body = busyPage(found?.address.id === 'room' ? found.room : undefined, pause);
    return send(req, res, { status: 200, headers: { ...SHORT_PAGE_HEADERS, ...told }, body });
  }
  // With a body that nobody will read, the connection has to end.
  const extra = req.complete || reads ? told : { ...told, connection: 'close' };
  send(req, res, problem('crowded', undefined, extra));
  req.resume();
}
