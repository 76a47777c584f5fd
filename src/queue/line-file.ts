import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import { JournalFile } from '../journal/index.ts';
import type { QueueState } from '../wire/queue.ts';
import type { StoredLine } from './line.ts';

/** A room's history stops growing at this size; places are still kept. */
const MAX_HISTORY_BYTES = 32 * 1024 * 1024;
/**
 * The most states that wait while the disk fails: more than an hour of them. Further ones are missing from the
 * history.
 */
const MAX_LINES = 4_096;

/** The file of a line, and of every state that was ever published. */
export interface LineFile {
  /** What was stored last, or undefined when there is nothing or it cannot be read. */
  readonly kept: StoredLine | undefined;
  /** Writes in the background, newest last; `text` is a state that has just been published. */
  keep(record: StoredLine, text: string | undefined): void;
  /** Resolves when everything is written, or the disk has refused it. */
  settled(): Promise<void>;
  /** The same, for the last time: states that the disk refused are lost to the history. */
  close(): Promise<void>;
}

/** The file of every published state of a room's queue, one per line: its history, which anyone can replay. */
export const historyPath = (dir: string, slug: string): string => join(dir, `${slug}.jsonl`);

/**
 * Opens the file of one room's line. A damaged file is ignored, with a log line, and the line starts from scratch. The
 * history is a journal, whose chain the states carry themselves: each has a number and the hash of the one before.
 */
export async function openLineFile(
  dir: string,
  slug: string,
  log: Log,
  onLost?: (entries: number) => void,
): Promise<LineFile> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${slug}.json`);
  const history = new JournalFile({
    path: historyPath(dir, slug),
    maxBytes: MAX_HISTORY_BYTES,
    maxWaiting: MAX_LINES,
    onLost,
  });
  const newest = await newestState(history);
  const readable = newest !== 'unreadable';
  let kept: StoredLine | undefined;
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as StoredLine;
    if (record.v !== 1 || record.state.slug !== slug) throw new Error('it is not the line of this room');
    const { seq } = record.state;
    kept = readable && newest && newest.seq > seq ? { ...record, state: newest } : record;
    // A power cut took it from the history alone: the same bytes are put back, and no number is missing.
    if (readable && seq > (newest?.seq ?? 0)) history.add(JSON.stringify(record.state));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn(
        { slug, error: String(error) },
        'the saved line of this room cannot be read: it starts again from its beginning',
      );
  }

  let waiting: StoredLine | undefined;
  let running: Promise<void> | undefined;
  let failed = false;
  const write = async (): Promise<void> => {
    while (waiting) {
      const record = waiting;
      waiting = undefined;
      try {
        await history.flush();
        const file = await open(`${path}.new`, 'w');
        try {
          await file.writeFile(JSON.stringify(record));
          await file.datasync();
        } finally {
          await file.close();
        }
        await rename(`${path}.new`, path);
        failed = false;
      } catch (error) {
        if (!failed)
          log.error(
            { slug, error: String(error), lost: history.lost },
            'the queue cannot be written to disk; it continues in memory',
          );
        failed = true;
      }
    }
    running = undefined;
  };
  return {
    kept,
    keep(record, text) {
      waiting = record;
      if (text !== undefined) history.add(text);
      running ??= write();
    },
    async settled() {
      await running;
    },
    async close() {
      await running;
      history.abandon();
    },
  };
}

/** The newest state in a history; undefined when there is none. */
async function newestState(history: JournalFile): Promise<QueueState | undefined | 'unreadable'> {
  try {
    const line = await history.last();
    return line === undefined ? undefined : (JSON.parse(line) as QueueState);
  } catch {
    return 'unreadable';
  }
}
