import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Linux constants, the same on all current systems. Spec: mmap(2). */
const PROT_READ_WRITE = 1 | 2;
const MAP_SHARED = 1;
const MAP_FIXED = 0x10;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** A file in memory, until the process ends. */
export interface MappedFile {
  readonly bytes: ArrayBuffer;
  /** Whether the path still leads to this file. */
  isInPlace(): Promise<boolean>;
  /**
   * Puts a new file with the same content at the path and below the same memory: whoever stores in `bytes` need not know.
   * @throws The system's error; the old file then stays below the memory.
   */
  recreate(): void;
}

/**
 * Maps a new file of `bytes` zeros into memory. What is stored there is in the file at once, for other processes and
 * after a crash too, and storing costs no call to the kernel. Or says in words why that is not available here.
 */
export async function openMappedFile(path: string, bytes: number): Promise<MappedFile | string> {
  if (process.platform !== 'linux') return 'this system is not Linux';
  let file = createFile(path, Buffer.alloc(bytes));
  try {
    const { default: koffi } = await import('koffi');
    const mmap: (
      at: bigint | null,
      length: number,
      protection: number,
      flags: number,
      fd: number,
      from: number,
    ) => bigint = koffi.load('libc.so.6').func('void *mmap(void *, size_t, int, int, int, int64_t)');
    const at = mmap(null, bytes, PROT_READ_WRITE, MAP_SHARED, file.fd, 0);
    if (at === MAP_FAILED) return `no memory for it (error ${koffi.errno()})`;
    const memory = koffi.view(at, bytes);
    return {
      bytes: memory,
      isInPlace: () =>
        // As long as the old file is mapped its number is not given to another one.
        stat(path).then(
          ({ dev, ino }) => dev === file.dev && ino === file.ino,
          () => false,
        ),
      recreate() {
        const next = createFile(path, Buffer.from(memory));
        const put = mmap(at, bytes, PROT_READ_WRITE, MAP_SHARED | MAP_FIXED, next.fd, 0);
        closeSync(next.fd);
        if (put === MAP_FAILED) throw new Error(`no memory for it (error ${koffi.errno()})`);
        file = next;
      },
    };
  } catch (error) {
    return `the package koffi does not work here (${error instanceof Error ? error.message : error})`;
  } finally {
    closeSync(file.fd);
  }
}

/**
 * A new file, whole before it has its name. One that is there already is replaced and not overwritten: cut short, it
 * would kill the process that has it in its memory.
 */
function createFile(
  path: string,
  content: Buffer,
): { readonly fd: number; readonly dev: number; readonly ino: number } {
  const own = `${path}.${process.pid}`;
  const fd = openSync(own, 'w+', 0o600);
  try {
    writeSync(fd, content);
    renameSync(own, path);
    const { dev, ino } = fstatSync(fd);
    return { fd, dev, ino };
  } catch (error) {
    closeSync(fd);
    rmSync(own, { force: true });
    throw error;
  }
}
