import { createHash } from 'node:crypto';
import { canonical, type Json } from '../journal/index.ts';
import type {
  BundleCheckpoint,
  BundleEntry,
  BundleHead,
  BundleSeal,
  LogEntry,
} from '../wire/evidence-entry.ts';
import type { Heads } from './heads.ts';
import type { LogKeys } from './log-keys.ts';
import { noteOf, signNote } from './note/note.ts';
import { GENERAL } from './room-index.ts';
import type { EvidenceStore } from './store.ts';
import { leafHash } from './tree/merkle.ts';
import { consistencyProof, inclusionProof } from './tree/proofs.ts';
import { TILE_WIDTH } from './tree/tile.ts';

/** Dependencies of a bundle. */
export interface BundleDeps {
  readonly store: EvidenceStore;
  readonly heads: Heads;
  readonly keys: LogKeys;
  /** Of the room. */
  readonly title: string;
  /** Wall clock. */
  readonly made: number;
}

const line = (object: BundleHead | BundleEntry | BundleCheckpoint | BundleSeal): string =>
  `${canonical(object as unknown as Json)}\n`;
const base64 = (proof: readonly Buffer[]): string[] => proof.map((hash) => hash.toString('base64'));

/**
 * Makes the bundle of a room, line by line, from the log as it is at the time of the call; undefined when no entry of
 * the room is covered by the newest checkpoint. At most one file of entries and some tiles are in memory. @throws
 * RangeError while the bundle is read, when an entry does not have the hash that the log has for it.
 */
export async function bundleOf(room: string, deps: BundleDeps): Promise<AsyncGenerator<string> | undefined> {
  const { store, heads } = deps;
  const size = heads.last?.size ?? 0;
  const first = await store.index.indices(room, size).next();
  if (first.done) return undefined;
  return sealed(lines(room, size, first.value, deps), deps.keys);
}

/** The entries of a room that are committed, one after the other, as they were written; without proofs. */
export async function* entriesOf(
  room: string,
  store: EvidenceStore,
): AsyncGenerator<{ readonly index: number; readonly entry: string }> {
  const entryAt = openEntries(store);
  for await (const index of store.index.indices(room, store.size))
    yield { index, entry: (await entryAt(index)).toString() };
}

/** Lines, and the log's signature of all of them. */
async function* sealed(lines: AsyncGenerator<string>, keys: LogKeys): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const text of lines) {
    hash.update(text);
    count += 1;
    yield text;
  }
  const text = `earshot-bundle/v1\n${keys.origin}\n${count}\n${hash.digest('base64')}\n`;
  yield line({ kind: 'seal', note: noteOf(text, [signNote(text, keys.signer)]) });
}

async function* lines(
  room: string,
  size: number,
  first: number,
  { store, heads, keys, title, made }: BundleDeps,
): AsyncGenerator<string> {
  const reader = store.reader(size);
  const entryAt = openEntries(store);
  yield line({
    ...{ v: 1, kind: 'earshot-bundle', room, title, origin: keys.origin, keys: keys.written },
    ...{ witnesses: heads.witnesses.known.map(({ key }) => key), made },
  });
  const { last } = await store.index.tail(room);
  for await (const index of inOrder(store.index.indices(room, size), store.index.indices(GENERAL, size))) {
    const entry = await entryAt(index);
    const node = await reader.node(0, index);
    if (!node.equals(leafHash(entry))) throw new RangeError(`entry ${index} is not the one that was signed`);
    const text = entry.toString();
    if (isForeignGap(text, index, first, last)) continue;
    yield line({
      kind: 'entry',
      index,
      entry: text,
      proof: base64(await inclusionProof(reader, index, size)),
    });
  }
  let before = 0;
  for await (const found of heads.covering(store.index.indices(room, size), size)) {
    const consistency = base64(await consistencyProof(reader, before, found.size));
    yield line({ kind: 'checkpoint', note: found.note, consistency });
    before = found.size;
  }
}

/** Gaps long before a room's first entry or after its last are not about it: a file of entries is between. */
function isForeignGap(text: string, index: number, first: number, last: number): boolean {
  if (index >= first - TILE_WIDTH && index <= last + TILE_WIDTH) return false;
  return (JSON.parse(text) as LogEntry).kind === 'gap';
}

/** Reads entries one after the other: a file of 256 is held until another is needed. */
function openEntries(store: EvidenceStore): (index: number) => Promise<Buffer> {
  let number = -1;
  let held: readonly Buffer[] = [];
  return async (index) => {
    const wanted = Math.floor(index / TILE_WIDTH);
    if (wanted !== number) held = await store.entries(wanted);
    number = wanted;
    const entry = held[index % TILE_WIDTH];
    if (!entry) throw new RangeError(`entry ${index} is missing`);
    return entry;
  };
}

/** Two rising lists as one; what is in both comes once. */
async function* inOrder(
  a: AsyncGenerator<number, void, undefined>,
  b: AsyncGenerator<number, void, undefined>,
): AsyncGenerator<number> {
  let [left, right] = [(await a.next()).value, (await b.next()).value];
  while (left !== undefined || right !== undefined) {
    const least = Math.min(left ?? Number.POSITIVE_INFINITY, right ?? Number.POSITIVE_INFINITY);
    yield least;
    if (left === least) left = (await a.next()).value;
    if (right === least) right = (await b.next()).value;
  }
}
