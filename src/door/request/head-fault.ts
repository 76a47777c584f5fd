import type { IncomingMessage } from 'node:http';
import type { Limits } from '../limits.ts';

/** A name or an address, with or without a port; empty is allowed too. Spec: RFC 9112, 3.2. */
const HOST = /^(?:(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?)?$/i;

/** True when a body follows the head. Spec: RFC 9112, 6.3. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/** What is wrong with a request head that Node's parser accepted. */
export function headFault(
  req: IncomingMessage,
  limits: Limits,
): 'bad-request' | 'head-too-large' | undefined {
  if (req.httpVersionMajor !== 1) return 'bad-request';
  if (req.rawHeaders.length / 2 > limits.headers) return 'head-too-large';
  let hosts = 0;
  for (let i = 0; i < req.rawHeaders.length; i += 2) {
    if (req.rawHeaders[i]?.toLowerCase() === 'host') hosts += 1;
  }
  return hosts > 1 || !HOST.test(req.headers.host ?? '') ? 'bad-request' : undefined;
}
