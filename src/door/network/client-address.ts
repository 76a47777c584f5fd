import { isIP } from 'node:net';

/** An address as far as it is looked at: all of IPv4, or the first 64 bits of IPv6. */
export interface ClientAddress {
  readonly family: 4 | 6;
  /** The address, or its first 64 bits, as a number. */
  readonly value: bigint;
}

const MAPPED = /^::ffff:(?=\d+\.)/i;

function valueOf4(text: string): bigint {
  let value = 0;
  for (const part of text.split('.')) value = value * 256 + Number(part);
  return BigInt(value);
}

/** The first four groups of an address of IPv6. */
function valueOf6(text: string): bigint {
  const [head = '', tail] = (text.split('%')[0] ?? '').split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  // Written with an IPv4 address at the end, which stands for two groups.
  const groups = back.length + (back.at(-1)?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - front.length - groups;
  const all = [...front, ...Array.from({ length: zeros }, () => '0'), ...back];
  return all.slice(0, 4).reduce((sum, group) => (sum << 16n) | BigInt(`0x${group || '0'}`), 0n);
}

/** Reads an address; undefined when it is none. Spec: RFC 4291, 2.2. */
export function addressOf(text: string | undefined): ClientAddress | undefined {
  const plain = (text ?? '').replace(MAPPED, '');
  switch (isIP(plain)) {
    case 4:
      return { family: 4, value: valueOf4(plain) };
    case 6:
      return { family: 6, value: valueOf6(plain) };
    default:
      return undefined;
  }
}

/** The network in which listeners are counted together: /24 of IPv4, /64 of IPv6. */
export const networkOf = ({ family, value }: ClientAddress): string =>
  family === 4 ? `4 ${value >> 8n}` : `6 ${value}`;
