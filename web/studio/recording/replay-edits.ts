import { type ReadonlySignal, signal } from '@preact/signals';
import type { RecordingEdits } from '../../../src/wire/replay/edits.ts';
import { isRefusal, post, type Refusal } from '../../capture/index.ts';
import { type PlaylistRecording, readPlaylist, wallAt } from '../../player/playlist.ts';

/** What was added to the recording of this room, and the way to change it. */
export interface ReplayEdits {
  readonly edits: ReadonlySignal<RecordingEdits | undefined>;
  /** Length of the replay, seconds; undefined until it is complete. */
  readonly seconds: ReadonlySignal<number | undefined>;
  /** The wall-clock time of a place in the replay's file, as ISO text. */
  moment(place: number): string | undefined;
  /** Reads everything again. */
  refresh(): Promise<void>;
  /** Sends a change and reads everything again; a refusal when it was not made. */
  send(
    path: string,
    body: object | undefined,
    method?: 'POST' | 'PATCH' | 'DELETE',
  ): Promise<Refusal | undefined>;
}

/** Follows what was added to a recording. With `over`, its places as well. */
export function openReplayEdits(slug: string, token: () => string, over: boolean): ReplayEdits {
  const edits = signal<RecordingEdits | undefined>(undefined);
  const seconds = signal<number | undefined>(undefined);
  let recording: PlaylistRecording | undefined;
  let lead = 0;

  async function places(): Promise<void> {
    const list = new URL(`/r/${slug}/replay/aac96.m3u8`, location.href).href;
    const [playlist, outline] = await Promise.all([
      fetch(list, { cache: 'no-cache' }),
      fetch(`/r/${slug}/replay/outline.json`, { cache: 'no-cache' }),
    ]);
    if (!playlist.ok || !outline.ok) return;
    const read = readPlaylist(await playlist.text(), list);
    if (!read.complete) return;
    lead = Number(((await outline.json()) as { lead?: number }).lead ?? 0);
    recording = read;
    seconds.value = read.seconds - lead;
  }
  const it: ReplayEdits = {
    edits,
    seconds,
    moment(place) {
      const wall = recording && wallAt(recording, Math.min(place, (seconds.value ?? 0) - 0.01) + lead);
      return wall === undefined ? undefined : new Date(wall).toISOString();
    },
    async refresh() {
      try {
        const answer = await fetch(`/api/rooms/${slug}/replay`, {
          headers: { authorization: `Bearer ${token()}` },
          cache: 'no-store',
        });
        if (answer.ok) edits.value = (await answer.json()) as RecordingEdits;
        if (over) await places();
      } catch {
        // The server is away for a moment: what is known stays, and the next look tries again.
      }
    },
    async send(path, body, method = 'POST') {
      const sent = await post(`/api/rooms/${slug}${path}`, token(), body, method);
      if (isRefusal(sent)) return sent;
      await it.refresh();
      return undefined;
    },
  };
  return it;
}
