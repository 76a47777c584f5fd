import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Loops } from './program.ts';

/** Bump when the music or the coding changes: the stored loop is then made anew. */
const VERSION = 2;

interface Stored {
  readonly version: number;
  readonly loops: readonly { readonly rendition: string; readonly sizes: readonly number[] }[];
}

/** What the worker posts: one entry per rendition. */
export type Coded = [rendition: string, fragments: Uint8Array[]][];

/**
 * The standby loop in every rendition: read from `path`, or coded once in a worker thread (a few CPU
 * seconds) and kept there. A damaged file is made anew.
 */
export async function loadLoops(path: string): Promise<Loops> {
  const stored = await read(path).catch(() => undefined);
  if (stored) return stored;
  const coded = await code();
  const loops: Loops = new Map(coded);
  await write(path, loops).catch(() => undefined);
  return loops;
}

function code(): Promise<Coded> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./loops-worker.ts', import.meta.url));
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the standby coder ended with ${code}`)));
  });
}

async function read(path: string): Promise<Loops | undefined> {
  const bytes = await readFile(path);
  const headLength = bytes.readUInt32BE(0);
  const head = JSON.parse(bytes.toString('utf8', 4, 4 + headLength)) as Stored;
  if (head.version !== VERSION) return undefined;
  let at = 4 + headLength;
  const loops = new Map<string, Uint8Array[]>();
  for (const { rendition, sizes } of head.loops) {
    const fragments: Uint8Array[] = [];
    for (const size of sizes) {
      fragments.push(bytes.subarray(at, at + size));
      at += size;
    }
    loops.set(rendition, fragments);
  }
  return at === bytes.length ? loops : undefined;
}

async function write(path: string, loops: Loops): Promise<void> {
  const stored: Stored = {
    version: VERSION,
    loops: [...loops].map(([rendition, fragments]) => ({ rendition, sizes: fragments.map((f) => f.length) })),
  };
  const head = Buffer.from(JSON.stringify(stored));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, Buffer.concat([length, head, ...[...loops.values()].flat()]), { flush: true });
  await rename(draft, path);
}
