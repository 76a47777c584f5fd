/** Appends waiting for the decoder; more than this (20 s) means it is stuck, and the oldest go. */
const MAX_QUEUE = 64;
/** Sound behind the playhead that is kept, and how much may gather before it is trimmed. Seconds. */
const KEEP_BEHIND = 20;
const TRIM_AT = 40;

declare global {
  interface Window {
    ManagedMediaSource?: typeof MediaSource;
  }
}

/** The MediaSource of this browser: the managed one where it is the only one (iPhone), or none at all. */
export const mediaSource = (): typeof MediaSource | undefined =>
  typeof MediaSource === 'function' ? MediaSource : globalThis.window?.ManagedMediaSource;

/** The first codec of ours that this browser's MediaSource plays, Opus before AAC. */
export function playableCodec(): { codec: 'opus' | 'aac'; mime: string } | undefined {
  const source = mediaSource();
  for (const [codec, codecs] of [
    ['opus', 'opus'],
    ['aac', 'mp4a.40.2'],
  ] as const) {
    const mime = `audio/mp4; codecs="${codecs}"`;
    if (source?.isTypeSupported(mime)) return { codec, mime };
  }
  return undefined;
}

/** One MediaSource on one element, fed whole fragments in order. */
export interface MediaBuffer {
  /** Queues bytes; `offset` moves their media time by so many seconds. */
  append(bytes: Uint8Array<ArrayBuffer>, offset?: number): void;
  /** Removes everything from `from` to `to` seconds, after what is queued. */
  remove(from: number, to: number): void;
  /** The whole length, in seconds, once it is known. */
  length(seconds: number): void;
  /** No more will come: the element ends by itself after what is buffered. */
  finish(): void;
  /** Media time of the end of what is buffered, or undefined while empty. */
  readonly end: number | undefined;
  /** Media time of the start of the last buffered range. */
  readonly start: number | undefined;
  /** Appends that the decoder has not taken yet. */
  readonly waiting: number;
  close(): void;
}

/** Opens a source on the element. `settled` runs after each batch of appends; `broken` when the decoder gave up. */
export function openBuffer(
  audio: HTMLAudioElement,
  mime: string,
  settled: () => void,
  broken: () => void,
): MediaBuffer {
  const Source = mediaSource();
  if (!Source) throw new Error('no MediaSource');
  const source = new Source();
  const queue: ((buffer: SourceBuffer) => void)[] = [];
  let buffer: SourceBuffer | undefined;
  let closed = false;
  let finished = false;

  const step = (): void => {
    if (closed || !buffer || buffer.updating || source.readyState === 'closed') return;
    const job = queue.shift();
    if (!job) {
      if (finished && source.readyState === 'open') source.endOfStream();
      settled();
      return;
    }
    try {
      job(buffer);
      if (!buffer.updating) step();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError' && trim(buffer, 5))
        queue.unshift(job);
      else fail();
    }
  };
  const trim = (target: SourceBuffer, keep: number): boolean => {
    const first = target.buffered.length > 0 ? target.buffered.start(0) : 0;
    const to = audio.currentTime - keep;
    if (to <= first) return false;
    target.remove(0, to);
    return true;
  };
  const fail = (): void => {
    if (!closed) broken();
  };

  source.addEventListener('sourceopen', () => {
    if (closed || buffer) return;
    buffer = source.addSourceBuffer(mime);
    buffer.mode = 'segments';
    buffer.addEventListener('updateend', step);
    buffer.addEventListener('error', fail);
    step();
  });
  audio.addEventListener('error', fail);
  // A ManagedMediaSource only opens where casting to another device is off.
  audio.disableRemotePlayback = true;
  const address = URL.createObjectURL(source);
  audio.src = address;

  return {
    append(bytes, offset) {
      if (queue.length >= MAX_QUEUE) queue.shift();
      queue.push((target) => {
        if (offset !== undefined && Math.abs(target.timestampOffset - offset) > 1e-6) {
          target.timestampOffset = offset;
        }
        target.appendBuffer(bytes);
      });
      const { buffered } = audio;
      if (buffered.length > 0 && audio.currentTime - buffered.start(0) > TRIM_AT) {
        queue.push((target) => {
          trim(target, KEEP_BEHIND);
        });
      }
      step();
    },
    remove(from, to) {
      queue.push((target) => target.remove(from, to));
      step();
    },
    length(seconds) {
      queue.push(() => {
        if (source.readyState === 'open' && source.duration !== seconds) source.duration = seconds;
      });
      step();
    },
    finish() {
      finished = true;
      step();
    },
    get end() {
      const { buffered } = audio;
      return buffered.length > 0 ? buffered.end(buffered.length - 1) : undefined;
    },
    get start() {
      const { buffered } = audio;
      return buffered.length > 0 ? buffered.start(buffered.length - 1) : undefined;
    },
    get waiting() {
      return queue.length;
    },
    close() {
      closed = true;
      queue.length = 0;
      audio.removeEventListener('error', fail);
      URL.revokeObjectURL(address);
    },
  };
}
