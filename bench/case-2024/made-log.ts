/** An evidence log whose key everybody can make again, so that two runs give the same bytes. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/base/log.ts';
import { epochMs } from '../../src/base/time.ts';
import { type Evidence, keyFromSeed, open, type RoomEntry, signerOf } from '../../src/evidence/index.ts';
import { ED25519 } from '../../src/evidence/note/note.ts';
import type { LogEntry } from '../../src/wire/evidence-entry.ts';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { BEGIN, SLUG, TITLE } from './scenario.ts';

/** The name of the log: no server has it. */
export const ORIGIN = 'case-2024.example/evidence';
/** Anybody can sign with this key: it shows that the form holds, and nothing about who made the log. */
const SEED = createHash('sha256').update('the case of 2024: a public key for a simulated log').digest();

/** The log with the clock that moves it. */
export interface MadeLog extends AsyncDisposable {
  readonly clock: ManualClock;
  /** Writes an entry, and lets the time pass in which a group gathers. Resolves with its index in the log. */
  write(
    entry: RoomEntry | LogEntry,
    room?: string,
  ): Promise<{ readonly index: number; readonly seq?: number }>;
  /** The room's bundle. */
  bundle(): Promise<string>;
  /** Lets time pass up to a wall-clock time, ms, and signs a head if the log has grown. */
  until(wall: number): Promise<void>;
}

/** Opens a log in a folder of its own, which is removed when it is closed. */
export async function openMadeLog(): Promise<MadeLog> {
  const folder = mkdtempSync(join(tmpdir(), 'case-'));
  const dir = join(folder, 'evidence');
  mkdirSync(join(dir, 'keys'), { recursive: true });
  writeFileSync(join(dir, 'keys', '0.key'), SEED, { mode: 0o600 });
  const { written } = signerOf(ORIGIN, ED25519, keyFromSeed(SEED));
  writeFileSync(
    join(dir, 'log.json'),
    JSON.stringify({ v: 1, origin: ORIGIN, began: BEGIN, keys: [written], changes: [] }),
  );
  const clock = manualClock(epochMs(BEGIN));
  const evidence: Evidence = await open({
    ...{ dir, lock: join(folder, 'lock'), clock, log: silentLog, origin: ORIGIN, title: () => TITLE },
  });
  return {
    clock,
    async write(entry, room) {
      const written =
        room === undefined ? evidence.append(entry as LogEntry) : evidence.appendOf(room, entry as RoomEntry);
      clock.advance(200);
      const done = await written;
      if (!done.kept) throw new Error(`an entry was refused: ${done.why}`);
      return done;
    },
    async bundle() {
      await evidence.checkpoint();
      let text = '';
      for await (const line of (await evidence.bundle(SLUG)) ?? []) text += line;
      return text;
    },
    async until(wall) {
      clock.advance(Math.max(0, wall - clock.wall()));
      await evidence.checkpoint();
    },
    async [Symbol.asyncDispose]() {
      await evidence[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
