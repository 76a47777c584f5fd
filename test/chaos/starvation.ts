/**
 * Tells a machine that gave our processes no processor from a fault of ours. A second is starved when somebody of ours
 * had to wait for a processor although all of ours together left a quarter of the machine to others. What happens in such
 * a second is not judged: it is neither red nor green.
 */

/** What was measured in about one second. Times in ms of the runner's monotonic clock. */
export interface MachineSecond {
  readonly from: number;
  readonly to: number;
  /** How late a timer of 20 ms was at worst. */
  readonly late: number;
  /** The longest that one process of Earshot waited for a processor. */
  readonly waited: number;
  /** Share of all processors that our processes used, 0 to 1. */
  readonly ours: number;
}

/** A timer that is so much later did not get the processor in time. */
const LATE_MS = 150;
/** A process that waits for this share of a second for a processor is late with everything. */
const WAITED_SHARE = 0.4;
/** With more than this share of the machine we ourselves are what everybody waits for. */
const OUR_SHARE = 0.75;

/** True when what happened in this second says nothing about Earshot. */
export const isStarved = ({ from, to, late, waited, ours }: MachineSecond): boolean =>
  (late > LATE_MS || waited > WAITED_SHARE * (to - from)) && ours < OUR_SHARE;

/** The starved seconds of a run. */
export class Starvation {
  readonly #seconds: MachineSecond[] = [];
  #starved = 0;
  #judged = 0;

  add(second: MachineSecond): void {
    const lasted = second.to - second.from;
    if (isStarved(second)) {
      this.#seconds.push(second);
      this.#starved += lasted;
    } else this.#judged += lasted;
  }

  /** Milliseconds between two instants that were starved. */
  within(from: number, to: number): number {
    let sum = 0;
    for (let i = this.#seconds.length - 1; i >= 0; i -= 1) {
      const second = this.#seconds[i] as MachineSecond;
      if (second.to <= from) break;
      sum += Math.max(0, Math.min(to, second.to) - Math.max(from, second.from));
    }
    return sum;
  }

  /** Milliseconds that were judged, and that were not. */
  get sums(): { readonly judged: number; readonly starved: number } {
    return { judged: this.#judged, starved: this.#starved };
  }

  get seconds(): readonly MachineSecond[] {
    return this.#seconds;
  }
}
