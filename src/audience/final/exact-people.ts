/** Counts the different listeners of a room exactly, however many: in parts, which are shared out to threads. */
import { Worker } from 'node:worker_threads';
import type { ExactPeople, Exclusions, PeopleAnswer, PeopleOrder, RecountOrder } from './recount-order.ts';

/**
 * Keys of a part: with some sessions for each they take about 150 MB while they are counted. Every part reads all files,
 * and looks at the records of its own.
 */
const KEYS_A_PART = 3_000_000;
const THREADS = 2;

/** What is counted. */
export interface ExactOrder extends RecountOrder {
  /** Session ids that do not count. */
  readonly exclusions: Exclusions;
  /** How many keys there are, roughly. */
  readonly keys: number;
  /** Default: 2. */
  readonly threads?: number;
}

/** Counts. Rejects with what the disk says. */
export async function exactPeople({
  exclusions,
  keys,
  threads = THREADS,
  ...order
}: ExactOrder): Promise<ExactPeople> {
  // As many for each thread.
  const parts = Math.ceil(Math.max(1, keys / KEYS_A_PART) / threads) * threads;
  const answers = await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      inThread({
        ...{ order, exclusions, parts },
        mine: Array.from({ length: parts / threads }, (_each, i) => thread + i * threads),
      }),
    ),
  );
  const days: Record<number, number> = {};
  for (const one of answers)
    for (const [day, people] of Object.entries(one.days))
      days[Number(day)] = (days[Number(day)] ?? 0) + people;
  return { days, records: answers.reduce((sum, { records }) => sum + records, 0) };
}

function inThread(order: PeopleOrder): Promise<ExactPeople> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./people-worker.ts', import.meta.url), { workerData: order });
    thread.on('message', (answer: PeopleAnswer) => {
      if ('done' in answer) resolve(answer.done);
      else reject(new Error(answer.error));
    });
    thread.on('error', reject);
    thread.on('exit', () => reject(new Error('a thread ended before it had counted')));
  });
}
