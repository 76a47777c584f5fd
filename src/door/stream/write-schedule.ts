import type { Socket } from 'node:net';
import { FRAGMENT_MS } from '../../base/time.ts';
import type { Connection, Handler } from '../socket/connection.ts';
import type { Outlet } from '../socket/direct-write.ts';
import type { TlsRecordSealer } from '../socket/tls-record-sealer.ts';

/**
 * One listener: a connection that carries a stream, and what a write to it needs, in one object that is kept small:
 * with tens of thousands of them each write has to fetch it from memory.
 */
export class StreamConnection implements Outlet, Handler {
  /** Both change when a TLS connection is offloaded. */
  socket: Socket;
  fd: number;
  queued = true;
  /**
   * What encrypts: `whole` Node's TLS, until the connection is offloaded, and from then on this sealer. Undefined:
   * nothing does, or Node's TLS to the end.
   */
  tls: 'whole' | TlsRecordSealer | undefined = undefined;
  channel: Channel;
  /** The first fragment it still needs. */
  next: number;
  /** Which slot of the write period it is served in; −1 when it has left. */
  slot = -1;
  /** Its place in that slot's list. */
  place = -1;
  /** The row of its session, −1 when it is not counted; see `audience/stream-presence.ts`. */
  session = -1;
  /** `next` without this is how many fragments it was given. */
  first: number;
  /** How many of them it was found to have received. */
  arrived = 0;
  readonly connection: Connection;

  constructor(connection: Connection, channel: Channel, next: number) {
    this.socket = connection.socket;
    this.fd = connection.fd;
    this.channel = channel;
    this.next = next;
    this.first = next;
    this.connection = connection;
  }

  get phase(): 'stream' | 'offloaded' {
    return this.sealer ? 'offloaded' : 'stream';
  }

  /** Encrypts what is written, once the connection is offloaded. */
  get sealer(): TlsRecordSealer | undefined {
    return typeof this.tls === 'object' ? this.tls : undefined;
  }

  /** True once what is written was encrypted in memory that is used again. */
  get transient(): boolean {
    return typeof this.tls === 'object';
  }

  /** From now on what is written is encrypted by `sealer`, on the accepted socket. */
  offloaded(sealer: TlsRecordSealer): void {
    this.socket = this.connection.socket;
    this.fd = this.connection.fd;
    this.queued = false;
    this.tls = sealer;
  }

  ended(): void {
    this.channel.gone(this);
  }

  closed(): void {
    this.channel.gone(this);
  }
}

/** What a channel needs from the fan-out. */
export interface ChannelHooks {
  /** How many listeners a slot takes before the next one is opened; see `Limits.row`. */
  readonly row: number;
  /** Writes now or with the next `flush`. Does not throw: one listener must not cost a row. */
  write(listener: StreamConnection, bytes: Buffer, newest: number): void;
  /** Called after the writes of a row. */
  flush(): void;
  /** Slots of this channel now wait for their turn: call `serve` until it says that none does. */
  wake(channel: Channel): void;
  /** A listener's connection has ended or closed. */
  gone(listener: StreamConnection): void;
}

interface Slot {
  readonly listeners: StreamConnection[];
  /** The first fragment its listeners need, except those that joined later. */
  next: number;
  /** When it is due, on the monotonic clock; Infinity while nothing is waiting for it. */
  due: number;
  /** True when its listeners have received the channel's notice. */
  told: boolean;
}

interface Held {
  readonly seq: number;
  readonly bytes: Buffer;
}

/** Where a channel's listeners move to, from when, and what their last write here tells them. */
interface Onward {
  readonly to: Channel;
  readonly at: number;
  readonly there: Buffer | undefined;
}

/** The period is cut into slots of this length, so that one period's writes are not one burst. */
export const SLOT_MS = 20;
/** A client may be this many fragments ahead of a lagging door; a higher number is treated as nonsense. */
export const MAX_AHEAD = 32;
/** Fragments kept for slots that have not been served; a slot that would lose one is served early. */
const MAX_HELD = 64;
const NOTHING = Buffer.alloc(0);

/**
 * The listeners of one run of fragments with one write period. Each fragment is written to all of them from one
 * shared Buffer, slot by slot over the period; a listener who joined in between gets the tail of the same Buffer.
 * When the room's period changes, listeners move to another channel, each slot after a last write here.
 */
export class Channel {
  readonly slug: string;
  /** Fragments in one write. */
  readonly perWrite: number;
  /** The newest fragment handed over; −1 before the first. */
  newest: number;
  /** Bytes of a fragment, on average of the last ones. */
  fragmentBytes = 0;
  /** How late the latest slot of the last `serve` was, in ms; −1 when none was served. */
  late = -1;
  #listeners = 0;
  #held: Held[] = [];
  readonly #slots: Slot[];
  /** When the current write period began. */
  #begun: number;
  /** Writes composed from a given fragment up to `newest`, shared by everyone who needs exactly that. */
  readonly #writes = new Map<number, Buffer>();
  readonly #hooks: ChannelHooks;
  #notice: Buffer | undefined;
  #onward: Onward | undefined;

  /** `begun` is when its current write period began; `newest` is how far the run of fragments has got. */
  constructor(slug: string, perWrite: number, hooks: ChannelHooks, newest = -1, begun = -Infinity) {
    this.slug = slug;
    this.perWrite = perWrite;
    this.newest = newest;
    this.#hooks = hooks;
    this.#begun = begun;
    const count = Math.max(1, Math.floor((perWrite * FRAGMENT_MS) / SLOT_MS));
    this.#slots = Array.from({ length: count }, () => ({
      listeners: [],
      next: 0,
      due: Infinity,
      told: false,
    }));
  }

  /** Listeners now. */
  get size(): number {
    return this.#listeners;
  }

  /** Where its listeners are going, if they are. */
  get onward(): Channel | undefined {
    return this.#onward?.to;
  }

  /** Receives the next fragment. Returns true when slots are now waiting for their turn (see `serve`). */
  take(seq: number, bytes: Buffer, now: number): boolean {
    if (seq <= this.newest) return false;
    if (this.newest < 0) this.#doubt(seq);
    this.newest = seq;
    this.fragmentBytes =
      this.fragmentBytes === 0 ? bytes.length : this.fragmentBytes * 0.9 + bytes.length * 0.1;
    this.#writes.clear();
    const whole = (seq + 1) % this.perWrite === 0;
    if (whole) this.#begun = now;
    if (this.#listeners === 0) {
      this.#held = [];
      return false;
    }
    this.#held.push({ seq, bytes });
    this.#forget();
    if (this.#held.length >= MAX_HELD) this.flush();
    if (whole) this.#begin(now);
    return this.serve(now);
  }

  /** Serves the slots whose turn has come. Returns true while others are waiting. */
  serve(now: number): boolean {
    let waiting = false;
    this.late = -1;
    for (const slot of this.#slots) {
      if (slot.due <= now) {
        this.late = Math.max(this.late, now - slot.due);
        this.#serveSlot(slot, now);
      } else if (slot.due !== Infinity) waiting = true;
    }
    return waiting;
  }

  /** Serves everyone at once with everything there is, before the end of the stream. */
  flush() {
    for (const slot of this.#slots) this.#serveSlot(slot, -Infinity);
    this.#held = [];
  }

  /** Adds a listener whose next needed fragment is `next`. */
  add(connection: Connection, next: number): StreamConnection {
    const listener = new StreamConnection(connection, this, next);
    this.#listeners += 1;
    this.#place(listener);
    return listener;
  }

  /** Adopts a listener that has left its channel, or whose slot is being emptied; it is served within one period. */
  adopt(listener: StreamConnection, now: number) {
    listener.channel = this;
    this.#listeners += 1;
    this.#place(listener);
    const slot = this.#slots[listener.slot];
    const turn = this.#begun + listener.slot * SLOT_MS;
    if (slot?.due !== Infinity || turn <= now) return;
    slot.due = turn;
    this.#hooks.wake(this);
  }

  /** Removes a listener. Harmless if it has already been removed. */
  remove(listener: StreamConnection): boolean {
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

  /**
   * How much a listener must have buffered when it begins, beyond its margin and the ms until the next fragment, so
   * that the margin is what is left at the end of each write period, wherever in the period it joined.
   */
  need(listener: StreamConnection): number {
    return (this.perWrite - 1) * FRAGMENT_MS + ((listener.slot * SLOT_MS) % FRAGMENT_MS);
  }

  /** A listener's connection has ended or closed. */
  gone(listener: StreamConnection): void {
    this.#hooks.gone(listener);
  }

  /** Everyone, in no order; the list may shrink while it is walked. */
  all(): StreamConnection[] {
    return this.#slots.flatMap((slot) => slot.listeners);
  }

  /** Everyone in this channel gets `notice` once, in front of their next write. */
  tell(notice: Buffer | undefined) {
    this.#notice = notice;
    for (const slot of this.#slots) slot.told = false;
  }

  /** From `at` on, each slot moves to `to` after its next write here, which begins with `there`. */
  goOn(to: Channel, at: number, there: Buffer | undefined) {
    this.#onward = { to, at, there };
  }

  /** Its listeners stay after all. */
  stay() {
    this.#onward = undefined;
  }

  #place(listener: StreamConnection) {
    const enough = Math.max(this.#hooks.row, Math.ceil(this.#listeners / this.#slots.length));
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

  /** The first fragment shows which listeners asked for numbers of another program, or made theirs up. */
  #doubt(seq: number) {
    for (const slot of this.#slots)
      for (const listener of slot.listeners)
        if (listener.next > seq + MAX_AHEAD) {
          listener.first += seq - listener.next;
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

  #serveSlot(slot: Slot, now: number) {
    slot.due = Infinity;
    const newest = this.newest;
    const from = slot.next;
    const onward = this.#onward && now >= this.#onward.at ? this.#onward : undefined;
    const notice = onward ? onward.there : slot.told ? undefined : this.#notice;
    const list = slot.listeners;
    const idle = list.length === 0 || (from > newest && !notice && !onward);
    // Before anything counts as served: if the Buffer cannot be made (no memory), it goes out with the next write.
    const shared = idle ? NOTHING : this.#from(from, notice);
    slot.next = Math.max(from, newest + 1);
    slot.told = true;
    if (idle) return;
    try {
      this.#writeTo(list, { from, shared, notice });
    } catch (error) {
      // Listeners that have not had it get it with the next write.
      for (const { next } of list) slot.next = Math.min(slot.next, next);
      throw error;
    } finally {
      this.#hooks.flush();
    }
    if (!onward) return;
    const moved = list.splice(0);
    this.#listeners -= moved.length;
    for (const listener of moved) onward.to.adopt(listener, now);
  }

  #writeTo(
    list: readonly StreamConnection[],
    { from, shared, notice }: { from: number; shared: Buffer; notice: Buffer | undefined },
  ) {
    const { newest } = this;
    // Backwards: a listener that is closed on the way is replaced by the last one, which is already served.
    for (let i = list.length - 1; i >= 0; i -= 1) {
      const listener = list[i];
      if (!listener || (listener.next > newest && !notice)) continue;
      const bytes = listener.next === from ? shared : this.#from(listener.next, notice);
      listener.next = Math.max(listener.next, newest + 1);
      if (bytes.length > 0) this.#hooks.write(listener, bytes, newest);
    }
  }

  /** A notice, if there is one, and the fragments from `seq` to the newest. */
  #from(seq: number, notice: Buffer | undefined): Buffer {
    const bytes = seq > this.newest ? NOTHING : this.#since(seq);
    return notice ? Buffer.concat([notice, bytes]) : bytes;
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

  /** Drops fragments that every slot has received. */
  #forget() {
    let needed = Infinity;
    for (const slot of this.#slots) if (slot.listeners.length > 0) needed = Math.min(needed, slot.next);
    while (this.#held[0] && this.#held[0].seq < needed) this.#held.shift();
  }
}
