import { join } from 'node:path';
import { type Journal, openJournal } from '../journal/index.ts';

/** One entry of evidence: when a level changed, where, why, and at which values. */
export interface LadderStep {
  /** Wall-clock ms. */
  readonly at: number;
  readonly slug: string;
  /** Who changed it: `door-2` its own wish, `cell-0` the level of the room. Each has a chain of its own in the file. */
  readonly by: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  /** From a door: the signals of that second. From a cell: each door's wish. */
  readonly values: Readonly<Record<string, number>>;
}

/** The most bytes that the steps of one room take, some 12,000 steps. Later steps are only in the log. */
const MAX_BYTES = 4_000_000;
/**
 * The most steps of a room that may wait for the disk; further ones are dropped, and the next one written says how
 * many.
 */
const MAX_WAITING = 256;
/** Rooms whose newest line is remembered; of another the file is looked at again. */
const MAX_ROOMS = 256;

/**
 * The ladder's evidence: one line per step in the journal `DIR/SLUG.jsonl`, to which every process that changes a level
 * appends.
 */
export interface StepJournal extends AsyncDisposable {
  write(step: LadderStep): void;
}

/**
 * Opens the journal of one process. What a failing disk does not take waits for the next step of that room; `failed` is
 * told, with how many were lost for good so far, and `onLost` each time some are.
 */
export function openStepJournal(
  dir: string,
  failed: (error: unknown, lost: number) => void,
  onLost?: (entries: number) => void,
): StepJournal {
  const journals = new Map<string, Journal>();
  const journalOf = (slug: string, by: string): Journal => {
    const key = `${slug} ${by}`;
    const known = journals.get(key);
    if (known) return known;
    if (journals.size >= MAX_ROOMS)
      for (const [other, { waiting }] of journals) {
        if (waiting > 0) continue;
        journals.delete(other);
        break;
      }
    const path = join(dir, `${slug}.jsonl`);
    const journal = openJournal({
      ...{ path, by, maxBytes: MAX_BYTES, maxWaiting: MAX_WAITING },
      ...{ failed, onLost },
    });
    journals.set(key, journal);
    return journal;
  };
  return {
    write: (step) => journalOf(step.slug, step.by).write({ ...step }),
    async [Symbol.asyncDispose]() {
      await Promise.all([...journals.values()].map((journal) => journal[Symbol.asyncDispose]()));
    },
  };
}
