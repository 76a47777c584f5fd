import { parentPort, workerData } from 'node:worker_threads';
import { readEntries } from '../../journal/index.ts';
import { type RequestSlot, verdictOfSlots } from '../../verdict/index.ts';
import { slotLines } from './request-files.ts';

const { dir, from, to } = workerData as { readonly dir: string; readonly from: number; readonly to: number };
const slots: RequestSlot[] = [];
for await (const line of slotLines(dir, from, to)) slots.push(...readEntries<RequestSlot>(line));
parentPort?.postMessage(slots.length === 0 ? undefined : verdictOfSlots(slots));
