import { BlockList, isIP } from 'node:net';

/**
 * The header by which a door tells the site that a request was made on this machine, and on which connection: see
 * `localField`. Clients cannot send it, because doors remove it.
 */
export const LOCAL_HEADER = 'x-earshot-local';

/** The value of `LOCAL_HEADER`: the ports of both ends. */
export const localField = (from: number | undefined, to: number | undefined): string =>
  `from ${from ?? 0} to ${to ?? 0}`;

/** The ports in a `LOCAL_HEADER`; undefined when there are none. */
export function localPorts(field: string | undefined): { from: number; to: number } | undefined {
  const [, from, to] = /^from (\d{1,5}) to (\d{1,5})$/.exec(field ?? '') ?? [];
  return from === undefined ? undefined : { from: Number(from), to: Number(to) };
}

/** Headers that proxies add. A request with one of them came through a proxy, whatever its peer address. */
const FORWARDING = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-ray',
  'fly-client-ip',
  'x-original-forwarded-for',
] as const;

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** True for an IP address that only this machine has. */
export function isLoopback(address: string | undefined): boolean {
  const bare = plain(address ?? '');
  const family = isIP(bare);
  return family !== 0 && loopback.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}

/** True when a Host (a name or address, with a port or without) can only mean this machine. Spec: RFC 6761, 6.3. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}

/** What a door knows of how a request arrived. */
export interface Arrived {
  readonly remoteAddress: string | undefined;
  /** The peer is a listed proxy. */
  readonly listed: boolean;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * True when a request was made on this machine itself: from a loopback address, to a loopback name (so that a foreign
 * name that resolves to this machine does not count), and through no proxy. Proxies that add no header usually speak
 * HTTP/1.0.
 */
export function isLocal({ remoteAddress, listed, httpVersion, headers }: Arrived): boolean {
  return (
    !listed &&
    httpVersion === '1.1' &&
    isLoopback(remoteAddress) &&
    isLoopbackHost(typeof headers.host === 'string' ? headers.host : undefined) &&
    FORWARDING.every((name) => headers[name] === undefined)
  );
}
