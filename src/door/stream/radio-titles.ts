/**
 * Titles for radios: response headers, and blocks between the sound for radios that ask with `Icy-MetaData: 1`.
 * Blocks are at fixed distances in bytes, so that all who get them share one run of buffers; a newcomer begins right
 * after a block. Spec: none; this follows the `icy-metaint` of Icecast and SHOUTcast servers.
 */
import { TITLE_INTERVAL } from '../request/radio-fields.ts';
import type { Slot } from './rendition-switch.ts';

/** A block gives its length in units of 16 bytes, in one byte. */
const UNIT = 16;
const MAX_BLOCK_BYTES = 255 * UNIT;

/** One title block. A quotation mark would end the title in most players, so a typographic one replaces it. */
export function titleBlock(title: string): Buffer {
  let text = title.replaceAll("'", '’');
  const bytesOf = (): Buffer => Buffer.from(`StreamTitle='${text}';`);
  while (bytesOf().length > MAX_BLOCK_BYTES) text = [...text].slice(0, -1).join('');
  const bytes = bytesOf();
  const units = Math.ceil(bytes.length / UNIT);
  const block = Buffer.alloc(1 + units * UNIT);
  block[0] = units;
  bytes.copy(block, 1);
  return block;
}

/** Puts a block after every `TITLE_INTERVAL` bytes of one run of fragments. */
export class TitleBlocks {
  readonly #titleOf: () => string;
  #left = TITLE_INTERVAL;
  #title = '';
  #block: Buffer = Buffer.alloc(0);

  /** `titleOf` returns the current title. */
  constructor(titleOf: () => string) {
    this.#titleOf = titleOf;
  }

  /** The next fragment with its blocks; `begin` is where a listener may begin in it, after the last block. */
  take({ seq, bytes }: Slot): Slot {
    const pieces: Buffer[] = [];
    // Where nothing came before, the beginning is as good a place to start as the end of a block.
    let begin: number | undefined = this.#left === TITLE_INTERVAL ? 0 : undefined;
    let length = 0;
    let at = 0;
    while (bytes.length - at >= this.#left) {
      const block = this.#blockNow();
      pieces.push(bytes.subarray(at, at + this.#left), block);
      length += this.#left + block.length;
      at += this.#left;
      this.#left = TITLE_INTERVAL;
      begin = length;
    }
    this.#left -= bytes.length - at;
    const whole = pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(at)]);
    return { seq, bytes: whole, ...(begin === undefined ? {} : { begin }) };
  }

  #blockNow(): Buffer {
    const title = this.#titleOf();
    if (title !== this.#title || this.#block.length === 0) {
      this.#title = title;
      this.#block = titleBlock(title);
    }
    return this.#block;
  }
}

/**
 * The first fragments for a listener who gets title blocks: `slots`, cut or extended to the end of a block. `older`
 * is what is kept.
 */
export function alignedToBlock(slots: readonly Slot[], older: readonly Slot[]): readonly Slot[] {
  const first = slots[0]?.seq;
  if (first === undefined) return slots;
  const before = older.findLast((slot) => slot.seq < first && slot.begin !== undefined);
  const all = [...older.filter(({ seq }) => seq < first && seq >= (before?.seq ?? first)), ...slots];
  const at = slots.findIndex(({ begin }) => begin !== undefined);
  const kept = at >= 0 ? slots.slice(at) : all;
  const [begins, ...rest] = kept;
  if (begins?.begin === undefined) return [];
  return [{ seq: begins.seq, bytes: begins.bytes.subarray(begins.begin) }, ...rest];
}
