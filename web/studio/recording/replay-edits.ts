import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clip, NotedChapter, RecordingEdits, Trim } from '../../../src/wire/replay/edits.ts';
import { isRefusal, post, type Refusal } from '../../capture/index.ts';
import { type PlaylistRecording, readPlaylist, wallAt } from '../../player/playlist.ts';

/** One of them as the server shows it: an edit holds only for the state that was shown. */
export type ShownEdit<T> = T & { readonly etag: string };

/** What was added, as the server shows it. */
interface ShownEdits extends Omit<RecordingEdits, 'chapters' | 'clips' | 'trims'> {
  readonly chapters: readonly ShownEdit<NotedChapter>[];
  readonly clips: readonly ShownEdit<Clip>[];
  readonly trims: readonly ShownEdit<Trim>[];
}

/** What was added to the recording of this room, and the way to change it. */
export interface ReplayEdits {
  readonly edits: ReadonlySignal<ShownEdits | undefined>;
  /** Length of the replay, seconds; undefined until it is complete. */
  readonly seconds: ReadonlySignal<number | undefined>;
  /** The wall-clock time of a place in the replay's file, as ISO text. */
  moment(place: number): string | undefined;
  /** Reads everything again. */
  refresh(): Promise<void>;
  /**
   * Sends a change and reads everything again; a refusal when it was not made. With `shown` it holds only for that state;
   * with null for the state of what is set for all of the recording.
   */
  send(
    path: string,
    body: object | undefined,
    method?: 'POST' | 'PATCH' | 'DELETE',
    shown?: { readonly etag: string } | null,
  ): Promise<Refusal | undefined>;
}

/** A key for something to do. Spec: draft-ietf-httpapi-idempotency-key-header-07. */
const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );

/** Follows what was added to a recording. With `over`, its places as well. */
export function openReplayEdits(slug: string, token: () => string, over: boolean): ReplayEdits {
  const edits = signal<ShownEdits | undefined>(undefined);
  let etag: string | undefined;
  /** What was sent and never answered: sent again, it is not done twice. */
  let unanswered: { readonly what: string; readonly key: string } | undefined;
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
        if (answer.ok) {
          etag = answer.headers.get('etag') ?? undefined;
          edits.value = (await answer.json()) as ShownEdits;
        }
        if (over) await places();
      } catch {
        // The server is away for a moment: what is known stays, and the next look tries again.
      }
    },
    async send(path, body, method = 'POST', shown) {
      const what = JSON.stringify([path, body]);
      const key = unanswered?.what === what ? unanswered.key : newKey();
      const seen = shown === null ? etag : shown?.etag;
      const headers = {
        ...(method === 'POST' ? { 'idempotency-key': key } : {}),
        ...(seen === undefined ? {} : { 'if-match': seen }),
      };
      const sent = await post(`/api/rooms/${slug}${path}`, token(), body, method, headers);
      const refusal = isRefusal(sent) ? sent : undefined;
      const isLost = refusal !== undefined && (refusal.status === 0 || refusal.status >= 500);
      unanswered = isLost && method === 'POST' ? { what, key } : undefined;
      // What somebody else has made of it is shown.
      if (!refusal || refusal.code === 'etag-mismatch') await it.refresh();
      return refusal;
    },
  };
  return it;
}
