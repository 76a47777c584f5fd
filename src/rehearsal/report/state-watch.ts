import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import type { RoomState } from '../../wire/room.ts';

/** The answer of `state.json` in one second, or the fact that there was none. */
export interface StateGlance {
  /** Whole seconds since the beginning. */
  readonly at: number;
  /** How long the answer took. */
  readonly ms: number;
  readonly rung?: number;
  readonly level?: number;
  readonly period?: number;
  readonly why?: string;
  readonly streams?: number;
  /** Why there was no answer: `http-503`, `timeout`, …. */
  readonly error?: string;
}

const PERIOD_MS = 1000;
const PATIENCE_MS = 5000;

/** Reads a room's `state.json` once a second, as every page does, from outside the crowd. */
export function openWatch(
  clock: Clock,
  url: URL,
  began: number,
): Disposable & { readonly glances: readonly StateGlance[] } {
  const glances: StateGlance[] = [];
  const look = async (): Promise<void> => {
    const asked = clock.now();
    const at = Math.max(0, Math.floor((asked - began) / 1000));
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      const text = await response.text();
      const took = Math.round(clock.now() - asked);
      if (!response.ok) return void glances.push({ at, ms: took, error: `http-${response.status}` });
      const { delivery, streams } = JSON.parse(text) as Partial<RoomState>;
      glances.push({
        at,
        ms: took,
        ...(delivery
          ? {
              rung: delivery.rung,
              level: delivery.level,
              period: delivery.period,
              ...(delivery.why ? { why: delivery.why } : {}),
            }
          : {}),
        ...(streams === undefined ? {} : { streams }),
      });
    } catch (error) {
      const name = (error as Error).name === 'TimeoutError' ? 'timeout' : 'no-answer';
      glances.push({ at, ms: Math.round(clock.now() - asked), error: name });
    }
  };
  const timer = clock.every(ms(PERIOD_MS), () => void look());
  return { glances, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
