import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMoment } from './claim-log.ts';

/** A claim by a stranger, which waits for the operator's approval. */
export interface WaitingClaim {
  readonly id: string;
  readonly room: string;
  /** Wall-clock ms. */
  readonly at: number;
  readonly kind: 'claim' | 'dispute';
  /** What a dispute is about. */
  readonly claim?: string;
  readonly text: string;
}

/** Statements that wait, of all rooms and of one. */
const MOST = 1_000;
const MOST_OF_ROOM = 30;

/** Claims by strangers, in one small file. It holds nothing about the strangers themselves. */
export interface WaitingClaims {
  of(room: string): readonly WaitingClaim[];
  /** Of all rooms, oldest first. */
  all(): readonly WaitingClaim[];
  /** False when too many wait. */
  add(one: WaitingClaim): Promise<boolean>;
  /** Takes one out; undefined when there is none of that id. */
  take(room: string, id: string): Promise<WaitingClaim | undefined>;
}

function isWaiting(one: unknown): one is WaitingClaim {
  const { id, room, at, kind, claim, text } = (one ?? {}) as Readonly<Record<string, unknown>>;
  return (
    (kind === 'claim' || kind === 'dispute') &&
    isMoment(at) &&
    [id, room, text].every((said) => typeof said === 'string') &&
    (claim === undefined || typeof claim === 'string')
  );
}

/** Opens the file; a missing or damaged file counts as empty. */
export async function openWaiting(path: string): Promise<WaitingClaims> {
  const text = await readFile(path, 'utf8').catch(() => '[]');
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    found = [];
  }
  const all = new Map((Array.isArray(found) ? found.filter(isWaiting) : []).map((one) => [one.id, one]));
  let last: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    const done = last.then(async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify([...all.values()]));
      await rename(`${path}.new`, path);
    });
    last = done.catch(() => undefined);
    return done;
  };
  const of = (room: string): WaitingClaim[] => [...all.values()].filter((one) => one.room === room);
  return {
    of,
    all: () => [...all.values()].sort((a, b) => a.at - b.at),
    async add(one) {
      if (all.size >= MOST || of(one.room).length >= MOST_OF_ROOM) return false;
      all.set(one.id, one);
      await save();
      return true;
    },
    async take(room, id) {
      const one = all.get(id);
      if (one?.room !== room) return undefined;
      all.delete(id);
      await save();
      return one;
    },
  };
}
