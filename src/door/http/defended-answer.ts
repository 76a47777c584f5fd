import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../../base/reply.ts';
import { waitPage } from '../../pages/index.ts';
import { pageHeaders, send } from '../answer/send.ts';
import { DEFENCE } from '../defence/thresholds.ts';
import { withPass } from '../defence/wait-pass.ts';

const HEAD = pageHeaders([]);

/**
 * Asks somebody to wait, because their address takes more than its share: a browser gets a page that loads the whole one
 * by itself, without a script or a cookie, and is served then; a program gets 429.
 */
export function answerWait(req: IncomingMessage, res: ServerResponse, target: string, pass: string) {
  const told = { 'retry-after': String(DEFENCE.waitSeconds), 'cache-control': 'no-store' };
  const reads = req.method === 'GET' || req.method === 'HEAD';
  if (reads && (req.headers.accept ?? '').includes('text/html')) {
    const body = waitPage(withPass(target, pass), DEFENCE.waitSeconds);
    return send(req, res, { status: 429, headers: { ...HEAD, ...told }, body });
  }
  // With a body that nobody will read, the connection has to end.
  const extra = req.complete || reads ? told : { ...told, connection: 'close' };
  send(req, res, problem('over-share', undefined, extra));
  req.resume();
}

/** Refuses somebody, and closes their connection; `denied`: because the operator says so. */
export function answerRefused(req: IncomingMessage, res: ServerResponse, denied: boolean) {
  res.shouldKeepAlive = false;
  const again = denied ? {} : { 'retry-after': String(DEFENCE.calmSeconds) };
  send(req, res, problem(denied ? 'denied' : 'over-share', undefined, { ...again, connection: 'close' }));
  req.resume();
}
