import { Lateness } from './lateness.ts';

/**
 * Why a stream listener's connection ended. `left`: the listener went; `ended`: the program; `drained`: this door
 * stops; `retaken`: its seat was shown on another connection; `spent`: its key has been used enough; `fault`: a mistake
 * of ours; `tls-fault`: OpenSSL did not do what streams over TLS need of it.
 */
export type Departure =
  | 'left'
  | 'backlog'
  | 'stalled'
  | 'ended'
  | 'drained'
  | 'retaken'
  | 'spent'
  | 'fault'
  | 'tls-fault';

/** What the door counts; nothing is logged per request. */
export interface Counters {
  connections: number;
  refusedFull: number;
  badHeads: number;
  headTimeouts: number;
  /** Connections closed because too many kept the door waiting for a whole request. */
  unfinishedClosed: number;
  /** Seconds in which no file could be opened: newcomers were closed without a word. */
  filesShort: number;
  /** Connections closed before their TLS handshake: too many waited for theirs, or their network had had its share. */
  handshakesRefused: number;
  /** TLS handshakes that failed. */
  badHandshakes: number;
  /** Streams over TLS 1.3 that were taken out of OpenSSL's hands. */
  laidBare: number;
  joins: number;
  joinsRefused: number;
  writes: number;
  bytes: number;
  /** Bytes of playlists, parts, segments and states from shared buffers. */
  fileBytes: number;
  requests: number;
  stalledRequests: number;
  /** Connections closed under strain because their network fetched more files than its share. */
  overShare: number;
  upstreamAway: number;
  /** Mistakes of ours that were contained. */
  faults: number;
  readonly departures: Record<Departure, number>;
  /** How late slots of the write period were served, since the ladder last looked. */
  readonly lateness: Lateness;
}

/** All at nought. */
export const openCounters = (): Counters => ({
  connections: 0,
  refusedFull: 0,
  badHeads: 0,
  headTimeouts: 0,
  unfinishedClosed: 0,
  filesShort: 0,
  handshakesRefused: 0,
  badHandshakes: 0,
  laidBare: 0,
  joins: 0,
  joinsRefused: 0,
  writes: 0,
  bytes: 0,
  fileBytes: 0,
  requests: 0,
  stalledRequests: 0,
  overShare: 0,
  upstreamAway: 0,
  faults: 0,
  departures: {
    ...{ left: 0, backlog: 0, stalled: 0, ended: 0, drained: 0, retaken: 0, spent: 0 },
    ...{ fault: 0, 'tls-fault': 0 },
  },
  lateness: new Lateness(),
});

/** The counters as Prometheus text. Spec: Prometheus exposition format 0.0.4. */
export function exposition(counters: Counters, open: number, presence: ReadonlyMap<string, number>): string {
  const lines: string[] = [];
  const put = (name: string, kind: 'counter' | 'gauge', rows: readonly (readonly [string, number])[]) => {
    lines.push(`# TYPE earshot_door_${name} ${kind}`);
    for (const [labels, value] of rows) lines.push(`earshot_door_${name}${labels} ${value}`);
  };
  put('open_connections', 'gauge', [['', open]]);
  put(
    'streams',
    'gauge',
    [...presence].map(([slug, n]) => [`{room="${slug}"}`, n] as const),
  );
  put('connections_total', 'counter', [['', counters.connections]]);
  put('connections_refused_total', 'counter', [['', counters.refusedFull]]);
  put('bad_heads_total', 'counter', [['', counters.badHeads]]);
  put('head_timeouts_total', 'counter', [['', counters.headTimeouts]]);
  put('unfinished_closed_total', 'counter', [['', counters.unfinishedClosed]]);
  put('files_short_seconds_total', 'counter', [['', counters.filesShort]]);
  put('bad_handshakes_total', 'counter', [['', counters.badHandshakes]]);
  put('laid_bare_total', 'counter', [['', counters.laidBare]]);
  put('requests_total', 'counter', [['', counters.requests]]);
  put('requests_stalled_total', 'counter', [['', counters.stalledRequests]]);
  put('connections_over_share_total', 'counter', [['', counters.overShare]]);
  put('upstream_away_total', 'counter', [['', counters.upstreamAway]]);
  put('faults_total', 'counter', [['', counters.faults]]);
  put('stream_joins_total', 'counter', [['', counters.joins]]);
  put('stream_joins_refused_total', 'counter', [['', counters.joinsRefused]]);
  put('stream_writes_total', 'counter', [['', counters.writes]]);
  put('stream_sent_bytes', 'counter', [['', counters.bytes]]);
  put('file_sent_bytes', 'counter', [['', counters.fileBytes]]);
  put(
    'stream_departures_total',
    'counter',
    Object.entries(counters.departures).map(([cause, n]) => [`{cause="${cause}"}`, n] as const),
  );
  return `${lines.join('\n')}\n`;
}
