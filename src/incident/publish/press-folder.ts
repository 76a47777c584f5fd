import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

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
