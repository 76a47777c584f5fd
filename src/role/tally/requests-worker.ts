import { parentPort, workerData } from 'node:worker_threads';
import { readEntries } from '../../journal/index.ts';
import { type DemandBaseline, isRequestSlot, type RequestSlot, verdictOfSlots } from '../../verdict/index.ts';
import { slotLines } from './request-files.ts';

/** What the thread is asked: slots of a folder that begin in a window (wall-clock ms), and what was usual. */
export interface RequestsToJudge {
  readonly dir: string;
  readonly from: number;
  readonly to: number;
  readonly baseline: DemandBaseline;
}

const { dir, from, to, baseline } = workerData as RequestsToJudge;
const slots: RequestSlot[] = [];
for await (const line of slotLines(dir, from, to))
  slots.push(...readEntries<unknown>(line).filter(isRequestSlot));
parentPort?.postMessage(slots.length === 0 ? undefined : verdictOfSlots(slots, { baseline }));
