import { isIPv4 } from 'node:net';
import { type Connection, type Network, NOWHERE } from '../socket/connection.ts';
import type { Share } from './fair-share.ts';

/**
 * The /24 of an IPv4 address or the /48 of an IPv6 one; undefined for unknown peers and, unless it `counts`, for this
 * machine itself (127.0.0.1, ::1): a proxy that is not listed connects from there for everybody.
 */
export function prefixOf(address: string | undefined, counts = false): string | undefined {
  if (!address) return undefined;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (isIPv4(plain))
    return plain === '127.0.0.1' && !counts ? undefined : plain.slice(0, plain.lastIndexOf('.'));
  if (plain === '::1') return undefined;
  // Everything before `::` counts from the left; a shorter left side is padded with zeros.
  const left = (plain.split('::')[0] ?? '').split(':').filter((part) => part !== '');
  return [left[0] ?? '0', left[1] ?? '0', left[2] ?? '0'].join(':');
}

/** The network that a prefix is part of: the /16 of IPv4, the /32 of IPv6. */
export function widerOf(prefix: string): string {
  const separator = prefix.includes(':') ? ':' : '.';
  return prefix.split(separator).slice(0, 2).join(separator);
}

/** Counts open connections, in all and by network. Its memory is bounded by the connections themselves. */
export interface Gate {
  /**
   * True when the connection may stay; it is then counted until it closes. A `proxy` is not counted by its network.
   */
  admit(connection: Connection, proxy?: boolean): boolean;
  /**
   * Counts an admitted connection of a proxy against the client behind it; false if that client's network is at its
   * limit.
   */
  countFor(connection: Connection, client: string): boolean;
  /** The network of a client behind a proxy; it is not counted. */
  networkAt(client: string): Network;
  /** The connections open now. */
  readonly connections: ReadonlySet<Connection>;
}

/** Dependencies of the gate. */
export interface GateDeps {
  readonly limits: {
    readonly connections: number;
    readonly shareFrom: number;
    readonly loopbackCounts: boolean;
  };
  readonly share: Share;
  /** Hears of each admitted connection that has closed. */
  closed?(connection: Connection): void;
}

/** The fair share is recalculated after this many connections, or a hundredth of the maximum. */
const LEVEL_EVERY = 64;
/** How many connections are examined, oldest first, to find one that can make room. */
const MOST_LOOKED_AT = 2_048;

/** Opens the gate, with no connections. */
export function openGate({ limits, share, ...deps }: GateDeps): Gate {
  const connections = new Set<Connection>();
  let level = Number.POSITIVE_INFINITY;
  let age = 0;
  const every = Math.max(1, Math.min(LEVEL_EVERY, Math.floor(limits.connections / 100)));

  function left(connection: Connection) {
    connections.delete(connection);
    share.closed(connection.counted.place);
    deps.closed?.(connection);
  }
  const networkAt = (address: string | undefined): Network => {
    const prefix = prefixOf(address, limits.loopbackCounts);
    return prefix === undefined ? NOWHERE : { prefix, place: share.place(prefix) };
  };
  const crowded = (): boolean => connections.size >= limits.connections * limits.shareFrom;
  /** How many connections each network may have now. */
  const fair = (): number => {
    // One less than there are, so that the network with most is always at the limit.
    if (age % every === 0)
      level = share.openLevel(Math.min(limits.connections * limits.shareFrom, connections.size) - 1);
    age += 1;
    return level;
  };
  /** Counts a connection for its network, once; false if that network is at its limit. */
  function count(connection: Connection, network: Network): boolean {
    if (network.place >= 0 && crowded() && share.openAt(network.place) >= fair()) return false;
    share.opened(network.place);
    connection.network = network;
    return true;
  }
  /** Closes a connection that is no stream, of a network that has more than its share; false when there is none. */
  function makeRoom(): boolean {
    let looked = 0;
    for (const connection of connections) {
      if (looked >= MOST_LOOKED_AT) return false;
      looked += 1;
      if (share.openAt(connection.counted.place) <= level || connection.streaming) continue;
      // Its `close` comes later; it must not be found again.
      connections.delete(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }
  return {
    admit(connection, proxy = false) {
      if (!proxy) {
        const network = networkAt(connection.accepted.remoteAddress);
        if (connections.size >= limits.connections && share.openAt(network.place) >= fair()) return false;
        if (connections.size >= limits.connections && !makeRoom()) return false;
        if (!count(connection, network)) return false;
      } else if (connections.size >= limits.connections && !makeRoom()) return false;
      connections.add(connection);
      connection.left = left;
      return true;
    },
    countFor: (connection, client) =>
      connection.network !== undefined || count(connection, networkAt(client)),
    networkAt,
    connections,
  };
}
