/** A parser under test: what every `test/fuzz/NAME.fuzz.ts` exports by default. */
export interface FuzzTarget {
  /** Files or folders of the project whose branches guide the search, and are counted. */
  readonly covers: readonly string[];
  /** Feeds one input. Whatever it throws or rejects with is a find, unless it is `allowed`. */
  readonly run: (bytes: Buffer) => void | Promise<void>;
  /** Errors that are an answer: refusals with a code, not faults. */
  readonly allowed?: (error: unknown) => boolean;
  /** Valid inputs of each kind, with which a search begins besides the kept corpus. */
  readonly seeds: readonly (string | Uint8Array)[];
  /** Words of the language that the parser reads; literals of the covered files are added by themselves. */
  readonly words?: readonly string[];
  /** Longest input, bytes. */
  readonly mostBytes?: number;
  /** An input that takes longer than this three times is a find, ms. */
  readonly patienceMs?: number;
}

/** Default of `mostBytes`. */
export const MOST_BYTES = 4_096;
/** Default of `patienceMs`: a thousand times what a usual input takes, on a busy machine. */
export const PATIENCE_MS = 250;

/** Gives the type, and nothing else. */
export const target = (described: FuzzTarget): FuzzTarget => described;

/** Splits an input into a list of pieces: two bytes of length, little-endian, before each. The last may be cut short. */
export function piecesOf(bytes: Buffer, most = 64): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length && pieces.length < most; ) {
    const size = bytes.readUInt16LE(at);
    pieces.push(bytes.subarray(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return pieces;
}

/** The other way round. */
export const joined = (pieces: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    pieces.flatMap((piece) => {
      const size = Buffer.alloc(2);
      size.writeUInt16LE(piece.length);
      return [size, piece];
    }),
  );
