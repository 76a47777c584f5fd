/** Reads the files of the raw log for the threads of a pass, which all see the same blocks. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { decodeCompact, type Slice } from '../records/compact-file.ts';
import { blockAt, MOST_BYTES, type RawHead } from '../records/raw-file.ts';
import { compactName, isRaw } from '../records/raw-folder.ts';
import { type Lockstep, TOLD } from './lockstep.ts';

/** Bytes that are read at once. */
const CHUNK = 4 << 20;
const WORDS = 8;

/** A block, and of its records those of the slice. They may be changed, and are gone when the next block is asked for. */
export interface SliceBlock {
  readonly head: RawHead;
  readonly words: Int32Array;
}

/**
 * The blocks of a file. A file may be made compact at any time: one thread opens it, and all read what it has opened.
 * @throws what the disk says.
 */
export function* blocksInStep(dir: string, name: string, step: Lockstep): Generator<SliceBlock> {
  const said = step.told[0] as Int32Array;
  let refused: unknown;
  if (step.slice.number === 0) {
    try {
      const { fd, isCompact } = opened(dir, name);
      said[TOLD.file] = fd;
      said[TOLD.form] = Number(isCompact);
    } catch (error) {
      said[TOLD.file] = -1;
      refused = error;
    }
  }
  step.wait();
  const fd = said[TOLD.file] as number;
  if (fd < 0) throw refused ?? new Error(`${name} could not be opened`);
  try {
    if (said[TOLD.form] === 1) yield* decodeCompact(wholeFile(fd), step.slice);
    else yield* rawBlocks(fd, step.slice);
  } finally {
    step.wait();
    if (step.slice.number === 0) closeSync(fd);
  }
}

function opened(dir: string, name: string): { readonly fd: number; readonly isCompact: boolean } {
  if (!isRaw(name)) return { fd: openSync(join(dir, name), 'r'), isCompact: true };
  try {
    return { fd: openSync(join(dir, name), 'r'), isCompact: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { fd: openSync(join(dir, compactName(name)), 'r'), isCompact: true };
  }
}

function wholeFile(fd: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(fstatSync(fd).size);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
    read = readSync(fd, bytes, filled, bytes.length - filled, filled);
  return bytes.subarray(0, filled);
}

/** Records stand at multiples of four of the file, and of the buffer: they are read where they are. */
function* rawBlocks(fd: number, slice: Slice): Generator<SliceBlock> {
  let bytes = Buffer.allocUnsafeSlow(CHUNK);
  let [filled, position] = [0, 0];
  for (;;) {
    const read = readSync(fd, bytes, filled, bytes.length - filled, position);
    if (read === 0) return;
    position += read;
    filled += read;
    let at = 0;
    for (;;) {
      const found = blockAt(bytes, at, filled);
      if (found === 'torn') return;
      if (found === 'more') break;
      const { head, body, end } = found;
      yield { head, words: ownRecords(wordsAt(bytes, body, end), slice) };
      at = end;
    }
    if (at === 0 && filled === bytes.length) {
      // No block is larger than two of these.
      if (bytes.length > 3 * MOST_BYTES) return;
      bytes = Buffer.concat([bytes, Buffer.allocUnsafeSlow(bytes.length)]);
    } else bytes.copyWithin(0, at, filled);
    filled -= at;
  }
}

function wordsAt(bytes: Buffer, from: number, to: number): Int32Array {
  const at = bytes.byteOffset + from;
  if (at % 4 === 0) return new Int32Array(bytes.buffer, at, (to - from) / 4);
  return new Int32Array(new Uint8Array(bytes.subarray(from, to)).buffer);
}

/** Moves the records of a slice to the front, in their order. */
function ownRecords(words: Int32Array, { number, of }: Slice): Int32Array {
  if (of === 1) return words;
  let to = 0;
  for (let at = 0; at + WORDS <= words.length; at += WORDS) {
    if (((words[at] as number) & (of - 1)) !== number) continue;
    if (to < at) for (let i = 0; i < WORDS; i++) words[to + i] = words[at + i] as number;
    to += WORDS;
  }
  return words.subarray(0, to);
}
