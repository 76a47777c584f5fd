import { describe, expect, test } from 'vitest';
import { EMPTY_ROOT, GrowingTree, leafHash, nodeHash } from './merkle.ts';
import {
  consistencyProof,
  inclusionProof,
  type NodeReader,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from './proofs.ts';

/** The reference vectors of RFC 6962's first implementation, which all others use: eight leaves and their trees. */
const LEAVES = [
  ...['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'],
].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
/** Nodes of the tree of eight that the reference proofs consist of, by level and index. */
const NODES: Readonly<Record<string, string>> = {
  '0/0': '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  '0/1': '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
  '0/2': '0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7',
  '0/4': 'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  '0/6': 'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
  '1/0': 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  '1/1': '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  '1/2': '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
  '1/3': 'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
  '2/0': 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '2/1': '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
};

const hex = (hashes: readonly Buffer[]): string[] => hashes.map((hash) => hash.toString('hex'));

/** A tree as the definition has it: everything anew each time. Spec: RFC 6962, 2.1. */
function naiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leafHash(leaves[0] as Buffer);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)));
}

const naive = (leaves: readonly Buffer[]): NodeReader => ({
  async node(level, index) {
    const part = leaves.slice(index * 2 ** level, (index + 1) * 2 ** level);
    if (part.length < 2 ** level) throw new RangeError('no such node');
    return naiveRoot(part);
  },
});

const made = (count: number): Buffer[] => Array.from({ length: count }, (_, n) => Buffer.from(`entry ${n}`));

describe('reference vectors', () => {
  test('the roots of all trees up to eight leaves', () => {
    const tree = new GrowingTree();
    expect(tree.root().toString('hex')).toBe(ROOTS[0]);
    for (const [n, leaf] of LEAVES.entries()) {
      tree.append(leafHash(leaf));
      expect(tree.root().toString('hex')).toBe(ROOTS[n + 1]);
    }
  });

  test('inclusion proofs', async () => {
    for (const [index, size, nodes] of [
      [0, 1, []],
      [0, 8, ['0/1', '1/1', '2/1']],
      [5, 8, ['0/4', '1/3', '2/0']],
      [2, 3, ['1/0']],
      [1, 5, ['0/0', '1/1', '0/4']],
    ] as const) {
      const proof = await inclusionProof(naive(LEAVES), index, size);
      expect([index, size, hex(proof)]).toEqual([index, size, nodes.map((node) => NODES[node])]);
      const leaf = leafHash(LEAVES[index] as Buffer);
      const root = Buffer.from(ROOTS[size] as string, 'hex');
      expect(verifyInclusion(leaf, index, size, proof, root)).toBe(true);
    }
  });

  test('consistency proofs', async () => {
    for (const [from, to, nodes] of [
      [1, 1, []],
      [1, 8, ['0/1', '1/1', '2/1']],
      [6, 8, ['1/2', '1/3', '2/0']],
      [2, 5, ['1/1', '0/4']],
      [6, 7, ['1/2', '0/6', '2/0']],
    ] as const) {
      const proof = await consistencyProof(naive(LEAVES), from, to);
      expect([from, to, hex(proof)]).toEqual([from, to, nodes.map((node) => NODES[node])]);
      const [older, newer] = [from, to].map((size) => Buffer.from(ROOTS[size] as string, 'hex'));
      expect(verifyConsistency(from, to, proof, older as Buffer, newer as Buffer)).toBe(true);
    }
  });
});

describe('every tree up to 70 leaves', () => {
  const leaves = made(70);
  const roots = Array.from({ length: 71 }, (_, n) => naiveRoot(leaves.slice(0, n)));

  test('grows to the root of the definition, and tells each whole node once', () => {
    const tree = new GrowingTree();
    const told = new Set<string>();
    for (const [n, leaf] of leaves.entries()) {
      tree.append(leafHash(leaf), (level, index, hash) => {
        expect(told.has(`${level}/${index}`)).toBe(false);
        told.add(`${level}/${index}`);
        expect(hash).toEqual(naiveRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)));
      });
      expect(tree.root()).toEqual(roots[n + 1]);
    }
    let whole = 0;
    for (let level = 0; 2 ** level <= 70; level++) whole += Math.floor(70 / 2 ** level);
    expect(told.size).toBe(whole);
  });

  test('each leaf is proven, and nothing else is', async () => {
    const reader = naive(leaves);
    for (let size = 1; size <= 70; size += size < 20 ? 1 : 7)
      for (let index = 0; index < size; index += size < 20 ? 1 : 5) {
        const leaf = leafHash(leaves[index] as Buffer);
        const proof = await inclusionProof(reader, index, size);
        const root = roots[size] as Buffer;
        const fits = (p: readonly Buffer[], i = index, s = size, l = leaf): boolean =>
          verifyInclusion(l, i, s, p, root);
        expect(fits(proof)).toBe(true);
        expect(fits([...proof, root])).toBe(false);
        expect(fits([root, ...proof])).toBe(false);
        if (proof.length > 0) expect(fits(proof.slice(1))).toBe(false);
        if (proof.length > 0) expect(fits(proof.slice(0, -1))).toBe(false);
        if (size > 1) expect(fits(proof, index ^ 1)).toBe(false);
        expect(fits(proof, index, size, leafHash(Buffer.from('other')))).toBe(false);
        expect(fits(proof, index + size)).toBe(false);
        expect(fits(proof, -1)).toBe(false);
      }
  });

  test('each tree continues each smaller one, and no other', async () => {
    const reader = naive(leaves);
    const others = made(70).map((leaf, n) => (n === 0 ? Buffer.from('changed') : leaf));
    for (let to = 1; to <= 70; to += to < 20 ? 1 : 9)
      for (let from = 1; from <= to; from += to < 20 ? 1 : 4) {
        const proof = await consistencyProof(reader, from, to);
        const [older, newer] = [roots[from] as Buffer, roots[to] as Buffer];
        expect([from, to, verifyConsistency(from, to, proof, older, newer)]).toEqual([from, to, true]);
        const forked = naiveRoot(others.slice(0, from));
        expect(verifyConsistency(from, to, proof, forked, newer)).toBe(false);
        if (from === to) continue;
        expect(verifyConsistency(from, to, [...proof, older], older, newer)).toBe(false);
        expect(verifyConsistency(from, to, proof.slice(1), older, newer)).toBe(false);
        expect(verifyConsistency(from, to, [], older, newer)).toBe(false);
        for (const [n] of proof.entries()) {
          const changed = proof.with(n, leafHash(Buffer.from('x')));
          expect(verifyConsistency(from, to, changed, older, newer)).toBe(false);
        }
      }
  });

  test('every tree continues the empty one', () => {
    expect(verifyConsistency(0, 3, [], EMPTY_ROOT, roots[3] as Buffer)).toBe(true);
    expect(verifyConsistency(0, 3, [], roots[1] as Buffer, roots[3] as Buffer)).toBe(false);
    expect(verifyConsistency(3, 2, [], roots[3] as Buffer, roots[2] as Buffer)).toBe(false);
  });

  test('a root is made of parts of any tree', async () => {
    for (const size of [0, 1, 2, 3, 63, 64, 65, 70])
      expect(await rootOf(naive(leaves), 0, size)).toEqual(roots[size]);
  });
});
