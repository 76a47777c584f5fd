import type { SpeakerId } from '../base/ids.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstageLine } from '../wire/stage/backstage.ts';

/** Limit of backstage streams in one room. */
const MAX_READERS = 64;
/** Limit of backstage streams of one person; beyond it the oldest is closed. */
const MAX_PER_PERSON = 4;
/** Bytes waiting for one reader: above the first number levels are left out, above the second the stream is closed. */
const BUSY_BYTES = 64_000;
const MAX_BYTES = 512_000;

interface Reader {
  readonly who: SpeakerId;
  readonly role: Grant['role'];
  /** Generation of the link that opened the stream. */
  readonly generation: number;
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** True from the loss of this person's microphone on, until they show that they are here. */
  doubted: boolean;
  close(): void;
}

const encoder = new TextEncoder();

/** The open backstage streams of studio pages. */
export class Readers implements Disposable {
  readonly #readers = new Set<Reader>();

  /** Number of open streams. */
  get size(): number {
    return this.#readers.size;
  }

  /** Opens a stream that begins with `first`; undefined when the room has too many. */
  open(
    { speaker: who, role, generation = 0 }: Pick<Grant, 'speaker' | 'role' | 'generation'>,
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
          reader = { who, role, generation, controller, doubted: false, close };
          this.#readers.add(reader);
          signal.addEventListener('abort', close, { once: true });
          for (const line of first) controller.enqueue(encode(line));
        },
        cancel: forget,
      },
      new ByteLengthQueuingStrategy({ highWaterMark: BUSY_BYTES }),
    );
  }

  /** Sends a line to the people for whom `to` holds, by their id and the role of their link. */
  sendTo(line: BackstageLine, to: (who: SpeakerId, role: Grant['role']) => boolean): void {
    for (const who of new Set([...this.#readers].filter((it) => to(it.who, it.role)).map((it) => it.who)))
      this.send(line, who);
  }

  /** Sends a line to everyone, or to one person. Levels are left out for a reader that falls behind. */
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

  /** True while this person has a stream open. */
  has(who: SpeakerId): boolean {
    return [...this.#readers].some((reader) => reader.who === who);
  }

  /** True while a host reads, whose connections have not just broken. */
  hasHost(): boolean {
    return [...this.#readers].some(({ role, doubted }) => role === 'host' && !doubted);
  }

  /** Whether this person's open streams show that they are here: not after the loss of their microphone. */
  trust(who: SpeakerId, on = true): void {
    for (const reader of this.#readers) if (reader.who === who) reader.doubted = !on;
  }

  /** Ends one person's streams. With `before`, only those opened with links of an older generation. */
  end(who: SpeakerId, before = Number.POSITIVE_INFINITY): void {
    for (const reader of [...this.#readers])
      if (reader.who === who && reader.generation < before) reader.close();
  }

  [Symbol.dispose](): void {
    for (const reader of [...this.#readers]) reader.close();
  }
}

const encode = (line: BackstageLine): Uint8Array => encoder.encode(`${JSON.stringify(line)}\n`);
