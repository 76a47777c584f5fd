/** Journals as an older run, a full disk or a torn write left them: what is written after that must be a chain. */

import { readEntries } from '../../src/journal/entry.ts';
import { JournalFile, type JournalFiles } from '../../src/journal/journal-file.ts';
import { verify } from '../../src/journal/verify.ts';
import { target } from './engine/target.ts';

const PATH = 'x.jsonl';

/** A disk in memory. */
class Disk implements JournalFiles {
  readonly kept = new Map<string, Buffer>();
  /** Appends until the disk is full for once. */
  #left: number;
  constructor(left: number) {
    this.#left = left;
  }
  #of(path: string): Buffer {
    return this.kept.get(path) ?? Buffer.alloc(0);
  }
  tail = async (path: string, most: number): Promise<Buffer> => {
    const all = this.#of(path);
    return Buffer.from(all.subarray(Math.max(0, all.length - most)));
  };
  size = async (path: string): Promise<number> => this.#of(path).length;
  append = async (path: string, text: string): Promise<void> => {
    const full = this.#left-- === 0;
    const added = full ? text.slice(0, text.length >> 1) : text;
    this.kept.set(path, Buffer.concat([this.#of(path), Buffer.from(added)]));
    if (full) throw new Error('ENOSPC');
  };
  truncate = async (path: string, length: number): Promise<void> => {
    this.kept.set(path, this.#of(path).subarray(0, length));
  };
  rename = async (from: string, to: string): Promise<void> => {
    this.kept.set(to, this.#of(from));
    this.kept.delete(from);
  };
}

const seed = new Disk(-1);
const first = new JournalFile({ path: PATH, maxBytes: 1e6, maxWaiting: 9, files: seed });
for (let i = 0; i < 3; i += 1) first.add({ at: i, kind: 'step' });
await first.flush();
const shared = new Disk(-1);
const door = new JournalFile({ path: PATH, by: 'door-1', maxBytes: 1e6, maxWaiting: 9, files: shared });
for (let i = 0; i < 2; i += 1) door.add({ at: i, by: 'door-1' });
await door.flush();

export default target({
  covers: ['src/journal/journal-file.ts', 'src/journal/entry.ts', 'src/journal/canonical-json.ts'],
  async run(bytes) {
    const by = bytes.length % 3 === 0 ? 'door-1' : undefined;
    const disk = new Disk((bytes[0] ?? 0) % 3);
    disk.kept.set(PATH, Buffer.from(bytes));
    const file = new JournalFile({
      ...{ path: PATH, maxBytes: 3_000, maxWaiting: 9, files: disk, keepsOlder: bytes.length % 2 === 0 },
      ...(by === undefined ? {} : { by }),
    });
    for (let i = 0; i < 3; i += 1) {
      file.add({ at: i, mark: 'ours', ...(by === undefined ? {} : { by }) });
      await file.flush().catch(() => {});
    }
    await file.flush();
    const text = [...disk.kept.values()].map((one) => one.toString('utf8')).join('\n');
    const ours = readEntries<{ mark?: string; at: number }>(text).filter(({ mark }) => mark === 'ours');
    const there = new Set(ours.map(({ at }) => at)).size;
    if (there + file.lost < 3 && file.waiting === 0)
      throw new Error(`${there} of 3 entries are there, none is missed`);
    verify(text);
  },
  seeds: [...[seed, shared].map((disk) => disk.kept.get(PATH) ?? ''), '{"at":1}\n{"at":', ''],
  words: ['"by":"door-1"', '"previous":"', '"seq":', '{"', '}\n'],
  patienceMs: 500,
});
