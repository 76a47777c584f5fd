/**
 * A thread that looks how late its timer is, how long processes of Earshot wait for a processor, and how much of the
 * machine belongs to the family of this process. Posts a `MachineSecond` about once a second.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { runTimes } from '../../src/supervisor/starving.ts';
import type { MachineSecond } from './starvation.ts';

const LOOK_MS = 20;
const SECOND_MS = 1000;
/** Linux counts in hundredths of a second. Spec: proc_stat(5), USER_HZ. */
const TICK_MS = 10;
/** The words of a process of Earshot, as it was started and as it calls itself. */
const ROLE = /\brole (?:door|site|tally|studio) \d+/;

interface Known {
  readonly parent: number;
  /** Milliseconds of processor time, of its dead children as well. */
  readonly used: number;
}

function processes(): Map<number, Known> {
  const found = new Map<number, Known>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const used = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) * TICK_MS;
      found.set(pid, { parent: Number(fields[1]), used });
    } catch {
      // It ended while we read its entry.
    }
  }
  return found;
}

function isRole(pid: number): boolean {
  try {
    return ROLE.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
  } catch {
    return false;
  }
}

/** This process and everything that it, or its children, started. */
function family(all: ReadonlyMap<number, Known>): number[] {
  const children = Map.groupBy(all.keys(), (pid) => all.get(pid)?.parent ?? 0);
  const found = [process.pid];
  for (let i = 0; i < found.length; i += 1) found.push(...(children.get(found[i] as number) ?? []));
  return found;
}

let [from, looked, late] = [performance.now(), performance.now(), 0];
let waits = new Map<number, number>();
let used: number | undefined;
const origin = performance.timeOrigin;

setInterval(() => {
  const now = performance.now();
  late = Math.max(late, now - looked - LOOK_MS);
  looked = now;
  if (now - from < SECOND_MS) return;
  const all = processes();
  const ours = family(all);
  const sum = ours.reduce((total, pid) => total + (all.get(pid)?.used ?? 0), 0);
  const next = new Map<number, number>();
  let waited = 0;
  for (const pid of ours) {
    if (!isRole(pid)) continue;
    const times = runTimes(pid);
    if (!times) continue;
    next.set(pid, times.waited);
    waited = Math.max(waited, times.waited - (waits.get(pid) ?? times.waited));
  }
  const share = used === undefined ? 0 : (sum - used) / ((now - from) * availableParallelism());
  const second: MachineSecond = {
    ...{ from: origin + from, to: origin + now, late, waited },
    ours: Math.max(0, Math.min(1, share)),
  };
  parentPort?.postMessage(second);
  [waits, used, from, late] = [next, sum, now, 0];
  // What this look took is no lateness of the machine.
  looked = performance.now();
}, LOOK_MS);
