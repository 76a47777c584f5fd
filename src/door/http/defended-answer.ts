import type { IncomingMessage, ServerResponse } from 'node:http';
import { problem } from '../../base/reply.ts';
import { waitPage } from '../../pages/index.ts';
import { SHORT_PAGE_HEADERS, send } from '../answer/send.ts';
import { DEFENCE } from '../defence/thresholds.ts';
import { withPass } from '../defence/wait-pass.ts';
import type { LateRefusals } from '../network/late-refusals.ts';

type Late = Pick<LateRefusals, 'later'>;

/**
 * Asks somebody to wait, because their address takes more than its share: a browser gets a page that loads the whole one
 * by itself, without a script or a cookie, and is served then; a program gets 429, a second later.
 */
export function answerWait(
  req: IncomingMessage,
  res: ServerResponse,
  { target, pass, late }: { readonly target: string; readonly pass: string; readonly late: Late },
) {
  const told = { 'retry-after': String(DEFENCE.waitSeconds), 'cache-control': 'no-store' };
  const reads = req.method === 'GET' || req.method === 'HEAD';
  if (reads && (req.headers.accept ?? '').includes('text/html')) {
    const body = waitPage(withPass(target, pass), DEFENCE.waitSeconds);
    return send(req, res, { status: 429, headers: { ...SHORT_PAGE_HEADERS, ...told }, body });
  }
  late.later(req.socket, () => {
    // With a body that nobody will read, the connection has to end.
    const extra = req.complete || reads ? told : { ...told, connection: 'close' };
    send(req, res, problem('over-share', undefined, extra));
    req.resume();
  });
}

/**
 * Refuses somebody, a second later, and closes their connection; `denied`: at once, because the operator says so.
 */
export function answerRefused(req: IncomingMessage, res: ServerResponse, denied: boolean, late: Late) {
  res.shouldKeepAlive = false;
  const again = denied ? {} : { 'retry-after': String(DEFENCE.calmSeconds) };
  const answer = (): void => {
    send(req, res, problem(denied ? 'denied' : 'over-share', undefined, { ...again, connection: 'close' }));
    req.resume();
  };
  if (denied) answer();
  else late.later(req.socket, answer);
}
