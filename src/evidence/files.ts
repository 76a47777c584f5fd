import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that is written at given positions. */
export interface WritableFile {
  /** Writes all bytes. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(length: number): Promise<void>;
  /** Waits until the bytes are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the evidence log uses it; a test replaces it with one that fails. */
export interface EvidenceFiles {
  /** Makes a folder and its missing parents; false when it was there. */
  mkdir(path: string): Promise<boolean>;
  /** Names in a folder; empty when it does not exist. */
  list(path: string): Promise<string[]>;
  /** A whole small file; undefined when it does not exist. */
  readWhole(path: string): Promise<Buffer | undefined>;
  /** At most `length` bytes from a position on; fewer at the end, none when the file does not exist. */
  read(path: string, from: number, length: number): Promise<Buffer>;
  /** The length of a file; 0 when it does not exist. */
  size(path: string): Promise<number>;
  /** Opens a file for writing, as it is; makes it when it does not exist. */
  open(path: string): Promise<WritableFile>;
  /** Replaces a small file: a reader sees the old one or the new one, and after a loss of power one of them is there. */
  replace(path: string, bytes: Uint8Array | string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

const absent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** A value in place of the error that something does not exist. */
const orElse =
  <T>(value: T) =>
  (error: unknown): T => {
    if (absent(error)) return value;
    throw error;
  };

/** For reading and writing, made when it is missing. Spec: open(2). */
async function openAsIs(path: string, mode?: number) {
  return open(path, 'r+').catch((error: unknown) => {
    if (!absent(error)) throw error;
    // `wx+`, so that nothing is emptied that somebody else has just made.
    return open(path, 'wx+', mode);
  });
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The machine's own file system. */
export const diskFiles: EvidenceFiles = {
  mkdir: async (path) => (await mkdir(path, { recursive: true })) !== undefined,
  list: (path) => readdir(path).catch(orElse<string[]>([])),
  readWhole: (path) => readFile(path).catch(orElse(undefined)),
  async read(path, from, length) {
    const handle = await open(path, 'r').catch(orElse(undefined));
    if (!handle) return Buffer.alloc(0);
    try {
      const bytes = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await handle.read(bytes, done, length - done, from + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await handle.close();
    }
  },
  size: (path) => stat(path).then(({ size }) => size, orElse(0)),
  async open(path) {
    const handle = await openAsIs(path);
    return {
      async write(bytes, position) {
        let done = 0;
        while (done < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      },
      truncate: (length) => handle.truncate(length),
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  async replace(path, bytes, mode = 0o644) {
    const next = `${path}.new`;
    await rm(next, { force: true });
    const handle = await open(next, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(next, path);
    await syncFolder(dirname(path));
  },
  remove: (path) => rm(path, { force: true }),
  syncFolder,
};
