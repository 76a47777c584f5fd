import { setTimeout as sleep } from 'node:timers/promises';

/** Waits `duration` ms, or less when told to stop. Never rejects. */
export const pause = (duration: number, signal: AbortSignal): Promise<void> =>
  sleep(duration, undefined, { signal }).catch(() => undefined);
