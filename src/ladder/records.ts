import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One line of evidence: when a level moved, where, why, and by which values. */
export interface StepRecord {
  /** Wall-clock ms. */
  readonly at: number;
  readonly slug: string;
  /** Who moved: `door-2` its own wish, `cell-0` what holds for the room. */
  readonly by: string;
  readonly from: number;
  readonly to: number;
  readonly why: string;
  /** From a door: the signals of that second. From a cell: what each door wished. */
  readonly values: Readonly<Record<string, number>>;
}

/** Bytes that the records of one room take at most; some 15,000 steps. What comes after is in the log alone. */
const MAX_BYTES = 4_000_000;
/** Lines that wait for the disk at most; further ones are dropped and the next one written says how many. */
const MAX_WAITING = 256;

/** The ladder's evidence: one JSON line per step in `DIR/SLUG.jsonl`, appended by every process that moves a level. */
export interface Records extends AsyncDisposable {
  write(record: StepRecord): void;
}

/** Opens the records. A disk that fails loses lines, never sound: `failed` is told. */
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
