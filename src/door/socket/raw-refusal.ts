import type { Socket } from 'node:net';
import type { ErrorCode } from '../../base/errors.ts';
import { problem } from '../../base/reply.ts';
import { HEARD_BY_ALL } from '../../http/index.ts';
import { LARGE_HEAD_PAGE, SHORT_STYLE } from '../../pages/index.ts';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

const OPEN = Object.entries(HEARD_BY_ALL)
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

/** A refusal as raw bytes, head and body, that closes the connection; 429 and 503 say when to come back. Spec: RFC 9457. */
export function rawProblem(code: ErrorCode, detail?: string): string {
  const reply = problem(code, detail);
  const body = String(reply.body);
  const { status } = reply;
  const pause = status === 503 ? 2 : status === 429 ? 10 : 0;
  const later = pause === 0 ? '' : `retry-after: ${pause}\r\n`;
  return (
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Refused'}\r\ncontent-type: application/problem+json\r\ncache-control: no-store\r\n` +
    `${OPEN}x-content-type-options: nosniff\r\n${later}` +
    `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`
  );
}

/** Matches a request head in which a browser says that it wants a page. */
const WANTS_PAGE = /^accept:[^\r\n]*text\/html/im;

/** The refusal of a head that is too large: a page for browsers, if what has arrived of the head shows one. */
export function rawTooLarge(bytes: Uint8Array | undefined): string {
  const head = bytes ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') : '';
  if (!WANTS_PAGE.test(head)) return rawProblem('head-too-large');
  // Written as latin1, like every head.
  const body = Buffer.from(LARGE_HEAD_PAGE).toString('latin1');
  return (
    `HTTP/1.1 431 ${REASONS[431]}\r\ncontent-type: text/html; charset=utf-8\r\ncache-control: no-store\r\n` +
    `content-security-policy: default-src 'none'; style-src ${SHORT_STYLE}\r\n${OPEN}x-content-type-options: nosniff\r\n` +
    `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
  );
}

/**
 * Sends a refusal as the last thing on a raw socket and closes it once the kernel has accepted it, whatever else the
 * peer sends.
 */
export function endRefused(socket: Socket, code: ErrorCode): void {
  socket.end(rawProblem(code), 'latin1', () => socket.destroy());
}
