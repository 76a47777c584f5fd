import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import { EXCLUSIONS } from '../../wire/metrics.ts';
import { RECORD_BYTES, SLOT_S, SLOTS } from '../../wire/session-record.ts';
import { MINUTES_KEPT, STATE, withSeconds } from './session-table.ts';
import type { ListeningSessions } from './sessions.ts';

/**
 * Time after the end of a slot within which all sessions are examined, so that a sample can be taken soon afterwards.
 */
export const LOOKED_WITHIN_MS = 4_000;
const TURN_MS = 20;
const TURNS = LOOKED_WITHIN_MS / TURN_MS;
const LEAST_ROWS = 64;
/** A session that was closed is kept so long, for when it comes back and for records that have to be told again. */
const KEPT_MS = MINUTES_KEPT * 60_000;
/** One in which nothing was heard has nothing to tell: a flood of those must not fill the table. */
const UNHEARD_MS = 15_000;

const DENSE = EXCLUSIONS.indexOf('dense-ip');
const SLOT_MS = SLOT_S * 1000;
/** Less than this is no listening. */
const LEAST_HEARD_MS = 1_000;

/** Receives the records of sessions, for the tally. */
export interface SlotOutlet {
  /**
   * Records of this door, `wire/session-record.ts`; `rooms`: what they name by number. `upTo`: wall-clock ms of the end of
   * the last slot of which all has been told with this.
   */
  records(rooms: readonly string[], bytes: Uint8Array<ArrayBuffer>, upTo: number): void;
}

/** Dependencies of examining the sessions. */
export interface SlotTurnsDeps {
  readonly clock: Clock;
  /** Wall-clock ms by which slots are counted. */
  wall(): number;
  readonly sessions: ListeningSessions;
  /** The number of this door. */
  readonly door: number;
  readonly outlet: SlotOutlet;
  /** Looks at what a session that is open has heard by now; called once in a slot. */
  look(row: number): void;
  /** A session without a stream is over when nothing was asked of it for this long, ms. */
  readonly idle: number;
  /** True while a stream is written to for the session. */
  streams(row: number): boolean;
}

/**
 * After each slot of 10 s, examines all sessions in small batches, and reports what each has received and what has
 * changed.
 */
export class SlotTurns implements Disposable {
  readonly #deps: SlotTurnsDeps;
  #timer: Disposable | undefined;
  /** The slot that is looked at, and the next row. */
  #slot = Number.NEGATIVE_INFINITY;
  #next = 0;
  /** Everything that is kept is told in the next pass. */
  #again = false;
  #all = false;
  #batch = new Uint8Array(new ArrayBuffer(0));
  #view = new DataView(this.#batch.buffer);
  #filled = 0;
  readonly #rooms = new Map<number, number>();
  readonly #names: string[] = [];
  /** The longest turn since this was read, ms. */
  longest = 0;

  constructor(deps: SlotTurnsDeps) {
    this.#deps = deps;
  }

  /** Begins to look; it stops by itself when there is no session. */
  wake(): void {
    if (this.#timer) return;
    const { clock, wall } = this.#deps;
    if (this.#slot === Number.NEGATIVE_INFINITY) this.#slot = Math.floor(wall() / SLOT_MS) - 1;
    this.#next = Number.POSITIVE_INFINITY;
    this.#timer = clock.every(ms(TURN_MS), () => this.#turn());
  }

  /** The tally is new, or was away: in the next pass it is told everything that is kept. */
  again(): void {
    this.#again = true;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  #turn(): void {
    const { wall, sessions } = this.#deps;
    const { table } = sessions;
    const ended = Math.floor(wall() / SLOT_MS) - 1;
    // A clock that was set back is waited for: a slot is looked at once.
    if (ended > this.#slot) {
      if (this.#next < table.high) this.#look(table.high);
      this.#slot = ended;
      this.#next = 0;
      this.#all = this.#again;
      this.#again = false;
    }
    if (this.#next >= table.high) {
      if (table.size === 0) this[Symbol.dispose]();
      return;
    }
    const began = performance.now();
    this.#look(Math.min(table.high, this.#next + Math.max(LEAST_ROWS, Math.ceil(table.high / TURNS))));
    this.longest = Math.max(this.longest, performance.now() - began);
  }

  /** Looks at the rows up to `to`. */
  #look(to: number): void {
    const { table } = this.#deps.sessions;
    this.#room((to - this.#next) * MINUTES_KEPT);
    const now = this.#deps.clock.now();
    const minute = Math.floor(this.#slot / SLOTS);
    const place = this.#slot - minute * SLOTS;
    for (let row = this.#next; row < to; row += 1)
      if (((table.state[row] ?? 0) & STATE.used) !== 0) this.#lookAt(row, minute, place, now);
    this.#next = to;
    this.#flush(to >= table.high);
  }

  #lookAt(row: number, minute: number, place: number, now: number): void {
    const { sessions, look, idle, streams } = this.#deps;
    const { table } = sessions;
    look(row);
    sessions.judgeProving(row);
    if (sessions.crowds(row)) {
      table.exclusion[row] = DENSE;
      table.touch(row, table.minute[row] ?? 0);
    }
    this.#settle(row, minute, place);
    this.#tell(row);
    const quiet = now - (table.seen[row] ?? 0);
    if (streams(row)) return;
    if (((table.state[row] ?? 0) & STATE.open) !== 0) {
      if (quiet > idle) {
        sessions.over(row);
        sessions.idle(row);
      }
    } else if (
      quiet > ((table.heardTold[row] ?? 0) + (table.provenTold[row] ?? 0) === 0 ? UNHEARD_MS : KEPT_MS)
    ) {
      sessions.forget(row);
    }
  }

  /** Puts what was heard since the last look into the slot: no more than was delivered, nor than there was time for. */
  #settle(row: number, minute: number, place: number): void {
    const { table } = this.#deps.sessions;
    const more = Math.min(table.spare[row] ?? 0, (table.heard[row] ?? 0) - (table.played[row] ?? 0));
    if (more > 0) {
      table.spare[row] = (table.spare[row] ?? 0) - more;
      table.played[row] = (table.played[row] ?? 0) + more;
    }
    const told = table.heardTold[row] ?? 0;
    // Who leaves within a second has looked whether there is sound.
    if (told === 0 && (table.played[row] ?? 0) < LEAST_HEARD_MS) return;
    const seconds = Math.min(SLOT_S, Math.round((table.played[row] ?? 0) / 1000) - told);
    if (seconds <= 0) return;
    table.reach(row, minute);
    const at = table.at(row, minute);
    if (at < 0) return;
    table.delivered[at] = withSeconds(table.delivered[at] ?? 0, place, seconds);
    table.heardTold[row] = told + seconds;
    table.touch(row, minute);
  }

  /** Writes the records that have changed. */
  #tell(row: number): void {
    const { sessions, door } = this.#deps;
    const { table } = sessions;
    const newest = table.minute[row] ?? 0;
    if (newest === 0) return;
    const dirty = table.dirty[row] ?? 0;
    if (dirty === 0 && !this.#all) return;
    table.dirty[row] = 0;
    for (let age = MINUTES_KEPT - 1; age >= 0; age -= 1) {
      const minute = newest - age;
      const at = table.at(row, minute);
      const empty = table.delivered[at] === 0 && table.confirmed[at] === 0;
      if (empty || !(this.#all || (dirty & (1 << age)) !== 0)) continue;
      table.write(this.#view, this.#filled, row, minute, this.#roomIn(table.room[row] ?? 0, row), door);
      this.#filled += RECORD_BYTES;
    }
  }

  #roomIn(room: number, row: number): number {
    let at = this.#rooms.get(room);
    if (at === undefined) {
      at = this.#names.length;
      this.#rooms.set(room, at);
      this.#names.push(this.#deps.sessions.slugOf(row));
    }
    return at;
  }

  #room(records: number): void {
    if (this.#batch.length < records * RECORD_BYTES) {
      this.#batch = new Uint8Array(new ArrayBuffer(records * RECORD_BYTES));
      this.#view = new DataView(this.#batch.buffer);
    }
    this.#filled = 0;
  }

  /** Tells what was written; `whole`: it is the last of this slot, which is told although there may be nothing in it. */
  #flush(whole: boolean): void {
    const upTo = (whole ? this.#slot + 1 : this.#slot) * SLOT_MS;
    if (whole || this.#filled > 0)
      this.#deps.outlet.records([...this.#names], this.#batch.slice(0, this.#filled), upTo);
    this.#filled = 0;
    this.#rooms.clear();
    this.#names.length = 0;
  }
}
