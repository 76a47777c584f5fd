import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { RecordingNote } from '../../../src/wire/recording.ts';
import { isOver } from '../../../src/wire/room.ts';
import type { RoomFeed } from '../feed/room-feed.ts';

/** The recording of a room that is over. */
export interface RecordingWatch {
  readonly note: ReadonlySignal<RecordingNote | undefined>;
  /** True once it has been removed, by this page or elsewhere. */
  readonly removed: Signal<boolean>;
}

/** When the public state is read again after the end, in ms: the recording's length and gaps become known. */
const LOOKS = [1_000, 4_000, 12_000];

/** Follows the recording after the room is over. */
export function watchRecording(room: Pick<RoomFeed, 'open' | 'status' | 'refresh'>): RecordingWatch {
  const removed = signal(false);
  const note = computed(() => room.open.value?.recording);
  effect(() => {
    if (!isOver(room.status.value)) return;
    const timers = LOOKS.map((delay) => setTimeout(() => void room.refresh(), delay));
    return () => timers.forEach(clearTimeout);
  });
  effect(() => {
    if (note.value?.removedAt !== undefined) removed.value = true;
  });
  return { note, removed };
}
