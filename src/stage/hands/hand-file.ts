import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { asSpeakerId } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { MAX_HANDS } from '../../wire/stage/hands.ts';
import { type Hand, isOpen } from './hand.ts';

/** Lines beyond which the file is written anew, with one line a hand. */
const MAX_LINES = 20_000;
/** A longer file is not ours. */
const MAX_BYTES = 64_000_000;
/** A file that nothing was written to for this long belongs to a room that ended while its cell was away. */
const STALE_MS = 86_400_000;

/**
 * The raised hands of one room on disk, one line for each change: a cell that was killed finds them again. A line is
 * handed to the system before the change is answered, so that it survives the process, though not a power cut.
 */
export interface HandFile extends Disposable {
  /** The hands as they were, in order. */
  readonly before: readonly Hand[];
  write(hand: Hand): void;
  /** The room is over: what people wrote is removed. */
  forget(): void;
}

/** Opens the file of a room. A disk that fails costs the memory of a restart and nothing else. */
export function openHandFile(dir: string, slug: string, log: Log): HandFile {
  const path = join(dir, `${slug}.jsonl`);
  let file: number | undefined;
  let lines = 0;
  let complained = false;
  const complain = (error: unknown): void => {
    if (complained) return;
    complained = true;
    log.warn(
      { slug, error: String(error) },
      'raised hands could not be written to disk: they work, but a restart of the studio would lose them',
    );
  };
  const known = new Map<string, Hand>();
  const begin = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
    const text = [...known.values()].map(lineOf).join('');
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
    file = openSync(path, 'a', 0o600);
    lines = known.size;
  };
  try {
    for (const hand of read(path)) known.set(hand.id, hand);
    for (const [id, hand] of known) if (!isOpen(hand)) known.delete(id);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') complain(error);
  }
  const before = [...known.values()].sort((a, b) => a.n - b.n).slice(-2 * MAX_HANDS);
  return {
    before,
    write(hand) {
      if (isOpen(hand)) known.set(hand.id, hand);
      else known.delete(hand.id);
      try {
        if (file === undefined || lines >= MAX_LINES) begin();
        else {
          writeSync(file, lineOf(hand));
          lines += 1;
        }
      } catch (error) {
        complain(error);
      }
    },
    forget() {
      known.clear();
      if (file !== undefined) closeSync(file);
      file = undefined;
      rmSync(path, { force: true });
    },
    [Symbol.dispose]() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** Removes files of rooms that ended while no cell could. */
export function removeStaleHands(dir: string, wall: number): void {
  try {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name);
      if (wall - statSync(path).mtimeMs > STALE_MS) rmSync(path, { force: true });
    }
  } catch {
    // There is no folder yet.
  }
}

const lineOf = ({ network: _, ...hand }: Hand): string => `${JSON.stringify(hand)}\n`;

/** The newest line of each hand. A line that was cut off by a crash ends the reading of it alone. */
function read(path: string): Hand[] {
  if (statSync(path).size > MAX_BYTES) throw new Error('the file is too large');
  const found = new Map<string, Hand>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const hand = handOf(line);
    if (hand) found.set(hand.id, hand);
  }
  return [...found.values()];
}

function handOf(line: string): Hand | undefined {
  try {
    const it = JSON.parse(line) as Partial<Hand>;
    const whole =
      typeof it.id === 'string' &&
      typeof it.secret === 'string' &&
      Number.isSafeInteger(it.n) &&
      [it.device, it.name, it.topic].every((text) => typeof text === 'string') &&
      [it.since, it.turned, it.seen].every((at) => typeof at === 'number') &&
      typeof it.standing === 'string' &&
      asSpeakerId(String(it.speaker)) !== undefined;
    return whole ? ({ ...it, network: '' } as Hand) : undefined;
  } catch {
    return undefined;
  }
}
