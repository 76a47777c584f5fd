import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One line of evidence: when a level changed, where, why, and at which values. */
export interface StepRecord {
  /** Wall-clock ms. */
  readonly at: number;
  readonly slug: string;
  /** Who changed it: `door-2` its own wish, `cell-0` the level of the room. */
  readonly by: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  /** From a door: the signals of that second. From a cell: each door's wish. */
  readonly values: Readonly<Record<string, number>>;
}

/** The most bytes that the records of one room take, some 15,000 steps. Later steps are only in the log. */
const MAX_BYTES = 4_000_000;
/** The most lines that may wait for the disk; further ones are dropped, and the next one written says how many. */
const MAX_WAITING = 256;

/**
 * The ladder's evidence: one JSON line per step in `DIR/SLUG.jsonl`, appended by every process that changes a level.
 */
export interface Records extends AsyncDisposable {
  write(record: StepRecord): void;
}

/** Opens the records. A failing disk loses lines, never sound; `failed` is called. */
export function openRecords(dir: string, failed: (error: unknown) => void): Records {
  let chain: Promise<void> = mkdir(dir, { recursive: true }).then(() => undefined, failed);
  let waiting = 0;
  let dropped = 0;
  const append = async (record: StepRecord & { readonly dropped?: number }): Promise<void> => {
    const path = join(dir, `${record.slug}.jsonl`);
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    if (size > MAX_BYTES) return;
    // One write of a short line in append mode: lines of several processes do not mix.
    await appendFile(path, `${JSON.stringify(record)}\n`);
  };
  return {
    write(record) {
      if (waiting >= MAX_WAITING) {
        dropped += 1;
        return;
      }
      waiting += 1;
      const line = dropped > 0 ? { ...record, dropped } : record;
      dropped = 0;
      chain = chain
        .then(() => append(line))
        .catch(failed)
        .finally(() => {
          waiting -= 1;
        });
    },
    async [Symbol.asyncDispose]() {
      await chain;
    },
  };
}
