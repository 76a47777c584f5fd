import type { Socket } from 'node:net';
import { FRAGMENT_MS } from '../base/time.ts';

/** One stream connection. `next` is the first fragment it still needs. */
export interface Listener {
  readonly socket: Socket;
  readonly channel: Channel;
  next: number;
  /** Which slot of the write period it is served in; −1 when it has left. */
  slot: number;
  /** Its place in that slot's list. */
  place: number;
}

interface Slot {
  readonly listeners: Listener[];
  /** The first fragment its listeners need, but for those that joined later. */
  next: number;
  /** When it is to be served, on the monotonic clock; Infinity while nothing waits for it. */
  due: number;
}

interface Held {
  readonly seq: number;
  readonly bytes: Buffer;
}

/** The period is cut into slots of this length, so that one period's writes are not one burst. */
export const SLOT_MS = 20;
/** A slot takes this many listeners before the next one is opened: a small room is served without delay. */
const SLOT_FLOOR = 64;
/** A client may be ahead of a door that lags by this many fragments; a higher number is taken for nonsense. */
export const MAX_AHEAD = 32;
/** Fragments kept for slots not yet served; a slot that would lose one is served early. */
const MAX_HELD = 64;

/**
 * One rendition of one room, and everyone who hears it. A fragment is handed to each listener from one shared Buffer,
 * slot by slot over the write period; whoever joined in between gets the rest by the same Buffer's tail.
 */
export class Channel {
  readonly slug: string;
  readonly rendition: string;
  /** The newest fragment handed over; −1 before the first. */
  newest = -1;
  /** How late the latest slot of the last `serve` was, in ms; −1 when none was served. */
  late = -1;
  #listeners = 0;
  #held: Held[] = [];
  #slots: Slot[] = [];
  #fragmentsPerWrite = 1;
  /** Writes made up from `newest` back to a given fragment, shared by all who need just that. */
  readonly #writes = new Map<number, Buffer>();
  readonly #write: (listener: Listener, bytes: Buffer, newest: number) => void;

  constructor(
    slug: string,
    rendition: string,
    write: (listener: Listener, bytes: Buffer, newest: number) => void,
  ) {
    this.slug = slug;
    this.rendition = rendition;
    this.#write = write;
    this.#slots = openSlots(1);
  }

  /** Listeners now. */
  get size(): number {
    return this.#listeners;
  }

  /** Fragments in one write. */
  get fragmentsPerWrite(): number {
    return this.#fragmentsPerWrite;
  }

  /**
   * Takes the next fragment. Returns true when slots are now waiting for their turn (see `serve`).
   * `fragmentsPerWrite` may change from one write to the next.
   */
  take(seq: number, bytes: Buffer, fragmentsPerWrite: number, now: number): boolean {
    if (seq <= this.newest) return false;
    if (this.newest < 0) this.#doubt(seq);
    this.newest = seq;
    this.#writes.clear();
    if (this.#listeners === 0) {
      this.#held = [];
      return false;
    }
    this.#held.push({ seq, bytes });
    this.#forget();
    if (this.#held.length >= MAX_HELD) this.flush();
    if ((seq + 1) % this.#fragmentsPerWrite === 0) this.#begin(now);
    if (fragmentsPerWrite !== this.#fragmentsPerWrite && (seq + 1) % fragmentsPerWrite === 0)
      this.#repace(fragmentsPerWrite);
    return this.serve(now);
  }

  /** Serves the slots whose turn has come. Returns true while others wait. */
  serve(now: number): boolean {
    let waiting = false;
    this.late = -1;
    for (const slot of this.#slots) {
      if (slot.due <= now) {
        this.late = Math.max(this.late, now - slot.due);
        this.#serveSlot(slot);
      } else if (slot.due !== Infinity) waiting = true;
    }
    return waiting;
  }

  /** Serves everyone at once with everything there is: before an end. */
  flush() {
    for (const slot of this.#slots) this.#serveSlot(slot);
    this.#held = [];
  }

  /** Adds a listener whose next needed fragment is `next`. */
  add(socket: Socket, next: number): Listener {
    const listener: Listener = { socket, channel: this, next, slot: -1, place: -1 };
    this.#listeners += 1;
    this.#place(listener);
    return listener;
  }

  /** Takes a listener out. Harmless when it is out already. */
  remove(listener: Listener): boolean {
    const list = this.#slots[listener.slot]?.listeners;
    if (!list) return false;
    const last = list.pop();
    if (last && last !== listener) {
      list[listener.place] = last;
      last.place = listener.place;
    }
    listener.slot = -1;
    this.#listeners -= 1;
    return true;
  }

  /** How long after the arrival of the fragment it needs next a listener is served. */
  delay(listener: Listener): number {
    const period = this.#fragmentsPerWrite * FRAGMENT_MS;
    const wait = this.#fragmentsPerWrite - 1 - (listener.next % this.#fragmentsPerWrite);
    return (wait * FRAGMENT_MS + listener.slot * SLOT_MS) % period;
  }

  /** Everyone, in no order; the list may shrink while it is walked. */
  all(): Listener[] {
    return this.#slots.flatMap((slot) => slot.listeners);
  }

  #place(listener: Listener) {
    const enough = Math.max(SLOT_FLOOR, Math.ceil(this.#listeners / this.#slots.length));
    let at = this.#slots.findIndex((slot) => slot.listeners.length < enough);
    if (at < 0) at = this.#slots.length - 1;
    const slot = this.#slots[at];
    if (!slot) return;
    if (slot.listeners.length === 0) {
      slot.next = listener.next;
      slot.due = Infinity;
    } else slot.next = Math.min(slot.next, listener.next);
    listener.slot = at;
    listener.place = slot.listeners.push(listener) - 1;
  }

  /** With the first fragment it shows who asked for numbers of another program, or made theirs up. */
  #doubt(seq: number) {
    for (const slot of this.#slots)
      for (const listener of slot.listeners)
        if (listener.next > seq + MAX_AHEAD) {
          listener.next = seq;
          slot.next = Math.min(slot.next, seq);
        }
  }

  #begin(now: number) {
    for (const [at, slot] of this.#slots.entries()) {
      // A slot still waiting from the write before keeps its turn and gets both in one.
      if (slot.listeners.length > 0 && slot.due === Infinity) slot.due = now + at * SLOT_MS;
    }
  }

  #serveSlot(slot: Slot) {
    slot.due = Infinity;
    const newest = this.newest;
    const from = slot.next;
    slot.next = Math.max(from, newest + 1);
    if (slot.listeners.length === 0 || from > newest) return;
    const shared = this.#since(from);
    const list = slot.listeners;
    // Backwards: a listener closed on the way swaps the last one, already served, into its place.
    for (let i = list.length - 1; i >= 0; i -= 1) {
      const listener = list[i];
      if (!listener || listener.next > newest) continue;
      const bytes = listener.next === from ? shared : this.#since(listener.next);
      listener.next = newest + 1;
      if (bytes.length > 0) this.#write(listener, bytes, newest);
    }
  }

  /** Fragments from `seq` to the newest as one Buffer, made once for all who need it. */
  #since(seq: number): Buffer {
    const made = this.#writes.get(seq);
    if (made) return made;
    const due = this.#held.filter((held) => held.seq >= seq);
    const only = due.length === 1 ? due[0] : undefined;
    const bytes = only ? only.bytes : Buffer.concat(due.map((held) => held.bytes));
    this.#writes.set(seq, bytes);
    return bytes;
  }

  /** Drops fragments that every slot has had. */
  #forget() {
    let needed = Infinity;
    for (const slot of this.#slots) if (slot.listeners.length > 0) needed = Math.min(needed, slot.next);
    while (this.#held[0] && this.#held[0].seq < needed) this.#held.shift();
  }

  #repace(fragmentsPerWrite: number) {
    this.flush();
    const everyone = this.all();
    this.#fragmentsPerWrite = fragmentsPerWrite;
    this.#slots = openSlots(fragmentsPerWrite);
    for (const listener of everyone) this.#place(listener);
  }
}

function openSlots(fragmentsPerWrite: number): Slot[] {
  const count = Math.max(1, Math.floor((fragmentsPerWrite * FRAGMENT_MS) / SLOT_MS));
  return Array.from({ length: count }, () => ({ listeners: [], next: 0, due: Infinity }));
}
