import { closeSync, ftruncateSync, openSync } from 'node:fs';

/** Linux constants, the same on all current systems. Spec: mmap(2). */
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/**
 * Maps a new file of `bytes` zeros into memory, until the process ends. What is stored there is in the file at once,
 * for other processes and after a crash too, and storing costs no call to the kernel. Or says in words why that is not
 * available here.
 */
export async function openMappedFile(path: string, bytes: number): Promise<ArrayBuffer | string> {
  if (process.platform !== 'linux') return 'this system is not Linux';
  const fd = openSync(path, 'w+', 0o600);
  try {
    ftruncateSync(fd, bytes);
    const { default: koffi } = await import('koffi');
    const mmap: (
      at: null,
      length: number,
      protection: number,
      flags: number,
      fd: number,
      from: number,
    ) => bigint = koffi.load('libc.so.6').func('void *mmap(void *, size_t, int, int, int, int64_t)');
    const at = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0);
    if (at === MAP_FAILED) return `no memory for it (error ${koffi.errno()})`;
    return koffi.view(at, bytes);
  } catch (error) {
    return `the package koffi does not work here (${error instanceof Error ? error.message : error})`;
  } finally {
    closeSync(fd);
  }
}
