import { EMPTY_ROOT, HASH_BYTES, nodeHash, splitOf } from './merkle.ts';

/** Reads the hashes of a tree. */
export interface NodeReader {
  /** The node that covers the leaves from `index · 2^level` on, all of which exist. */
  node(level: number, index: number): Promise<Buffer>;
}

/**
 * The root hash of the leaves from `begin` to before `end`; the range must be one that the recursion of RFC 6962, 2.1
 * reaches.
 */
export async function rootOf(reader: NodeReader, begin: number, end: number): Promise<Buffer> {
  const count = end - begin;
  if (count === 0) return EMPTY_ROOT;
  const level = Math.log2(count);
  if (Number.isInteger(level) && begin % count === 0 && 2 ** level === count)
    return reader.node(level, begin / count);
  const k = splitOf(count);
  const left = await rootOf(reader, begin, begin + k);
  return nodeHash(left, await rootOf(reader, begin + k, end));
}

/**
 * The hashes that lead from a leaf to the root of the tree with `size` leaves, lowest first. Spec: RFC 9162, 2.1.3.1.
 * @throws RangeError when there is no such leaf.
 */
export async function inclusionProof(reader: NodeReader, index: number, size: number): Promise<Buffer[]> {
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size))
    throw new RangeError(`a tree of ${size} has no leaf ${index}`);
  const proof: Buffer[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      proof.push(await rootOf(reader, middle, end));
      end = middle;
    } else {
      proof.push(await rootOf(reader, begin, middle));
      begin = middle;
    }
  }
  return proof.reverse();
}

/**
 * The hashes that show that the tree with `to` leaves continues the one with `from`. Spec: RFC 9162, 2.1.4.1.
 * @throws RangeError when `from` is larger.
 */
export async function consistencyProof(reader: NodeReader, from: number, to: number): Promise<Buffer[]> {
  if (!(Number.isSafeInteger(from) && from >= 0 && from <= to))
    throw new RangeError(`a tree of ${to} does not continue one of ${from}`);
  if (from === 0 || from === to) return [];
  const proof: Buffer[] = [];
  let [begin, end] = [0, to];
  /** True while the subtree begins where the older tree does. */
  let whole = true;
  while (end !== from) {
    const middle = begin + splitOf(end - begin);
    if (from <= middle) {
      proof.push(await rootOf(reader, middle, end));
      end = middle;
    } else {
      proof.push(await rootOf(reader, begin, middle));
      begin = middle;
      whole = false;
    }
  }
  if (!whole) proof.push(await rootOf(reader, begin, end));
  return proof.reverse();
}

/** True when `proof` shows that `leaf` is the leaf `index` of the tree with this root. Spec: RFC 9162, 2.1.3.2. */
export function verifyInclusion(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size))
    return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const step of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = nodeHash(step, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      hash = nodeHash(hash, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && root.length === HASH_BYTES && hash.equals(root);
}

/** True when `proof` shows that the tree of `to` leaves continues the one of `from`. Spec: RFC 9162, 2.1.4.2. */
export function verifyConsistency(
  from: number,
  to: number,
  proof: readonly Buffer[],
  fromRoot: Buffer,
  toRoot: Buffer,
): boolean {
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to)) return false;
  if (toRoot.length !== HASH_BYTES) return false;
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  if (from === 0) return proof.length === 0 && fromRoot.equals(EMPTY_ROOT);
  let [fn, sn] = [from - 1, to - 1];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  // A tree of a power of two is a node of the larger one, and not in the proof.
  const steps = fn === 0 ? [fromRoot, ...proof] : proof;
  const [first, ...rest] = steps;
  if (!first || proof.length === 0) return false;
  let [fr, sr] = [first, first];
  for (const step of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      fr = nodeHash(step, fr);
      sr = nodeHash(step, sr);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      sr = nodeHash(sr, step);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && fr.equals(fromRoot) && sr.equals(toRoot);
}

const half = (n: number): number => Math.floor(n / 2);
