import { type ReadonlySignal, signal } from '@preact/signals';
import type { Evening } from '../../../src/wire/evening.ts';
import type { RoomNumbers } from '../../../src/wire/numbers.ts';
import { roomAt } from '../../kit/room-name.ts';

/** How often each is read while the page is shown, ms. */
const NUMBERS_EVERY = 5_000;
const EVENING_EVERY = 15_000;
const WAIT_MS = 5_000;

/** What everybody can read of a room's audience: the studio has no other source. */
export interface RoomNumbersFeed extends Disposable {
  readonly numbers: ReadonlySignal<RoomNumbers | undefined>;
  readonly evening: ReadonlySignal<Evening | undefined>;
  /** True when the last attempt to read failed. */
  readonly away: ReadonlySignal<boolean>;
  /** Reads the evening now: a note was written. */
  refresh(): Promise<void>;
}

/** Begins to read; ends when it is disposed. */
export function openRoomNumbers(slug: string): RoomNumbersFeed {
  const numbers = signal<RoomNumbers | undefined>();
  const evening = signal<Evening | undefined>();
  const away = signal(false);
  const read = async <Found>(file: string): Promise<Found | undefined> => {
    try {
      const signal = AbortSignal.timeout(WAIT_MS);
      const response = await fetch(`${roomAt(slug)}/${file}`, { signal });
      // Before the first listener there is nothing, which is no failure.
      away.value = !response.ok && response.status !== 404;
      return response.ok ? ((await response.json()) as Found) : undefined;
    } catch {
      away.value = true;
      return undefined;
    }
  };
  const readNumbers = async (): Promise<void> => {
    if (!document.hidden) numbers.value = (await read<RoomNumbers>('numbers.json')) ?? numbers.peek();
  };
  const refresh = async (): Promise<void> => {
    if (!document.hidden) evening.value = (await read<Evening>('evening.json')) ?? evening.peek();
  };
  void readNumbers();
  void refresh();
  const timers = [
    setInterval(() => void readNumbers(), NUMBERS_EVERY),
    setInterval(() => void refresh(), EVENING_EVERY),
  ];
  return {
    ...{ numbers, evening, away, refresh },
    [Symbol.dispose]() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
