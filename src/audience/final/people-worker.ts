/** Counts some parts of a room's listeners in a thread of its own, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { countPeople } from './final-pass.ts';
import type { ExactPeople, PeopleAnswer, PeopleOrder } from './recount-order.ts';

async function count({ order, exclusions, parts, mine }: PeopleOrder): Promise<ExactPeople> {
  const days: Record<number, number> = {};
  let records = 0;
  for (const number of mine) {
    const found = await countPeople(order, exclusions, { number, of: parts });
    records += found.records;
    for (const [day, people] of Object.entries(found.days))
      days[Number(day)] = (days[Number(day)] ?? 0) + people;
  }
  return { days, records };
}

count(workerData as PeopleOrder).then(
  (done) => parentPort?.postMessage({ done } satisfies PeopleAnswer),
  (error: unknown) => parentPort?.postMessage({ error: String(error) } satisfies PeopleAnswer),
);
