import { totalmem } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';
import { ms } from './time.ts';

/** Dependencies of returning memory; by default this process's own. */
export interface SpareMemoryDeps {
  readonly clock: Clock;
  /** False while a pause would be noticed. */
  idle?(): boolean;
  /** Milliseconds of processor time used since the start. */
  used?(): number;
  /** Bytes of heap taken from the system. */
  taken?(): number;
  /** Collects garbage; the process waits meanwhile. */
  collect?(): void;
  /** Returns memory that is kept outside V8; default: nothing. */
  trim?(): Promise<void>;
}

const LOOK_MS = 20_000;
/** Share of a core. A process that uses more is busy and would need the memory again at once. */
const CALM = 0.015;
/** A smaller gain is not worth a pause of 40 to 200 ms. */
const WORTH_BYTES = 6e6;

/**
 * Returns unused memory to the system once a process is calm: memory from the start, or from a crowd that has left.
 * Node itself keeps it for as long as nothing happens.
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

/**
 * Only this kind of collection makes V8 shrink its heap. The second flag undoes the first, because cached code is valid
 * only with the same flags.
 */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  try {
    const gc = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
    gc({ type: 'major', flavor: 'last-resort' });
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

/** Memory that this process may use, bytes: the machine's, or the control group's limit, whichever is smaller. */
export function memoryPossible(): number {
  const held = process.constrainedMemory();
  const all = totalmem();
  return held > 0 && held < all ? held : all;
}
