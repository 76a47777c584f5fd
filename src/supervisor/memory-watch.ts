import { readFileSync } from 'node:fs';

/** Memory of a process, bytes; undefined where the system does not tell. Spec: proc(5), /proc/PID/status. */
export function residentMemory(pid: number): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** From this share of its limit on a process is warned about. */
const WARN_SHARE = 0.8;
/** Warned about again only after it was below this share. */
const CALM_SHARE = 0.7;
/** This far above its limit a process is ended at the first look, for whatever fills memory so fast goes on. */
const FAR_SHARE = 1.25;

/** What to do about a process's memory. */
export type MemoryFinding = 'well' | 'warn' | 'end';

/** Holds a process to a limit of memory: warned about once, ended when it is above the limit at two looks in a row. */
export class MemoryWatch {
  readonly #limit: number;
  #warned = false;
  #above = false;

  /** `limit` in bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes what the process holds now, bytes. */
  look(held: number | undefined): MemoryFinding {
    if (held === undefined) return 'well';
    const share = held / this.#limit;
    const ends = share > FAR_SHARE || (share > 1 && this.#above);
    this.#above = share > 1;
    if (ends) return 'end';
    if (share < CALM_SHARE) this.#warned = false;
    if (share < WARN_SHARE || this.#warned) return 'well';
    this.#warned = true;
    return 'warn';
  }
}
