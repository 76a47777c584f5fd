import { type Crew, SHORTEST_STALL_MS } from './person.ts';

/** Limit in ms within which a person's first sound counts as soon. */
const SOON_MS = 5_000;

/** The counts of one person, whichever way they listen. */
export class Account {
  readonly #crew: Crew;
  readonly #arrived: number;
  #heard = false;
  #reached = false;

  /** `arrived`: since when this person has been waiting, on the monotonic clock. */
  constructor(crew: Crew, arrived: number) {
    this.#crew = crew;
    this.#arrived = arrived;
  }

  /** True once they have heard anything. */
  get heard(): boolean {
    return this.#heard;
  }

  /** Sound arrived; the first time ends their wait. */
  sound(): void {
    if (this.#heard) return;
    const { counter, clock } = this.#crew;
    const waited = clock.now() - this.#arrived;
    this.#heard = true;
    counter.count('joined');
    if (waited <= SOON_MS) counter.count('soon');
    counter.measure('join', waited);
    this.#reach();
  }

  /** The person has a place in line. */
  placed(): void {
    this.#crew.counter.count('tickets');
    this.#reach();
  }

  /** The person had nothing to play for this many ms; silences that the sound card bridges do not count. */
  silent(length: number): void {
    if (length < SHORTEST_STALL_MS) return;
    const { counter } = this.#crew;
    counter.count('stalls');
    counter.count('stalledMs', Math.round(length));
    counter.measure('stall', length);
    if (this.#crew.lateness() >= length / 2) counter.count('doubtfulStalls');
  }

  #reach(): void {
    if (!this.#reached) this.#crew.counter.count('reached');
    this.#reached = true;
  }
}
