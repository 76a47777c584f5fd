import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';
import { ms } from './time.ts';

/** What giving memory back takes; by default this process's own. */
export interface SpareMemoryDeps {
  readonly clock: Clock;
  /** False while somebody would notice a pause. */
  idle?(): boolean;
  /** Milliseconds of processor time used since the start. */
  used?(): number;
  /** Bytes of heap that are taken from the system. */
  taken?(): number;
  /** Gives back what is not needed; everything waits meanwhile. */
  collect?(): void;
  /** Gives back what others than V8 keep; default: nothing. */
  trim?(): Promise<void>;
}

const LOOK_MS = 20_000;
/** Of a core. A process that does more has something to do, and would need the memory again at once. */
const CALM = 0.015;
/** Less is not worth the 40 to 200 ms. */
const WORTH_BYTES = 6e6;

/**
 * Gives the memory of busier times back once a process is calm: what the start took, or a crowd that has left. Node
 * itself keeps it for as long as nothing is done.
 */
export function openSpareMemory(deps: SpareMemoryDeps): Disposable {
  const {
    clock,
    idle = () => true,
    used = processorTime,
    taken = heapTaken,
    collect = collectAll,
    trim,
  } = deps;
  let before = used();
  let left = 0;
  return clock.every(ms(LOOK_MS), () => {
    const now = used();
    const calm = now - before < CALM * LOOK_MS;
    before = now;
    if (!calm || !idle() || taken() - left < WORTH_BYTES) return;
    collect();
    left = taken();
    void trim?.();
    before = used();
  });
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const heapTaken = (): number => process.memoryUsage().heapTotal;

/** The one collection after which V8 shrinks its heap is not to be had otherwise. Both flags: code that is kept is bound to them. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  try {
    const gc = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
    gc({ type: 'major', flavor: 'last-resort' });
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
