import type { Readable } from 'node:stream';
import { ERRORS, type ErrorCode } from './errors.ts';

/** An HTTP answer as a value: what a part says, which the door or the http part writes to a socket. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | Readable;
}

/** A refusal as problem+json; `detail` says what to do next in plain words. Spec: RFC 9457. */
export function problem(code: ErrorCode, detail?: string, headers: Record<string, string> = {}): Reply {
  const { status, title } = ERRORS[code];
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: `/errors#${code}`, title, status, code, ...(detail ? { detail } : {}) }),
  };
}

/**
 * Charges whoever asks for work that is dear, before it is begun: `cost` in µs of a processor that the work will take,
 * wherever it runs. False: its network has had its share while others wait, and the answer is `problem('crowded')`.
 */
export type Charge = (cost: number) => boolean;
