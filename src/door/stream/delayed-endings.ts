import type { Clock } from '../../base/clock.ts';
import { FRAGMENT_MS, ms } from '../../base/time.ts';
import type { Feed } from './rendition-stream.ts';
import type { Slot } from './rendition-switch.ts';
import type { Channel, Listener } from './write-schedule.ts';

/**
 * Delayed streams of programs that have ended: listeners who are half a minute behind hear the end as well, at their
 * own time.
 */
export interface Tails {
  /** Takes over the delayed stream of a feed that gets no more fragments. */
  take(feed: Feed): void;
  channels(): readonly Channel[];
}

interface Tail {
  readonly ring: Channel;
  readonly rest: Slot[];
}

/** Opens the keeper of these endings; its timer runs only while there are any. */
export function openTails(deps: {
  clock: Clock;
  wake(channel: Channel): void;
  finish(listener: Listener): void;
}): Tails {
  const { clock } = deps;
  const tails = new Set<Tail>();
  let timer: Disposable | undefined;

  const step = (): void => {
    for (const tail of tails) {
      const { ring, rest } = tail;
      const next = rest.shift();
      if (next && ring.size > 0) {
        if (ring.take(next.seq, next.bytes, clock.now())) deps.wake(ring);
        continue;
      }
      tails.delete(tail);
      ring.flush();
      for (const listener of ring.all()) deps.finish(listener);
    }
    if (tails.size > 0) return;
    timer?.[Symbol.dispose]();
    timer = undefined;
  };
  return {
    take(feed) {
      const { ring } = feed;
      if (!ring || ring.size === 0) return;
      tails.add({ ring, rest: [...feed.held(ring.newest + 1)] });
      timer ??= clock.every(ms(FRAGMENT_MS), step);
    },
    channels: () => [...tails].map(({ ring }) => ring),
  };
}
