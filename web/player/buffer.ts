/** The most appends that may wait (20 s). More means that the decoder is stuck, and the oldest are dropped. */
const MAX_QUEUE = 64;
/** Sound kept behind the playhead, and how much may accumulate before it is trimmed; seconds. */
const KEEP_BEHIND = 20;
const TRIM_AT = 40;

declare global {
  interface Window {
    ManagedMediaSource?: typeof MediaSource;
  }
}

/** This browser's MediaSource, or its ManagedMediaSource if that is the only one (iPhone); undefined if it has none. */
export const mediaSource = (): typeof MediaSource | undefined =>
  typeof MediaSource === 'function' ? MediaSource : globalThis.window?.ManagedMediaSource;

/** The codec that this browser's MediaSource plays: Opus, otherwise AAC, otherwise undefined. */
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

/** A MediaSource on an audio element, fed whole fragments in order. */
export interface MediaBuffer {
  /** Queues bytes; `offset` shifts their media time by this many seconds. */
  append(bytes: Uint8Array<ArrayBuffer>, offset?: number): void;
  /** Removes the sound between `from` and `to` seconds, after the queued appends. */
  remove(from: number, to: number): void;
  /** Sets the whole length, in seconds. */
  length(seconds: number): void;
  /** No more will be appended: the element ends after what is buffered. */
  finish(): void;
  /** Media time of the end of what is buffered, or undefined while empty. */
  readonly end: number | undefined;
  /** Media time of the start of the last buffered range. */
  readonly start: number | undefined;
  /** Appends that still wait for the decoder. */
  readonly waiting: number;
  close(): void;
}

/** Opens a source on the element. `settled` is called after each batch of appends, `broken` when the decoder fails. */
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
  // A ManagedMediaSource opens only while remote playback is off.
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
