import { addressOf, type ClientAddress } from '../network/client-address.ts';

/** A list of networks with binary search: a list of data centres has tens of thousands of entries. */
export interface NetworkList {
  readonly size: number;
  has(address: ClientAddress): boolean;
}

interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

const BITS = { 4: 32, 6: 64 } as const;

/** The range of one network, or undefined when it is none. Only the first 64 bits of IPv6 count. */
function rangeOf(entry: string): (Range & { readonly family: 4 | 6 }) | undefined {
  const [net = '', length] = entry.split('/');
  const address = addressOf(net);
  if (!address || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const { family, value } = address;
  const all = BITS[family];
  const bits = Math.min(all, length === undefined ? all : Number(length));
  const span = 1n << BigInt(all - bits);
  const from = (value / span) * span;
  return { family, from, to: from + span - 1n };
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Sorted, with what overlaps made one. */
function merged(ranges: readonly Range[]): Range[] {
  const list: Range[] = [];
  for (const range of ranges.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = list.at(-1);
    if (last && range.from <= last.to + 1n) {
      list[list.length - 1] = { from: last.from, to: later(range.to, last.to) };
    } else list.push(range);
  }
  return list;
}

/** Opens a list of addresses and networks (CIDR). `wrong` is called with entries that are neither; they are ignored. */
export function openNetworkList(
  entries: Iterable<string>,
  wrong: (entry: string) => void = () => {},
): NetworkList {
  const found: Record<4 | 6, Range[]> = { 4: [], 6: [] };
  for (const entry of entries) {
    const range = rangeOf(entry);
    if (range) found[range.family].push(range);
    else wrong(entry);
  }
  const lists = { 4: merged(found[4]), 6: merged(found[6]) };
  return {
    size: lists[4].length + lists[6].length,
    has({ family, value }) {
      const list = lists[family];
      let [low, high] = [0, list.length - 1];
      while (low <= high) {
        const middle = (low + high) >> 1;
        const range = list[middle];
        if (!range) return false;
        if (value < range.from) high = middle - 1;
        else if (value > range.to) low = middle + 1;
        else return true;
      }
      return false;
    },
  };
}

/** Reads a list as operators keep it: one network per line, with comments after `#`. */
export const networksIn = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
