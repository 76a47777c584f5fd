import type { Trace } from './instrument.ts';

/** A random number below `limit`, which is at most 2^32. */
export type Below = (limit: number) => number;

/** Random numbers from a seed. Spec: sfc32, PractRand. */
export function randomFrom(seed: number): Below {
  let [a, b, c, d] = [seed | 0, 0x9e3779b9 | 0, 0x243f6a88, 1];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < 12; i += 1) next();
  return (limit) => next() % limit;
}

/** Numbers at which parsers err, as text. */
const EDGE_NUMBERS = [
  ...[
    '0',
    '-0',
    '-1',
    '1',
    '00',
    '255',
    '256',
    '32767',
    '32768',
    '65535',
    '65536',
    '2147483647',
    '2147483648',
  ],
  ...['4294967295', '4294967296', '9007199254740991', '9007199254740993', '18446744073709551616', '1e9'],
  ...[
    '1e308',
    '1e999',
    '-1e999',
    '0x10',
    '0.1',
    '.5',
    '5.',
    '1_0',
    'NaN',
    'Infinity',
    '９',
    '٣',
    '9'.repeat(400),
  ],
];
/** Pieces of the languages that all parsers meet. */
const PIECES = [
  ...[
    '\0',
    '\r',
    '\n',
    '\r\n',
    '\t',
    ' ',
    '\u00a0',
    '\u2028',
    '\ufeff',
    '\ud83d\udc4b',
    '"',
    "'",
    '\\',
    '/',
    '?',
    '#',
    '&',
    '=',
  ],
  ...[
    '%',
    '%00',
    '%2e%2e%2f',
    '%25',
    '%ff',
    '%u0041',
    '..',
    '../',
    '//',
    ';',
    ':',
    ',',
    '*',
    '<',
    '>',
    '</script>',
    '$\x7bx}',
    '{{x}}',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    '{}',
    '[]',
    'null',
    'true',
    '"a":',
    '{"a":',
    '"__proto__":{"polluted":1},',
    '__proto__',
  ],
  ...[
    'constructor',
    'toString',
    'hasOwnProperty',
    '"\\ud800"',
    '\\u0000',
    '=',
    '==',
    'Infinity',
    '-',
    '--',
    '\xff\xfe',
    '\x80',
  ],
];
const EDGE_BYTES = [0, 1, 9, 10, 13, 32, 34, 45, 46, 47, 48, 57, 58, 92, 127, 128, 192, 216, 254, 255];

/** Makes inputs from inputs. */
export class Mutation {
  readonly #below: Below;
  readonly #trace: Pick<Trace, 'words' | 'compared'>;
  readonly #words: Buffer[];
  readonly #bytes: Buffer;
  #size = 0;

  /** `words`: the language of the target; `most`: longest input in bytes. */
  constructor(
    below: Below,
    trace: Pick<Trace, 'words' | 'compared'>,
    words: readonly string[],
    most: number,
  ) {
    this.#below = below;
    this.#trace = trace;
    this.#words = [...new Set([...words, ...trace.words])].map((word) => Buffer.from(word));
    this.#bytes = Buffer.alloc(most);
  }

  /** A changed copy of `from`, valid until the next call; `other` gives another input to mix with. */
  of(from: Uint8Array, other: () => Uint8Array): Buffer {
    this.#set(from);
    // One change most often, up to 32 at times.
    for (let turns = 1 << this.#below(1 + this.#below(6)); turns > 0; turns -= 1) this.#change(other);
    return this.#bytes.subarray(0, this.#size);
  }

  #set(from: Uint8Array): void {
    this.#size = Math.min(from.length, this.#bytes.length);
    this.#bytes.set(from.subarray(0, this.#size));
  }

  /** Replaces `gone` bytes at a place. */
  #splice(at: number, gone: number, put: Uint8Array): void {
    const cut = Math.min(gone, this.#size - at);
    const room = this.#bytes.length - at;
    const added = Math.min(put.length, room);
    const rest = Math.min(this.#size - at - cut, room - added);
    this.#bytes.copyWithin(at + added, at + cut, at + cut + rest);
    this.#bytes.set(put.subarray(0, added), at);
    this.#size = at + added + rest;
  }

  #change(other: () => Uint8Array): void {
    const at = this.#below(this.#size + 1);
    const length = 1 + this.#below(1 + this.#below(32));
    this.#changes[this.#below(this.#changes.length)]?.(at, length, other);
  }

  /** All kinds of changes, each at a place. */
  readonly #changes: readonly ((at: number, length: number, other: () => Uint8Array) => void)[] = [
    (at) => this.#byte(at, (byte) => byte ^ (1 << this.#below(8))),
    (at) => this.#byte(at, () => this.#below(256)),
    (at) => this.#byte(at, () => EDGE_BYTES[this.#below(EDGE_BYTES.length)] ?? 0),
    (at) => this.#byte(at, (byte) => byte + 16 - this.#below(33)),
    (at) => this.#binary(at),
    (at, length) => this.#splice(at, length, new Uint8Array()),
    (at) => this.#splice(at, 0, Buffer.from([this.#below(256)])),
    (at, length) => this.#splice(at, 0, Buffer.from(this.#bytes.subarray(at, at + length))),
    (at, length) => this.#repeat(at, length),
    (at) => {
      this.#size = at;
    },
    (at) => this.#splice(at, 0, this.#word()),
    (at) => {
      const word = this.#word();
      this.#splice(at, word.length, word);
    },
    (at) => this.#splice(at, this.#below(2), Buffer.from(PIECES[this.#below(PIECES.length)] ?? '')),
    () => this.#number(),
    () => this.#line(),
    (at, length, other) => {
      const mixed = other();
      const begin = this.#below(mixed.length + 1);
      const put = mixed.subarray(begin, begin + 1 + this.#below(200));
      this.#splice(at, this.#below(2) ? this.#size : length, put);
    },
    (at, _, other) => {
      const mixed = other();
      this.#splice(at, this.#size, mixed.subarray(this.#below(mixed.length + 1)));
    },
    () => this.#token(),
  ];

  #byte(at: number, change: (byte: number) => number): void {
    if (at < this.#size) this.#bytes[at] = change(this.#bytes[at] ?? 0);
  }

  /** The same over and over: what is nested, listed or padded. */
  #repeat(at: number, length: number): void {
    const some = Buffer.from(this.#bytes.subarray(at, Math.min(this.#size, at + length)));
    if (some.length === 0) return;
    const most = Math.ceil((this.#bytes.length - at) / some.length);
    const times = Math.min(most, 1 << this.#below(10));
    this.#splice(at, 0, Buffer.concat(Array.from({ length: times }, () => some)));
  }

  #word(): Buffer {
    const { compared } = this.#trace;
    const total = this.#words.length + compared.length;
    const pick = this.#below(Math.max(1, total));
    return this.#words[pick] ?? Buffer.from(compared[pick - this.#words.length] ?? '');
  }

  /** A number of one, two or four bytes at the edge of something. */
  #binary(at: number): void {
    const size = 1 << this.#below(3);
    if (at + size > this.#size) return;
    const edges = [
      0,
      1,
      2 ** (8 * size - 1) - 1,
      2 ** (8 * size - 1),
      2 ** (8 * size) - 1,
      this.#size,
      this.#size - at,
    ];
    const value = (edges[this.#below(edges.length)] ?? 0) % 2 ** (8 * size);
    if (this.#below(2)) this.#bytes.writeUIntBE(value, at, size);
    else this.#bytes.writeUIntLE(value, at, size);
  }

  /** Another number in place of one that is written out. */
  #number(): void {
    let at = this.#below(this.#size + 1);
    const digit = (place: number): boolean => {
      const byte = this.#bytes[place] ?? 0;
      return place < this.#size && byte >= 48 && byte <= 57;
    };
    while (at < this.#size && !digit(at)) at += 1;
    let end = at;
    while (digit(end)) end += 1;
    if (end === at) return;
    const said = Number(this.#bytes.toString('latin1', at, Math.min(end, at + 15)));
    const near = String(Math.max(0, said + this.#below(5) - 2));
    const put = this.#below(2) ? near : (EDGE_NUMBERS[this.#below(EDGE_NUMBERS.length)] ?? '');
    this.#splice(at, end - at, Buffer.from(put));
  }

  /** A line is left out, doubled, or exchanged with another place. */
  #line(): void {
    const text = this.#bytes.subarray(0, this.#size);
    const from = text.lastIndexOf(10, this.#below(this.#size + 1)) + 1;
    const next = text.indexOf(10, from);
    const end = next < 0 ? this.#size : next + 1;
    const line = Buffer.from(text.subarray(from, end));
    const what = this.#below(3);
    if (what !== 1) this.#splice(from, end - from, new Uint8Array());
    if (what === 0) return;
    const place = this.#bytes.subarray(0, this.#size).indexOf(10, this.#below(this.#size + 1)) + 1;
    this.#splice(place, 0, line);
  }

  /** A token between two marks is replaced by a word, or emptied. */
  #token(): void {
    const text = this.#bytes.subarray(0, this.#size);
    const mark = (byte: number | undefined): boolean =>
      byte === undefined ||
      (byte < 48 && byte !== 45) ||
      (byte > 57 && byte < 65) ||
      byte === 91 ||
      byte === 93 ||
      byte > 122;
    let from = this.#below(this.#size + 1);
    while (from < this.#size && mark(text[from])) from += 1;
    let end = from;
    while (end < this.#size && !mark(text[end])) end += 1;
    this.#splice(from, end - from, this.#below(4) ? this.#word() : new Uint8Array());
  }
}
