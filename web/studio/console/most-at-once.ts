import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { RoomFeed } from '../feed/room-feed.ts';
import { keepInWindow, keptInWindow } from '../link/window-store.ts';

/** The most connections at one time that this page has seen; the figure survives a reload. */
export function openMostAtOnce(slug: string, program: RoomFeed['program']): ReadonlySignal<number> {
  const key = `earshot-peak-${slug}`;
  const peak = signal(Number(keptInWindow(key) ?? 0) || 0);
  effect(() => {
    const streams = program.value?.streams ?? 0;
    if (streams <= peak.peek()) return;
    peak.value = streams;
    keepInWindow(key, String(streams));
  });
  return peak;
}
