import { type EpochMs, epochMs } from '../../base/time.ts';
import type { MixerState } from '../../mixer/index.ts';

/** Nothing has been coded for this long: dead air, as for a silent stage. Doors fill shorter gaps. */
const DEAD_AIR_AFTER_MS = 2_000;

/** Notices when the mixer's sound reaches nobody because no rendition is being coded. */
export class EncoderWatch {
  #since: EpochMs | undefined;

  /** A rendition missed a slot, at `wall`. */
  failed(wall: number): void {
    this.#since ??= epochMs(wall);
  }

  /** A fragment of any rendition arrived, so the program is heard. */
  came(): void {
    this.#since = undefined;
  }

  /**
   * What the program carries, at `wall`. A stage that is not coded is as silent as one where nobody speaks, and this
   * cause comes first.
   */
  seen(state: MixerState, wall: number): MixerState {
    const since = this.#since;
    if (since === undefined || state.carries !== 'stage' || wall - since < DEAD_AIR_AFTER_MS) return state;
    return { ...state, deadAir: { cause: 'encoder', since } };
  }
}
