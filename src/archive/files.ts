import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import type { JournalFiles } from '../journal/index.ts';

/** A file being written. */
export interface OpenFile {
  /** Writes all bytes at `position`. */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Waits until the bytes are on the disk. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system as the archive uses it; a test replaces it with one that fails. */
export interface Files {
  /** Makes a folder and its missing parents. */
  mkdir(path: string): Promise<void>;
  /** Names in a folder; empty when the folder does not exist. */
  list(path: string): Promise<string[]>;
  /** The bytes of a file; undefined when it does not exist. */
  read(path: string): Promise<Buffer | undefined>;
  /** The length of a file; 0 when it does not exist. */
  size(path: string): Promise<number>;
  /** Opens a file for writing, empty. */
  create(path: string): Promise<OpenFile>;
  append(path: string, text: string | Uint8Array): Promise<void>;
  truncate(path: string, length: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
}

const absent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** The machine's own file system. */
export const diskFiles: Files = {
  mkdir: async (path) => void (await mkdir(path, { recursive: true })),
  list: (path) =>
    readdir(path).catch((error) => {
      if (absent(error)) return [];
      throw error;
    }),
  read: (path) =>
    readFile(path).catch((error) => {
      if (absent(error)) return undefined;
      throw error;
    }),
  size: (path) =>
    stat(path).then(
      ({ size }) => size,
      (error) => {
        if (absent(error)) return 0;
        throw error;
      },
    ),
  async create(path) {
    const handle = await open(path, 'w');
    return {
      async write(bytes, position) {
        let done = 0;
        while (done < bytes.length) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      },
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
  append: (path, text) => appendFile(path, text),
  truncate: (path, length) => truncate(path, length),
  rename: (from, to) => rename(from, to),
  remove: (path) => rm(path, { force: true }),
  async syncFolder(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Writes a small file so that a reader sees the old version or the new one, never a mixture. */
export async function writeWhole(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.create(`${path}.new`);
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(`${path}.new`, path);
}

/** The machine's file system, for the journals of a recording. */
export const journalFiles = (files: Files): JournalFiles => ({
  tail: async (path, most) => (await files.read(path))?.subarray(-most) ?? Buffer.alloc(0),
  size: (path) => files.size(path),
  append: (path, text) => files.append(path, text),
  truncate: (path, length) => files.truncate(path, length),
});
