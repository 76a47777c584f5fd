import type { SpeakerId } from '../base/ids.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstageLine } from '../wire/backstage.ts';

/** Backstage streams of one room at most. */
const MAX_READERS = 64;
/** Backstage streams of one person at most; the oldest makes room. */
const MAX_PER_PERSON = 4;
/** Bytes waiting for one reader: above the first figure levels are left out, above the second it is closed. */
const BUSY_BYTES = 64_000;
const MAX_BYTES = 512_000;

interface Reader {
  readonly who: SpeakerId;
  /** Of the link that it was opened with. */
  readonly generation: number;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  close(): void;
}

const encoder = new TextEncoder();

/** The studio pages that read what happens backstage. */
export class Readers implements Disposable {
  readonly #readers = new Set<Reader>();

  /** How many streams are open. */
  get size(): number {
    return this.#readers.size;
  }

  /** Opens a stream that begins with `first`; undefined when the room has too many. */
  open(
    { speaker: who, generation = 0 }: Pick<Grant, 'speaker' | 'generation'>,
    first: readonly BackstageLine[],
    signal: AbortSignal,
  ): ReadableStream<Uint8Array> | undefined {
    const mine = [...this.#readers].filter((reader) => reader.who === who);
    if (mine.length >= MAX_PER_PERSON) mine[0]?.close();
    if (this.#readers.size >= MAX_READERS) return undefined;
    let reader: Reader | undefined;
    const forget = (): void => void (reader && this.#readers.delete(reader));
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          const close = (): void => {
            if (!reader || !this.#readers.delete(reader)) return;
            controller.close();
          };
          reader = { who, generation, controller, close };
          this.#readers.add(reader);
          signal.addEventListener('abort', close, { once: true });
          for (const line of first) controller.enqueue(encode(line));
        },
        cancel: forget,
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BUSY_BYTES }),
    );
  }

  /** Sends a line to everyone, or to one person. Levels are dropped for a reader that falls behind. */
  send(line: BackstageLine, who?: SpeakerId): void {
    if (this.#readers.size === 0) return;
    const bytes = encode(line);
    for (const reader of [...this.#readers]) {
      if (who !== undefined && reader.who !== who) continue;
      const room = reader.controller.desiredSize ?? 0;
      if (room <= BUSY_BYTES - MAX_BYTES) reader.close();
      else if (room > 0 || line.kind !== 'levels') reader.controller.enqueue(bytes);
    }
  }

  /** True while this person reads. */
  has(who: SpeakerId): boolean {
    return [...this.#readers].some((reader) => reader.who === who);
  }

  /** Ends one person's streams; only those opened with links older than a generation, when one is given. */
  end(who: SpeakerId, before = Number.POSITIVE_INFINITY): void {
    for (const reader of [...this.#readers])
      if (reader.who === who && reader.generation < before) reader.close();
  }

  [Symbol.dispose](): void {
    for (const reader of [...this.#readers]) reader.close();
  }
}

const encode = (line: BackstageLine): Uint8Array => encoder.encode(`${JSON.stringify(line)}\n`);
