import type { IncomingMessage } from 'node:http';
import type { Ms } from '../../base/time.ts';
import type { Limits } from '../limits.ts';

/** Finds requests whose body has stopped coming, or hardly comes: not those that are merely long. */
export interface SlowBodies {
  /** Starts watching the body of a request; `late` is called once if it does not come. */
  begin(req: IncomingMessage, now: Ms, late: (req: IncomingMessage) => void): void;
  /** It is complete, or has gone. */
  end(req: IncomingMessage): void;
  /** Checks all of them. Call about once a second. */
  sweep(now: Ms): void;
}

interface Body {
  readonly late: (req: IncomingMessage) => void;
  /** Bytes received on the connection when something last came, and when that was. */
  bytes: number;
  came: number;
  /** The pace is measured from here on. */
  from: number;
  fromBytes: number;
}

/** Opens the watch. While the reader of the body does not read, slowness is not counted. */
export function openSlowBodies(
  limits: Pick<Limits, 'bodyStall' | 'bodyWindow' | 'bodyWindowBytes'>,
): SlowBodies {
  const bodies = new Map<IncomingMessage, Body>();
  return {
    begin(req, now, late) {
      const bytes = req.socket.bytesRead;
      bodies.set(req, { late, bytes, came: now, from: now, fromBytes: bytes });
    },
    end: (req) => void bodies.delete(req),
    sweep(now) {
      for (const [req, body] of bodies) {
        const { bytesRead } = req.socket;
        if (bytesRead > body.bytes || req.isPaused()) body.came = now;
        if (req.isPaused()) Object.assign(body, { from: now, fromBytes: bytesRead });
        body.bytes = bytesRead;
        const over = now - body.from >= limits.bodyWindow;
        if (
          now - body.came >= limits.bodyStall ||
          (over && bytesRead - body.fromBytes < limits.bodyWindowBytes)
        ) {
          bodies.delete(req);
          body.late(req);
        } else if (over) Object.assign(body, { from: now, fromBytes: bytesRead });
      }
    },
  };
}
