/** What the studio page and the cell say to each other: newline-delimited JSON down, one JSON POST per action up. */
import type { ProgramState, RoomStatus, StagePerson } from './room.ts';

/** One person as the studio page sees them. */
export interface BackstagePerson extends StagePerson {
  /** Wall-clock ms when they first took their place; the order on the page. */
  readonly joined: number;
  /** Share of their packets lost in the last seconds, 0 to 1. */
  readonly loss: number;
  /** Muted by a host: their own switch opens nothing until a host asks them to speak. */
  readonly forced: boolean;
  /** They ask a host to let them speak. */
  readonly asks: boolean;
  /** What the mixer notices about their sound and they can mend: left and right cancel each other when played as one. */
  readonly notice?: 'opposite-phase';
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
      /** Who hears the stage without being on it. */
      readonly ears: readonly BackstageEar[];
    }
  /** −dBov per speaker id, 0 loudest, 127 silence; `program` is the mixed feed's peak in dBFS (≤ 0, −127 silence). */
  | { readonly kind: 'levels'; readonly people: Readonly<Record<string, number>>; readonly program: number }
  | {
      readonly kind: 'program';
      readonly status: RoomStatus;
      readonly program: ProgramState;
      readonly streams: number;
      /** Who hears the recording meanwhile. */
      readonly catchingUp?: number;
      readonly gaps: number;
      /** True while nothing is being written to disk: full or failing. */
      readonly recordingFailed: boolean;
    }
  /** The host muted, unmuted-asked, removed or promoted this very person. */
  | { readonly kind: 'asked'; readonly what: 'mute' | 'unmute' | 'leave' | 'host'; readonly by: string };

/** The body of `POST /r/:slug/backstage`. What has no `who` is about oneself; the others need a host or co-host. */
export type BackstageAction =
  | { readonly do: 'muted'; readonly muted: boolean }
  | { readonly do: 'rename'; readonly name: string }
  /** Muted by a host: asks to be let speak. */
  | { readonly do: 'ask-to-speak' }
  | { readonly do: 'mute' | 'ask-unmute' | 'remove' | 'make-host'; readonly who: string };
