/** Receives the parts of an HTTP/1.1 response. */
export interface ResponseSink {
  /** The head arrived; header names are as sent. */
  head(status: number, headers: string): void;
  /** Bytes of the body, from `at` to `end`; they may be overwritten afterwards. */
  body(chunk: Buffer, at: number, end: number): void;
  /** The body is complete. */
  done(): void;
  /** This is not an HTTP/1.1 response. */
  broken(why: string): void;
}

/** A larger head is refused. */
const MAX_HEAD = 16 << 10;
/** The line before a chunk. */
const MAX_LINE = 64;

type Phase = 'head' | 'length' | 'close' | 'size' | 'chunk' | 'after' | 'trailer' | 'done';

/**
 * Reads responses one after the other as they arrive, keeping nothing but an unfinished head. Spec: RFC 9112, 6 and
 * 7.1.
 */
export class ResponseReader {
  readonly #sink: ResponseSink;
  #phase: Phase = 'head';
  #text = '';
  #left = 0;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** True when closing the connection now is a proper end of the response, or none is in progress. */
  get whole(): boolean {
    return this.#phase === 'close' || this.#phase === 'done' || (this.#phase === 'head' && this.#text === '');
  }

  /** Gets ready for the response to the next request on the same connection. */
  next(): void {
    this.#phase = 'head';
    this.#text = '';
  }

  /** Reads the bytes from `at` to `end`. */
  push(chunk: Buffer, at: number, end: number) {
    let from = at;
    while (from < end) {
      switch (this.#phase) {
        case 'close':
          return this.#sink.body(chunk, from, end);
        case 'length':
        case 'chunk': {
          const to = Math.min(end, from + this.#left);
          this.#left -= to - from;
          this.#sink.body(chunk, from, to);
          from = to;
          if (this.#left > 0) break;
          if (this.#phase === 'length') this.#finish();
          else this.#phase = 'after';
          break;
        }
        case 'done':
          return;
        default: {
          const to = this.#line(chunk, from, end);
          if (to < 0) return;
          from = to;
        }
      }
    }
  }

  /**
   * Reads text up to the end of the head or line; returns where reading continues, or −1 when the end is not there
   * yet.
   */
  #line(chunk: Buffer, from: number, end: number): number {
    const head = this.#phase === 'head';
    const mark = head ? '\r\n\r\n' : '\r\n';
    const before = this.#text.length;
    // Only as much as can belong to it: the sound after a head is never converted to text.
    const limit = head ? MAX_HEAD : MAX_LINE;
    this.#text += chunk.toString('latin1', from, Math.min(end, from + limit + mark.length));
    const found = this.#text.indexOf(mark, Math.max(0, before - mark.length));
    if (found < 0) {
      if (this.#text.length > limit) {
        this.#phase = 'done';
        this.#sink.broken('a response head without an end');
      }
      return -1;
    }
    const line = this.#text.slice(0, found);
    this.#text = '';
    if (head) this.#head(line);
    else this.#framing(line);
    return from + found + mark.length - before;
  }

  #head(text: string) {
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r|$)/.exec(text)?.[1] ?? 0);
    if (status === 0) {
      this.#phase = 'done';
      return this.#sink.broken('not an HTTP/1.1 response');
    }
    if (status < 200) return;
    const length = header(text, 'content-length');
    if (length !== undefined && !/^\d{1,15}$/.test(length)) {
      this.#phase = 'done';
      return this.#sink.broken('a length that is no number');
    }
    if (status === 204 || status === 304) this.#left = 0;
    else if (/\bchunked\b/i.test(header(text, 'transfer-encoding') ?? '')) this.#left = -1;
    else this.#left = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    this.#phase = this.#left === -1 ? 'size' : this.#left === Number.POSITIVE_INFINITY ? 'close' : 'length';
    this.#sink.head(status, text);
    if (this.#phase === 'length' && this.#left === 0) this.#finish();
  }

  #framing(line: string): void {
    if (this.#phase === 'after') this.#phase = 'size';
    else if (this.#phase === 'trailer') {
      if (line === '') this.#finish();
    } else {
      this.#left = Number.parseInt(line, 16);
      if (!(this.#left >= 0)) {
        this.#phase = 'done';
        this.#sink.broken('a chunk without a size');
      } else this.#phase = this.#left === 0 ? 'trailer' : 'chunk';
    }
  }

  #finish(): void {
    this.#phase = 'done';
    this.#sink.done();
  }
}

/** The first header of that name (lower case) in a head, or undefined. */
export function header(head: string, name: string): string | undefined {
  const lines = head.split('\r\n');
  const found = lines.find((line) => line.slice(0, name.length + 1).toLowerCase() === `${name}:`);
  return found?.slice(name.length + 1).trim();
}
