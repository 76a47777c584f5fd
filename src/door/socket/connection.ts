import type { Socket } from 'node:net';
import { descriptor } from './direct-write.ts';
import type { NodeHearing } from './hearing.ts';

/**
 * The phase of a connection. A request for a stream goes through these from left to right; `closing`: its last answer
 * is being sent, and nothing that arrives counts any more.
 */
export type ConnectionPhase =
  | 'accepted'
  | 'tls'
  | 'head'
  | 'files'
  | 'http'
  | 'stream'
  | 'offloaded'
  | 'closing';

/** The current owner of a connection: it receives what arrives, and learns how the connection ends. */
export interface Handler {
  readonly phase: ConnectionPhase;
  /** Bytes came in; without it they are dropped. */
  received?(connection: Connection, bytes: Buffer): void;
  /** The peer will send no more. */
  ended?(connection: Connection): void;
  /** The connection has closed. */
  closed?(connection: Connection): void;
}

/** The network that a connection is counted for, and that network's place in the `Share`. */
export interface Network {
  /** See `prefixOf`; undefined for this machine, and for what is counted for no network. */
  readonly prefix: string | undefined;
  readonly place: number;
}

/** The network of connections that are not counted for any. */
export const NOWHERE: Network = { prefix: undefined, place: -1 };

/**
 * Who asks: an address and a browser or program. It is kept with its connection and found again for the next request
 * there, so that a request costs no more than two comparisons of strings.
 */
export interface Requester {
  /** The client's address: behind a listed proxy, the one that the proxy names. */
  readonly address: string;
  /** The User-Agent; empty where none was sent, or nothing could be read. */
  readonly agent: string;
  /** True where a listed proxy has brought the request. */
  readonly proxied: boolean;
  /** What was said in X-Forwarded-For, where a listed proxy has brought the request. */
  readonly forwardedFor: string | undefined;
  /** The client's network; this machine has none. */
  readonly network: Network;
  /**
   * 31 bits that stand for address and agent, never 0. They are seeded at random when the process starts, so they mean
   * nothing outside it, and nobody can choose an agent whose number is another's.
   */
  readonly key: number;
  /** The same for the network (/24, /48), and for the /16 or /32 that it is part of; 0: none. */
  readonly prefixKey: number;
  readonly networkKey: number;
}

const ACCEPTED: Handler = { phase: 'accepted' };
/** For the refused: once they close their side, it is over. */
const REFUSED: Handler = { phase: 'closing', ended: ({ socket }) => void socket.destroy() };
/** For those whose last answer may still be on its way when they close their side. */
const ANSWERED: Handler = { phase: 'closing' };

/** A class whose constructor gives back what it was given, so that a class below it adds its private field to that. */
const Given = function (this: unknown, given: object) {
  return given;
} as unknown as new (
  given: object,
) => object;

/**
 * The connection of each socket: Node's events and its HTTP server know only sockets. It is a private field of the
 * socket that only this class can read: a WeakMap made each connection over TLS 18 µs dearer, most of it in the
 * garbage collector.
 */
class Known extends Given {
  #connection: Connection;

  constructor(socket: Socket, connection: Connection) {
    super(socket);
    this.#connection = connection;
  }

  static get(socket: object): Connection | undefined {
    return #connection in socket ? socket.#connection : undefined;
  }

  static set(socket: Socket, connection: Connection): void {
    const it: object = socket;
    if (#connection in it) it.#connection = connection;
    else new Known(socket, connection);
  }
}

/** The connection to which a socket belongs. Not for paths that run once per fragment: those hold what they need. */
export const connectionOf = (socket: Socket): Connection => Known.get(socket) ?? new Connection(socket);

/**
 * One connection of the door, from being accepted to being closed: its socket, its descriptor, its network, and its
 * owner. It passes from one owner to the next by `handTo`, or by `handToNode` where Node itself reads from then on:
 *
 *     accepted → (tls →) head → files → http
 *                             → http → stream
 *                             → stream → offloaded
 */
export class Connection {
  /** The socket as it was accepted, also while TLS is spoken on it. */
  readonly accepted: Socket;
  /** See `Network`; undefined as long as it is counted for none, such as a listed proxy's. */
  network: Network | undefined = undefined;
  /** The network behind a listed proxy whose request came last. */
  client: string | undefined = undefined;
  /** Who asked on it last; undefined before anybody did. */
  requester: Requester | undefined = undefined;
  /** What Node's server had written on it when the last of its requests was over, bytes. */
  told = 0;
  /** What is heard on it, where Node's server answers; undefined before anything is. */
  hears: NodeHearing | undefined = undefined;
  /** OpenSSL's own connection; undefined: it cannot be offloaded. */
  ssl: bigint | undefined = undefined;
  /** Called once, when it has closed, before the handler hears of it. */
  left: ((connection: Connection) => void) | undefined = undefined;
  #socket: Socket;
  #handler: Handler = ACCEPTED;
  /** True while its handler, and not Node, listens to the socket. */
  #listens = false;

  constructor(accepted: Socket) {
    this.accepted = accepted;
    this.#socket = accepted;
    Known.set(accepted, this);
    accepted.on('close', onClose);
  }

  /** Where its bytes are read and written: the accepted socket, or under TLS the socket above it. */
  get socket(): Socket {
    return this.#socket;
  }

  /** See `descriptor`. What writes often keeps it, because looking it up takes several reads. */
  get fd(): number {
    return descriptor(this.#socket);
  }

  /** Whoever has it in hand. */
  get handler(): Handler {
    return this.#handler;
  }

  /** What is being done with it. */
  get phase(): ConnectionPhase {
    return this.#handler.phase;
  }

  /** True once it carries a stream. */
  get streaming(): boolean {
    const { phase } = this.#handler;
    return phase === 'stream' || phase === 'offloaded';
  }

  /** Where it is counted. */
  get counted(): Network {
    return this.network ?? NOWHERE;
  }

  /** The network that reads on it: behind a listed proxy, the client's. */
  get readerNetwork(): string | undefined {
    return this.client ?? this.network?.prefix;
  }

  /** Hands it on: `next` hears what comes in from now on. Whoever had it hears no more. */
  handTo(next: Handler): void {
    this.#handler = next;
    if (this.#listens) return;
    this.#listens = true;
    this.#socket.on('data', onData).on('end', onEnd).on('error', ignore);
  }

  /** Hands it to Node's TLS or HTTP server, which listen to the socket themselves; `next` keeps what we know of it. */
  handToNode(next: Handler): void {
    this.#handler = next;
    if (!this.#listens) return;
    this.#listens = false;
    this.#socket.off('data', onData).off('end', onEnd).off('error', ignore);
  }

  /** Sends a refusal as the last thing on it. */
  refuse(bytes: string): void {
    // A stream that had begun before something went wrong still hears of its end.
    if (!this.streaming) this.handTo(REFUSED);
    this.#socket.end(bytes, 'latin1');
  }

  /** Its last answer has been written, or is `bytes`: nothing more is read or written. */
  finish(bytes?: string): void {
    if (!this.streaming) this.handTo(ANSWERED);
    if (bytes === undefined) this.#socket.end();
    else this.#socket.end(bytes, 'latin1');
  }

  /**
   * It is another socket from now on: the one above once TLS is spoken, the accepted one again when it is offloaded.
   */
  become(socket: Socket): void {
    const before = this.#socket;
    if (socket === before) return;
    before.off('close', onClose);
    Known.set(socket, this);
    this.#socket = socket;
    socket.on('close', onClose);
    if (!this.#listens) return;
    before.off('data', onData).off('end', onEnd).off('error', ignore);
    socket.on('data', onData).on('end', onEnd).on('error', ignore);
  }
}

// One listener for all connections: a closure for each would be memory for each.
function onData(this: Socket, bytes: Buffer): void {
  const connection = connectionOf(this);
  connection.handler.received?.(connection, bytes);
}
function onEnd(this: Socket): void {
  const connection = connectionOf(this);
  connection.handler.ended?.(connection);
}
function onClose(this: Socket): void {
  const connection = connectionOf(this);
  const { left } = connection;
  connection.left = undefined;
  left?.(connection);
  connection.handler.closed?.(connection);
}
/** What went wrong is seen by the connection's end. */
function ignore(): void {}
