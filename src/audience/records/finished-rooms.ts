import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RoomNumbers } from '../../wire/numbers.ts';

const END = '.numbers.json';
/** The newest so many rooms are told to doors: some kB each. */
const MOST = 1_000;

/**
 * The numbers of rooms that are over, each in a small file beside its tables: after a restart doors know them without
 * anybody reading the tables.
 */
export class FinishedRooms {
  readonly #dir: string;
  readonly #known = new Map<string, RoomNumbers>();

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** By name, of those that ended last. */
  get all(): ReadonlyMap<string, RoomNumbers> {
    return this.#known;
  }

  /** Reads what earlier processes kept; a damaged file is as none. */
  async load(): Promise<void> {
    const names = (await readdir(this.#dir).catch(() => [])).filter((name) => name.endsWith(END));
    const aged = await Promise.all(
      names.map(async (name) => ({
        name,
        at: (await stat(join(this.#dir, name)).catch(() => undefined))?.mtimeMs ?? 0,
      })),
    );
    for (const { name } of aged.sort((a, b) => b.at - a.at).slice(0, MOST)) {
      try {
        const numbers = JSON.parse(await readFile(join(this.#dir, name), 'utf8')) as RoomNumbers;
        if (numbers.v === 1) this.#known.set(name.slice(0, -END.length), numbers);
      } catch {
        // Half written by a process that was killed: the tables are still there.
      }
    }
  }

  /** Keeps the numbers of a room. @throws (as a rejection) what the disk says. */
  async keep(slug: string, numbers: RoomNumbers): Promise<void> {
    this.#known.delete(slug);
    this.#known.set(slug, numbers);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST && oldest !== undefined) this.#known.delete(oldest);
    const path = join(this.#dir, `${slug}${END}`);
    await writeFile(`${path}.new`, JSON.stringify(numbers), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
}
