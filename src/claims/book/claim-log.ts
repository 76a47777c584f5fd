import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalFile, readEntries } from '../../journal/index.ts';
import type { ClaimEntry } from '../../wire/evidence-entry.ts';

/** What is written about a claim; its place in the chain is up to the log. */
export type ClaimContent = Omit<ClaimEntry, 'seq' | 'previous'>;

/** The permanent log of claims. Nothing in it is ever changed or removed. */
export interface ClaimLog {
  /** Resolves when the entry is on the disk. @throws when it is not. */
  write(entry: ClaimContent): Promise<void>;
  /** All entries of a room, in the order in which they were written. */
  read(room: string): Promise<readonly ClaimContent[]>;
}

/** A room's claims on the disk, at most: thousands of entries. */
const MOST_BYTES = 4_000_000;
const MOST_WAITING = 64;
/** Rooms whose file is kept in mind. */
const MOST_OPEN = 200;
/** Spec: ECMAScript, time values. */
const LAST_MOMENT = 8.64e15;

const KINDS: ReadonlySet<unknown> = new Set(['claim', 'claim-correction', 'dispute', 'answer', 'refusal']);

/** True for what can be shown: a damaged file may have something else. */
function isClaim(entry: unknown): entry is ClaimContent {
  const { kind, claim, at, author, text, verdict } = entry as Readonly<Record<string, unknown>>;
  return (
    KINDS.has(kind) &&
    isMoment(at) &&
    [claim, author, text].every((one) => typeof one === 'string') &&
    (verdict === undefined || typeof verdict === 'string')
  );
}

/** True for a wall-clock time that can be written as a date. */
export const isMoment = (at: unknown): at is number => typeof at === 'number' && Math.abs(at) <= LAST_MOMENT;

/** Claims in one chained journal for each room, in a folder. `room` must be a slug. */
export function journalClaims(dir: string): ClaimLog {
  const files = new Map<string, { readonly file: JournalFile; last: Promise<void> }>();
  const pathOf = (room: string): string => join(dir, `${room}.jsonl`);
  return {
    write(entry) {
      const { room } = entry;
      const kept = files.get(room) ?? {
        file: new JournalFile({ path: pathOf(room), maxBytes: MOST_BYTES, maxWaiting: MOST_WAITING }),
        last: Promise.resolve(),
      };
      files.delete(room);
      files.set(room, kept);
      const oldest = files.size > MOST_OPEN ? files.entries().next().value : undefined;
      if (oldest && oldest[1].file.waiting === 0) files.delete(oldest[0]);
      const taken = kept.file.add({ ...entry });
      const done = kept.last.then(async () => {
        await kept.file.flush();
        if (!taken || kept.file.full)
          throw new Error(`the claims of ${room} cannot be written: there are too many`);
      });
      kept.last = done.catch(() => undefined);
      return done;
    },
    async read(room) {
      try {
        return readEntries<unknown>(await readFile(pathOf(room), 'utf8')).filter(
          (entry): entry is ClaimContent => isClaim(entry) && entry.room === room,
        );
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    },
  };
}
