/** 32-bit hash of text, the same everywhere. Source: FNV-1a, with a final mix. */
export function hashOf(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The prefix that a client's address stands in: /24 of IPv4, /48 of IPv6, the last three labels of a host name. */
export function prefixOf(address: string): string {
  if (address.includes(':')) {
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
    if (mapped) return prefixOf(mapped);
    const groups = expanded(address);
    return groups ? `${groups.slice(0, 3).join(':')}::/48` : address;
  }
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`;
  const labels = address.split('.');
  return labels.length > 3 ? `*.${labels.slice(-3).join('.')}` : address;
}

/** The /64 of an IPv6 address; anything else as it is. */
export function householdOf(address: string): string {
  const groups = address.includes('.') ? undefined : expanded(address);
  return groups ? groups.slice(0, 4).join(':') : address;
}

/** The network around a prefix: /16, /32, or the last two labels. Without a table of networks it is a guess by size. */
export function networkOf(prefix: string): string {
  const hashed = /^(n[\da-f]+)\.p[\da-f]+$/.exec(prefix);
  if (hashed) return hashed[1] ?? prefix;
  if (prefix.includes(':')) return `${prefix.split(':').slice(0, 2).join(':')}::/32`;
  const four = /^(\d+\.\d+)\.\d+\.0\/24$/.exec(prefix);
  return four ? `${four[1]}.0.0/16` : `*.${prefix.split('.').slice(-2).join('.')}`;
}

function expanded(address: string): string[] | undefined {
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (missing < 0) return undefined;
  const all = tail === undefined ? left : [...left, ...Array<string>(missing).fill('0'), ...right];
  return all.map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}
