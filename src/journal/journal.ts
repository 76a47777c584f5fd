import type { Entry } from './entry.ts';
import { JournalFile, type JournalSettings } from './journal-file.ts';

/** Dependencies of a journal that is written in the background. */
export interface JournalDeps extends JournalSettings {
  /** A write failed, or the file is full (told once); `lost`: entries that were never written so far. */
  failed(error: unknown, lost: number): void;
}

/** A journal that is written in the background. What cannot be written is counted; it never throws. */
export interface Journal extends AsyncDisposable {
  /** Queues an entry and returns at once. */
  write(entry: Entry): void;
  /** Entries that wait for the disk. */
  readonly waiting: number;
  /** Entries that were never written. */
  readonly lost: number;
}

/**
 * Opens a journal. Entries that a failing disk does not accept are tried again with the next entry, and when the
 * journal is closed; after that they are lost.
 */
export function openJournal(deps: JournalDeps): Journal {
  const file = new JournalFile(deps);
  let running: Promise<void> = Promise.resolve();
  let busy = false;
  let saidFull = false;
  const run = async (): Promise<void> => {
    busy = true;
    try {
      while (file.waiting > 0) await file.flush();
    } catch (error) {
      deps.failed(error, file.lost);
    } finally {
      busy = false;
    }
    if (!file.full || saidFull) return;
    saidFull = true;
    const megabytes = Math.round(deps.maxBytes / 1e6);
    deps.failed(
      new RangeError(`${deps.path} has reached its ${megabytes} MB and takes no more entries`),
      file.lost,
    );
  };
  return {
    write(entry) {
      file.add(entry);
      if (!busy) running = run();
    },
    get waiting() {
      return file.waiting;
    },
    get lost() {
      return file.lost;
    },
    async [Symbol.asyncDispose]() {
      await running;
      if (file.waiting > 0) await run();
      file.abandon();
    },
  };
}
