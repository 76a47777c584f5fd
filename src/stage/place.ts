import type { SpeakerId } from '../base/ids.ts';
import type { EpochMs, Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstagePerson } from '../wire/backstage.ts';
import type { Publisher } from './publisher.ts';
import { SILENCE, Speaking } from './rtp/speaking.ts';

/** How long a voice may be gone before the program counts it as left. */
export const RETURN_MS = 3_000;
/** How long a place in the roster is kept for somebody whose connection is gone. */
export const KEEP_MS = 60_000;

/** One speaker's place on the stage of one room. It outlives connections. */
export interface Place {
  readonly id: SpeakerId;
  name: string;
  role: Grant['role'];
  readonly joined: EpochMs;
  /** Their own switch. */
  muted: boolean;
  /** Muted by a host: packets go nowhere until a host asks them to speak again. */
  forced: boolean;
  /** While `forced`: they ask a host to let them speak. */
  asks: boolean;
  publisher: Publisher | undefined;
  /** True between the transport's `connected` and its end. */
  connected: boolean;
  /** True while the program counts them as present: from connected until 3 s after the end. */
  present: boolean;
  /** When the connection ended, or when the place was made. */
  since: Ms;
  /** True once they have been connected: only then are they in the roster. */
  appeared: boolean;
  readonly speaking: Speaking;
  /** What the mixer notices about their sound. */
  notice: BackstagePerson['notice'];
}

/** A new place for the person in the grant. */
export function openPlace(grant: Grant, joined: EpochMs, since: Ms): Place {
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
  };
}

/** True while nothing of this place may be heard. */
export const silenced = (place: Place): boolean => place.muted || place.forced;

/** The place as backstage sees it. */
export function asPerson(place: Place, now: Ms): BackstagePerson {
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
  };
}

/** The loudest level since the last call in −dBov. */
export const takeLevel = (place: Place): number => {
  const level = place.speaking.takeLevel();
  return place.connected && !silenced(place) ? level : SILENCE;
};
