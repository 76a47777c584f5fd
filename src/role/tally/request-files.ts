import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Log } from '../../base/log.ts';
import { type Entry, type Journal, openJournal } from '../../journal/index.ts';
import type { RequestSlot } from '../../verdict/live/request-slot.ts';

const HOUR_MS = 3_600_000;
const KEEP_MS = 14 * 24 * HOUR_MS;
/** All files together; beyond it the oldest go first. */
const MOST_BYTES = 4_000_000_000;
const HOUR_BYTES = 1_000_000_000;
/** Parts of slots, of at most 64 kB. */
const MAX_WAITING = 2_048;
const NAME = /^requests-(\d{4}-\d\d-\d\dT\d\d)\.jsonl$/;

const nameOf = (at: number): string => `requests-${new Date(at).toISOString().slice(0, 13)}.jsonl`;

/** What the doors were asked for, one journal for each hour. */
export class RequestFiles implements AsyncDisposable {
  readonly #dir: string;
  readonly #log: Log;
  #journal: { readonly name: string; readonly file: Journal } | undefined;

  constructor(dir: string, log: Log) {
    this.#dir = dir;
    this.#log = log;
  }

  /** Writes a part of a slot; it comes to the disk in the background. */
  write(slot: RequestSlot, wall: number): void {
    const name = nameOf(wall);
    if (this.#journal?.name !== name) {
      void this.#journal?.file[Symbol.asyncDispose]();
      this.#journal = { name, file: this.#open(name) };
      void this.#clear(wall);
    }
    this.#journal?.file.write(slot as unknown as Entry);
  }

  /** Resolves when everything that was written is on the disk. */
  async settled(): Promise<void> {
    const { file } = this.#journal ?? {};
    for (let i = 0; file && file.waiting > 0 && i < 100; i++)
      await new Promise((resolve) => setTimeout(resolve, 20));
  }

  #open(name: string): Journal {
    return openJournal({
      ...{ path: join(this.#dir, name), maxBytes: HOUR_BYTES, maxWaiting: MAX_WAITING },
      failed: (error, lost) =>
        this.#log.warn(
          { error: String(error), lost },
          'what the doors were asked for could not be written: incidents of this time say that their evidence is not complete',
        ),
    });
  }

  /** Removes files that are too old, and the oldest of too many. */
  async #clear(wall: number): Promise<void> {
    try {
      await mkdir(this.#dir, { recursive: true });
      const names = (await readdir(this.#dir)).filter((name) => NAME.test(name)).sort();
      let sum = 0;
      for (const name of names.reverse()) {
        sum += (await stat(join(this.#dir, name))).size;
        const hour = Date.parse(`${NAME.exec(name)?.[1]}:00:00Z`);
        if (sum > MOST_BYTES || hour < wall - KEEP_MS) await rm(join(this.#dir, name), { force: true });
      }
    } catch (error) {
      this.#log.debug({ error: String(error) }, 'old files of requests could not be looked for');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal?.file[Symbol.asyncDispose]();
  }
}

/** The lines of all slots that begin from `from` on and before `to` (wall-clock ms), as they were written. */
export async function* slotLines(dir: string, from: number, to: number): AsyncGenerator<string> {
  const names = (await readdir(dir).catch((): string[] => [])).filter((name) => NAME.test(name)).sort();
  for (const name of names) {
    const hour = Date.parse(`${NAME.exec(name)?.[1]}:00:00Z`);
    // A slot may be written minutes after its end.
    if (hour + HOUR_MS < from || hour > to + HOUR_MS) continue;
    const lines = createInterface({
      input: createReadStream(join(dir, name)),
      crlfDelay: Number.POSITIVE_INFINITY,
    });
    for await (const line of lines) {
      const at = Number(/"at":(\d+)/.exec(line.slice(0, 40))?.[1] ?? /"at":(\d+),/.exec(line)?.[1]);
      if (at >= from && at < to) yield line;
    }
  }
}
