import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import { find } from '../http/index.ts';
import type { Prioritized } from './admission/admission.ts';
import type { Defence } from './defence/defence.ts';
import type { Counters } from './metrics/counters.ts';
import { COST } from './network/fair-share.ts';
import type { LateRefusals } from './network/late-refusals.ts';
import type { FinishedRequests } from './request/finished-request.ts';
import type { StreamRequest } from './request/stream-query.ts';
import type { Connection, Handler, Requester } from './socket/connection.ts';
import type { Fanout } from './stream/listeners.ts';
import type { RoomLocks } from './stream/room-locks.ts';

/** Dependencies of joining a stream. */
export interface StreamJoinsDeps {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly fanout: Pick<Fanout, 'join'>;
  readonly locks: Pick<RoomLocks, 'of' | 'joined'>;
  readonly defence: Pick<Defence, 'measure' | 'later'>;
  readonly finished: Pick<FinishedRequests, 'joined'>;
  /** Decides whether a listener is served at once or deferred, or has to come again. */
  prioritize(connection: Connection, request: StreamRequest): Prioritized;
  /** Charges the network of a connection for what a join took beyond what was asked for, µs. */
  charge(connection: Connection, cost: number): void;
  readonly late: Pick<LateRefusals, 'later'>;
}

/** A request for a stream, and who sends it. */
export interface AskedStream {
  readonly request: StreamRequest;
  readonly requester: Requester;
  /** Path and query. */
  readonly target: string;
  readonly referer: string | undefined;
}

/** For those whose request waits: once they close their side, it is over. */
const WAITING: Handler = { phase: 'head', ended: ({ socket }) => void socket.destroy() };

/** Lets people into a stream: at once, after a pause, or not at all, as the defence and admission say. */
export class StreamJoins {
  readonly #deps: StreamJoinsDeps;

  constructor(deps: StreamJoinsDeps) {
    this.#deps = deps;
  }

  /** Answers on a connection, which is nobody else's by now; `refuse` says no on it, and closes it. */
  join(connection: Connection, asked: AskedStream, refuse: (code: ErrorCode) => void) {
    const { defence } = this.#deps;
    const { requester, target, referer, request } = asked;
    const lock = this.#deps.locks.of(request.slug);
    const measure = defence.measure(requester, () => ({
      ...{ address: find(target.replace(/\?.*$/s, ''))?.address, room: request.slug, target, referer },
    }));
    switch (measure) {
      case 'deny':
        return this.#refuse(asked, 'denied', refuse);
      case 'wait':
      case 'refuse':
        return this.#refuseLate(connection, asked, 'over-share', refuse);
      case 'slow':
        connection.handTo(WAITING);
        return defence.later(() => {
          if (connection.socket.destroyed) return;
          // What let them in may be withdrawn by now.
          if (this.#deps.locks.of(request.slug) !== lock) this.#refuse(asked, 'room-unknown', refuse);
          else this.#begin(connection, asked, true, refuse);
        });
      case 'defer':
        return this.#begin(connection, asked, true, refuse);
      default:
        this.#begin(connection, asked, false, refuse);
    }
  }

  /** After a pause, in which nothing else of the connection is read. */
  #refuseLate(
    connection: Connection,
    asked: AskedStream,
    code: ErrorCode,
    refuse: (code: ErrorCode) => void,
  ) {
    connection.handTo(WAITING);
    this.#deps.late.later(connection.socket, () => this.#refuse(asked, code, refuse));
  }

  #refuse({ requester, target }: AskedStream, code: ErrorCode, refuse: (code: ErrorCode) => void) {
    const { clock, counters, finished } = this.#deps;
    counters.joinsRefused += 1;
    finished.joined(requester, clock.now(), target, code, 0, COST.refusal);
    refuse(code);
  }

  #begin(connection: Connection, asked: AskedStream, deferred: boolean, refuse: (code: ErrorCode) => void) {
    const { clock, counters, fanout, finished, locks } = this.#deps;
    const { request, requester, target } = asked;
    const [began, sent] = [clock.now(), counters.bytes];
    const prioritized = this.#deps.prioritize(connection, request);
    if (prioritized.churns) return this.#refuseLate(connection, asked, 'crowded', refuse);
    const last: Prioritized = deferred ? { ...prioritized, deferred: true } : prioritized;
    const refusal = fanout.join(connection, last);
    if (!refusal) locks.joined(request.slug, locks.of(request.slug));
    const cpu = COST.request + (clock.now() - began) * 1_000;
    // Whoever is deferred was asked for nothing, and costs as much as anybody.
    this.#deps.charge(connection, prioritized.deferred ? cpu : cpu - COST.request);
    finished.joined(requester, began, target, refusal, counters.bytes - sent, cpu);
    if (refusal) refuse(refusal);
  }
}
