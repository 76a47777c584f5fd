import { type ReadonlySignal, signal } from '@preact/signals';
import type { ForecastTold } from '../../../src/wire/figures/forecast.ts';

/** How often it is read while the page is shown, ms: reminders come one by one. */
const EVERY = 60_000;
const WAIT_MS = 10_000;

/** The forecast of this room, as its hosts may read it. */
export interface ForecastFeed extends Disposable {
  readonly told: ReadonlySignal<ForecastTold | undefined>;
  /** Reads it now: the room has changed. */
  look(): Promise<void>;
}

/** Begins to read; ends when it is disposed. What cannot be read stays as it was. */
export function openForecastFeed(slug: string, token: () => string): ForecastFeed {
  const told = signal<ForecastTold | undefined>();
  const look = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      const response = await fetch(`/api/rooms/${slug}/forecast`, {
        headers: { authorization: `Bearer ${token()}` },
        signal: AbortSignal.timeout(WAIT_MS),
      });
      if (response.ok) told.value = (await response.json()) as ForecastTold;
    } catch {
      // It is read again in a minute.
    }
  };
  const timer = setInterval(() => void look(), EVERY);
  return { told, look, [Symbol.dispose]: () => clearInterval(timer) };
}
