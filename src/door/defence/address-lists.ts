import { BlockList, isIP } from 'node:net';

/** A network as it is written in a list: an address and the bits that count. */
export interface ListedNetwork {
  readonly address: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** A line of a list that is neither an address nor a network. */
export interface BadLine {
  readonly line: number;
  readonly text: string;
}

const BITS = { ipv4: 32, ipv6: 128 } as const;

/** Reads `192.0.2.7`, `192.0.2.0/24` or `2001:db8::/48`; undefined when it is neither an address nor a network. */
export function readNetwork(text: string): ListedNetwork | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || more.length > 0) return undefined;
  const family = version === 6 ? 'ipv6' : 'ipv4';
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return undefined;
  const length = bits === undefined ? BITS[family] : Number(bits);
  return length <= BITS[family] ? { address, bits: length, family } : undefined;
}

/** Letters of a bad line that are shown. */
const SHOWN = 60;

/** Reads a list: one address or network a line; what follows `#` is a comment. */
export function readAddressList(text: string): {
  readonly networks: readonly ListedNetwork[];
  readonly bad: readonly BadLine[];
} {
  const networks: ListedNetwork[] = [];
  const bad: BadLine[] = [];
  for (const [i, whole] of text.split(/\r?\n/).entries()) {
    const line = whole.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const network = readNetwork(line);
    if (network) networks.push(network);
    else bad.push({ line: i + 1, text: line.slice(0, SHOWN) });
  }
  return { networks, bad };
}

/** What the operator says of an address. */
export type Listed = 'allow' | 'deny' | undefined;

function blockList(networks: readonly ListedNetwork[]): BlockList | undefined {
  if (networks.length === 0) return undefined;
  const list = new BlockList();
  for (const { address, bits, family } of networks) list.addSubnet(address, bits, family);
  return list;
}

/** A power of two. */
const REMEMBERED = 4_096;
const FOUND: readonly Listed[] = [undefined, 'allow', 'deny'];

/** The operator's lists. An address on both is allowed. */
export class AddressLists {
  /** What was looked up lately, each at the place of its key: that takes nanoseconds where a list takes microseconds. */
  readonly #keys = new Int32Array(REMEMBERED);
  readonly #found = new Uint8Array(REMEMBERED);
  #allow: BlockList | undefined;
  #deny: BlockList | undefined;

  /** True where nothing is listed. */
  get empty(): boolean {
    return !this.#allow && !this.#deny;
  }

  /** Replaces both lists. */
  set(allow: readonly ListedNetwork[], deny: readonly ListedNetwork[]): void {
    this.#allow = blockList(allow);
    this.#deny = blockList(deny);
    this.#keys.fill(0);
  }

  /** Looks an address up whose client has that key (see `Requester.key`). */
  ofClient(key: number, address: string): Listed {
    const at = key & (REMEMBERED - 1);
    if (this.#keys[at] !== key) {
      this.#keys[at] = key;
      this.#found[at] = FOUND.indexOf(this.of(address));
    }
    return FOUND[this.#found[at] ?? 0];
  }

  /** Looks an address up. Not for every request: it takes a microsecond or two. */
  of(address: string): Listed {
    const version = isIP(address);
    if (version === 0) return undefined;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    if (this.#allow?.check(address, family)) return 'allow';
    return this.#deny?.check(address, family) ? 'deny' : undefined;
  }
}
