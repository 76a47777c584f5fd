import type { Clock } from '../../base/clock.ts';
import { FRAGMENT_MS, ms } from '../../base/time.ts';
import type { Feed } from './rendition-stream.ts';
import type { Slot } from './rendition-switch.ts';
import type { Channel, StreamConnection } from './write-schedule.ts';

/**
 * Delayed streams of programs that have ended: listeners who are half a minute behind hear the end as well, at their
 * own time.
 */
export interface DelayedEndings {
  /** Takes over the delayed stream of a feed that gets no more fragments. */
  take(feed: Feed): void;
  channels(): readonly Channel[];
}

interface DelayedEnding {
  readonly delayed: Channel;
  readonly rest: Slot[];
}

/** Opens the keeper of these endings; its timer runs only while there are any. */
export function openDelayedEndings(deps: {
  clock: Clock;
  wake(channel: Channel): void;
  finish(listener: StreamConnection): void;
}): DelayedEndings {
  const { clock } = deps;
  const endings = new Set<DelayedEnding>();
  let timer: Disposable | undefined;

  const step = (): void => {
    for (const ending of endings) {
      const { delayed, rest } = ending;
      const next = rest.shift();
      if (next && delayed.size > 0) {
        if (delayed.take(next.seq, next.bytes, clock.now())) deps.wake(delayed);
        continue;
      }
      endings.delete(ending);
      delayed.flush();
      for (const listener of delayed.all()) deps.finish(listener);
    }
    if (endings.size > 0) return;
    timer?.[Symbol.dispose]();
    timer = undefined;
  };
  return {
    take(feed) {
      const { delayed } = feed;
      if (!delayed || delayed.size === 0) return;
      endings.add({ delayed, rest: [...feed.held(delayed.newest + 1)] });
      timer ??= clock.every(ms(FRAGMENT_MS), step);
    },
    channels: () => [...endings].map(({ delayed }) => delayed),
  };
}
