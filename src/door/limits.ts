import { readFile } from 'node:fs/promises';
import { type Ms, ms } from '../base/time.ts';

export { memoryPossible } from '../base/spare-memory.ts';

/**
 * Every buffer, count and wait of the door, by name, with what happens at each limit. How large a request body may be
 * is in the table of addresses.
 */
export interface Limits {
  /**
   * Bytes of unsent sound that may wait in this process for a stream listener; beyond it the listener is closed
   * (`backlog`).
   */
  readonly backlog: number;
  /**
   * Bytes that may wait in this process for all readers together; beyond it the slowest readers of the networks with
   * more than their max-min share are closed (`stalled`). Checked once a second.
   */
  readonly waitingBytes: number;
  /**
   * Listeners written to in a row before the next turn, 20 ms later, as long as a write period has enough turns for
   * all. Writes in a row cost less (docs/adr/0007-writes-by-descriptor.md), and 512 of them keep the process busy for
   * about 8 ms.
   */
  readonly row: number;
  /** Open connections in all; the next one is answered 503 `door-full`. */
  readonly connections: number;
  /**
   * Once this share of `connections` is in use, a network (/24 of IPv4, /48 of IPv6) may open no more than its
   * max-min share; the next one is answered 503. Below it nobody is limited; 127.0.0.1 and ::1 never are.
   */
  readonly shareFrom: number;
  /**
   * Requests are deferred only while this process uses at least this share of a core: with less, it is other programs
   * that make it wait, and serving fewer requests would not help.
   */
  readonly busyFrom: number;
  /** True makes 127.0.0.1 an address like others: for tests. */
  readonly loopbackCounts: boolean;
  /**
   * Connections over the limit that are being refused at the same time, up to 2 s each; further ones are closed
   * without an answer.
   */
  readonly refusals: number;
  /**
   * Connections whose first request (TLS handshake, head, body up to `bodyHeld`) is still incomplete after
   * `unfinishedAfter`; beyond it the oldest of the networks with more than their max-min share are closed, with 408
   * where something has been asked.
   */
  readonly unfinished: number;
  /** The same for any other body: one of those takes a parser and a connection to the process behind, 60 kB in all. */
  readonly unfinishedBodies: number;
  /** The same for one network; beyond it its oldest are closed with 408. */
  readonly unfinishedBodiesPerNetwork: number;
  /** See `unfinished`; only time in which this process was able to read is counted. */
  readonly unfinishedAfter: Ms;
  /**
   * Connections that wait for their turn to do the TLS handshake; beyond it the network with the most waiting loses
   * its latest one.
   */
  readonly handshakes: number;
  /** Bytes of a request head: 16 kB of other programs' cookies and the rest of the head; beyond it 431 and close. */
  readonly headBytes: number;
  /** Header lines of a request; beyond it 431 and close. */
  readonly headers: number;
  /** A head must be complete after this long, or the connection is closed. */
  readonly headTimeout: Ms;
  /** A first request whose body is held (`bodyHeld`) must be complete after this long. */
  readonly requestTimeout: Ms;
  /** Any other body may take as long as it keeps coming: when nothing came for this long, 408 and close. */
  readonly bodyStall: Ms;
  /** The same when fewer than `bodyWindowBytes` came within this long: 1 kB/s. */
  readonly bodyWindow: Ms;
  /** See `bodyWindow`. */
  readonly bodyWindowBytes: number;
  /** Requests on one connection; then it is closed after the answer. */
  readonly requestsPerSocket: number;
  /** An idle kept connection is closed after this long. */
  readonly keepAlive: Ms;
  /**
   * Up to this many bytes, a first request's body is waited for, without a parser, until it is complete; a longer
   * body is read as it comes.
   */
  readonly bodyHeld: number;
  /** The site or a cell must begin its answer after this long, else 503. */
  readonly upstreamTimeout: Ms;
  /**
   * A stream listener that reads fewer than `stallBytes` within this long while bytes wait for it is closed
   * (`stalled`). For a reader of anything else, the kernel is asked from then on: see the next five.
   */
  readonly stallWindow: Ms;
  /** See `stallWindow`. */
  readonly stallBytes: number;
  /**
   * A file reader whose kernel acknowledges nothing for this long, but answers probes (a paused player), is closed.
   */
  readonly pauseMost: Ms;
  /** A file reader whose kernel has left the last three probes unanswered, for at least this long, is closed. */
  readonly deadAfter: Ms;
  /**
   * File readers slower than `stallBytes` in a `stallWindow`, or paused; beyond it the longest of the networks with
   * most are closed.
   */
  readonly slowReaders: number;
  /** The same for one network (/24 of IPv4, /48 of IPv6; behind a listed proxy, the client's). */
  readonly slowReadersPerNetwork: number;
  /**
   * Bytes that wait for all of them, in this process and in the kernel; beyond it as many are closed as necessary.
   */
  readonly slowBytes: number;
  /**
   * Refusals because of load or cost that wait for a second or more before they are sent; further ones are sent at once.
   */
  readonly lateRefusals: number;
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
  handshakes: 2_048,
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
  lateRefusals: 16_384,
  pages: 1_000,
};

/**
 * Descriptors a door needs besides its connections: refusals, buses, proxied requests, the archive. Half of all,
 * where there are few.
 */
const OTHER_FILES = 512;

/** The limits that fit the limit of open files: connections, and refusals in progress. */
export const withinFiles = (limits: Limits, files: number): Limits => {
  const others = Math.min(OTHER_FILES, Math.floor(files / 2));
  return {
    ...limits,
    connections: Math.min(limits.connections, Math.max(16, files - others)),
    refusals: Math.min(limits.refusals, Math.floor(others / 2)),
  };
};

/** How many files this process may have open; Infinity where that cannot be read. */
export async function filesPossible(): Promise<number> {
  const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const files = /^Max open files\s+(\d+)/m.exec(text)?.[1];
  return files === undefined ? Number.POSITIVE_INFINITY : Number(files);
}

/**
 * Memory of a connection besides its waiting bytes: of one that is not offloaded, over TLS, as measured
 * (docs/adr/0009-streams-over-tls-keep-a-key.md).
 */
const CONNECTION_BYTES = 56 * 1024;
/** A door takes this many connections on any machine. */
const LEAST_CONNECTIONS = 500;

/**
 * The limits that fit a machine's memory in each of `doors`: half of it for connections, an eighth for waiting bytes.
 */
export const withinMemory = (limits: Limits, bytes: number, doors: number): Limits => {
  const share = bytes / Math.max(1, doors);
  const connections = Math.max(LEAST_CONNECTIONS, Math.floor(share / 2 / CONNECTION_BYTES));
  return {
    ...limits,
    connections: Math.min(limits.connections, connections),
    waitingBytes: Math.min(limits.waitingBytes, Math.max(limits.backlog, Math.floor(share / 8))),
  };
};
