/** The protocol between the studio page and the cell: newline-delimited JSON down, one JSON POST per action up. */

import type { ProgramState, RoomStatus, StagePerson } from '../room.ts';
import type { Ban, HostHand, StageRules } from './hands.ts';

/** One person as the studio page sees them. */
export interface BackstagePerson extends StagePerson {
  /** Wall-clock ms when they first took their place; it determines the order on the page. */
  readonly joined: number;
  /** Share of their packets lost in the last seconds, 0 to 1. */
  readonly loss: number;
  /** Muted by a host: their own switch has no effect until a host asks them to speak. */
  readonly forced: boolean;
  /** They ask a host for permission to speak. */
  readonly asks: boolean;
  /** A problem of their sound that the mixer noticed and they can fix: left and right cancel each other in mono. */
  readonly notice?: 'opposite-phase';
  /** Heard by the hosts alone, until one of them puts this person on air. */
  readonly backstage?: true;
  /** They came by a raised hand. */
  readonly hand?: true;
}

/** One person who only listens backstage. */
export type BackstageEar = Pick<StagePerson, 'id' | 'name' | 'role'>;

/** A line of `GET /r/:slug/backstage`. `roster` and `program` are sent on change, `levels` ten times a second. */
export type BackstageLine =
  | {
      readonly kind: 'you';
      readonly id: string;
      readonly name: string;
      readonly role: 'host' | 'co-host' | 'speaker';
    }
  | {
      readonly kind: 'roster';
      readonly people: readonly BackstagePerson[];
      /** People who hear the stage without being on it. */
      readonly ears: readonly BackstageEar[];
    }
  /** −dBov per speaker id, 0 loudest, 127 silence. `program` is the mixed feed's peak in dBFS (≤ 0, −127 silence). */
  | { readonly kind: 'levels'; readonly people: Readonly<Record<string, number>>; readonly program: number }
  | {
      readonly kind: 'program';
      readonly status: RoomStatus;
      readonly program: ProgramState;
      readonly streams: number;
      /** Number of people who listen to the recording meanwhile. */
      readonly catchingUp?: number;
      readonly gaps: number;
      /** True while nothing is being written to disk: full or failing. */
      readonly recordingFailed: boolean;
    }
  /** For hosts, in order: hands that are new or changed, and those that are shown no longer. `whole`: all of them. */
  | {
      readonly kind: 'hands';
      /** Hands that are up, of which the first are shown. */
      readonly up: number;
      readonly hands: readonly HostHand[];
      readonly gone: readonly string[];
      readonly whole?: true;
    }
  /** For hosts: how people come on stage, and who is kept out. */
  | { readonly kind: 'access'; readonly rules: StageRules; readonly bans: readonly Ban[] }
  /**
   * The host muted this very person, asked them to unmute, removed or promoted them, moved them to the listeners, asks
   * them back on stage, put them on air or took them off it. `stand-in`: the host is gone, and this co-host has the
   * host's rights meanwhile; `host-back`: no longer.
   */
  | {
      readonly kind: 'asked';
      readonly what:
        | 'mute'
        | 'unmute'
        | 'leave'
        | 'host'
        | 'listen'
        | 'speak'
        | 'on-air'
        | 'backstage'
        | 'stand-in'
        | 'host-back';
      readonly by: string;
    };

/** What a host does with raised hands and bans. */
export type HandAction =
  /** Calls a listener on stage. `check`: hosts hear them first; default: the room's rule. */
  | { readonly do: 'call'; readonly hand: string; readonly check?: boolean | undefined }
  | { readonly do: 'decline'; readonly hand: string; readonly word?: string | undefined }
  | { readonly do: 'lower-hand'; readonly hand: string }
  | { readonly do: 'lower-all' }
  | { readonly do: 'ban-hand'; readonly hand: string; readonly reason?: string | undefined }
  | { readonly do: 'unban'; readonly ban: string };

/**
 * The body of `POST /r/:slug/backstage`. An action without `who` is about the sender; the others need a host or
 * co-host.
 */
export type BackstageAction =
  | { readonly do: 'muted'; readonly muted: boolean }
  | { readonly do: 'rename'; readonly name: string }
  /** For a person muted by a host: asks for permission to speak. */
  | { readonly do: 'ask-to-speak' }
  | {
      readonly do:
        | 'mute'
        | 'ask-unmute'
        | 'remove'
        | 'make-host'
        | 'to-listener'
        | 'back-on-stage'
        | 'on-air'
        | 'backstage';
      readonly who: string;
    }
  /** Removes a person and keeps out their link and their device, until a host takes it back. */
  | { readonly do: 'ban'; readonly who: string; readonly reason?: string | undefined }
  | HandAction;
