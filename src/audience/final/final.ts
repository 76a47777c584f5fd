import { Worker } from 'node:worker_threads';
import type { CorrectionEntry, EvidenceFigure, FinalEntry } from '../../wire/evidence-entry.ts';
import type { MetricId } from '../../wire/metrics.ts';
import type { CountingRules } from '../definitions.ts';
import type { AudienceRoom } from '../room.ts';
import { entered, type RoomFigures } from '../room-figures.ts';
import type { Recounted, RecountManner, RecountOrder } from './final-pass.ts';
import type { RecountAnswer } from './final-worker.ts';

/** A pass that takes longer is ended: it gives way to everything else, and may wait long for a processor. */
const MOST_MS = 30 * 60_000;
/** Raw records that hold less than this share of the listening that was counted live are not complete. */
const COMPLETE = 0.98;

/** Runs a recount in a thread. Rejects with the file system's error, or when it takes too long. */
export function recountInThread(order: RecountOrder, { progress }: RecountManner = {}): Promise<Recounted> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./final-worker.ts', import.meta.url), { workerData: order });
    thread.unref();
    const timer = setTimeout(() => void thread.terminate(), MOST_MS);
    timer.unref();
    thread.on('message', (answer: RecountAnswer) => {
      if ('progress' in answer) progress?.(answer.progress);
      else if ('done' in answer) resolve(answer.done);
      else reject(new Error(answer.error));
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      clearTimeout(timer);
      reject(new Error('it took too long'));
    });
  });
}

/** The order of a pass over a room; undefined while it has not opened. */
export function orderFor(
  room: AudienceRoom,
  { rawDir, rules }: { readonly rawDir: string; readonly rules: CountingRules },
  now: number,
): RecountOrder | undefined {
  const { opened, ended } = room.memory;
  if (opened === undefined) return undefined;
  return {
    ...{ rawDir, rules, slug: room.slug, from: opened, to: ended ?? now },
    stage: room.count.stage.whole(),
  };
}

/**
 * True when the raw records contain everything that was counted live; false when some were removed or never written.
 */
export function isComplete(room: AudienceRoom, { figures }: Recounted): boolean {
  const live = room.memory.total?.listening_seconds?.gross ?? 0;
  return (figures.listening_seconds?.gross ?? 0) >= live * COMPLETE;
}

/** The figures of a recount, with the event counts added. */
export function finalFigures(room: AudienceRoom, { figures }: Recounted): RoomFigures {
  const live = room.figures();
  const all: RoomFigures = { ...live, ...figures };
  if (figures.tuned_in_live && live.replay_listens && all.listens_total) {
    const [a, b] = [figures.tuned_in_live, live.replay_listens];
    all.listens_total = {
      ...all.listens_total,
      ...{ net: a.net + b.net, gross: a.gross + b.gross, parts: { live: a.net, replay: b.net } },
    };
  }
  delete all.listeners_now;
  delete all.in_room_now;
  const { join_attempts: attempts, join_success: success, join_failures: failures } = all;
  if (attempts && success && failures) {
    const open = attempts.net - success.net - failures.net;
    const parts = { ...failures.parts, unknown: (failures.parts?.unknown ?? 0) + open };
    if (open > 0)
      all.join_failures = { ...failures, net: failures.net + open, gross: failures.gross + open, parts };
  }
  return all;
}

const WHY: Readonly<Partial<Record<MetricId, string>>> = {
  peak_concurrent: 'Each sample now has the records and proofs that came after it.',
  join_failures: 'Attempts of which nothing more was heard are failures for an unknown reason.',
};
const ELSE =
  'Sessions that were found not to count are left out from their beginning, and records that came late are in.';

/** The entry for a recount: `final`, with every figure that differs from the newest minute, and why it differs. */
export function finalToWrite(
  live: Readonly<Partial<Record<MetricId, EvidenceFigure>>>,
  figures: RoomFigures,
  excluded: Recounted['excluded'],
  at: number,
): Omit<FinalEntry, 'room' | 'seq' | 'previous'> {
  const total = entered(figures);
  const differences = (Object.keys(total) as MetricId[]).flatMap((metric) => {
    const [was, is] = [live[metric]?.net ?? 0, total[metric]?.net ?? 0];
    return was === is ? [] : [{ metric, live: was, final: is, why: WHY[metric] ?? ELSE }];
  });
  return { v: 1, kind: 'final', at, total, excluded, differences };
}

/** The entry for a recount that was requested later; it uses today's rules. */
export const correctionToWrite = (
  figures: RoomFigures,
  excluded: Recounted['excluded'],
  of: { readonly at: number; readonly corrects: number; readonly why: string },
): Omit<CorrectionEntry, 'room' | 'seq' | 'previous'> => ({
  ...{ v: 1, kind: 'correction', ...of, total: entered(figures), excluded },
});
