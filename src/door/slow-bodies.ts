import type { IncomingMessage } from 'node:http';
import type { Ms } from '../base/time.ts';
import type { Limits } from './limits.ts';

/** Finds requests whose body has stopped coming, or comes next to never: not those that are merely long. */
export interface SlowBodies {
  /** The body of a request is waited for; `late` is called once when it does not come. */
  begin(req: IncomingMessage, now: Ms, late: (req: IncomingMessage) => void): void;
  /** It is whole, or has gone. */
  end(req: IncomingMessage): void;
  /** Looks at all of them. Call about once a second. */
  sweep(now: Ms): void;
}

interface Body {
  readonly late: (req: IncomingMessage) => void;
  /** Bytes the connection had brought when something came for the last time, and when that was. */
  bytes: number;
  came: number;
  /** The pace is judged from here on. */
  from: number;
  fromBytes: number;
}

/** Opens the watch. While whoever takes the body does not read, nobody's slowness is counted. */
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
