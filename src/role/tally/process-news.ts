import { open, stat } from 'node:fs/promises';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import type { ProcessNews } from '../../incident/index.ts';
import { readEntries } from '../../journal/index.ts';

const LOOK = ms(1_000);
/** What is read at once of the journal of processes. */
const MOST_BYTES = 64 * 1024;
/** Deaths of the last minute are news to a process that has just started: one of them may be its own. */
const NEWS_MS = 60_000;

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** The lines of a file from `from` on, as far as they are whole; and where the next ones begin. */
async function linesFrom(path: string, from: number, to: number): Promise<{ text: string; next: number }> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
    return { text: buffer.toString('utf8', 0, end), next: from + end };
  } finally {
    await file.close();
  }
}

/** Tells what the supervisor writes down of processes, from the last minute on. `otherwise`: what is missing without. */
export function followProcesses(
  path: string,
  log: Log,
  otherwise: string,
  tell: (news: ProcessNews) => void,
): Disposable {
  let next: number | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    const size = await sizeOf(path);
    // The file has become the older part, and a new one has begun.
    if (next === undefined || size < next) next = Math.max(0, next === undefined ? size - MOST_BYTES : 0);
    if (size === next) return;
    const { text, next: then } = await linesFrom(path, next, Math.min(size, next + MOST_BYTES));
    next = then;
    for (const news of readEntries<ProcessNews>(text))
      if ((news.event === 'died' || news.event === 'restarted') && news.at > systemClock.wall() - NEWS_MS)
        tell(news);
  };
  return systemClock.every(LOOK, () => {
    if (busy) return;
    busy = true;
    look()
      .catch((error: unknown) =>
        log.warn({ error: String(error) }, `the journal of processes could not be read: ${otherwise}`),
      )
      .finally(() => {
        busy = false;
      });
  });
}
