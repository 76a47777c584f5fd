import type { Readable } from 'node:stream';
import { ERRORS, type ErrorCode } from './errors.ts';

/** An HTTP answer as a value. A part returns it, and the door or the http part writes it to a socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | Readable;
}

/**
 * A refusal as problem+json; `detail` says what to do next in plain words, and `more` stands beside it. Spec: RFC 9457.
 */
export function problem(
  code: ErrorCode,
  detail?: string,
  headers: Record<string, string> = {},
  more: object = {},
): Reply {
  const { status, title } = ERRORS[code];
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      // Whoever is asked who they are is told how to say it. Spec: RFC 9110, 11.6.1.
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
    body: JSON.stringify({
      type: `/errors#${code}`,
      title,
      status,
      code,
      ...(detail ? { detail } : {}),
      ...more,
    }),
  };
}

/**
 * Charges a client for expensive work before it starts. `cost` is the processor time in µs that the work takes,
 * wherever it runs. False: the client's network has used its share while others wait, and the answer is
 * `problem('crowded')`.
 */
export type Charge = (cost: number) => boolean;
