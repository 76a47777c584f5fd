import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A long file beside an incident. */
export interface PressCopy {
  /** The incident. */
  readonly id: string;
  /** Its name in the folder of the incident. */
  readonly name: string;
  readonly size: number;
}

/** The folder of published pages. Each file is replaced as a whole, so that nobody reads half of one. */
export class PressFolder {
  readonly #folder: string;
  /** What each file says, as far as it was written by this process. */
  readonly #written = new Map<string, string>();
  /** Files that were changed since the folder was opened. */
  changes = 0;
  #told = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A file as text; undefined where there is none. */
  read(name: string): Promise<string | undefined> {
    return readFile(join(this.#folder, name), 'utf8').catch(() => undefined);
  }

  /** What is in a folder. */
  names(folder: string): Promise<string[]> {
    return readdir(join(this.#folder, folder)).catch(() => []);
  }

  /** Removes what a process that was killed had not finished. */
  async tidy(): Promise<void> {
    const all = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const one of all)
      if (one.isFile() && /^\.[0-9a-f]{12}$/.test(one.name))
        await rm(join(one.parentPath, one.name), { force: true });
  }

  /** Bundles and requests beside incidents, those of the newest incident first. */
  async copies(): Promise<PressCopy[]> {
    const found: PressCopy[] = [];
    for (const id of (await this.names('incidents')).filter((name) => /^\d{8}-\d{6}b*$/.test(name)))
      for (const name of (await this.names(`incidents/${id}`)).filter((one) =>
        /\.(?:bundle|jsonl)$/.test(one),
      )) {
        const { size } = await stat(join(this.#folder, 'incidents', id, name));
        found.push({ id, name, size });
      }
    return found.sort((a, b) => (a.id < b.id ? 1 : a.id > b.id ? -1 : 0));
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.#folder, name), { force: true });
    this.changes += 1;
  }

  /** Writes a file if it says something else than before. True when it was changed. */
  async write(name: string, content: string | Uint8Array): Promise<boolean> {
    const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
    if (this.#written.get(name) === text) return false;
    const path = join(this.#folder, name);
    const before = await readFile(path).catch(() => undefined);
    const bytes = Buffer.from(content);
    if (!before?.equals(bytes)) await this.#replace(path, (at) => writeFile(at, bytes, { flush: true }));
    // Only what may be written again soon is kept in mind.
    if (this.#written.size > 16) this.#written.clear();
    this.#written.set(name, text);
    if (before?.equals(bytes)) return false;
    this.changes += 1;
    return true;
  }

  /** Writes lines as they come; a file that would be longer than `most` bytes is not written. False then. */
  async writeLines(name: string, lines: AsyncIterable<string>, most: number): Promise<boolean> {
    let size = 0;
    async function* measured(): AsyncGenerator<string> {
      for await (const line of lines) {
        size += Buffer.byteLength(line);
        if (size > most) throw new RangeError('too long');
        yield line;
      }
    }
    try {
      await this.#replace(join(this.#folder, name), (at) =>
        pipeline(Readable.from(measured()), createWriteStream(at, { flush: true })),
      );
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
    this.changes += 1;
    return true;
  }

  /** Says that something has changed, to whoever copies the folder. */
  async told(): Promise<void> {
    if (this.changes === this.#told) return;
    const { changes } = this;
    await writeFile(join(this.#folder, '.changed'), `${changes}\n`);
    this.#told = changes;
  }

  async #replace(path: string, fill: (at: string) => Promise<unknown>): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    // Nothing that begins with a dot is served, or copied elsewhere.
    const draft = join(dirname(path), `.${randomBytes(6).toString('hex')}`);
    try {
      await fill(draft);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
