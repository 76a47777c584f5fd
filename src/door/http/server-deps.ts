import type { IncomingMessage } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Reply } from '../../base/reply.ts';
import type { Pages } from '../../pages/index.ts';
import type { RoomNumbers } from '../../wire/numbers.ts';
import type { Operations } from '../../wire/operations/operations.ts';
import type { Admission } from '../admission/admission.ts';
import type { Hsts } from '../answer/answer-head.ts';
import type { Assets } from '../answer/assets.ts';
import type { DoorAudience } from '../audience/audience.ts';
import type { Defence } from '../defence/defence.ts';
import type { DoorReactions } from '../interaction/reactions.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Fault } from '../metrics/faults.ts';
import type { LateRefusals } from '../network/late-refusals.ts';
import type { Requesters } from '../network/requesters.ts';
import type { SlowBodies } from '../network/slow-bodies.ts';
import type { Unfinished } from '../network/slow-senders.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import type { DoorOrigin } from '../origin-port.ts';
import type { PressPages } from '../press-port.ts';
import type { DoorQueue } from '../queue-port.ts';
import type { FinishedRequests } from '../request/finished-request.ts';
import type { RoomGate } from '../request/room-gate.ts';
import type { CatchingUp } from '../stream/catching-up.ts';
import type { StreamJoins } from '../stream-joins.ts';
import type { ToldHost } from './syndication.ts';

/** Dependencies of the HTTP server. */
export interface DoorHttpDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly joins: Pick<StreamJoins, 'join'>;
  readonly defence: Pick<Defence, 'measure' | 'later' | 'pass'>;
  readonly admission: Admission;
  /** Sends refusals a second later. */
  readonly late: Pick<LateRefusals, 'later'>;
  readonly fault: Fault;
  readonly catchingUp: CatchingUp;
  readonly reactions: Pick<DoorReactions, 'take'>;
  /** Limits how many requests may be waiting for their body. */
  readonly bodies: Unfinished<IncomingMessage>;
  /** Watches whether those bodies keep coming. */
  readonly slowBodies: SlowBodies;
  readonly origin: DoorOrigin;
  /** Who may pass to which room. */
  readonly rooms: Pick<RoomGate, 'pass'>;
  readonly assets: Assets;
  readonly pages: Pages;
  readonly clients: Clients;
  readonly requesters: Pick<Requesters, 'on'>;
  readonly finished: Pick<FinishedRequests, 'tell'>;
  /** What is known of a room's audience; absent or undefined: nothing yet. */
  numbers?(slug: string): RoomNumbers | undefined;
  /** The newest signed head of the evidence log, as it is published; absent or undefined: none is known. */
  signedHead?(): string | undefined;
  /** What never changes of this installation, for the ids of its feeds. */
  readonly feedSeed?: string;
  /** Somebody who hosts rooms, by the name in their address; undefined: nobody. Rejects while the site is away. */
  hostOf?(name: string): Promise<ToldHost | undefined>;
  /** Counts who listens. */
  readonly audience?: DoorAudience;
  readonly queue?: DoorQueue;
  /** What is published about rehearsals; absent: none is allowed. */
  readonly consent?: string;
  /** What `/readyz` answers. */
  readiness?(): { readonly code: number; readonly text: string };
  /** What every process is doing; undefined while nobody can say. */
  operations?(): Promise<Operations | undefined>;
  readonly site: { readonly socketPath: string };
  readonly tally?: { readonly socketPath: string };
  /** What is published about incidents; absent: nothing is. */
  readonly press?: PressPages;
  /** Images that people have uploaded, by their path. */
  images?(path: string, headers: IncomingMessage['headers']): Promise<Reply>;
  cell(index: number): { readonly socketPath: string };
  /** The address people use, where it is set. */
  readonly publicUrl?: string;
  readonly hsts?: Hsts;
  /** Whose pages may frame what is for other sites, as a policy has it; absent: everybody's. */
  readonly framedBy?: string;
  /** Base URLs of caches that pages may fetch sound from. */
  readonly caches?: readonly string[];
}
