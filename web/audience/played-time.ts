/** Measures the seconds that were really played: the position of the audio element advanced, and time passed. */
export class PlayedTime {
  #seconds = 0;
  #at = 0;
  #place = 0;
  #running = false;

  /** The element is at `place` (seconds of media) at `now` (seconds, monotonic), and plays or does not. */
  look(now: number, place: number, playing: boolean, rate = 1): void {
    const moved = (place - this.#place) / (rate || 1);
    // A seek moves the place without playing, and a machine that sleeps lets time pass without: the lesser of both counts.
    if (this.#running && moved > 0) this.#seconds += Math.min(moved, Math.max(0, now - this.#at));
    this.#at = now;
    this.#place = place;
    this.#running = playing;
  }

  /** What was played since this was last asked. */
  take(): number {
    const seconds = this.#seconds;
    this.#seconds = 0;
    return seconds;
  }
}
