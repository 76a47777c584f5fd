import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { EMPTY, type Message } from '../wire/feed.ts';
import { RENDITIONS } from '../wire/renditions.ts';

/** Increase it when the music or the coding changes: the stored loop is then made again. */
const VERSION = 4;

interface Stored {
  readonly version: number;
  /** Per rendition: bytes of its init, then of each fragment. */
  readonly loops: readonly {
    readonly rendition: string;
    readonly init: number;
    readonly sizes: readonly number[];
  }[];
}

/** Hold music in one rendition, ready to be played in place of a program. */
export interface StandbyLoop {
  readonly init: Uint8Array;
  readonly fragments: readonly Uint8Array[];
}

/** The standby loop per rendition, coded once per installation: doors play it while a studio is gone. */
export type StandbyLoops = ReadonlyMap<string, StandbyLoop>;

/** What the worker posts: one entry per rendition. */
export type CodedLoops = [rendition: string, loop: StandbyLoop][];

/** The loop of every rendition as messages for the doors. */
export function* standbyMessages(slug: string, loops: StandbyLoops): Generator<Message> {
  for (const [rendition, { fragments }] of loops)
    yield {
      head: { kind: 'standby', slug, rendition, sizes: fragments.map((f) => f.length) },
      body: Buffer.concat(fragments),
    };
}

/** What a cell would have reported about a room, sent by a door that has never heard from the cell. */
export function* substituteMessages(slug: string, zero: number, loops: StandbyLoops): Generator<Message> {
  yield { head: { kind: 'program', slug, zero, renditions: RENDITIONS }, body: EMPTY };
  for (const [rendition, { init }] of loops) yield { head: { kind: 'init', slug, rendition }, body: init };
  yield* standbyMessages(slug, loops);
}

/**
 * The standby loop in every rendition: read from `path`, or coded once in a worker thread (a few CPU
 * seconds) and kept there. A damaged file is made anew.
 */
export async function loadLoops(path: string): Promise<StandbyLoops> {
  const stored = await readLoops(path);
  if (stored) return stored;
  const coded = await code();
  const loops: StandbyLoops = new Map(coded);
  await write(path, loops).catch(() => undefined);
  return loops;
}

function code(): Promise<CodedLoops> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./standby-loops-worker.ts', import.meta.url));
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the hold-music encoder ended with ${code}`)));
  });
}

/** The loops as stored at `path`; undefined when there are none of this version, or they are damaged. */
export async function readLoops(path: string): Promise<StandbyLoops | undefined> {
  try {
    const bytes = await readFile(path);
    const headLength = bytes.readUInt32BE(0);
    const head = JSON.parse(bytes.toString('utf8', 4, 4 + headLength)) as Stored;
    if (head.version !== VERSION) return undefined;
    let at = 4 + headLength;
    const take = (size: number): Uint8Array => {
      at += size;
      return bytes.subarray(at - size, at);
    };
    const loops = new Map<string, StandbyLoop>();
    for (const { rendition, init, sizes } of head.loops)
      loops.set(rendition, { init: take(init), fragments: sizes.map(take) });
    return at === bytes.length ? loops : undefined;
  } catch {
    return undefined;
  }
}

async function write(path: string, loops: StandbyLoops): Promise<void> {
  const stored: Stored = {
    version: VERSION,
    loops: [...loops].map(([rendition, { init, fragments }]) => ({
      rendition,
      init: init.length,
      sizes: fragments.map((f) => f.length),
    })),
  };
  const head = Buffer.from(JSON.stringify(stored));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.tmp`;
  const bodies = [...loops.values()].flatMap(({ init, fragments }) => [init, ...fragments]);
  await writeFile(draft, Buffer.concat([length, head, ...bodies]), { flush: true });
  await rename(draft, path);
}
