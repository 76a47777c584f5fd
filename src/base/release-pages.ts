import { readFileSync } from 'node:fs';

/** Spec: madvise(2). */
const MADV_DONTNEED = 4;
/** A mapping of /proc/PID/smaps and its fields. Spec: proc(5). */
const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) (r-[-x]p) ([0-9a-f]+) \S+ \d+ +(\S+)$((?:\n[A-Z]\w+: .*)*)/gm;

/**
 * The parts of a program's file that are mapped for reading and that nothing was written to, as addresses and lengths:
 * its code and constants. `smaps`: the text of /proc/self/smaps.
 */
export function programPages(smaps: string, program: string): { start: bigint; length: bigint }[] {
  return [...smaps.matchAll(MAPPING)].flatMap(([, from = '', to = '', , , path, fields = '']) => {
    if (path !== program || !/^Private_Dirty: +0 kB$/m.test(fields)) return [];
    const start = BigInt(`0x${from}`);
    return [{ start, length: BigInt(`0x${to}`) - start }];
  });
}

/**
 * Returns memory that is kept outside V8's heap: freed memory that the C library keeps, which after some threads may be
 * more than the process uses, and the pages of Node's own file that only the start needed. Those stay in the system's
 * page cache while there is room, and a page that is needed again is mapped again within microseconds. It works on Linux
 * with glibc and does nothing elsewhere. Spec: malloc_trim(3), madvise(2).
 */
export async function releasePages(): Promise<void> {
  if (process.platform !== 'linux') return;
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load('libc.so.6');
    libc.func('int malloc_trim(size_t)')(0);
    const madvise = libc.func('int madvise(uintptr_t, size_t, int)');
    for (const { start, length } of programPages(readFileSync('/proc/self/smaps', 'utf8'), process.execPath))
      madvise(start, length, MADV_DONTNEED);
  } catch {
    // Another C library, or one that cannot be called.
  }
}
