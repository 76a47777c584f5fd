import { stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Log } from '../../base/log.ts';
import type { CompactAnswer } from './compact-worker.ts';
import type { Compacted, CompactOrder } from './compaction.ts';
import { allFiles, byAge, compactName, isRaw } from './raw-folder.ts';
import type { RawClosed } from './raw-log.ts';

/** Smaller files are not worth a thread: a day of them has 90 MB at most. */
export const COMPACT_FROM_BYTES = 65_536;

/** What making files compact needs. */
export interface CompactorDeps {
  readonly log: Log;
  readonly dir: string;
  /** Default: `COMPACT_FROM_BYTES`. */
  readonly least?: number;
  /** Writes down what a file holds; false when that is not on the disk. */
  written(file: RawClosed): Promise<boolean>;
  /** True when the log names this raw file already. */
  isNamed(file: string): boolean;
  /** Default: in a thread. */
  compact?(order: CompactOrder): Promise<Compacted>;
}

/**
 * Makes raw files compact, one at a time. The raw file goes only when the compact one is on the disk and its hash is in
 * the evidence log; a process that is killed in between does it again, with the same bytes.
 */
export class Compactor {
  readonly #deps: CompactorDeps;
  #running: Promise<void> | undefined;
  #failing = false;
  readonly #refused = new Set<string>();
  /** Since the start: files that were made compact, their bytes before and after. */
  readonly counts = { files: 0, before: 0, after: 0 };

  constructor(deps: CompactorDeps) {
    this.#deps = deps;
  }

  /** Makes compact what is older than the file `before`: that and what came later may be read from their middle. */
  run(before: string): Promise<void> {
    this.#running ??= this.#all(before).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #all(before: string): Promise<void> {
    const { dir, log, least = COMPACT_FROM_BYTES } = this.#deps;
    for (const file of await allFiles(dir)) {
      if (!isRaw(file) || byAge(file, before) >= 0 || this.#refused.has(file)) continue;
      const { size } = await stat(join(dir, file)).catch(() => ({ size: 0 }));
      if (size < least) continue;
      try {
        await this.#one(file, size);
        this.#failing = false;
      } catch (error) {
        if (error instanceof RangeError) this.#refused.add(file);
        if (!this.#failing)
          log.warn(
            { error: String(error), file },
            'a file of raw records could not be made compact: it stays as it is, and takes more of the disk',
          );
        this.#failing = true;
        // A full disk is tried again a minute later.
        if (!(error instanceof RangeError)) return;
      }
    }
  }

  async #one(file: string, size: number): Promise<void> {
    const { dir, written, isNamed, compact = compactInThread } = this.#deps;
    const { raw, compact: made } = await compact({ dir, file });
    // Its writer was killed before it could say what is in it.
    if (!isNamed(file) && !(await written({ file, ...raw }))) return;
    const { bytes, ...named } = made;
    if (!(await written({ file: compactName(file), ...named }))) return;
    await unlink(join(dir, file));
    this.counts.files += 1;
    this.counts.before += size;
    this.counts.after += bytes;
  }
}

/** Makes a file compact in a thread. Rejects with what the disk says. */
function compactInThread(order: CompactOrder): Promise<Compacted> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./compact-worker.ts', import.meta.url), { workerData: order });
    thread.unref();
    thread.on('message', (answer: CompactAnswer) => {
      if ('done' in answer) resolve(answer.done);
      else reject(answer.refused ? new RangeError(answer.error) : new Error(answer.error));
    });
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('the thread ended')));
  });
}
