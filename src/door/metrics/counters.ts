import { exposition as expose, type Metric } from '../../base/metrics.ts';
import { Lateness } from './lateness-histogram.ts';

/**
 * Why a stream listener's connection ended. `left`: the listener went away; `ended`: the program ended; `drained`:
 * this door is stopping; `replaced`: its seat was used on another connection; `spent`: its TLS key was used up;
 * `fault`: a bug of ours; `tls-fault`: OpenSSL did not do what `lightTls` needs.
 */
export type Departure =
  | 'left'
  | 'backlog'
  | 'stalled'
  | 'ended'
  | 'drained'
  | 'replaced'
  | 'spent'
  | 'fault'
  | 'tls-fault';

/** What the door counts; nothing is logged per request. */
export interface Counters {
  connections: number;
  refusedFull: number;
  badHeads: number;
  headTimeouts: number;
  /** Connections closed because too many of them were taking long to send a whole request. */
  unfinishedClosed: number;
  /** Seconds in which no file descriptor was left, and new connections were dropped. */
  filesShort: number;
  /**
   * Connections closed before their TLS handshake, because too many were waiting or their network had used up its
   * share.
   */
  handshakesRefused: number;
  /** TLS handshakes that failed. */
  badHandshakes: number;
  /** TLS 1.3 streams of which only the write key is kept. */
  offloaded: number;
  joins: number;
  joinsRefused: number;
  writes: number;
  bytes: number;
  /** Bytes of playlists, parts, segments and states from shared buffers. */
  fileBytes: number;
  requests: number;
  stalledRequests: number;
  unlistedProxy: number;
  /** Connections closed under strain because their network fetched more files than its share. */
  overShare: number;
  upstreamAway: number;
  /** Bugs of ours that were contained. */
  faults: number;
  readonly departures: Record<Departure, number>;
  /** How late slots of the write period were served, since the ladder last looked. */
  readonly lateness: Lateness;
}

/** Opens the counters, all at zero. */
export const openCounters = (): Counters => ({
  connections: 0,
  refusedFull: 0,
  badHeads: 0,
  headTimeouts: 0,
  unfinishedClosed: 0,
  filesShort: 0,
  handshakesRefused: 0,
  badHandshakes: 0,
  offloaded: 0,
  joins: 0,
  joinsRefused: 0,
  writes: 0,
  bytes: 0,
  fileBytes: 0,
  requests: 0,
  stalledRequests: 0,
  unlistedProxy: 0,
  overShare: 0,
  upstreamAway: 0,
  faults: 0,
  departures: {
    ...{ left: 0, backlog: 0, stalled: 0, ended: 0, drained: 0, replaced: 0, spent: 0 },
    ...{ fault: 0, 'tls-fault': 0 },
  },
  lateness: new Lateness(),
});

type Counted = Exclude<keyof Counters, 'departures' | 'lateness'>;

/** Name without prefix and `_total`, what is counted, and where. */
const COUNTED: readonly (readonly [name: string, help: string, of: Counted])[] = [
  ['connections', 'Connections accepted', 'connections'],
  ['connections_refused', 'Connections refused because the door was full', 'refusedFull'],
  ['bad_heads', 'Requests whose head could not be read', 'badHeads'],
  ['head_timeouts', 'Connections closed because no request came in time', 'headTimeouts'],
  [
    'unfinished_closed',
    'Connections closed because too many were slow to send a complete request',
    'unfinishedClosed',
  ],
  [
    'files_short_seconds',
    'Seconds in which the door was out of file descriptors and dropped new connections',
    'filesShort',
  ],
  [
    'handshakes_refused',
    'Connections closed before their TLS handshake, because too many were waiting or their network had used up its share',
    'handshakesRefused',
  ],
  ['bad_handshakes', 'TLS handshakes that failed', 'badHandshakes'],
  ['tls_offloaded', 'TLS 1.3 streams of which only the write key is kept in memory', 'offloaded'],
  ['requests', 'Requests other than streams and audio files', 'requests'],
  [
    'unlisted_proxy_requests',
    'Requests from this machine that name another client: a proxy that trustedProxies does not list, so nobody behind it is limited',
    'unlistedProxy',
  ],
  ['requests_stalled', 'Requests closed because the client did not read the answer', 'stalledRequests'],
  [
    'connections_over_share',
    'Connections closed under strain because their network took more than its share',
    'overShare',
  ],
  ['upstream_away', 'Requests forwarded to the site or a studio cell that got no answer', 'upstreamAway'],
  ['faults', 'Bugs in Earshot that were contained: please report them', 'faults'],
  ['stream_joins', 'Listeners who started a stream', 'joins'],
  ['stream_joins_refused', 'Streams that were refused', 'joinsRefused'],
  ['stream_writes', 'Writes of sound to listeners', 'writes'],
  ['stream_sent_bytes', 'Bytes of sound written to listeners of the stream', 'bytes'],
  ['file_sent_bytes', 'Bytes of playlists, parts, segments and states', 'fileBytes'],
];

/** The counters as Prometheus text. */
export function exposition(counters: Counters, open: number, presence: ReadonlyMap<string, number>): string {
  return expose([
    {
      name: 'earshot_door_open_connections',
      kind: 'gauge',
      help: 'Connections open now',
      value: open,
    },
    {
      name: 'earshot_door_streams',
      kind: 'gauge',
      help: 'Listeners on the stream now, by room: connections, not people',
      value: [...presence].map(([room, n]) => [{ room }, n] as const),
    },
    ...COUNTED.map(
      ([name, help, of]): Metric => ({
        ...{ name: `earshot_door_${name}_total`, kind: 'counter', help },
        value: counters[of],
      }),
    ),
    {
      name: 'earshot_door_stream_departures_total',
      kind: 'counter',
      help: 'Listeners whose stream ended, by cause',
      value: Object.entries(counters.departures).map(([cause, n]) => [{ cause }, n] as const),
    },
  ]);
}
