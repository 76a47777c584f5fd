import type { SpeakerId } from '../base/ids.ts';
import type { EpochMs, Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstagePerson } from '../wire/stage/backstage.ts';
import type { Publisher } from './publisher.ts';
import { SILENCE, Speaking } from './rtp/speaking.ts';

/** How long a connection may be lost before the program counts the speaker as gone. */
export const RETURN_MS = 3_000;
/** How long a place in the roster is kept after the connection is lost. */
export const KEEP_MS = 60_000;

/** One speaker's place on the stage of one room. It outlives their connections. */
export interface StagePlace {
  readonly id: SpeakerId;
  name: string;
  role: Grant['role'];
  readonly joined: EpochMs;
  /** The speaker's own switch. */
  muted: boolean;
  /** Muted by a host: packets are dropped until a host asks the speaker to speak again. */
  forced: boolean;
  /** While `forced`: the speaker asks a host for permission to speak. */
  asks: boolean;
  publisher: Publisher | undefined;
  /** True from the transport's `connected` until its end. */
  connected: boolean;
  /** True while the program counts the speaker as present: from `connected` until 3 s after the end. */
  present: boolean;
  /** When the connection ended, or when the place was made. */
  since: Ms;
  /** True once the speaker has been connected; only then is the place in the roster. */
  appeared: boolean;
  readonly speaking: Speaking;
  /** What the mixer noticed about the speaker's sound. */
  notice: BackstagePerson['notice'];
  /** Heard by the hosts alone: nothing of it goes to the program or to other speakers. */
  checking: boolean;
  /** They came by a raised hand. */
  readonly hand: boolean;
}

/** A new place for the person of the grant. */
export function openPlace(grant: Grant, joined: EpochMs, since: Ms, checking = false): StagePlace {
  return {
    id: grant.speaker,
    name: grant.name || 'Speaker',
    role: grant.role,
    joined,
    muted: false,
    forced: false,
    notice: undefined,
    asks: false,
    publisher: undefined,
    connected: false,
    present: false,
    since,
    appeared: false,
    speaking: new Speaking(),
    checking,
    hand: grant.hand !== undefined,
  };
}

/** True while nothing from this place may be heard. */
export const silenced = (place: StagePlace): boolean => place.muted || place.forced;

/** The place as shown backstage. */
export function asPerson(place: StagePlace, now: Ms): BackstagePerson {
  return {
    id: place.id,
    name: place.name,
    role: place.role,
    speaking: place.connected && !silenced(place) && place.speaking.now(now),
    muted: silenced(place),
    connected: place.connected,
    joined: place.joined,
    loss: Math.round((place.publisher?.loss ?? 0) * 1_000) / 1_000,
    forced: place.forced && place.role === 'speaker',
    ...(place.notice && place.connected ? { notice: place.notice } : {}),
    asks: place.asks,
    ...(place.checking ? { backstage: true as const } : {}),
    ...(place.hand ? { hand: true as const } : {}),
  };
}

/** The loudest level since the last call, in −dBov. */
export const takeLevel = (place: StagePlace): number => {
  const level = place.speaking.takeLevel();
  return place.connected && !silenced(place) ? level : SILENCE;
};
