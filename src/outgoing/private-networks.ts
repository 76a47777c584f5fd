import { BlockList, isIP } from 'node:net';

/** Networks that are nobody's on the Internet, or lead elsewhere than they say. Spec: RFC 6890; RFC 4193; RFC 6598. */
const NETWORKS: readonly (readonly [network: string, bits: number])[] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
  ] as const),
  ...([
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const),
  // The first of these has loopback and IPv4 addresses in an old form.
  ...([
    ['::', 96],
    ['100::', 64],
    ['2001:db8::', 32],
    ['fc00::', 7],
    ['fe80::', 10],
    ['fec0::', 10],
    ['ff00::', 8],
    // Addresses that stand for IPv4 ones in yet another form. Spec: RFC 2765, 2.1.
    ['::ffff:0:0:0', 96],
  ] as const),
  // What translates to an IPv4 address is judged by nobody here: NAT64, Teredo, 6to4.
  ...([
    ['64:ff9b::', 96],
    ['64:ff9b:1::', 48],
    ['2001::', 32],
    ['2002::', 16],
  ] as const),
];

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 4 ? 'ipv4' : 'ipv6');

const PRIVATE = new BlockList();
for (const [network, bits] of NETWORKS) PRIVATE.addSubnet(network, bits, familyOf(network));

/** An IPv6 address that stands for an IPv4 one, in its two ways of writing. Spec: RFC 4291, 2.5.5.2. */
function unmapped(address: string): string {
  const dotted = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^(?:0*:)*:?ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/** True for an address of this machine, of a private network, or of no network at all. */
export function isPrivateAddress(address: string): boolean {
  // A zone, as in `fe80::1%eth0`, is only of this machine.
  if (address.includes('%')) return true;
  const plain = unmapped(address);
  return isIP(plain) === 0 || PRIVATE.check(plain, familyOf(plain));
}

/** Hosts and networks that are allowed whatever they are. */
export interface AllowedHosts {
  /** The name of a URL, as it is written there. */
  name(host: string): boolean;
  address(address: string): boolean;
}

/**
 * Reads a list of names (`push.internal`; `.internal` for all below it), addresses and networks (`10.1.0.0/16`).
 * @throws RangeError with the entry that is none of these.
 */
export function allowedHosts(list: readonly string[]): AllowedHosts {
  const names = new Set<string>();
  const networks = new BlockList();
  for (const entry of list) {
    const [address = '', bits] = entry.replace(/^\[|\]$/g, '').split('/');
    const version = isIP(address);
    const most = version === 4 ? 32 : 128;
    const length = bits === undefined ? most : Number(bits);
    if (version !== 0 && Number.isInteger(length) && length >= 0 && length <= most)
      networks.addSubnet(address, length, familyOf(address));
    else if (/^\.?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(entry)) names.add(entry.toLowerCase());
    else throw new RangeError(entry);
  }
  return {
    name(host) {
      const parts = host.toLowerCase().replace(/\.$/, '').split('.');
      return (
        names.has(parts.join('.')) || parts.some((_, i) => names.has(`.${parts.slice(i + 1).join('.')}`))
      );
    },
    address(address) {
      const plain = unmapped(address);
      return isIP(plain) !== 0 && networks.check(plain, familyOf(plain));
    },
  };
}
