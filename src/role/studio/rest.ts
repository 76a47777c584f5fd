import type { Clock } from '../../base/clock.ts';
import type { Ms } from '../../base/time.ts';

/** Dependencies of a room that may rest. */
export interface RestDeps {
  readonly clock: Clock;
  /** The sound stops when nothing has needed it for this long. */
  readonly after: Ms;
  /** Whether somebody is listening, the sound is being recorded, or somebody is about to speak. */
  needed(): boolean;
  /** Makes sound again. */
  wake(): Promise<void>;
  /** Stops making it. */
  sleep(): Promise<void>;
  failed(error: unknown): void;
}

/** Stops what makes a room's sound while nothing needs it; one change at a time. */
export interface Rest {
  /** True from the moment the sound has stopped until it is made again. */
  readonly resting: boolean;
  /** Something may have changed; also call it now and then in any case. */
  look(): void;
  /** Resolves when no change is under way and none will be. */
  close(): Promise<void>;
}

/** Opens the resting of a room whose sound is being made. A change that fails is retried at the next `look`. */
export function openRest(deps: RestDeps): Rest {
  const { clock } = deps;
  let neededAt: number = clock.now();
  let resting = false;
  let closed = false;
  let changing: Promise<void> | undefined;
  const look = (): void => {
    if (closed) return;
    const needed = deps.needed();
    if (needed) neededAt = clock.now();
    if (changing || (resting ? !needed : clock.now() - neededAt < deps.after)) return;
    const change = resting ? deps.wake() : deps.sleep();
    changing = change
      .then(
        () => {
          resting = !resting;
          if (!resting) neededAt = clock.now();
        },
        (error: unknown) => deps.failed(error),
      )
      .finally(() => {
        changing = undefined;
        // What was asked for meanwhile is not asked for again.
        if (resting && deps.needed()) look();
      });
  };
  return {
    get resting() {
      return resting;
    },
    look,
    async close() {
      closed = true;
      await changing;
    },
  };
}
