import type { Channel } from './channel.ts';
import type { Slot } from './splice.ts';

/** Beginnings kept of one channel until its next fragment: by margin, slot, and `after=`. */
const MOST_BURSTS = 32;

/**
 * What streams begin with: init and first fragments as one Buffer, shared by all who join a channel within the same
 * fragment and begin alike. However many odd beginnings are asked for, no more are made: the others get the fragments
 * themselves, one by one.
 */
export class Bursts {
  readonly #known = new WeakMap<Channel, { newest: number; readonly made: Map<number, Buffer> }>();

  /** The pieces to be written, in order. */
  of(channel: Channel, init: Uint8Array, slots: readonly Slot[]): readonly Uint8Array[] {
    const first = slots[0]?.seq ?? -1;
    let known = this.#known.get(channel);
    if (known?.newest !== channel.newest) {
      known = { newest: channel.newest, made: new Map() };
      this.#known.set(channel, known);
    }
    const bytes = known.made.get(first);
    if (bytes) return [bytes];
    const pieces = [init, ...slots.map((slot) => slot.bytes)];
    if (known.made.size >= MOST_BURSTS) return pieces;
    const whole = Buffer.concat(pieces);
    known.made.set(first, whole);
    return [whole];
  }
}
