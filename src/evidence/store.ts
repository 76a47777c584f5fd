import { dirname, join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { RoomPlace } from '../wire/evidence-entry.ts';
import { decodeEntries, EntryFiles, isEntry, MAX_ENTRY_BYTES } from './entry-files.ts';
import type { EvidenceFiles } from './files.ts';
import { HashFiles } from './hash-files.ts';
import { type Item, listOf, textOf } from './items.ts';
import { RoomIndex } from './room-index.ts';
import { GrowingTree, leafHash } from './tree/merkle.ts';
import { type NodeReader, rootOf } from './tree/proofs.ts';
import { openTileReader, TILE_WIDTH } from './tree/tile.ts';

/** An entry that has been written. */
export interface WrittenEntry {
  readonly index: number;
  /** Leaf hash, hexadecimal. */
  readonly leaf: string;
  /** Its number in its room's chain, where it has a room. */
  readonly seq?: number;
}

/** An entry on its way to the disk. */
interface Formed {
  readonly bytes: Buffer;
  readonly leaf: Buffer;
  /** In whose index it stands: a room, `GENERAL`, or none. */
  readonly list: string | undefined;
  readonly seq?: number;
}

/** A tree head that was signed. */
export interface Expected {
  readonly size: number;
  readonly root: Buffer;
}

/** Entries after which hashes and indices are made sure of: so many are read at most when the log is opened. */
const SETTLE_AFTER = 4_096;
/** Rooms whose last hash is held. */
const MOST_LEAVES = 4_096;
/** Thrown when the log on disk does not agree with what was signed. */
export class DamagedLog extends Error {}

/**
 * The entries, hashes and indices on disk. Entries are written first, and an entry is committed once it is written;
 * hashes and indices can be rebuilt from the entries. Calls must not overlap.
 */
export class EvidenceStore {
  readonly #files: EvidenceFiles;
  readonly #log: Log;
  readonly #markPath: string;
  readonly #entries: EntryFiles;
  readonly #hashes: HashFiles;
  readonly index: RoomIndex;
  #tree = new GrowingTree();
  /** Committed, and not yet in hashes and indices. */
  #pending: readonly Formed[] = [];
  /** Files to make sure of. */
  #unsettled = new Set<string>();
  #mark = 0;
  readonly #leaves = new Map<string, string>();

  private constructor(files: EvidenceFiles, dir: string, log: Log) {
    this.#files = files;
    this.#log = log;
    this.#markPath = join(dir, 'mark.json');
    this.#entries = new EntryFiles(files, dir);
    this.#hashes = new HashFiles(files, dir);
    this.index = new RoomIndex(files, dir);
  }

  /**
   * Opens the log in a folder, and removes what a kill or a full disk left behind the last whole entry. `expected`: the
   * last head that was signed.
   * @throws DamagedLog when something is missing or changed; then no entry was touched. What the disk says otherwise.
   */
  static async open(
    files: EvidenceFiles,
    dir: string,
    log: Log,
    expected?: Expected,
  ): Promise<EvidenceStore> {
    const store = new EvidenceStore(files, dir, log);
    await files.mkdir(store.index.folder);
    const mark = await store.#readMark();
    // From the last full file on, so that its loss is noticed.
    const base = Math.max(0, Math.floor(mark / TILE_WIDTH) - 1) * TILE_WIDTH;
    // Hashes that were damaged are made anew from the entries, all of them.
    for (const from of base > 0 ? [base, 0] : [0]) {
      const end = await store.#replay(from).catch((error: unknown) => {
        if (from === 0 || !(error instanceof RangeError)) throw error;
        return undefined;
      });
      if (!end) continue;
      const fault = await store.#faultWith(expected);
      if (fault !== undefined && from > 0) continue;
      if (fault !== undefined) throw new DamagedLog(fault);
      await store.#entries.begin(end.number, end.length);
      await store.settle();
      return store;
    }
    throw new DamagedLog('its hashes cannot be read');
  }

  /** Entries whose hashes and indices are written. */
  get size(): number {
    return this.#tree.size;
  }

  /** True when the last entries are committed and their hashes or indices are not written yet. */
  get behind(): boolean {
    return this.#pending.length > 0;
  }

  /** The root of the tree with `size` entries. */
  root(): Buffer {
    return this.#tree.root();
  }

  /** The nodes of the tree as it was with `size` entries. */
  reader(size: number): NodeReader {
    return openTileReader(size, this.#hashes.read);
  }

  /** The bytes of a tile as they are served; `size`: entries of the tree. Fewer when they are missing. */
  readonly hashes: HashFiles['read'] = (tile) => this.#hashes.read(tile);

  /** The entries of a file of 256, as they are on the disk. */
  async entries(number: number): Promise<readonly Buffer[]> {
    return decodeEntries(await this.#entries.read(number)).entries;
  }

  /** How many of `items` fit into the next group: groups do not cross files. */
  get most(): number {
    return TILE_WIDTH - ((this.#tree.size + this.#pending.length) % TILE_WIDTH);
  }

  /**
   * Commits at most `most` items. The answer has one member for each; undefined for one that is too long.
   * @throws what the disk says: then none of them was committed.
   */
  async commit(items: readonly Item[]): Promise<{ written: (WrittenEntry | undefined)[]; bytes: number }> {
    await this.#derive();
    const formed = await this.#form(items);
    const whole = formed.filter((one) => one !== undefined);
    const first = this.#tree.size;
    const bytes =
      whole.length === 0
        ? 0
        : await this.#entries.append(
            first,
            whole.map((one) => one.bytes),
          );
    this.#pending = whole;
    for (const { list, leaf } of whole) if (list !== undefined) this.#hold(list, leaf.toString('hex'));
    await this.#derive().catch((error: unknown) =>
      this.#log.warn(
        { error: String(error) },
        'entries of the evidence log are written, but their hashes are not yet; tried again before the next entry',
      ),
    );
    let index = first;
    const written = formed.map((one): WrittenEntry | undefined => {
      if (!one) return undefined;
      const { leaf, seq } = one;
      return { index: index++, leaf: leaf.toString('hex'), ...(seq === undefined ? {} : { seq }) };
    });
    return { written, bytes };
  }

  /** Makes sure of hashes and indices, and remembers that they are there. */
  async settle(): Promise<void> {
    if (this.#mark === this.#tree.size || this.behind) return;
    const folders = new Set<string>();
    for (const path of this.#unsettled) {
      const file = await this.#files.open(path);
      await file.sync().finally(() => file.close());
      folders.add(dirname(path));
    }
    for (const folder of folders) await this.#files.syncFolder(folder);
    await this.#files.replace(this.#markPath, JSON.stringify({ size: this.#tree.size }));
    this.#mark = this.#tree.size;
    this.#unsettled.clear();
  }

  /** Writes what is left, and closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#derive()
      .then(() => this.settle())
      .catch((error: unknown) =>
        this.#log.warn(
          { error: String(error) },
          'the evidence log could not be closed cleanly: it is checked and repaired at the next start',
        ),
      );
    await this.#entries[Symbol.asyncDispose]();
  }

  async #form(items: readonly Item[]): Promise<(Formed | undefined)[]> {
    const places = new Map<string, RoomPlace>();
    const formed: (Formed | undefined)[] = [];
    for (const item of items) {
      const { room, list } = item;
      const place = room === undefined ? undefined : (places.get(room) ?? (await this.#place(room)));
      const bytes = Buffer.from(textOf(item, place));
      if (bytes.length > MAX_ENTRY_BYTES) {
        formed.push(undefined);
        continue;
      }
      const leaf = leafHash(bytes);
      if (room !== undefined && place)
        places.set(room, { room, seq: place.seq + 1, previous: leaf.toString('hex') });
      formed.push({ bytes, leaf, list, ...(place && { seq: place.seq }) });
    }
    return formed;
  }

  /** The place of a room's next entry. */
  async #place(room: string): Promise<RoomPlace> {
    const { count, last } = await this.index.tail(room);
    if (last < 0) return { room, seq: 1, previous: '' };
    return { room, seq: count + 1, previous: this.#leaves.get(room) ?? (await this.#hashes.leaf(last)) };
  }

  #hold(room: string, leaf: string): void {
    this.#leaves.delete(room);
    this.#leaves.set(room, leaf);
    if (this.#leaves.size > MOST_LEAVES) this.#leaves.delete(this.#leaves.keys().next().value as string);
  }

  /** Writes the hashes and indices of what is committed. All of it again when it failed before. */
  async #derive(): Promise<void> {
    if (this.#pending.length === 0) return;
    const tree = this.#tree.clone();
    const rows = new Map<number, { readonly first: number; readonly hashes: Buffer[] }>();
    const lists = new Map<string, number[]>();
    for (const { leaf, list } of this.#pending) {
      if (list !== undefined) lists.set(list, [...(lists.get(list) ?? []), tree.size]);
      tree.append(leaf, (level, index, hash) => {
        if (level % 8 !== 0) return;
        const row = rows.get(level / 8) ?? { first: index, hashes: [] };
        row.hashes.push(hash);
        rows.set(level / 8, row);
      });
    }
    for (const [level, { first, hashes }] of rows)
      for (const path of await this.#hashes.write(level, first, hashes)) this.#unsettled.add(path);
    const write = async ([list, indices]: [string, number[]]): Promise<void> => {
      const tail = await this.index.tail(list);
      const more = indices.filter((index) => index > tail.last);
      if (more.length > 0) await this.index.write(list, tail, more);
      this.#unsettled.add(this.index.path(list));
    };
    // A few at a time: a group may have an entry of each of 256 rooms.
    const all = [...lists];
    while (all.length > 0) await Promise.all(all.splice(0, 16).map(write));
    this.#tree = tree;
    this.#pending = [];
    if (tree.size - this.#mark < SETTLE_AFTER) return;
    await this.settle().catch((error: unknown) =>
      this.#log.warn(
        { error: String(error) },
        'hashes of the evidence log are not on the disk yet; tried again',
      ),
    );
  }

  /** Reads the entries from `base` on, a multiple of 256, and makes hashes and indices of them. Returns where they end. */
  async #replay(base: number): Promise<{ number: number; length: number }> {
    this.#tree = await this.#treeAt(base);
    this.#mark = base;
    const known = new Set<string>();
    for (let number = base / TILE_WIDTH; ; number += 1) {
      const { entries } = decodeEntries(await this.#entries.read(number));
      const broken = entries.findIndex((bytes) => !isEntry(bytes));
      const whole = broken < 0 ? entries : entries.slice(0, broken);
      const formed = whole.map((bytes): Formed => {
        const list = listOf(JSON.parse(bytes.toString()) as object);
        return { bytes, leaf: leafHash(bytes), list };
      });
      for (const { list } of formed) {
        if (list === undefined || known.has(list)) continue;
        await this.index.repair(list, base);
        known.add(list);
      }
      this.#pending = formed;
      await this.#derive();
      if (whole.length === 0 && number === base / TILE_WIDTH && base > 0)
        throw new RangeError('the entries before the mark are missing');
      if (whole.length < TILE_WIDTH)
        return { number, length: whole.reduce((sum, { length }) => sum + 2 + length, 0) };
    }
  }

  async #readMark(): Promise<number> {
    try {
      const { size } = JSON.parse(String(await this.#files.readWhole(this.#markPath))) as { size?: unknown };
      return typeof size === 'number' && Number.isSafeInteger(size) ? size : 0;
    } catch {
      return 0;
    }
  }

  async #treeAt(size: number): Promise<GrowingTree> {
    const reader = this.reader(size);
    const nodes: Buffer[] = [];
    let left = size;
    for (let level = 52; level >= 0; level--) {
      if (left < 2 ** level) continue;
      nodes.push(await reader.node(level, (size - left) / 2 ** level));
      left -= 2 ** level;
    }
    return GrowingTree.from(size, nodes);
  }

  /** Why the log cannot be the one of which `expected` was signed. */
  async #faultWith(expected: Expected | undefined): Promise<string | undefined> {
    if (!expected) return undefined;
    if (this.size < expected.size)
      return `${expected.size} entries were signed, and ${this.size} can be read: some were lost or changed`;
    const root = await rootOf(this.reader(expected.size), 0, expected.size);
    return root.equals(expected.root) ? undefined : 'its entries are not those that were signed';
  }
}
