import { isIPv4, type Socket } from 'node:net';

/** The /24 of an IPv4 address or the /48 of an IPv6 one; undefined for loopback and unknown peers. */
export function prefixOf(address: string | undefined): string | undefined {
  if (!address) return undefined;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (isIPv4(plain)) return plain.startsWith('127.') ? undefined : plain.slice(0, plain.lastIndexOf('.'));
  if (plain === '::1') return undefined;
  // Everything before `::` counts from the left; a shorter left side is padded with nought.
  const left = (plain.split('::')[0] ?? '').split(':').filter((part) => part !== '');
  return [left[0] ?? '0', left[1] ?? '0', left[2] ?? '0'].join(':');
}

/** Counts open connections, in all and by prefix. Its memory is bounded by the connections themselves. */
export interface Gate {
  /** True when the connection may stay; it is then counted until it closes. Of a `proxy` not by its prefix. */
  admit(socket: Socket, proxy?: boolean): boolean;
  /** Counts an admitted connection of a proxy for the client behind it; false when its prefix has all it may. */
  claim(socket: Socket, client: string): boolean;
  /** The same connection under another object, from its TLS handshake on. */
  replace(before: Socket, after: Socket): void;
  /** The connections open now. */
  readonly sockets: ReadonlySet<Socket>;
}

/** Opens the gate. */
export function openGate(limits: { connections: number; connectionsPerPrefix: number }): Gate {
  const byPrefix = new Map<string, number>();
  const prefixes = new WeakMap<Socket, string>();
  const sockets = new Set<Socket>();
  function onClose(this: Socket) {
    sockets.delete(this);
    const prefix = prefixes.get(this);
    if (prefix === undefined) return;
    const left = (byPrefix.get(prefix) ?? 1) - 1;
    if (left > 0) byPrefix.set(prefix, left);
    else byPrefix.delete(prefix);
  }
  /** Counts a connection for the prefix of an address, once; false when that has all it may. */
  function count(socket: Socket, address: string | undefined): boolean {
    const prefix = prefixOf(address);
    if (prefix === undefined) return true;
    const before = byPrefix.get(prefix) ?? 0;
    if (before >= limits.connectionsPerPrefix) return false;
    byPrefix.set(prefix, before + 1);
    prefixes.set(socket, prefix);
    return true;
  }
  return {
    admit(socket, proxy = false) {
      if (sockets.size >= limits.connections) return false;
      if (!proxy && !count(socket, socket.remoteAddress)) return false;
      sockets.add(socket);
      socket.on('close', onClose);
      return true;
    },
    claim: (socket, client) => prefixes.has(socket) || count(socket, client),
    replace(before, after) {
      if (!sockets.delete(before)) return;
      before.off('close', onClose);
      const prefix = prefixes.get(before);
      if (prefix !== undefined) prefixes.set(after, prefix);
      sockets.add(after);
      after.on('close', onClose);
    },
    sockets,
  };
}
