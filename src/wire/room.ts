/** The site's information about rooms for every door and cell, and the public state of one room. */
import type { Carries, DeadAirCause } from '../base/media.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../base/time.ts';
import { type Delivery, fullDelivery } from './delivery.ts';
import type { Pin, QuestionsTold } from './interaction/questions.ts';
import type { ReactionsTold } from './interaction/reactions.ts';
import type { ProofSample } from './listening/proof-sample.ts';
import type { Moment, RoomStatus } from './moment.ts';
import type { Reconciliation } from './numbers.ts';
import type { RecordingGap, RecordingNote } from './recording.ts';
import type { Ban, HandsTold, StageRules } from './stage/hands.ts';

export type { RoomStatus } from './moment.ts';
export type { RecordingGap } from './recording.ts';

/** True while a studio cell carries a room of this status. */
export const isRunning = (status: RoomStatus | undefined): status is 'open' | 'live' =>
  status === 'open' || status === 'live';

/** True for a room that will not open again. */
export const isOver = (status: RoomStatus | undefined): status is 'ended' | 'cancelled' =>
  status === 'ended' || status === 'cancelled';

/** Why a room of this status is not heard when it has no running program. Without a status the room is unknown. */
export function whyNotHeard(
  status: RoomStatus | undefined,
): 'room-unknown' | 'room-not-open' | 'room-stopped' | 'studio-away' | 'room-ended' {
  if (status === undefined) return 'room-unknown';
  if (status === 'scheduled') return 'room-not-open';
  if (status === 'stopped') return 'room-stopped';
  return isRunning(status) ? 'studio-away' : 'room-ended';
}

/** The four clocks and the end, wall-clock ms since 1970; absent until they happen. */
export interface Clocks {
  readonly scheduled?: number;
  /** When an announced room opens by itself, before its start. */
  readonly opens?: number;
  readonly opened?: number;
  /** First program audio of any kind, hold music included. */
  readonly firstAudio?: number;
  /** First speech carried by the program. */
  readonly firstSpeech?: number;
  readonly ended?: number;
}

/** The revoked links of one room. */
export interface Revoked {
  /** All links of a lower generation were revoked by a host. */
  readonly generation: number;
  /** The speaker id of the host who revoked them; this host's open connections stay. */
  readonly spared?: string;
  /** Speaker ids of people whom a host has removed since. */
  readonly barred: readonly string[];
  /** People whom a host keeps out by their link and their device. */
  readonly bans?: readonly Ban[];
}

/**
 * Length of the part of the program before the opening of its room; it is standby, as if it had always been playing.
 * Many players wait until a playlist has three segments. It has four from its first moment on, so nobody has to wait.
 */
export const RUN_UP_MS = 4 * FRAGMENTS_PER_SEGMENT * FRAGMENT_MS;

/** The operator has stopped a room. */
export interface StoppedRoom {
  /** Wall-clock ms. */
  readonly at: number;
  /** What everybody reads on the room's page. */
  readonly reason: string;
}

/** A room that crashed its cell is kept apart from the others. */
export interface Quarantine {
  /** Wall-clock ms. */
  readonly since: number;
  /** Wall-clock ms at which it goes back by itself. */
  readonly until: number;
}

/**
 * Who may come to a room. `public`: everybody. `unlisted`: whoever knows its address, which is in no list. `private`:
 * whoever was let in; to all others it does not exist.
 */
export type RoomAccess = 'public' | 'unlisted' | 'private';

/** True for a room that lists, feeds and search may name. */
export const isListed = ({ access }: Pick<RoomCard, 'access'>): boolean => access === undefined;

/** What hosts say of a room beside its title and its time: told with its card, and in its state to everybody who is there. */
export interface RoomPlans {
  /** Why it begins late, in the host's own words. */
  readonly late?: { readonly reason: string; readonly at: number };
  /** It was announced for another time before (wall-clock ms), and was moved `at`. */
  readonly moved?: { readonly from: number; readonly at: number };
  /** Why it was cancelled, in the host's own words. */
  readonly cancelled?: { readonly reason: string };
  /** The room that this one continues. */
  readonly continues?: OtherRoom;
  /** The room that continues this one: its listeners are led there. */
  readonly continuedBy?: OtherRoom;
  /** One of its hosts has erased their account since, and their name with it: wall-clock ms. */
  readonly hostErased?: number;
}

/** A room beside this one, with its title then. */
export interface OtherRoom {
  readonly slug: string;
  readonly title: string;
  /** Wall-clock ms when one led to the other. */
  readonly at: number;
}

/** The connections of the host are gone in the middle of the conversation. The room stays open. */
export interface HostGone {
  /** Wall-clock ms at which the last of them ended. */
  readonly since: number;
  /** The co-host on stage who has the host's rights meanwhile; absent: there is none. */
  readonly to?: { readonly id: string; readonly name: string };
}

/** One room as the site knows it; the `rooms` snapshot on the bus is a list of these. */
export interface RoomCard {
  /** The key of its row, the same for ever: by it feeds and calendars know the room again when the server moves. */
  readonly id?: string;
  readonly slug: string;
  readonly title: string;
  readonly hosts: readonly string[];
  readonly status: RoomStatus;
  readonly clocks: Clocks;
  /**
   * Wall-clock ms at which fragment 0 of the program began, `RUN_UP_MS` before the room first opened; absent until
   * then.
   */
  readonly zero?: number;
  /** Index of the studio cell that owns the room while it is open or live. */
  readonly cell?: number;
  /**
   * Limit of simultaneous listeners at the live edge, set by the host; everyone beyond it hears the delayed stream.
   * Absent: no limit.
   */
  readonly cap?: number;
  /** How people come on stage, where a host has changed it. */
  readonly rules?: StageRules;
  /** What it is about, in its hosts' own words; plain text of one paragraph. */
  readonly about?: string;
  /** Absent: public. */
  readonly access?: Exclude<RoomAccess, 'public'>;
  /** What the keys in a private room's addresses are made for; another one once they are withdrawn. */
  readonly lock?: string;
  /** In which its hosts announced it, by its IANA name; absent: UTC. */
  readonly zone?: string;
  /** What its hosts say beside that. */
  readonly plans?: RoomPlans;
  /** People who will be reminded of it; absent: nobody, or it has begun. */
  readonly reminded?: number;
  /** True for the demo room that plays a welcome talk by itself. */
  readonly welcome?: boolean;
  /** Present while the status is `stopped`. */
  readonly stopped?: StoppedRoom;
  /** Present while the room runs in the quarantine cell: its speakers hear each other, listeners hear hold music. */
  readonly quarantine?: Quarantine;
  /** Present while the room runs without its host. */
  readonly hostGone?: HostGone;
  /** Present while the room is open or live and there are revoked links. */
  readonly revoked?: Revoked;
}

/** One person on the stage as listeners see them. */
export interface StagePerson {
  readonly id: string;
  readonly name: string;
  readonly role: 'host' | 'co-host' | 'speaker';
  /** Speaking now, by audio level. */
  readonly speaking: boolean;
  readonly muted: boolean;
  /** False while the connection is lost and the place is kept. */
  readonly connected: boolean;
}

/** What the program carries and, when it is silent, the reason. */
export interface ProgramState {
  readonly carries: Carries;
  /** Wall-clock ms since when. */
  readonly since: number;
  /** Present while the stage should be heard but is silent. */
  readonly deadAir?: { readonly cause: DeadAirCause; readonly since: number };
}

/** Limit of the newest gaps in a state: a disk that fails every second for hours must not make it grow to megabytes. */
export const MAX_TOLD_GAPS = 100;

/** How many sessions listen now, by the audience's own count; see `listeners_now` in `metrics.ts`. */
export interface ListenerCount {
  readonly value: number;
  /** Present where the server's count and the players' proofs differ by more than 5 %: the truth is between. */
  readonly low?: number;
  readonly high?: number;
  readonly status: Reconciliation;
}

/** `/r/:slug/state.json`: one cacheable object per room and second, the same for everyone. */
export interface RoomState {
  readonly v: 1;
  /** Wall-clock ms when it was made. */
  readonly at: number;
  readonly slug: string;
  readonly title: string;
  readonly hosts: readonly string[];
  readonly status: RoomStatus;
  /** The same, but with `break` distinguished; set by `momentOf` where the state is published. */
  readonly moment?: Moment;
  readonly clocks: Clocks;
  readonly stage: readonly StagePerson[];
  readonly program: ProgramState;
  /** Streams being served now, summed over the doors. These are connections, not people. */
  readonly streams: number;
  /** Listeners as they are counted; absent, and 0 in the stream, while nobody counts. */
  readonly listeners?: ListenerCount | 0;
  /** Which sessions prove what they hear; absent, and 0 in the stream, while all of them do. */
  readonly proofs?: ProofSample | 0;
  /** Listeners to the recording of the running room in the last seconds; not included in `streams`. */
  readonly catchingUp?: number;
  readonly delivery: Delivery;
  /** Raised hands; absent, and 0 in the stream, while nobody can raise one. */
  readonly hands?: HandsTold | 0;
  /** Reactions of the last second; absent, and 0 in the stream, while nobody can react. */
  readonly reactions?: ReactionsTold | 0;
  /** Questions in text; absent, and 0 in the stream, while there are none and nobody can ask. */
  readonly questions?: QuestionsTold | 0;
  /** What a host has pinned; absent, and 0 in the stream, while that is nothing. */
  readonly pinned?: Pin | 0;
  /** The host's connections are gone; absent, and 0 in the stream, while they are not. */
  readonly hostGone?: HostGone | 0;
  /** `away` while the doors play standby themselves because the studio is gone. */
  readonly studio: 'here' | 'away';
  /** The newest `MAX_TOLD_GAPS`. */
  readonly gaps: readonly RecordingGap[];
  /** Present while the operator has stopped the room. */
  readonly stopped?: StoppedRoom;
  /** Present while the room is kept apart and only its speakers hear each other. */
  readonly quarantine?: Quarantine;
  /** The recording of a room that is over; absent when nothing was recorded. */
  readonly recording?: RecordingNote;
  /** What its hosts say: why it is late, that it was moved, why it was cancelled. */
  readonly plans?: RoomPlans;
}

/** The state of a room that has no running program: scheduled, ended, or its cell is gone. */
export function stateOfCard(card: RoomCard, at: number, streams = 0): RoomState {
  return {
    v: 1,
    at,
    slug: card.slug,
    title: card.title,
    hosts: card.hosts,
    status: card.status,
    clocks: card.clocks,
    stage: [],
    program: { carries: 'standby', since: card.clocks.opened ?? at },
    streams,
    delivery: fullDelivery(320, card.clocks.opened ?? at),
    studio: isRunning(card.status) ? 'away' : 'here',
    gaps: [],
    ...(card.stopped ? { stopped: card.stopped } : {}),
    ...(card.quarantine ? { quarantine: card.quarantine } : {}),
    ...(card.plans ? { plans: card.plans } : {}),
    ...(card.hostGone ? { hostGone: card.hostGone } : {}),
  };
}
