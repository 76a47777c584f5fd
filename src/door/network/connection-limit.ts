import { isIPv4, type Socket } from 'node:net';
import type { Share } from './fair-share.ts';

/**
 * The /24 of an IPv4 address or the /48 of an IPv6 one; undefined for unknown peers and, unless loopback `counts`,
 * for loopback.
 */
export function prefixOf(address: string | undefined, counts = false): string | undefined {
  if (!address) return undefined;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (isIPv4(plain))
    return plain.startsWith('127.') && !counts ? undefined : plain.slice(0, plain.lastIndexOf('.'));
  if (plain === '::1') return undefined;
  // Everything before `::` counts from the left; a shorter left side is padded with zeros.
  const left = (plain.split('::')[0] ?? '').split(':').filter((part) => part !== '');
  return [left[0] ?? '0', left[1] ?? '0', left[2] ?? '0'].join(':');
}

/** Where a connection comes from, and its network's place in the `Share`. */
export interface Origin {
  readonly prefix: string | undefined;
  readonly place: number;
}

/** Counts open connections, in all and by network. Its memory is bounded by the connections themselves. */
export interface Gate {
  /**
   * True when the connection may stay; it is then counted until it closes. A `proxy` is not counted by its network.
   */
  admit(socket: Socket, proxy?: boolean): boolean;
  /**
   * Counts an admitted connection of a proxy against the client behind it; false if that client's network is at its
   * limit.
   */
  claim(socket: Socket, client: string): boolean;
  /** The connection is represented by another object, from its TLS handshake on. */
  replace(before: Socket, after: Socket): void;
  /** Where an admitted connection comes from. */
  originOf(socket: Socket): Origin;
  /** Where a client behind a proxy comes from; it is not counted. */
  originAt(client: string): Origin;
  /** The connections open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/** What the gate needs. */
export interface GateDeps {
  readonly limits: {
    readonly connections: number;
    readonly shareFrom: number;
    readonly loopbackCounts: boolean;
  };
  readonly share: Share;
  /** True for a connection that may be closed to make room, because it carries no stream. */
  expendable(socket: Socket): boolean;
}

/** The fair share is recalculated after this many connections, or a hundredth of the maximum. */
const LEVEL_EVERY = 64;
/** How many connections are examined, oldest first, to find one that can make room. */
const MOST_LOOKED_AT = 2_048;

const NOWHERE: Origin = { prefix: undefined, place: -1 };
const ORIGIN = Symbol('origin');
type Counted = Socket & { [ORIGIN]?: Origin };

/** Opens the gate. */
export function openGate({ limits, share, expendable }: GateDeps): Gate {
  const sockets = new Set<Socket>();
  let level = Number.POSITIVE_INFINITY;
  let age = 0;
  const every = Math.max(1, Math.min(LEVEL_EVERY, Math.floor(limits.connections / 100)));

  function onClose(this: Counted) {
    sockets.delete(this);
    share.closed(this[ORIGIN]?.place ?? -1);
  }
  const originAt = (address: string | undefined): Origin => {
    const prefix = prefixOf(address, limits.loopbackCounts);
    return prefix === undefined ? NOWHERE : { prefix, place: share.place(prefix) };
  };
  const crowded = (): boolean => sockets.size >= limits.connections * limits.shareFrom;
  /** How many connections each network may have now. */
  const fair = (): number => {
    // One less than there are, so that the network with most is always at the limit.
    if (age % every === 0)
      level = share.openLevel(Math.min(limits.connections * limits.shareFrom, sockets.size) - 1);
    age += 1;
    return level;
  };
  /** Counts a connection for its network, once; false if that network is at its limit. */
  function count(socket: Counted, origin: Origin): boolean {
    if (origin.place >= 0 && crowded() && share.openAt(origin.place) >= fair()) return false;
    share.opened(origin.place);
    socket[ORIGIN] = origin;
    return true;
  }
  /** Closes a connection that is no stream, of a network that has more than its share; false when there is none. */
  function makeRoom(): boolean {
    let looked = 0;
    for (const socket of sockets) {
      if (looked >= MOST_LOOKED_AT) return false;
      looked += 1;
      if (share.openAt((socket as Counted)[ORIGIN]?.place ?? -1) <= level || !expendable(socket)) continue;
      // Its `close` comes later; it must not be found again.
      sockets.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
  return {
    admit(socket, proxy = false) {
      if (!proxy) {
        const origin = originAt(socket.remoteAddress);
        if (sockets.size >= limits.connections && share.openAt(origin.place) >= fair()) return false;
        if (sockets.size >= limits.connections && !makeRoom()) return false;
        if (!count(socket, origin)) return false;
      } else if (sockets.size >= limits.connections && !makeRoom()) return false;
      sockets.add(socket);
      socket.on('close', onClose);
      return true;
    },
    claim: (socket, client) => (socket as Counted)[ORIGIN] !== undefined || count(socket, originAt(client)),
    replace(before: Counted, after: Counted) {
      if (!sockets.delete(before)) return;
      before.off('close', onClose);
      if (before[ORIGIN]) after[ORIGIN] = before[ORIGIN];
      sockets.add(after);
      after.on('close', onClose);
    },
    originOf: (socket) => (socket as Counted)[ORIGIN] ?? NOWHERE,
    originAt,
    sockets,
  };
}
