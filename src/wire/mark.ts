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
  | { readonly kind: 'status'; readonly status: RoomStatus; readonly at: number };
