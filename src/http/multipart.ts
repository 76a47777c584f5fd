/** Limits of a form with files. */
export interface MultipartLimits {
  /** Parts, files and fields together. */
  readonly parts: number;
  /** All fields together, bytes. */
  readonly fields: number;
}

/** Why a form could not be read. */
export type MultipartFault = 'broken' | 'too-large';

/** Most bytes of the head of one part. */
const MOST_HEAD = 4_096;
const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** The boundary that a content-type names; undefined when it is no form with files. Spec: RFC 2046, 5.1.1. */
export function boundaryOf(contentType: string | null): string | undefined {
  const [, quoted, bare] =
    /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s";]{1,70})(?=[\s;]|$))/i.exec(
      contentType ?? '',
    ) ?? [];
  return quoted ?? bare;
}

/** The bytes of a body, of which some are looked at before they are taken. */
class Reader {
  readonly #source: AsyncIterator<Uint8Array>;
  #held = Buffer.alloc(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const { value, done } = await this.#source.next();
    if (done) this.#ended = true;
    else this.#held = this.#held.length === 0 ? Buffer.from(value) : Buffer.concat([this.#held, value]);
    return !done;
  }

  /** The next `length` bytes; fewer at the end. */
  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length && (await this.#more()));
    const taken = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  /** Everything before `mark`, in pieces, and the mark itself; false at the end when there is none. */
  async *until(mark: Buffer): AsyncGenerator<Buffer, boolean> {
    for (;;) {
      const at = this.#held.indexOf(mark);
      if (at >= 0) {
        if (at > 0) yield this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + mark.length);
        return true;
      }
      // What may be the beginning of the mark stays.
      const safe = this.#held.length - mark.length + 1;
      if (safe > 0) {
        yield this.#held.subarray(0, safe);
        this.#held = this.#held.subarray(safe);
      }
      if (!(await this.#more())) return false;
    }
  }
}

/** The name of a part, and whether it is a file that somebody chose. Spec: RFC 7578, 4.2. */
function partOf(head: string): { readonly name: string; readonly file: boolean } | undefined {
  const line = /^content-disposition:\s*form-data\b(.*)$/im.exec(head)?.[1];
  const name = /;\s*name="([^"\r\n]{1,100})"/i.exec(line ?? '')?.[1];
  return line === undefined || name === undefined
    ? undefined
    : { name, file: /;\s*filename\*?=/i.test(line) };
}

/**
 * Reads a form with files, as it comes: each file goes to `file` when it begins, and nothing is read ahead of it. What
 * `file` leaves unread is passed over. The fields come back.
 */
export async function readMultipart(
  body: AsyncIterable<Uint8Array>,
  boundary: string,
  limits: MultipartLimits,
  file: (name: string, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<URLSearchParams | MultipartFault> {
  const reader = new Reader(body);
  const fields = new URLSearchParams();
  const mark = Buffer.from(`\r\n--${boundary}`);
  let size = 0;
  const small = async (until: Buffer, most: number): Promise<Buffer | MultipartFault> => {
    const parts: Buffer[] = [];
    let length = 0;
    const pieces = reader.until(until);
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return value ? Buffer.concat(parts) : 'broken';
      length += value.length;
      if (length > most) return 'too-large';
      parts.push(value);
    }
  };
  const first = await small(mark.subarray(CRLF.length), MOST_HEAD);
  if (typeof first === 'string') return first;
  for (let part = 0; part <= limits.parts; part += 1) {
    const after = (await reader.take(2)).toString('latin1');
    if (after === '--') return fields;
    if (after !== '\r\n') return 'broken';
    const head = await small(HEAD_END, MOST_HEAD);
    if (typeof head === 'string') return head;
    const named = partOf(head.toString('utf8'));
    if (!named) return 'broken';
    if (!named.file) {
      const value = await small(mark, limits.fields - size);
      if (typeof value === 'string') return value;
      size += value.length;
      fields.append(named.name, value.toString('utf8'));
      continue;
    }
    const bytes = reader.until(mark);
    let whole: boolean | undefined;
    const told = async function* (): AsyncIterable<Uint8Array> {
      for (;;) {
        const { value, done } = await bytes.next();
        if (done) {
          whole = value;
          if (!value) throw new Error('the form broke off');
          return;
        }
        yield value;
      }
    };
    await file(named.name, told());
    while (whole === undefined) {
      const { value, done } = await bytes.next();
      if (done) whole = value;
    }
    if (!whole) return 'broken';
  }
  return 'too-large';
}
