import type { Log } from '../../base/log.ts';
import { type Meter, openMeter } from './meter.ts';

/** After this many packets in a row without a level (half a second) the level is measured here. */
const MAX_UNSAID = 25;

/** The level that the sender reports, or our own measurement. Some senders agree to report it and then never do. */
export class VoiceLevel implements Disposable {
  readonly #log: Log;
  #meter: Meter | undefined;
  #unsaid = 0;
  #closed = false;

  private constructor(log: Log, meter: Meter | undefined) {
    this.#log = log;
    this.#meter = meter;
  }

  /** `said`: the sender has agreed to say it. @throws when there is no decoder to measure with. */
  static async open(said: boolean, log: Log): Promise<VoiceLevel> {
    return new VoiceLevel(log, said ? undefined : await openMeter());
  }

  /** The level of one packet in −dBov; `said` is the level that came with it. */
  of(said: number | undefined, payload: Uint8Array): number | undefined {
    if (said !== undefined) {
      this.#unsaid = 0;
      return said;
    }
    this.#unsaid += 1;
    if (this.#unsaid === MAX_UNSAID && !this.#meter) this.#measure();
    return this.#meter?.level(payload);
  }

  #measure(): void {
    openMeter().then(
      (opened) => {
        if (this.#closed) opened[Symbol.dispose]();
        else this.#meter = opened;
      },
      (error: unknown) =>
        this.#log.warn(
          { error: String(error) },
          'the level of a speaker cannot be measured: they are heard, but may not count as speaking',
        ),
    );
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#meter?.[Symbol.dispose]();
  }
}
