import type { Clock } from '../../base/clock.ts';

/** How long feeds show one head, ms of the wall clock. */
export const HEAD_HELD_MS = 3_600_000;

/** The signed head that feeds show. */
export interface HeldHead {
  /** The log has a new head. */
  told(note: string): void;
  /** Undefined while none was told. */
  head(): string | undefined;
}

/**
 * Holds the first head of each hour: while rooms are on, the log has a new one every few seconds, and a feed with the
 * newest would be another text for everybody who asks whether it has changed. All doors are told the same heads, so they
 * hold the same. One of a log without entries is held only until there are some. Spec: C2SP tlog-checkpoint (line 2).
 */
export function openHeldHead(clock: Pick<Clock, 'wall'>): HeldHead {
  let held: { readonly hour: number; readonly note: string } | undefined;
  const isEmpty = (note: string): boolean => (note.split('\n')[1] ?? '0') === '0';
  return {
    told(note) {
      const hour = Math.floor(clock.wall() / HEAD_HELD_MS);
      if (!held || held.hour !== hour || isEmpty(held.note)) held = { hour, note };
    },
    head: () => held?.note,
  };
}
