import { type ReadonlySignal, signal } from '@preact/signals';
import type { RoomState } from '../../../src/wire/room.ts';
import { roomAt } from '../../kit/room-name.ts';
import type { Glance } from './contact.ts';

/** The room's public state (`state.json`), read at a pace that fits the moment. */
export interface PublicState {
  /** The newest one. */
  readonly state: ReadonlySignal<RoomState | undefined>;
  /** The last attempt to read it. */
  readonly glance: ReadonlySignal<Glance | undefined>;
  /** Reads it now; the pace stays as it is. */
  refresh(): Promise<void>;
  /** Reads it now and goes on from here, until the signal aborts. */
  look(): Promise<void>;
  /** Drops the next reading: the room is over. */
  rest(): void;
}

/** How often the state is read, in ms: with and without the studio's own stream, and around the time of opening. */
const LOOK_MS = { here: 10_000, away: 2_000, opening: 4_000 } as const;
/** A room opens some time before its start; from this long before it the page looks more often, in ms. */
const OPENING_MS = 3 * 3_600_000;

/** Opens the reader; `here` tells whether the studio's own stream is connected. */
export function openPublicState(slug: string, here: () => boolean, stop: AbortSignal): PublicState {
  const state = signal<RoomState | undefined>();
  const glance = signal<Glance | undefined>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function refresh(): Promise<void> {
    let answered = 0;
    try {
      const response = await fetch(`${roomAt(slug)}/state.json`, {
        signal: AbortSignal.timeout(5_000),
        cache: 'no-store',
      });
      answered = response.status;
      if (response.ok) state.value = (await response.json()) as RoomState;
    } catch {}
    const before = glance.peek();
    const times = before?.answered === answered ? (before.times ?? 1) + 1 : 1;
    glance.value = { answered, at: Date.now(), times };
  }
  function pace(): number {
    const now = state.value;
    if (now?.status === 'scheduled' && glance.value?.answered === 200) {
      const wait = (now.clocks.scheduled ?? now.at) - now.at;
      return wait > OPENING_MS ? LOOK_MS.here : LOOK_MS.opening;
    }
    return here() && now ? LOOK_MS.here : LOOK_MS.away;
  }
  async function look(): Promise<void> {
    clearTimeout(timer);
    await refresh();
    // Two looks may have crossed: only one of them goes on.
    clearTimeout(timer);
    if (!stop.aborted) timer = setTimeout(() => void look(), pace());
  }
  return { state, glance, refresh, look, rest: () => clearTimeout(timer) };
}
