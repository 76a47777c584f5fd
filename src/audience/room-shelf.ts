import { readFileSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../base/log.ts';
import type { CountingRules } from './definitions.ts';
import { FinishedRooms } from './records/finished-rooms.ts';
import { byAge, rawFiles, readRaw } from './records/raw-folder.ts';
import type { RawLog, RawPlace } from './records/raw-log.ts';
import { takeRows } from './records/row-order.ts';
import { AudienceRoom } from './room.ts';
import { readRoom, roomBytes, roomOf, writeRoom } from './room-file.ts';

/** Dependencies of the room shelf. */
export interface RoomShelfDeps {
  readonly log: Log;
  /** Snapshots of rooms. */
  readonly dir: string;
  /** Raw files. */
  readonly rawDir: string;
  readonly raw: RawLog;
  /** Wall-clock ms. */
  now(): number;
  readonly rules: CountingRules;
}

/** Every snapshot is newer than this place of the raw log, or its room has not changed since. */
interface Position {
  readonly v: 1;
  readonly place: RawPlace;
  /** Rooms that are on, or have not had their final pass. */
  readonly rooms: readonly string[];
}

const before = (a: RawPlace, b: RawPlace): boolean => {
  const order = byAge(a.file, b.file);
  return order < 0 || (order === 0 && a.offset < b.offset);
};

/** The rooms that are being counted, and their snapshots. */
export class RoomShelf {
  readonly #deps: RoomShelfDeps;
  readonly rooms = new Map<string, AudienceRoom>();
  /** Numbers of rooms that are over, whether or not they are among the others. */
  readonly finished: FinishedRooms;
  #saving: Promise<string> | undefined;
  #failing = false;

  constructor(deps: RoomShelfDeps) {
    this.#deps = deps;
    this.finished = new FinishedRooms(deps.dir);
  }

  #path(slug: string): string {
    return join(this.#deps.dir, `${slug}.room`);
  }

  /** The room, from its snapshot where there is one, or new. */
  take(slug: string): AudienceRoom {
    const known = this.rooms.get(slug);
    if (known) return known;
    let room: AudienceRoom | undefined;
    try {
      // Rooms that nobody hears are small.
      room = roomOf(readFileSync(this.#path(slug)), this.#deps.rules)?.room;
    } catch {
      // It was never counted.
    }
    room ??= new AudienceRoom(slug, { rules: this.#deps.rules });
    this.rooms.set(slug, room);
    return room;
  }

  /** The room without keeping it; undefined where nothing was ever counted. */
  async look(slug: string): Promise<AudienceRoom | undefined> {
    return this.rooms.get(slug) ?? (await readRoom(this.#path(slug), this.#deps.rules))?.room;
  }

  /** Takes up where the process before this one was killed: snapshots, then the raw records after them. */
  async restore(): Promise<{ readonly records: number; readonly blocks: number }> {
    const { dir, rawDir, log, rules } = this.#deps;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await this.finished.load();
    const position = await readFile(join(dir, 'position.json'), 'utf8')
      .then((text) => JSON.parse(text) as Position)
      .catch(() => undefined);
    const places = new Map<string, RawPlace>();
    const open = async (slug: string): Promise<AudienceRoom> => {
      const known = this.rooms.get(slug);
      if (known) return known;
      const found = await readRoom(this.#path(slug), rules);
      const room = found?.room ?? new AudienceRoom(slug, { rules });
      if (found) places.set(slug, found.place);
      this.rooms.set(slug, room);
      return room;
    };
    for (const slug of position?.rooms ?? []) await open(slug);
    let [records, blocks] = [0, 0];
    for (const file of await rawFiles(rawDir)) {
      if (position && byAge(file, position.place.file) < 0) continue;
      const from = file === position?.place.file ? position.place.offset : 0;
      try {
        for await (const { head, words, offset } of readRaw(rawDir, file, from)) {
          blocks += 1;
          const place = { file, offset };
          const rooms: (AudienceRoom | undefined)[] = [];
          for (const slug of head.rooms ?? []) {
            const room = await open(slug);
            const known = places.get(slug);
            rooms.push(known && before(place, known) ? undefined : room);
          }
          records += takeRows(words, rooms);
          for (const [slug, events] of Object.entries(head.events ?? {}))
            (await open(slug)).happened(head.door, head.life ?? '', events);
        }
      } catch (error) {
        log.warn(
          { error: String(error), file },
          'a file of raw records cannot be read: what was counted from it may be missing from the figures',
        );
      }
    }
    return { records, blocks };
  }

  /**
   * Writes the snapshots of all rooms that have changed. The answer: the raw file from which on records may be needed
   * again; '' when they could not be written.
   */
  save(): Promise<string> {
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
    });
    return this.#saving;
  }

  async #save(): Promise<string> {
    const { dir, raw, log, now } = this.#deps;
    const place = raw.place;
    const wanted: string[] = [];
    try {
      for (const [slug, room] of [...this.rooms]) {
        if (room.isRunning || room.isUnfinished) wanted.push(slug);
        if (!room.dirty) continue;
        room.dirty = false;
        try {
          // The bytes are of one moment; records that come while they are written are after it.
          await writeRoom(this.#path(slug), roomBytes(room, raw.place));
          const isOver = room.memory.ended !== undefined && !room.isRunning && !room.isUnfinished;
          if (isOver) await this.finished.keep(slug, room.numbers(now()));
        } catch (error) {
          room.dirty = true;
          throw error;
        }
      }
      const path = join(dir, 'position.json');
      await writeFile(`${path}.new`, JSON.stringify({ v: 1, place, rooms: wanted } satisfies Position), {
        mode: 0o600,
      });
      await rename(`${path}.new`, path);
      this.#failing = false;
      return place.file;
    } catch (error) {
      if (!this.#failing)
        log.warn(
          { error: String(error) },
          'figures of rooms cannot be saved: they go on, and are lost if this process ends before they can be',
        );
      this.#failing = true;
      return '';
    }
  }

  /** Forgets rooms that are over and quiet; their snapshots stay. */
  release(quietSince: number): void {
    for (const [slug, room] of this.rooms)
      if (!room.dirty && !room.isRunning && !room.isUnfinished && room.touchedAt < quietSince)
        this.rooms.delete(slug);
  }
}
