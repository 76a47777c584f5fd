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

/** The operator's lists. An address on both is allowed. */
export class AddressLists {
  /** Grows with each change, so that what was looked up before is looked up again. */
  version = 0;
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
    this.version += 1;
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
