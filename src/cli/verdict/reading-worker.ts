/** Reads logs and works out the verdict in a thread of its own, whose memory is bounded; see `verdict.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { EarshotError } from '../../base/errors.ts';
import { openVerdict } from '../../verdict/index.ts';
import { type LogFileResult, readLogFile } from './log-file.ts';

/** Bytes between two messages about the progress. */
const PROGRESS_BYTES = 4_000_000;

const { paths, listed, description } = workerData as {
  paths: readonly string[];
  listed: number;
  description?: string;
};
try {
  const verdict = openVerdict();
  const results: LogFileResult[] = [];
  let unsaid = 0;
  const progress = (bytes: number): void => {
    unsaid += bytes;
    if (unsaid < PROGRESS_BYTES) return;
    parentPort?.postMessage({ read: unsaid });
    unsaid = 0;
  };
  for (const path of paths) results.push(await readLogFile(path, verdict, progress, description));
  const files = results.map(({ durations: _, ...file }) => file);
  const unread = files.reduce((sum, file) => sum + file.unread, 0);
  const readable = files.some((file) => file.lines > file.unread);
  const facts = { files, unread, durations: results.some(({ durations }) => durations) };
  parentPort?.postMessage({ files, found: readable ? verdict.finish(facts, listed) : undefined });
} catch (error) {
  if (!(error instanceof EarshotError)) throw error;
  parentPort?.postMessage({ refused: error.message });
}
