import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { makePrivateFolder } from '../../base/folder.ts';
import { asSlug } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { type MappedFile, openMappedFile } from '../../native/mapped-file.ts';
import type { Stage } from '../../stage/index.ts';

/** Rooms that can have a mark at once; more than a cell takes. */
const MOST_ROOMS = 1_024;
/** Of each: the length of its address, and its letters. */
const NAME_BYTES = 72;
/** Words: which room is being worked on, and which is being opened; 0: none. */
const WORKING = 0;
const OPENING = 1;
const NAMES_FROM = 64;
const BYTES = NAMES_FROM + MOST_ROOMS * NAME_BYTES;
/** A file that somebody removed is noticed within this time. */
const LOOK_EVERY = ms(2000);

/** The mark of one room. */
export interface RoomMark {
  /** Does a piece of work of the room. */
  run<T>(work: () => T): T;
  /** Opens the room, which takes several turns; one room at a time. */
  opening<T>(open: () => Promise<T>): Promise<T>;
  /** Time spent in the room's work so far, ms. */
  readonly busy: number;
}

/** The marks of a cell. Disposing stops the looks at their file, which stays. */
export interface RoomMarks extends Disposable {
  of(slug: string): RoomMark;
  /** The room is no longer in this cell. */
  forget(slug: string): void;
}

/**
 * Opens the marks of a cell: a file in which it says at each moment which room it works on. When it dies, what stands
 * there is the room that it died of, or the last thing known (`readMark`). A piece of work that throws leaves its mark
 * standing: either nobody catches the error, or the next piece of work overwrites the mark. A file that somebody removes or
 * replaces is made again, with what stands in it.
 */
export async function openRoomMarks(
  path: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<RoomMarks> {
  const shared = await openMappedFile(path, BYTES);
  if (typeof shared === 'string')
    log.info(
      { why: shared },
      'which room a crash comes from cannot be noted here: after crashes rooms are separated to find out',
    );
  const bytes = typeof shared === 'string' ? new ArrayBuffer(BYTES) : shared.bytes;
  const words = new Uint32Array(bytes, 0, NAMES_FROM / 4);
  const names = Buffer.from(bytes);
  const marks = new Map<string, RoomMark & { readonly number: number }>();
  const free = Array.from({ length: MOST_ROOMS }, (_, at) => MOST_ROOMS - at);
  const looks = typeof shared === 'string' ? undefined : keepInPlace(path, shared, { clock, log });
  return {
    [Symbol.dispose]: () => looks?.[Symbol.dispose](),
    of(slug) {
      const known = marks.get(slug);
      if (known) return known;
      const number = free.pop() ?? 0;
      if (number > 0) {
        const at = NAMES_FROM + (number - 1) * NAME_BYTES;
        names[at] = names.write(slug, at + 1, NAME_BYTES - 1, 'latin1');
      }
      const mark = markOf(words, number);
      marks.set(slug, mark);
      return mark;
    },
    forget(slug) {
      const known = marks.get(slug);
      if (!known) return;
      marks.delete(slug);
      if (known.number > 0) free.push(known.number);
    },
  };
}

/** Makes the file again whenever the path no longer leads to it. */
function keepInPlace(
  path: string,
  file: MappedFile,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Disposable {
  let looking = false;
  let failing = false;
  const look = async (): Promise<void> => {
    if (await file.isInPlace()) return;
    try {
      makePrivateFolder(dirname(path), false);
      file.recreate();
      failing = false;
      log.warn(
        { path },
        'the file that says which room a crash comes from was removed: it has been recreated',
      );
    } catch (error) {
      if (!failing)
        log.warn(
          { path, error: String(error) },
          'the file that says which room a crash comes from was removed and cannot be recreated yet; trying again',
        );
      failing = true;
    }
  };
  return clock.every(LOOK_EVERY, () => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
    });
  });
}

function markOf(words: Uint32Array, number: number) {
  let busy = 0;
  return {
    number,
    get busy() {
      return busy;
    },
    run<T>(work: () => T): T {
      const before = words[WORKING] ?? 0;
      const began = performance.now();
      words[WORKING] = number;
      const result = work();
      words[WORKING] = before;
      // Work within work of the same room is counted with it.
      if (before !== number) busy += performance.now() - began;
      return result;
    },
    async opening<T>(open: () => Promise<T>): Promise<T> {
      words[OPENING] = number;
      const result = await open().finally(() => {
        words[OPENING] = 0;
      });
      return result;
    },
  };
}

/** The room that a cell works on, or worked on when it died; undefined when that is not known. */
export function readMark(path: string): string | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  if (bytes.length < BYTES) return undefined;
  const number = bytes.readUInt32LE(WORKING * 4) || bytes.readUInt32LE(OPENING * 4);
  if (number === 0 || number > MOST_ROOMS) return undefined;
  const at = NAMES_FROM + (number - 1) * NAME_BYTES;
  return asSlug(bytes.toString('latin1', at + 1, at + 1 + (bytes[at] ?? 0)));
}

/** A clock whose timers do a room's work. */
export const markedClock = (clock: Clock, mark: RoomMark): Clock => ({
  now: () => clock.now(),
  wall: () => clock.wall(),
  every: (period, run) => clock.every(period, () => mark.run(run)),
  after: (delay, run) => clock.after(delay, () => mark.run(run)),
});

/** A stage whose calls do a room's work. */
export const markedStage = (stage: Pick<Stage, 'openRoom'>, mark: RoomMark): Pick<Stage, 'openRoom'> => ({
  openRoom: (slug, hooks) =>
    stage.openRoom(slug, {
      packet: (packet) => mark.run(() => hooks.packet(packet)),
      joined: (id, person) => mark.run(() => hooks.joined(id, person)),
      left: (id) => mark.run(() => hooks.left(id)),
      muted: (id, muted) => mark.run(() => hooks.muted(id, muted)),
      removed: (id) => mark.run(() => hooks.removed(id)),
      banned: () => mark.run(() => hooks.banned?.()),
      changed: () => mark.run(() => hooks.changed()),
    }),
});
