import { hash as digest } from 'node:crypto';

/** Length of a hash in bytes. */
export const HASH_BYTES = 32;

/** The root of a tree without leaves. Spec: RFC 6962, 2.1. */
export const EMPTY_ROOT: Buffer = digest('sha256', '', 'buffer');

/** The hash of an entry. Spec: RFC 6962, 2.1. */
export function leafHash(entry: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(entry.length + 1);
  bytes[0] = 0;
  bytes.set(entry, 1);
  return digest('sha256', bytes, 'buffer');
}

const pair = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** The hash of a node from those of its children. Spec: RFC 6962, 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return digest('sha256', pair, 'buffer');
}

/** The largest power of two below `n`; `n` is at least 2. */
export function splitOf(n: number): number {
  let k = 2 ** Math.floor(Math.log2(n));
  // The logarithm of a large number is rounded.
  while (k >= n) k /= 2;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Called for each node of the tree that has become complete; level 0 are the leaves. */
export type Completed = (level: number, index: number, hash: Buffer) => void;

/** A Merkle tree that only grows. It keeps one hash for each bit that is set in its size. */
export class GrowingTree {
  #size = 0;
  /** Roots of the complete subtrees, largest first. */
  #nodes: Buffer[] = [];

  /** A tree of that size from the roots of its complete subtrees, largest first. */
  static from(size: number, nodes: readonly Buffer[]): GrowingTree {
    const tree = new GrowingTree();
    tree.#size = size;
    tree.#nodes = [...nodes];
    return tree;
  }

  /** Leaves. */
  get size(): number {
    return this.#size;
  }

  /** Adds a leaf by its hash. */
  append(leaf: Buffer, completed?: Completed): void {
    let [level, index, hash] = [0, this.#size, leaf];
    completed?.(level, index, hash);
    while (index % 2 === 1) {
      hash = nodeHash(this.#nodes.pop() as Buffer, hash);
      index = (index - 1) / 2;
      level += 1;
      completed?.(level, index, hash);
    }
    this.#nodes.push(hash);
    this.#size += 1;
  }

  /** The root of the tree as it is now. Spec: RFC 6962, 2.1. */
  root(): Buffer {
    let root: Buffer | undefined;
    for (let i = this.#nodes.length - 1; i >= 0; i--) {
      const node = this.#nodes[i] as Buffer;
      root = root ? nodeHash(node, root) : node;
    }
    return root ?? EMPTY_ROOT;
  }

  /** A tree that grows on by itself. */
  clone(): GrowingTree {
    return GrowingTree.from(this.#size, this.#nodes);
  }
}
