/** A Merkle tree for tests, as RFC 6962 (2.1) defines it, by recursion and without any code of the product. */
import { createHash } from 'node:crypto';

const hash = (...parts: readonly Uint8Array[]): Buffer => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
};

/** The hash of a leaf. */
export const leafHashOf = (entry: string): Buffer => hash(Uint8Array.of(0), Buffer.from(entry));

/** A tree over entries, with the root and the proofs of every size up to all of them. */
export interface TestTree {
  root(size: number): Buffer;
  inclusion(index: number, size: number): string[];
  consistency(older: number, newer: number): string[];
}

/** Opens the tree over these entries. */
export function treeOf(entries: readonly string[]): TestTree {
  const leaves = entries.map((entry) => leafHashOf(entry));
  const known = new Map<string, Buffer>();
  const split = (size: number): number => {
    let left = 1;
    while (left * 2 < size) left *= 2;
    return left;
  };
  const subtree = (from: number, to: number): Buffer => {
    if (to - from === 0) return hash();
    if (to - from === 1) return leaves[from] as Buffer;
    const key = `${from} ${to}`;
    const old = known.get(key);
    if (old) return old;
    const middle = from + split(to - from);
    const made = hash(Uint8Array.of(1), subtree(from, middle), subtree(middle, to));
    known.set(key, made);
    return made;
  };
  const path = (index: number, from: number, to: number): Buffer[] => {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...path(index, from, middle), subtree(middle, to)]
      : [...path(index, middle, to), subtree(from, middle)];
  };
  const between = (older: number, from: number, to: number, whole: boolean): Buffer[] => {
    if (older === to) return whole ? [] : [subtree(from, to)];
    const middle = from + split(to - from);
    return older <= middle
      ? [...between(older, from, middle, whole), subtree(middle, to)]
      : [...between(older, middle, to, false), subtree(from, middle)];
  };
  const texts = (list: readonly Buffer[]): string[] => list.map((each) => each.toString('base64'));
  return {
    root: (size) => subtree(0, size),
    inclusion: (index, size) => texts(path(index, 0, size)),
    consistency: (older, newer) =>
      older === 0 || older === newer ? [] : texts(between(older, 0, newer, true)),
  };
}
