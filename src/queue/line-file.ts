import { appendFile, mkdir, open, readFile, rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { QueueState } from '../wire/queue.ts';
import type { LineRecord } from './line.ts';

/** A room's history stops growing at this size; places are still kept. */
const MAX_HISTORY_BYTES = 32 * 1024 * 1024;
/**
 * The most states that wait while the disk fails: more than an hour of them. Further ones are missing from the
 * history.
 */
const MAX_LINES = 4_096;
/** Anything longer is not a state. */
const MAX_STATE_BYTES = 256 * 1024;

/** The file of a line, and of every state that was ever published. */
export interface LineFile {
  /** What was stored last, or undefined when there is nothing or it cannot be read. */
  readonly kept: LineRecord | undefined;
  /** Writes in the background, newest last; `text` is a state that has just been published. */
  keep(record: LineRecord, text: string | undefined): void;
  /** Resolves when everything is written. */
  settled(): Promise<void>;
}

/** The file of every published state of a room's queue, one per line: its history, which anyone can replay. */
export const historyPath = (dir: string, slug: string): string => join(dir, `${slug}.jsonl`);

/**
 * Opens the file of one room's line. A damaged file is ignored, with a log line, and the line starts from scratch.
 */
export async function openLineFile(dir: string, slug: string, log: Log): Promise<LineFile> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, `${slug}.json`);
  const history = historyPath(dir, slug);
  const { newest, size: whole } = await lastLine(history);
  // A line torn by a crash or a full disk is cut off: the next state must begin a line of its own.
  if (whole !== undefined) await truncate(history, whole).catch(() => undefined);
  let kept: LineRecord | undefined;
  try {
    const record = JSON.parse(await readFile(path, 'utf8')) as LineRecord;
    if (record.v !== 1 || record.state.slug !== slug) throw new Error('it is not the line of this room');
    kept = newest && newest.seq > record.state.seq ? { ...record, state: newest } : record;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      log.warn(
        { slug, error: String(error) },
        'the queue on disk cannot be read: places in line are given out from scratch',
      );
  }

  let size = whole;
  let waiting: LineRecord | undefined;
  const lines: string[] = [];
  let running: Promise<void> | undefined;
  let failed = false;
  const write = async (): Promise<void> => {
    while (waiting) {
      const [record, fresh, count] = [waiting, lines.join(''), lines.length];
      waiting = undefined;
      try {
        if (fresh && (size ?? 0) < MAX_HISTORY_BYTES) {
          // Torn by a full disk last time.
          if (failed && size !== undefined) await truncate(history, size).catch(() => undefined);
          await appendFile(history, fresh);
          if (size !== undefined) size += Buffer.byteLength(fresh);
        }
        lines.splice(0, count);
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
            { slug, error: String(error) },
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
      if (text !== undefined && lines.length < MAX_LINES) lines.push(`${text}\n`);
      running ??= write();
    },
    async settled() {
      await running;
    },
  };
}

/**
 * The newest complete line of a history, and the size in bytes of its complete lines; no size when it cannot be read.
 */
async function lastLine(path: string): Promise<{ newest?: QueueState; size?: number }> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => error);
  if (file instanceof Error) return file.code === 'ENOENT' ? { size: 0 } : {};
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MAX_STATE_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    if (bytesRead < size - from) return {};
    const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
    const line = buffer
      .toString('utf8', 0, Math.max(0, end - 1))
      .split('\n')
      .at(-1);
    // Without a line end in that many bytes it is not one of our histories: nothing is cut off.
    const whole = end === 0 && from > 0 ? size : from + end;
    try {
      return line ? { newest: JSON.parse(line) as QueueState, size: whole } : { size: whole };
    } catch {
      return { size: whole };
    }
  } catch {
    return {};
  } finally {
    await file.close();
  }
}
