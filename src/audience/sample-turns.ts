import type { AudienceSample } from '../wire/numbers.ts';
import type { AudienceRoom } from './room.ts';
import { type SampleScan, SESSIONS_A_TURN } from './room-sample.ts';

/** What is due: the sample of a room at an instant, or something that must wait for the samples before it. */
type Due = { readonly room: AudienceRoom; readonly at: number } | (() => void);

/**
 * Samples that are due, one after the other and in turns: after `SESSIONS_A_TURN` sessions the event loop goes round once.
 * Small rooms are done at once. Samples that are not ready when the next are due wait in front of them.
 */
export class SampleTurns {
  readonly #due: Due[] = [];
  readonly #taken: (room: AudienceRoom, sample: AudienceSample) => void;
  readonly #idle: () => void;
  #scan: { readonly room: AudienceRoom; readonly scan: SampleScan } | undefined;
  #next: NodeJS.Immediate | undefined;

  /** `taken` is told each sample; `idle` is called when nothing is due any more. */
  constructor(taken: (room: AudienceRoom, sample: AudienceSample) => void, idle: () => void) {
    this.#taken = taken;
    this.#idle = idle;
  }

  /** Adds what is due, in its order. */
  add(...due: readonly Due[]): void {
    this.#due.push(...due);
  }

  /** Works for one turn; goes on by itself while something is left. */
  work(): void {
    if (this.#next) return;
    for (let left = SESSIONS_A_TURN; left > 0; ) {
      const scan = this.#scan ?? this.#begin();
      if (!scan) {
        this.#idle();
        return;
      }
      const before = scan.scan.looked;
      if (scan.scan.turn(left)) {
        this.#scan = undefined;
        this.#taken(scan.room, scan.room.endSample(scan.scan.result));
      }
      left -= scan.scan.looked - before;
    }
    this.#next = setImmediate(() => {
      this.#next = undefined;
      this.work();
    });
  }

  /** The next sample; what must only wait is done on the way. */
  #begin() {
    for (let due = this.#due.shift(); due; due = this.#due.shift()) {
      if (typeof due === 'function') {
        due();
        continue;
      }
      const scan = due.room.beginSample(due.at);
      if (!scan) continue;
      this.#scan = { room: due.room, scan };
      return this.#scan;
    }
    return undefined;
  }

  /** Does all that is left at once. */
  finish(): void {
    if (this.#next) clearImmediate(this.#next);
    this.#next = undefined;
    for (let scan = this.#scan ?? this.#begin(); scan; scan = this.#begin()) {
      while (!scan.scan.turn(SESSIONS_A_TURN));
      this.#scan = undefined;
      this.#taken(scan.room, scan.room.endSample(scan.scan.result));
    }
    this.#idle();
  }
}
