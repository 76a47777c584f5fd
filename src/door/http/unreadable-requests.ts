import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { ms } from '../../base/time.ts';
import type { Limits } from '../limits.ts';
import { endRefused, rawTooLarge } from '../socket/raw-refusal.ts';
import { responsesOn } from './pending-responses.ts';

/** Closes connections of the HTTP server whose request cannot be read, with an error answer where one can be sent. */
export interface UnreadableRequests {
  /**
   * Sends the reason, unless it could be mistaken for the answer to another request. `bytes`: what arrived of the
   * head.
   */
  refuse(code: ErrorCode, socket: Socket, bytes?: Uint8Array): void;
  /** True once it was sent: anything else from the peer is ignored. */
  refused(socket: Socket): boolean;
}

/** The refusal for an error of Node's parser or of its time limits. */
export function refusalOf({ code }: NodeJS.ErrnoException): 'head-too-large' | 'too-slow' | 'bad-request' {
  if (code === 'HPE_HEADER_OVERFLOW') return 'head-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'too-slow' : 'bad-request';
}

/** How long a refused peer may take to close its side. */
const PATIENCE = ms(2_000);

/** Opens the watch for unreadable requests. */
export function openUnreadableRequests({
  clock,
  limits,
}: {
  clock: Clock;
  limits: Limits;
}): UnreadableRequests {
  /** Refused peers that may still send; at most as many as `refusals`. */
  let lingering = 0;
  return {
    refused: (socket) => responsesOn(socket)?.refused === true,
    refuse(code, socket, bytes) {
      const responses = responsesOn(socket);
      if (responses?.refused) return;
      if (!socket.writable || !responses || responses.unfinished) return void socket.destroy();
      responses.refused = true;
      const patience = clock.after(PATIENCE, () => socket.destroy());
      socket.once('close', () => patience[Symbol.dispose]());
      if (code !== 'head-too-large' || lingering >= limits.refusals) return endRefused(socket, code);
      // If closed with bytes unread, the connection would be reset, and a browser would show that instead of the
      // answer.
      lingering += 1;
      socket.once('close', () => {
        lingering -= 1;
      });
      socket.once('end', () => socket.destroy()).end(rawTooLarge(bytes), 'latin1');
    },
  };
}
