import { readFileSync } from 'node:fs';

/** Memory that the program may ask for beyond what Node has already, bytes: 25 megapixels take about 400 MB. */
export const WORKER_MEMORY = 600_000_000;
/** Seconds of processor time after which the kernel ends it. */
export const WORKER_CPU_S = 30;

/** Spec: getrlimit(2). The same on all 64-bit Linux systems for which there is Node. */
const RLIMIT = { cpu: 0, fsize: 1, data: 2, core: 4 } as const;

/** Sets limits that hold until this process ends; elsewhere than on Linux there are those of time alone. */
export async function limitItself(): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  try {
    const { default: koffi } = await import('koffi');
    const set = koffi.load(null).func('int setrlimit(int, void *)');
    const limit = (which: number, value: number): boolean => {
      const pair = Buffer.alloc(16);
      pair.writeBigUInt64LE(BigInt(value), 0);
      pair.writeBigUInt64LE(BigInt(value), 8);
      return set(which, pair) === 0;
    };
    return [
      // What Node has reserved counts as well.
      limit(RLIMIT.data, reserved() + WORKER_MEMORY),
      limit(RLIMIT.cpu, WORKER_CPU_S),
      // It writes no files, and leaves none behind.
      limit(RLIMIT.fsize, 0),
      limit(RLIMIT.core, 0),
    ].every(Boolean);
  } catch {
    return false;
  }
}

/** Bytes of private memory that this process has asked for. Spec: proc(5). */
const reserved = (): number =>
  1_024 * Number(/^VmData:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 0);
