import { statfs } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Check } from '../base/health.ts';
import type { Metric } from '../base/metrics.ts';

/** A disk that has not answered within this long is not well. */
const DISK_SILENT = 30_000;
/** Below this, recordings have gaps or soon will. */
const NO_ROOM_BYTES = 64e6;
/** The pace at which a disk fills is measured over this many samples: an hour. */
const PACE_LOOKS = 720;
/** Less time than this says nothing yet. */
const PACE_LEAST_MS = 600_000;

/** Free and total bytes of a disk. */
export interface Space {
  readonly free: number;
  readonly size: number;
}

/** The disk of the data folder, and how fast it fills. */
export class DiskWatch {
  readonly #clock: Clock;
  readonly #ask: () => Promise<Space>;
  readonly #began: number;
  readonly #looks: { at: number; free: number }[] = [];
  #disk: (Space & { readonly at: number }) | undefined;
  #error: string | undefined;
  #asking = false;

  constructor(clock: Clock, ask: () => Promise<Space>) {
    this.#clock = clock;
    this.#ask = ask;
    this.#began = clock.now();
  }

  /** Takes one sample. Samples do not overlap: a disk that hangs is not asked again. */
  async look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const found = await this.#ask();
      const at = this.#clock.now();
      this.#disk = { ...found, at };
      this.#error = undefined;
      this.#looks.push({ at, free: found.free });
      if (this.#looks.length > PACE_LOOKS) this.#looks.shift();
    } catch (error) {
      this.#error = (error as NodeJS.ErrnoException).code ?? 'failed';
    } finally {
      this.#asking = false;
    }
  }

  check(): Check {
    const part = 'disk';
    const disk = this.#disk;
    if (this.#error !== undefined) return { part, ok: false, says: `cannot be looked at (${this.#error})` };
    if (this.#clock.now() - (disk?.at ?? this.#began) > DISK_SILENT)
      return { part, ok: false, says: 'does not answer' };
    if (!disk) return { part, ok: true };
    const says = `${(disk.free / 1e9).toFixed(1)} GB free`;
    return disk.free < NO_ROOM_BYTES
      ? { part, ok: false, says: `full: ${Math.round(disk.free / 1e6)} MB free` }
      : { part, ok: true, says };
  }

  metrics(): Metric[] {
    return [
      {
        name: 'earshot_disk_free_bytes',
        kind: 'gauge',
        help: 'Free space on the disk of the data folder',
        value: this.#disk?.free ?? Number.NaN,
      },
      {
        name: 'earshot_disk_size_bytes',
        kind: 'gauge',
        help: 'Size of the disk of the data folder',
        value: this.#disk?.size ?? Number.NaN,
      },
      {
        name: 'earshot_disk_full_seconds',
        kind: 'gauge',
        help: 'Time until that disk is full at the pace of the last hour; absent while it is not filling up',
        value: this.#fullIn() ?? Number.NaN,
      },
    ];
  }

  /** Seconds until the disk is full at the pace of the last hour; undefined while it does not fill. */
  #fullIn(): number | undefined {
    const [first] = this.#looks;
    const last = this.#looks.at(-1);
    if (!first || !last || last.at - first.at < PACE_LEAST_MS) return undefined;
    const pace = (first.free - last.free) / (last.at - first.at);
    return pace > 0 ? last.free / pace / 1000 : undefined;
  }
}

/** The system's figures for the disk of a folder. @throws the system's error. */
export async function spaceOf(folder: string): Promise<Space> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize };
}
