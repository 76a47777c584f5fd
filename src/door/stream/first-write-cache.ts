import type { Slot } from './rendition-switch.ts';
import type { Channel } from './write-schedule.ts';

/** Beginnings kept per channel until its next fragment: by margin, slot, and `after=`. */
const MOST_BURSTS = 32;

/**
 * The first bytes of streams: init, the state of the room and first fragments as one Buffer, shared by all who join a
 * channel within the same fragment and begin in the same place. Beyond the limit of different beginnings, listeners
 * get the fragments one by one.
 */
export class Bursts {
  readonly #known = new WeakMap<Channel, { newest: number; readonly made: Map<number, Buffer> }>();

  /** The pieces to be written, in order: `head`, which goes with the first of the slots, and these. */
  of(channel: Channel, head: readonly Uint8Array[], slots: readonly Slot[]): readonly Uint8Array[] {
    const first = slots[0]?.seq ?? -1;
    let known = this.#known.get(channel);
    if (known?.newest !== channel.newest) {
      known = { newest: channel.newest, made: new Map() };
      this.#known.set(channel, known);
    }
    const bytes = known.made.get(first);
    if (bytes) return [bytes];
    const pieces = [...head, ...slots.map((slot) => slot.bytes)];
    if (known.made.size >= MOST_BURSTS) return pieces;
    const whole = Buffer.concat(pieces);
    known.made.set(first, whole);
    return [whole];
  }
}
