import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The trusted proxies, and which client a request comes from. */
export interface Clients {
  /** True when the peer of a connection is a listed proxy. */
  trusts(peer: string | undefined): boolean;
  /**
   * The client: the peer itself or, when that is a listed proxy, the last address of X-Forwarded-For that is not one.
   * Anything to the left of it was said by the client and is not trusted.
   */
  clientOf(peer: string | undefined, forwardedFor: string | undefined): string;
  /**
   * The address by which people reached this server: scheme, and name with its port unless that is the default. If
   * several proxies made a list, the first entry counts. `Forwarded` is not trusted: few proxies write it, and the
   * others let a client's own one through. Spec: RFC 7239, 8.1.
   */
  spokenTo(req: Pick<IncomingMessage, 'headers' | 'socket'>): {
    readonly scheme: 'http' | 'https';
    readonly host: string;
  };
}

/** The first entry of a list that may span several headers. */
const firstOf = (value: string | string[] | undefined): string =>
  String(value ?? '')
    .split(',')[0]
    ?.trim()
    .replace(/^"(.*)"$/, '$1') ?? '';

/** How many addresses of one X-Forwarded-For are examined. */
const MOST_HOPS = 16;

const plain = (address: string): string => address.trim().replace(/^::ffff:(?=\d+\.)/i, '');
/** An address, with a port or brackets or without; undefined when it is none. */
function address(text: string): string | undefined {
  const bare = plain(text);
  if (isIP(bare)) return bare;
  const parts = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d{1,5})?$/i.exec(bare);
  const found = plain(parts?.[1] ?? parts?.[2] ?? '');
  return isIP(found) ? found : undefined;
}

/** Opens the list: IP addresses and networks such as `10.0.0.0/8` or `fd00::/8`. @throws when one is neither. */
export function openClients(trusted: readonly string[]): Clients {
  const list = new BlockList();
  for (const entry of trusted) {
    const [net = '', bits] = entry.split('/');
    const family = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(net, family);
    else list.addSubnet(net, Number(bits), family);
  }
  const listed = (one: string): boolean => list.check(one, isIP(one) === 6 ? 'ipv6' : 'ipv4');
  const trusts = (peer: string | undefined): boolean =>
    trusted.length > 0 && peer !== undefined && isIP(plain(peer)) > 0 && listed(plain(peer));
  return {
    trusts,
    spokenTo({ headers, socket }) {
      const own = 'encrypted' in socket ? 'https' : 'http';
      if (!trusts(socket.remoteAddress)) return { scheme: own, host: headers.host ?? '' };
      const said = firstOf(headers['x-forwarded-proto']).toLowerCase();
      const scheme = said === 'https' || said === 'http' ? said : own;
      const host = firstOf(headers['x-forwarded-host']) || (headers.host ?? '');
      const port = firstOf(headers['x-forwarded-port']);
      // The default ports are also what a proxy reports that has another proxy in front of it.
      const told = /^\d{1,5}$/.test(port) && port !== '80' && port !== '443' && !/:\d+$/.test(host);
      return { scheme, host: told ? `${host}:${port}` : host };
    },
    clientOf(peer, forwardedFor) {
      let client = plain(peer ?? '');
      if (trusted.length === 0 || forwardedFor === undefined || isIP(client) === 0) return client;
      const hops = forwardedFor.split(',').slice(-MOST_HOPS);
      while (listed(client)) {
        const next = address(hops.pop() ?? '');
        if (next === undefined) break;
        client = next;
      }
      return client;
    },
  };
}
