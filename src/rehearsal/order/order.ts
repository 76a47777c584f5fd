import type { Curve } from './curve.ts';
import type { Second } from './second.ts';

/** Where the server is. */
export interface ServerAddress {
  /** An IP address: each machine looks up the name once, by itself. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** As in the URL, for `Host` and the certificate. */
  readonly name: string;
}

/** What a crowd, or a part of one, is to do. Plain data, sent to processes and machines. */
export interface CrowdOrder {
  readonly address: ServerAddress;
  readonly slug: string;
  readonly codec: 'opus' | 'aac';
  /** kbit/s requested; absent: the best. */
  readonly rate?: number;
  readonly listeners: number;
  readonly curve: Curve;
  /** How long everybody stays after the last arrival, in ms. */
  readonly hold: number;
  /** Share (0 to 1) that loads the room's page and its files first. */
  readonly pages: number;
  /** Share (0 to 1) that uses HLS playlists and segments instead of the stream. */
  readonly hls: number;
  /** Share (0 to 1) that behaves as our page does: reads the room's state and takes a place in line. */
  readonly asPage: number;
  /** Addresses to come from, in turn; empty: the system's choice. */
  readonly from: readonly string[];
  /** When fragment 0 of the program began, wall-clock ms; absent: delays are not measured. */
  readonly zero?: number;
  /** Ms from the arrival of this order to the beginning. */
  readonly startsIn: number;
  /** Ms to add to this machine's wall clock to get the leader's: for delays, not for the consent's end. */
  readonly clockOffset: number;
  /** Different in each process. */
  readonly seed: number;
}

/** What a process or machine of the crowd is told. */
export type MemberCommand =
  | { readonly kind: 'begin'; readonly order: CrowdOrder }
  | { readonly kind: 'stop' };

/** What it answers. */
export type MemberMessage =
  /** It is ready, and can hold this many connections. */
  | { readonly kind: 'ready'; readonly capacity: number; readonly processes: number }
  /** What happened in one second. */
  | { readonly kind: 'second'; readonly second: Second }
  /** Everybody has gone. */
  | { readonly kind: 'done' }
  /** It does not take part, with the reason. */
  | { readonly kind: 'refused'; readonly why: string };

/** A participant that runs a share of a rehearsal: a process here, or a machine elsewhere. */
export interface Member extends Disposable {
  readonly name: string;
  /** Connections it can hold. */
  readonly capacity: number;
  readonly processes: number;
  tell(told: MemberCommand): void;
  /** Called with everything it says after `ready`. */
  onSaid(hear: (said: MemberMessage) => void): void;
  /** Called when it goes away without `done`. */
  onLost(lost: (why: string) => void): void;
}
