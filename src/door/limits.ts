import { readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { type Ms, ms } from '../base/time.ts';

/**
 * Every buffer, count and wait of the door, by name. What happens at each limit is said beside it. How large the body of a
 * request may be is said in the table of addresses.
 */
export interface Limits {
  /** Bytes a stream listener may be behind in this process; beyond it the listener is closed (`backlog`). */
  readonly backlog: number;
  /**
   * Bytes that may wait in this process for all readers together; beyond it the slowest of the networks with more than
   * their max-min share are closed (`stalled`). Looked at once a second.
   */
  readonly waitingBytes: number;
  /**
   * Listeners written to in a row before the next turn, 20 ms later, as long as a write period has turns enough for all.
   * In a row a write costs less (docs/adr/0007-writes-by-descriptor.md), and 512 of them hold the process up for about 8 ms.
   */
  readonly row: number;
  /** Open connections in all; the next one is answered 503 `door-full`. */
  readonly connections: number;
  /**
   * From this share of `connections` on, a network (/24 of IPv4, /48 of IPv6) may open no more than its max-min share;
   * the next one is answered 503. Below it nobody is limited; loopback never is.
   */
  readonly shareFrom: number;
  /**
   * Requests are put off only while this process uses at least this share of a core: one that is given less is kept
   * waiting by others, and serving fewer would not help.
   */
  readonly busyFrom: number;
  /** True makes loopback a network like others: for tests. */
  readonly loopbackCounts: boolean;
  /** Connections too many that are being told so at one time, up to 2 s each; the next one is closed without a word. */
  readonly refusals: number;
  /**
   * Connections whose first request (TLS handshake, head, body up to `bodyHeld`) has not been whole for over `unfinishedAfter`; beyond it the
   * oldest of the networks with more than their max-min share are closed, with 408 where something has been asked.
   */
  readonly unfinished: number;
  /** The same for any other body: one of those takes a parser and a connection to the process behind, 60 kB in all. */
  readonly unfinishedBodies: number;
  /** Of these, of one network; beyond it its oldest are closed with 408. */
  readonly unfinishedBodiesPerNetwork: number;
  /** See `unfinished`; counted in time in which this process was there to read. */
  readonly unfinishedAfter: Ms;
  /** Connections that wait for the turn of their TLS handshake; beyond it the network of which most wait loses the last to come. */
  readonly handshakes: number;
  /** Bytes of a request head: 16 kB of other programs' cookies, and what is around them; beyond it 431 and close. */
  readonly headBytes: number;
  /** Header lines of a request; beyond it 431 and close. */
  readonly headers: number;
  /** A head must be complete after this long, or the connection is closed. */
  readonly headTimeout: Ms;
  /** A first request whose body is held (`bodyHeld`) must be whole after this long. */
  readonly requestTimeout: Ms;
  /** Any other body may take as long as it moves: when nothing came for this long, 408 and close. */
  readonly bodyStall: Ms;
  /** The same when fewer than `bodyWindowBytes` came within this long: 1 kB/s. */
  readonly bodyWindow: Ms;
  /** See `bodyWindow`. */
  readonly bodyWindowBytes: number;
  /** Requests on one connection; then it is closed after the answer. */
  readonly requestsPerSocket: number;
  /** An idle kept connection is closed after this long. */
  readonly keepAlive: Ms;
  /** Bytes of a first request's body for which the connection waits, without a parser, until it is whole; a longer one is read as it comes. */
  readonly bodyHeld: number;
  /** The site or a cell must begin its answer after this long, else 503. */
  readonly upstreamTimeout: Ms;
  /**
   * A listener of a stream that takes fewer than `stallBytes` within this long while bytes wait for it is closed (`stalled`). A
   * reader of anything else is asked about from then on: see the next five.
   */
  readonly stallWindow: Ms;
  /** See `stallWindow`. */
  readonly stallBytes: number;
  /** A reader of a file whose kernel acknowledges nothing for this long, but answers (a player on pause), is closed. */
  readonly pauseMost: Ms;
  /** A reader of a file whose kernel has not answered the last three questions, and nothing for this long, is closed. */
  readonly deadAfter: Ms;
  /** Readers of files slower than `stallBytes` in a `stallWindow`, or on pause; beyond it the longest of the networks with most are closed. */
  readonly slowReaders: number;
  /** The same of one network (/24 of IPv4, /48 of IPv6; behind a listed proxy that of the client). */
  readonly slowReadersPerNetwork: number;
  /** Bytes that wait for all of them, in this process and in the kernel; beyond it as many are closed as it takes. */
  readonly slowBytes: number;
  /** Rendered pages kept; the oldest is dropped. */
  readonly pages: number;
}

/** The defaults: 512 kB is a minute of 64 kbit/s. */
export const LIMITS: Limits = {
  backlog: 512 * 1024,
  waitingBytes: 1024 * 1024 * 1024,
  row: 512,
  connections: 60_000,
  shareFrom: 0.8,
  busyFrom: 0.3,
  loopbackCounts: false,
  refusals: 256,
  unfinished: 2_048,
  unfinishedBodies: 256,
  unfinishedBodiesPerNetwork: 64,
  unfinishedAfter: ms(3_000),
  handshakes: 1_024,
  headBytes: 18 * 1024,
  headers: 100,
  headTimeout: ms(10_000),
  requestTimeout: ms(20_000),
  bodyStall: ms(10_000),
  bodyWindow: ms(20_000),
  bodyWindowBytes: 20 * 1024,
  requestsPerSocket: 1_000,
  keepAlive: ms(65_000),
  bodyHeld: 8 * 1024,
  upstreamTimeout: ms(20_000),
  stallWindow: ms(15_000),
  stallBytes: 15 * 1024,
  pauseMost: ms(300_000),
  deadAfter: ms(60_000),
  slowReaders: 2_048,
  slowReadersPerNetwork: 256,
  slowBytes: 256 * 1024 * 1024,
  pages: 1_000,
};

/** Files a door needs besides its connections: refusals, buses, proxied requests, the archive. Half of all, where there are few. */
const OTHER_FILES = 512;

/** What the limit of open files leaves room for: connections, and refusals that are said. */
export const withinFiles = (limits: Limits, files: number): Limits => {
  const others = Math.min(OTHER_FILES, Math.floor(files / 2));
  return {
    ...limits,
    connections: Math.min(limits.connections, Math.max(16, files - others)),
    refusals: Math.min(limits.refusals, Math.floor(others / 2)),
  };
};

/** The files this process may have open; Infinity where it cannot be read. */
export async function filesPossible(): Promise<number> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const files = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return files === undefined ? Number.POSITIVE_INFINITY : Number(files);
}

/** Memory of a connection beside what waits for it: one that is whole under TLS, as measured (docs/adr/0009-streams-over-tls-keep-a-key.md). */
const CONNECTION_BYTES = 56 * 1024;
/** So many a door takes on any machine. */
const LEAST_CONNECTIONS = 500;

/** What a machine's memory leaves room for in each of `doors`: half of it for connections, an eighth for bytes that wait. */
export const withinMemory = (limits: Limits, bytes: number, doors: number): Limits => {
  const share = bytes / Math.max(1, doors);
  const connections = Math.max(LEAST_CONNECTIONS, Math.floor(share / 2 / CONNECTION_BYTES));
  return {
    ...limits,
    connections: Math.min(limits.connections, connections),
    waitingBytes: Math.min(limits.waitingBytes, Math.max(limits.backlog, Math.floor(share / 8))),
  };
};

/** The memory this process may use, bytes: the machine's, or what its control group is held to. */
export function memoryPossible(): number {
  const held = process.constrainedMemory();
  const all = totalmem();
  return held > 0 && held < all ? held : all;
}
