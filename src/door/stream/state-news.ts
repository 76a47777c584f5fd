import { MAX_TOLD_GAPS, type RoomState } from '../../wire/room.ts';
import { encodeState, streamedState } from '../../wire/state-box.ts';

/** Members that change all the time in a large room: told when something else is, or after this many slots (0.96 s). */
const COUNTS = new Set(['streams', 'catchingUp', 'listeners']);
const COUNTS_EVERY = 3;

/** How far a run of fragments has told the changes of its room's state. */
export type Told = number;

/**
 * The changes of one room's state for listeners of its stream: built once for everyone, in the slot in which something
 * changed. Feeds put them in front of their next fragment.
 */
export class StateNews {
  /** How many changes there were. */
  version: Told = 0;
  /** The whole state, as the first box of a connection; undefined while the room is not known. */
  full: Buffer | undefined;
  #change: Buffer | undefined;
  #texts = new Map<string, string>();
  #counted = Number.NEGATIVE_INFINITY;

  /** Looks for a change; once per slot of the grid. */
  look(state: RoomState | undefined, seq: number): void {
    if (!state) return;
    const { at, ...members } = streamedState({ ...state, gaps: state.gaps.slice(-MAX_TOLD_GAPS) });
    const changed: Record<string, unknown> = {};
    const texts = new Map<string, string>();
    for (const [name, value] of Object.entries(members)) {
      const text = JSON.stringify(value);
      texts.set(name, text);
      if (text !== this.#texts.get(name)) changed[name] = value;
    }
    const names = Object.keys(changed);
    if (names.length === 0) return;
    if (names.every((name) => COUNTS.has(name)) && seq - this.#counted < COUNTS_EVERY) return;
    if (names.some((name) => COUNTS.has(name))) this.#counted = seq;
    this.#texts = texts;
    this.version += 1;
    this.#change = boxOf({ at, ...changed });
    this.full = boxOf({ at, ...members });
  }

  /** What comes in front of the next fragment of those who were told up to `told`. */
  since(told: Told): Buffer | undefined {
    if (told === this.version) return undefined;
    return told === this.version - 1 ? this.#change : this.full;
  }
}

const boxOf = (change: Parameters<typeof encodeState>[0]): Buffer => Buffer.from(encodeState(change).buffer);
