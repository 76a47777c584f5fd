import type { Clock } from '../../base/clock.ts';

/** How long a rendition is coded after a door last wanted it, in ms: players pause, and doors come and go. */
const KEEP_MS = 60_000;

/** The renditions of a room that doors want. */
export interface Demand {
  /** A door wants these; true when one of them is new. */
  hear(wanted: readonly string[]): boolean;
  now(): string[];
}

/** Remembers what doors wanted. */
export function openDemand(clock: Clock): Demand {
  const until = new Map<string, number>();
  const now = (): string[] => {
    for (const [id, end] of until) if (end <= clock.now()) until.delete(id);
    return [...until.keys()];
  };
  return {
    hear(wanted) {
      now();
      const fresh = wanted.some((id) => !until.has(id));
      for (const id of wanted) until.set(id, clock.now() + KEEP_MS);
      return fresh;
    },
    now,
  };
}
