import type { Server as HttpServer, ServerResponse } from 'node:http';
import { type Server, Socket } from 'node:net';

/**
 * All undocumented parts of Node that this program uses. They are named only in this file, and `node-internals.test.ts`
 * checks that the running Node still has them. Where one is missing, the functions say so, and the callers use the
 * documented way, which is slower or keeps more memory.
 */
interface Internals {
  /** The handle of libuv below a socket or a server; null once it is closed. */
  readonly _handle?: { readonly fd?: number; readonly writeQueueSize?: number } | null;
  /** The accepted connection below a TLS socket. */
  readonly _parent?: Socket | null;
  /** OpenSSL's part of a TLS socket; `destroySSL` frees it without changing the accepted connection. */
  readonly ssl?: { destroySSL?(): void } | null;
  /** The parser that Node's HTTP server puts on a socket. */
  parser?: Parser | null;
}

/** Node itself detaches it by the same calls when a connection is upgraded. */
interface Parser {
  unconsume?(): void;
  remove?(): void;
  close?(): void;
}

/** Name of the listener that the HTTP server calls when one of its sockets has closed. */
const SERVER_LISTENER = 'bound socketOnClose';
/** A socket keeps its timer, even a used one, under a symbol with this description. */
const TIMER = 'timeout';

/** The file descriptor of a socket or of a listening server; −1 when there is none, or when it is closed. */
export const descriptorOf = (socket: Socket | Server): number => (socket as Internals)._handle?.fd ?? -1;

/**
 * True while the socket holds a handle: once it is destroyed, the kernel may give its descriptor to another
 * connection.
 */
export const holdsHandle = (socket: Socket): boolean => !!(socket as Internals)._handle;

/** Bytes in the handle of a socket, in addition to the socket's own queue; under TLS these are encrypted. */
export const heldByHandle = (socket: Socket): number => (socket as Internals)._handle?.writeQueueSize ?? 0;

/** The accepted connection under a TLS socket; undefined when the socket is not a TLS socket. */
export const acceptedUnder = (socket: Socket): Socket | undefined =>
  (socket as Internals)._parent ?? undefined;

/** True when `freeOpenssl` can be called for a TLS socket. */
export const freesOpenssl = (secure: Socket): boolean => !!(secure as Internals).ssl?.destroySSL;

/** Frees OpenSSL's part of a TLS socket, which cannot be used afterwards. */
export const freeOpenssl = (secure: Socket): void => (secure as Internals).ssl?.destroySSL?.();

/**
 * Makes an HTTP server check the time limits of its connections, although it never listens itself. Node starts the
 * checks on this event.
 */
export const checkTimeLimits = (server: HttpServer): boolean => server.emit('listening');

/**
 * Detaches a socket from Node's HTTP server, with everything that would keep memory: the server's listeners, its
 * parser, a used timer. Listeners of others to `close` stay; all other listeners are removed. The parser itself must
 * not call this.
 */
export function takeOffHttp(socket: Socket, res: ServerResponse): void {
  const inside = socket as Socket & Internals;
  const { parser } = inside;
  // The server gave each of these its own closure, which keeps the parser alive.
  socket.on = Socket.prototype.on;
  socket.addListener = Socket.prototype.addListener;
  socket.prependListener = Socket.prototype.prependListener;
  res.detachSocket(socket);
  const others = socket.rawListeners('close').filter((listener) => listener.name !== SERVER_LISTENER);
  socket.setTimeout(0);
  // All at once: removed one by one they leave a table of 600 bytes behind, and a used timer 130.
  socket.removeAllListeners();
  for (const listener of others) socket.on('close', listener as () => void);
  const timer = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === TIMER);
  if (timer) (socket as unknown as Record<symbol, unknown>)[timer] = null;
  if (!parser) return;
  parser.unconsume?.();
  parser.remove?.();
  inside.parser = null;
  setImmediate(() => parser.close?.());
}
