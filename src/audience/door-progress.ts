/** A door that is so many ticks behind is not waited for: it tells every 10 s, within 4 s of the end of a slot. */
export const MOST_TICKS_BEHIND = 20;

interface Progress {
  /** Wall-clock ms up to which the door has told. */
  upTo: number;
  /** Ticks in which it had not told what was wanted. */
  behind: number;
}

/**
 * How far each door has told what it counts. A sample waits for the doors: on a machine without a free processor their
 * records come late, and listeners whose records are missing would seem to have left. The wait is counted in ticks of
 * this process, because while it stands still itself it hears nobody.
 */
export class DoorProgress {
  readonly #doors = new Map<string, Progress>();
  #ticks = 0;
  /** Wall-clock ms of the instant that was asked for last. */
  #wanted = 0;

  /** A door has told everything up to `upTo`, wall-clock ms. */
  told(door: string, upTo: number): void {
    const behind = upTo >= this.#wanted ? 0 : (this.#doors.get(door)?.behind ?? 0);
    this.#doors.set(door, { upTo, behind });
  }

  /** Once a second. */
  tick(): void {
    this.#ticks += 1;
    for (const progress of this.#doors.values()) if (progress.upTo < this.#wanted) progress.behind += 1;
  }

  /**
   * True when the doors have told what was before the instant `at`, wall-clock ms, but for those that were waited for in
   * vain. Just after the start no door is known: then it is true once doors had time to come back.
   */
  has(at: number): boolean {
    this.#wanted = at;
    if (this.#doors.size === 0) return this.#ticks > MOST_TICKS_BEHIND;
    return [...this.#doors.values()].every(({ upTo, behind }) => upTo >= at || behind > MOST_TICKS_BEHIND);
  }
}
