import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import type { Counters } from '../metrics/counters.ts';
import type { Fault } from '../metrics/faults.ts';
import { type Channel, SLOT_MS } from './write-schedule.ts';

/** The clock of the write schedules: it runs only while slots wait for their turn. */
export interface ServingClock {
  /** Slots of a channel now wait for their turn. */
  wake(channel: Channel): void;
  /** A channel has come to its end. */
  forget(channel: Channel): void;
}

/** Opens the clock. */
export function openServingClock({
  clock,
  counters,
  fault,
}: {
  readonly clock: Clock;
  readonly counters: Counters;
  readonly fault: Fault;
}): ServingClock {
  const waiting = new Set<Channel>();
  let timer: Disposable | undefined;

  function tick() {
    const now = clock.now();
    for (const channel of waiting) {
      try {
        if (!channel.serve(now)) waiting.delete(channel);
      } catch (error) {
        // Its slots get their turn again with the next fragment; other rooms continue now.
        fault(error, `the stream of ${channel.slug}`);
      }
      if (channel.late >= 0) counters.lateness.add(channel.late);
    }
    if (waiting.size > 0) return;
    timer?.[Symbol.dispose]();
    timer = undefined;
  }
  return {
    wake(channel) {
      waiting.add(channel);
      timer ??= clock.every(ms(SLOT_MS), tick);
    },
    forget: (channel) => void waiting.delete(channel),
  };
}
