/**
 * Join storm: fresh connections to a stream, each measured to its first byte of sound. Our door beside Icecast, nchan
 * and a static file from nginx, each on one core, in one run.
 *
 *   node bench/joins.ts [--seconds 8] [--rate 2000] [--starts 1] [--peers door,nchan,icecast,static]
 *
 * `closed`: as many joins per second as the server can take. Each client leaves when it is answered, so this does not
 * measure whether newcomers must wait for the next write. `paced`: --rate per second, everyone stays, measured to the
 * first sound. Needs gcc, taskset and, for their rows, nginx with libnginx-mod-nchan and icecast2.
 */
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cores, middle, on, Workshop } from './peers/rig.ts';
import { openStatic } from './peers/static.ts';
import { STREAM_PEERS, type StreamPeer } from './peers/streams.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    rate: { type: 'string', default: '2000' },
    starts: { type: 'string', default: '1' },
    peers: { type: 'string', default: 'door,nchan,icecast,static' },
  },
});
/** One write of about 6 kB per second. A newcomer gets the last of it at once, if the server can do that. */
const PERIOD = 960;
const BYTES = 6144;
/**
 * Simultaneous clients of the closed pattern. Icecast answers newcomers with the next write, so only many clients keep
 * it busy.
 */
const AT_A_TIME: Readonly<Record<string, number>> = { icecast: 512 };
const USUAL = 64;

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
}

using workshop = new Workshop();
const program = workshop.compile('joins');
const place = cores(1);

async function storm(peer: StreamPeer, pattern: 'closed' | 'paced', n: number): Promise<Joins> {
  const server = await peer.open({
    ...{ workshop, period: PERIOD, bytes: BYTES, processes: 1, burst: BYTES },
    cores: place.servers,
  });
  try {
    await pause(1500);
    const stay = pattern === 'paced' ? '1' : '0';
    const args = [server.ports[0], server.path, pattern, n, values.seconds, stay, server.pids.join(',')];
    const child = on(place.crowd, program, args.map(String));
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    await once(child, 'close');
    return JSON.parse(out) as Joins;
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
    row.closed.push(await storm(peer, 'closed', AT_A_TIME[name] ?? USUAL));
    row.paced.push(await storm(peer, 'paced', Number(values.rate)));
  }

/** Joins that one core can do in a second, from the CPU time of each. */
const able = (joins: readonly Joins[]): number => 1e6 / middle(joins.map((j) => j.cpu_us_per_join));
const icecast = rows.get('icecast');
console.log(
  `\nFresh connections, server on core ${place.servers}, crowd on ${place.crowd}, ${values.seconds} s each, medians of ${values.starts} start(s)\n`,
);
console.log(
  `| server | joins/s reached | CPU µs per join | joins/s per core | × Icecast | p99 answer, closed | at ${values.rate}/s: joined | first sound p50 | p99 | CPU of the core |`,
);
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const [name, { closed, paced }] of rows) {
  const of = (list: readonly Joins[], field: keyof Joins): number => middle(list.map((j) => j[field]));
  const ratio = icecast ? (able(closed) / able(icecast.closed)).toFixed(1) : '–';
  console.log(
    `| ${PEERS[name]?.name} | ${of(closed, 'joins_per_s')} | ${of(closed, 'cpu_us_per_join').toFixed(0)} | ${able(closed).toFixed(0)} | ${ratio} | ${of(closed, 'first_p99_ms')} ms | ` +
      `${of(paced, 'joined')} of ${of(paced, 'started')} | ${of(paced, 'first_p50_ms')} ms | ${of(paced, 'first_p99_ms')} ms | ${(of(paced, 'cpu') * 100).toFixed(0)} % |`,
  );
}
console.log(
  `\n${JSON.stringify({ node: process.version, cores: cpus().length, cpu: cpus()[0]?.model, rows: Object.fromEntries(rows) })}`,
);
