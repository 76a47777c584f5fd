/**
 * Fan-out of one stream: our door beside a C send() loop, nginx with nchan, and Icecast, on the same cores in one run.
 * What counting the audience costs: `--peers door,door-uncounted --starts 5`.
 *
 *   node bench/fanout.ts [--sizes 5000,18500,55000] [--windows 3] [--periods 5] [--starts 1]
 *       [--peers c,door,nchan,icecast]
 *
 * Needs gcc, taskset and, for their rows, nginx with libnginx-mod-nchan and icecast2. All connections use the loopback.
 */
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cores, middle, on, Workshop } from './peers/rig.ts';
import { STREAM_PEERS, type StreamPeer } from './peers/streams.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5000,18500' },
    windows: { type: 'string', default: '3' },
    periods: { type: 'string', default: '5' },
    starts: { type: 'string', default: '1' },
    peers: { type: 'string', default: 'c,door,nchan,icecast' },
  },
});
const PERIOD = 960;
const BYTES = 6144;
/** A process may open 20,000 files on the machines that this was made for. */
const MOST_PER_PROCESS = 18_500;

interface Window {
  readonly open: number;
  readonly failed: number;
  readonly join_s: number;
  readonly join_cpu_us: number;
  readonly cpu_us_per_listener_s: number;
  readonly bytes_per_listener_s: number;
  readonly reads_per_listener_s: number;
  readonly gap_p99_ms: number;
  readonly first_p99_ms: number;
  readonly rss_kb_per_listener: number;
}

using workshop = new Workshop();
const crowd = workshop.compile('crowd');

async function measure(peer: StreamPeer, listeners: number): Promise<Window[]> {
  const processes = Math.ceil(listeners / MOST_PER_PROCESS);
  const place = cores(processes);
  const server = await peer.open({
    ...{ workshop, period: PERIOD, bytes: BYTES, processes },
    cores: place.servers,
  });
  try {
    await pause(1000);
    const args = [
      server.ports.join(','),
      server.path,
      listeners,
      peer.joins * processes,
      3,
      Number(values.periods) * PERIOD,
      values.windows,
      server.pids.join(','),
    ].map(String);
    const child = on(place.crowd, crowd, args);
    let out = '';
    child.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    await once(child, 'close');
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Window);
  } finally {
    await server.stop();
  }
}

const results: Record<string, unknown>[] = [];
const names = values.peers.split(',');
for (const size of values.sizes.split(',').map(Number)) {
  const rows = new Map<string, Window[]>();
  for (let start = 0; start < Number(values.starts); start += 1) {
    for (const name of names) {
      const peer = STREAM_PEERS[name];
      if (!peer) throw new Error(`no peer ${name}: ${Object.keys(STREAM_PEERS).join(', ')}`);
      rows.set(name, [...(rows.get(name) ?? []), ...(await measure(peer, size))]);
    }
  }
  const cpu = (name: string): number => middle(rows.get(name)?.map((w) => w.cpu_us_per_listener_s) ?? []);
  const place = cores(Math.ceil(size / MOST_PER_PROCESS));
  console.log(
    `\n${size} listeners, ${BYTES} bytes every ${PERIOD} ms, server on cores ${place.servers}, listeners on ${place.crowd}, medians of ${Number(values.starts)} starts × ${values.windows} windows of ${(Number(values.periods) * PERIOD) / 1000} s\n`,
  );
  console.log(
    '| server | CPU µs per listener-second (min–max) | × C | × nchan | × Icecast | open | kB/s | p99 gap | p99 first byte | RSS kB per listener | join CPU µs |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const [name, windows] of rows) {
    const of = (field: keyof Window): number => middle(windows.map((w) => w[field]));
    const all = windows.map((w) => w.cpu_us_per_listener_s);
    const own = cpu(name);
    const ratio = (to: string): string => (Number.isNaN(cpu(to)) ? '–' : (own / cpu(to)).toFixed(2));
    console.log(
      `| ${STREAM_PEERS[name]?.name} | ${own.toFixed(1)} (${Math.min(...all).toFixed(1)}–${Math.max(...all).toFixed(1)}) | ${ratio('c')} | ${ratio('nchan')} | ${ratio('icecast')} | ${of('open')} | ` +
        `${(of('bytes_per_listener_s') / 1000).toFixed(2)} | ${of('gap_p99_ms')} ms | ${of('first_p99_ms')} ms | ${of('rss_kb_per_listener').toFixed(1)} | ${of('join_cpu_us').toFixed(0)} |`,
    );
    results.push({ size, name, windows });
  }
}
console.log(
  `\n${JSON.stringify({ node: process.version, cores: cpus().length, cpu: cpus()[0]?.model, results })}`,
);
