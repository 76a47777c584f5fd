/**
 * Joining over TLS: fresh connections that each shake hands in full (TLS 1.3, no session), ask for a stream and hear
 * its first sound; our door beside nginx with one small file, same certificate, group and cipher, on the same core in
 * one run, by turns.
 *
 *   node bench/tls-joins.ts [--seconds 8] [--rate 500] [--starts 3] [--peers door,static] [--groups X25519]
 *
 * `closed`: 64 at a time, as many as the server takes; CPU time of the server process per join. `paced`: --rate per
 * second, everyone stays, first sound (nginx, which has no stream, only answers). Needs gcc, libssl-dev, taskset, nginx.
 */
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { selfSigned, writeCertificate } from '../test/certificate.ts';
import { cores, middle, on, Workshop } from './peers/rig.ts';
import { openStatic } from './peers/static.ts';
import { STREAM_PEERS, type StreamPeer } from './peers/streams.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '500' },
    starts: { type: 'string', default: '3' },
    peers: { type: 'string', default: 'door,static' },
    groups: { type: 'string', default: 'X25519' },
  },
});
const PERIOD = 960;
const BYTES = 6144;
const AT_A_TIME = 64;
/** Joins that are not counted come first, so that the code is compiled: servers run for weeks. */
const WARM_S = 3;

const PEERS: Readonly<Record<string, StreamPeer>> = {
  ...STREAM_PEERS,
  static: { name: 'nginx, a file of 6 kB', joins: 4000, open: openStatic },
};

interface Joins {
  readonly started: number;
  readonly joined: number;
  readonly failed: number;
  readonly refused: number;
  readonly joins_per_s: number;
  readonly cpu_us_per_join: number;
  readonly cpu: number;
  readonly first_p50_ms: number;
  readonly first_p99_ms: number;
  readonly resumed: number;
  readonly agreed: string;
}

using workshop = new Workshop();
const program = workshop.compile('joins', ['-DTLS', '-lssl', '-lcrypto']);
writeCertificate(workshop.folder, selfSigned());
const place = cores(1);

async function crowd(args: readonly unknown[]): Promise<Joins> {
  const child = on(place.crowd, 'env', [`JOINS_GROUPS=${values.groups}`, program, ...args.map(String)]);
  let out = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  await once(child, 'close');
  return JSON.parse(out) as Joins;
}

async function joins(peer: StreamPeer, pattern: 'closed' | 'paced', n: number): Promise<Joins> {
  const server = await peer.open({
    ...{ workshop, period: PERIOD, bytes: BYTES, processes: 1, burst: BYTES },
    ...{ cores: place.servers, certificate: workshop.folder },
  });
  try {
    await pause(1500);
    const stay = pattern === 'paced' ? '1' : '0';
    const args = [server.ports[0], server.path, pattern, n, values.seconds, stay, server.pids.join(',')];
    await crowd([server.ports[0], server.path, 'closed', AT_A_TIME, WARM_S, 0, server.pids.join(',')]);
    const seen = await crowd(args);
    if (seen.resumed > 0) throw new Error(`${seen.resumed} handshakes were not in full`);
    return seen;
  } finally {
    await server.stop();
  }
}

const rows = new Map<string, { closed: Joins[]; paced: Joins[] }>();
for (let start = 0; start < Number(values.starts); start += 1)
  for (const name of values.peers.split(',')) {
    const peer = PEERS[name];
    if (!peer) throw new Error(`no peer ${name}: ${Object.keys(PEERS).join(', ')}`);
    const row = rows.get(name) ?? { closed: [], paced: [] };
    rows.set(name, row);
    row.closed.push(await joins(peer, 'closed', AT_A_TIME));
    row.paced.push(await joins(peer, 'paced', Number(values.rate)));
  }

const of = (
  list: readonly Joins[],
  field: 'cpu_us_per_join' | 'joins_per_s' | 'joined' | 'started',
): number => middle(list.map((j) => j[field]));
const fixed = rows.get('static');
console.log(
  `\nFull handshakes, server on core ${place.servers}, crowd on ${place.crowd}, ${values.seconds} s each, medians of ${values.starts} start(s)\n`,
);
console.log(
  `| server | agreed | CPU µs per join | × nginx (goal 1.3) | joins/s reached | at ${values.rate}/s: joined | first sound p50 | p99 (goal 500 ms) | CPU of the core |`,
);
console.log('|---|---|---|---|---|---|---|---|---|');
for (const [name, { closed, paced }] of rows) {
  const ratio = fixed ? of(closed, 'cpu_us_per_join') / of(fixed.closed, 'cpu_us_per_join') : Number.NaN;
  const quantile = (field: 'first_p50_ms' | 'first_p99_ms' | 'cpu'): number =>
    middle(paced.map((j) => j[field]));
  console.log(
    `| ${PEERS[name]?.name} | ${closed[0]?.agreed} | ${of(closed, 'cpu_us_per_join').toFixed(0)} | ${ratio.toFixed(2)} | ${of(closed, 'joins_per_s')} | ` +
      `${of(paced, 'joined')} of ${of(paced, 'started')} | ${quantile('first_p50_ms')} ms | ${quantile('first_p99_ms')} ms | ${(quantile('cpu') * 100).toFixed(0)} % |`,
  );
}
console.log(
  `\n${JSON.stringify({ node: process.version, openssl: process.versions.openssl, cores: cpus().length, cpu: cpus()[0]?.model, rows: Object.fromEntries(rows) })}`,
);
