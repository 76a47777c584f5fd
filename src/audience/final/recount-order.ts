import type { CountingRules } from '../definitions.ts';
import type { StageChange } from '../stage-history.ts';

/** What a recount is to count. */
export interface RecountOrder {
  readonly rawDir: string;
  readonly slug: string;
  /** Wall-clock ms: when the room opened, and when it ended or now. */
  readonly from: number;
  readonly to: number;
  /** When the program carried the stage. */
  readonly stage: readonly StageChange[];
  readonly rules: CountingRules;
}

/** Doors are heard for so long after a room's end. */
export const AFTER_END_MS = 180_000;
