import type { RoomStatus } from './moment.ts';

/** An event of a program, stored beside the recording: who spoke, when it went live. Times are wall-clock ms. */
export type Mark =
  | {
      readonly kind: 'speaking';
      readonly id: string;
      readonly name: string;
      readonly from: number;
      readonly to: number;
    }
  | { readonly kind: 'status'; readonly status: RoomStatus; readonly at: number }
  /** Reactions from a moment on: each row is a second after it, and the counts in the order of `REACTIONS`. */
  | { readonly kind: 'reactions'; readonly at: number; readonly seconds: readonly (readonly number[])[] }
  /** A host marked a question as answered. */
  | {
      readonly kind: 'answered';
      readonly at: number;
      readonly id: string;
      readonly text: string;
      readonly name?: string;
      readonly votes: number;
    }
  /** A host took that back, or took the question out of the list. */
  | { readonly kind: 'unanswered'; readonly at: number; readonly id: string }
  /** A host pinned a line; it holds until the next one. Without a text: they took it down. */
  | {
      readonly kind: 'pin';
      readonly at: number;
      readonly id: string;
      readonly text?: string;
      readonly link?: string;
    };
