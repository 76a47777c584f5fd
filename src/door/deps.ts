import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Reply } from '../base/reply.ts';
import type { Ms } from '../base/time.ts';
import type { Openssl } from '../native/openssl.ts';
import type { TcpInfoReader } from '../native/tcp-info.ts';
import type { Uring } from '../native/uring.ts';
import type { Pages } from '../pages/index.ts';
import type { Delivery } from '../wire/delivery.ts';
import type { DoorAnswers } from '../wire/figures/door-answers.ts';
import type { ReactionCounts } from '../wire/interaction/reactions.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { Operations } from '../wire/operations/operations.ts';
import type { Hsts } from './answer/answer-head.ts';
import type { Assets } from './answer/assets.ts';
import type { AudienceOptions } from './audience/audience.ts';
import type { ActChange, DefenceAct, REST } from './defence/acts.ts';
import type { ListedNetwork } from './defence/address-lists.ts';
import type { DefenceMode } from './defence/defence.ts';
import type { ToldHost } from './http/syndication.ts';
import type { Limits } from './limits.ts';
import type { DoorStrain } from './metrics/load-sample.ts';
import type { DoorOrigin } from './origin-port.ts';
import type { PressPages } from './press-port.ts';
import type { DoorQueue } from './queue-port.ts';
import type { RequestListener } from './request/finished-request.ts';
import type { Requester } from './socket/connection.ts';
import type { RoomCount } from './stream/room-streams.ts';
import type { DoorTls } from './tls.ts';

/** Dependencies of a door. */
export interface DoorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The public TCP port; 0 picks a free one. */
  readonly port: number;
  /** Address to bind; default all of IPv4. */
  readonly host?: string;
  /** True when several doors share the port (SO_REUSEPORT). */
  readonly reusePort: boolean;
  /** This door's name in logs. */
  readonly name: string;
  readonly origin: DoorOrigin;
  /** The UNIX socket on which the site speaks HTTP. */
  readonly site: { readonly socketPath: string };
  /** What every process is doing; undefined while nobody can say. */
  operations?(): Promise<Operations | undefined>;
  /** The UNIX socket on which the tally speaks HTTP; absent: there is none. */
  readonly tally?: { readonly socketPath: string };
  /** What is published about incidents; absent: nothing is. */
  readonly press?: PressPages;
  /** Images that people have uploaded, by their path; absent: there are none. */
  images?(path: string, headers: IncomingMessage['headers']): Promise<Reply>;
  /** The UNIX socket on which a studio cell speaks HTTP. */
  cell(index: number): { readonly socketPath: string };
  readonly assets: Assets;
  readonly pages: Pages;
  readonly limits: Limits;
  /** Writes to many listeners in one call; without it each write is a call of its own. */
  readonly uring?: Uring;
  /**
   * Asks the kernel whether a slow reader still acknowledges data; absent: only what the kernel accepts from us is
   * known.
   */
  readonly tcpInfo?: TcpInfoReader;
  /**
   * With it, streams over TLS 1.3 keep a key instead of OpenSSL's connection; without it they keep the connection.
   */
  readonly openssl?: Openssl;
  /** What is known of a room's audience, for its numbers page; absent: nothing. */
  numbers?(slug: string): RoomNumbers | undefined;
  /** The newest signed head of the evidence log, for feeds; absent or undefined: none is known. */
  signedHead?(): string | undefined;
  /** What never changes of this installation, for the ids of its feeds; default: nothing is known of it. */
  readonly feedSeed?: string;
  /** Somebody who hosts rooms; absent: nobody is known. Rejects while the site is away. */
  hostOf?(name: string): Promise<ToldHost | undefined>;
  /** Is told of each request that is over; see `FinishedRequest`. */
  readonly requestOver?: RequestListener;
  /** What is done about those who cost more than their share; default: nothing. */
  readonly defence?: {
    readonly mode: DefenceMode;
    /** How long an act lasts at most. */
    readonly expiry: Ms;
    /** What strangers' requests may take together of a strained door, µs of a core per second; default 250,000. */
    readonly capacity?: number;
    /** True while requests have to wait. Default: as admission sees it. */
    strained?(): boolean;
    /** Is told of each act that begins, changes or ends. */
    acted?(change: ActChange): void;
  };
  /** Is told when somebody begins or stops to hear a stream. */
  streamHeard?(requester: Requester, change: 1 | -1): void;
  /** Counts who listens; without it nobody is counted. */
  readonly audience?: AudienceOptions;
  /** The queue for the live edge; without it everyone is live. */
  readonly queue?: DoorQueue;
  /** Length of the listen queue; 4,096 holds one second of a flash crowd. */
  readonly backlog: number;
  /**
   * True for a host's or speaker's token of the room, whose requests are never deferred. Default: no token is known.
   */
  knowsToken?(token: string, slug: string, wall: number): boolean;
  /** True while `key` opens a private room; see `RoomKeys`. Default: no key opens any. */
  opensRoom?(room: { readonly slug: string; readonly lock: string }, key: string, wall: number): boolean;
  /**
   * The key of return tokens, by which the doors of an installation recognise each other's listeners. Default: a door
   * recognises only its own.
   */
  readonly returnKey?: Uint8Array;
  /** Whose pages may frame what is for other sites, as a policy has it; default everybody's. */
  readonly framedBy?: string;
  /** Base URLs of caches in front that pages may fetch sound from; default none. */
  readonly caches?: readonly string[];
  /** The consent to a rehearsal, as JSON; absent: none. */
  readonly consent?: string;
  /** How a room is delivered now: write period and bitrate; by default every 320 ms without a ceiling. */
  delivery?(slug: string): Pick<Delivery, 'period' | 'ceiling'>;
  /**
   * What `/readyz` answers: the whole installation as the supervisor sees it. Default: only this door, which is
   * ready.
   */
  readiness?(): { readonly code: number; readonly text: string };
  /** Addresses and networks of proxies in front whose X-Forwarded-* headers are trusted; default none. */
  readonly trustedProxies?: readonly string[];
  /** The address people use, where it is set. */
  readonly publicUrl?: string;
  /** What browsers are told to remember of TLS; default `name`. */
  readonly hsts?: Hsts;
  /** Where the public port speaks TLS. */
  readonly tls?: DoorTls;
  /** A second port without TLS that redirects people to the first; only beside `tls`. */
  readonly plain?: {
    readonly port: number;
    /** The answer to a certificate challenge, or undefined. Spec: RFC 8555, 8.3. */
    challenge(token: string): Promise<string | undefined>;
  };
}

/** An open door. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  /** The port without TLS, where there is one. */
  readonly plainPort: number | undefined;
  /** Streams per room right now. */
  presence(): ReadonlyMap<string, number>;
  /** Streams of a room at the live edge right now. */
  live(slug: string): number;
  /**
   * Streams, those at the live edge, and the renditions needed, for each room that is heard or was within the last
   * minute.
   */
  counts(): ReadonlyMap<string, RoomCount>;
  /** How many listeners of each running room are hearing its recording. */
  catchingUp(): ReadonlyMap<string, number>;
  /** Reactions that came here since the last call, by room. */
  takeReactions(): ReadonlyMap<string, ReactionCounts>;
  /**
   * Moves the `count` listeners who have waited longest on a room's delayed stream to the live edge; returns how many
   * it moved.
   */
  promote(slug: string, count: number): number;
  /** What it has done for people since its process began, and what it has room for. */
  answers(): DoorAnswers;
  /** The tally is new, or was away: it is told everything again that is kept of the audience. */
  tellAudience(): void;
  /** Networks with too many listener keys by what all doors say, as hashes: who is in them does not count. */
  crowdedNetworks(hashes: Iterable<number>): void;
  /** The operator's lists of addresses: those that are always served, and those that never are. */
  listed(allow: readonly ListedNetwork[], deny: readonly ListedNetwork[]): void;
  /** What is being done now about those who cost more than their share. */
  acts(): readonly DefenceAct[];
  /** Takes back what is done about a network, or about all who share a row (`REST`); returns how many acts that were. */
  lift(what: ListedNetwork | typeof REST): number;
  /** The load signals of this door since the last call; only for the ladder, about once a second. */
  strain(): DoorStrain;
  /** Prometheus text, `earshot_door_…`. */
  metrics(): string;
  /**
   * Stops cleanly: no new connections; each listener gets the rest of the current segment (5.12 s), or what there is
   * when `grace` is over, and then FIN; requests in flight are answered within `grace`.
   */
  close(grace: Ms): Promise<void>;
}
