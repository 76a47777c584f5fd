/** Raised hands: what listeners, hosts and the page whose hand it is are told. */

/** Longest topic of a hand and longest word to a listener who is declined, in characters (code points). */
export const TOPIC_LENGTH = 140;
/** Longest name of a person on stage, in characters (code points). */
export const STAGE_NAME_LENGTH = 60;
/** Hands that are up in one room at once; whoever comes then is told so and may try again. */
export const MAX_HANDS = 1_000;
/** Hands in order that a host's page is shown; the others are a number and come in as the first ones go. */
export const SHOWN_HANDS = 200;
/** Random key of a device that its browser keeps; 16 to 64 letters, digits, `-` and `_`. */
export const DEVICE_KEY = /^[\w-]{16,64}$/;
/** The header in which our own pages send it with a link. */
export const DEVICE_HEADER = 'earshot-device';

/**
 * Where a hand is. `up`: in line. `called`: a host wants them on stage; their page has to answer. `stage`: they have
 * a place, or had one a moment ago. `listening`: they were on stage and a host moved them back; a host can call them
 * again. The others are over.
 */
export type HandStanding = 'up' | 'called' | 'stage' | 'listening' | 'declined' | 'lowered' | 'banned';

/** Why somebody who was called cannot speak, as their page says. */
export type HandTrouble = 'denied' | 'none' | 'busy' | 'insecure' | 'failed' | 'silent';

/** In the state of a room: the same for every listener, without names. */
export interface HandsTold {
  /** True while listeners may raise a hand. */
  readonly open: boolean;
  /** Hands that are up now. */
  readonly up: number;
  /** Ids of the hands that a host calls now. */
  readonly called: readonly string[];
  /** Ids of the hands that have other news, which their page asks for with its secret. */
  readonly told: readonly string[];
}

/** What the page whose hand it is learns, with its secret. */
export interface OwnHand {
  readonly id: string;
  readonly standing: HandStanding;
  /** 1 for the next one; absent unless it is up. */
  readonly place?: number;
  /** Hands that are up. */
  readonly up: number;
  /** A host's word to a person they declined or removed. */
  readonly word?: string;
  /** Seconds after which the page says again that it is there. */
  readonly again: number;
}

/** The answer to a raised hand: the secret is said once. */
export interface RaisedHand extends OwnHand {
  readonly secret: string;
}

/** One hand as hosts see it. */
export interface HostHand {
  readonly id: string;
  /** Counts up from 1 in the order in which they were raised; it decides the order. */
  readonly n: number;
  readonly name: string;
  readonly topic: string;
  /** Wall-clock ms at which it was raised. */
  readonly since: number;
  readonly standing: 'up' | 'called' | 'stage' | 'listening';
  /** The id of their place on stage. */
  readonly speaker: string;
  /** Their page has not been heard of for a while. */
  readonly away?: true;
  readonly trouble?: HandTrouble;
}

/** Somebody who is kept out of one room, until a host takes it back. */
export interface Ban {
  readonly id: string;
  readonly name: string;
  /** A host's own note; the person is shown it. */
  readonly reason?: string;
  /** The host's name. */
  readonly by: string;
  /** Wall-clock ms. */
  readonly at: number;
  /** Whose link no longer works. */
  readonly speaker?: string;
  /** Hash of the device's key. */
  readonly device?: string;
  /** Who decided, where a moderator did; absent: a host in the studio. */
  readonly role?: 'operator' | 'host';
  /** Where whom it concerns reads it and can object. */
  readonly notice?: string;
  /** Wall-clock ms; absent: until it is taken back. */
  readonly until?: number;
  /** Only their link is kept out, not their device. */
  readonly linkOnly?: true;
  /** Host links that are no account's are kept out as well: the account that hosts the room is suspended. */
  readonly hostLinks?: true;
}

/** How a host lets people onto the stage. */
export interface StageRules {
  /** Only people with a link may speak: hands cannot be raised. */
  readonly invitedOnly?: boolean;
  /** Limit of speakers at once beside the hosts; absent: the server's. */
  readonly speakers?: number;
  /** Whoever comes on stage is heard by the hosts alone until one of them puts them on air. */
  readonly check?: boolean;
  /** False: listeners cannot react. */
  readonly reactions?: false;
  /** False: listeners cannot ask in text. */
  readonly questions?: false;
}
