import { type EpochMs, epochMs } from '../../base/time.ts';
import type { MixerState } from '../../mixer/index.ts';

/** So long nothing is coded before it is dead air, as for a silent stage. Shorter holes are filled by the doors. */
const DEAD_AIR_AFTER_MS = 2_000;

/** Notices that what the mixer carries reaches nobody, because no rendition is coded. */
export class EncoderWatch {
  #since: EpochMs | undefined;

  /** A rendition misses a slot, at `wall`. */
  failed(wall: number): void {
    this.#since ??= epochMs(wall);
  }

  /** A fragment of any rendition came: somebody hears the program. */
  came(): void {
    this.#since = undefined;
  }

  /** What the program carries, at `wall`. A stage that is not coded is as silent as one that does not speak, and that first. */
  seen(state: MixerState, wall: number): MixerState {
    const since = this.#since;
    if (since === undefined || state.carries !== 'stage' || wall - since < DEAD_AIR_AFTER_MS) return state;
    return { ...state, deadAir: { cause: 'encoder', since } };
  }
}
