/**
 * Requests of Low-Latency HLS: our door beside nginx with the same files, and beside Varnish in front of our door.
 *
 *   node bench/hls.ts [--connections 10000] [--windows 3] [--window 5000] [--starts 1]
 *       [--peers door,nginx,door-block,varnish-block]
 *
 * `paced`: each connection sends two requests per second, for a playlist and a part in turn. `block`: each waits for
 * the playlist of the next part and fetches the part. Needs gcc, taskset, nginx and varnish. All connections use the
 * loopback.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  cores,
  end,
  family,
  freePort,
  isRoot,
  middle,
  on,
  reachable,
  type Server,
  Workshop,
} from './peers/rig.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '10000' },
    windows: { type: 'string', default: '3' },
    window: { type: 'string', default: '5000' },
    starts: { type: 'string', default: '1' },
    peers: { type: 'string', default: 'door,nginx,door-block,varnish-block' },
  },
});
const PERIOD = 500;
const PLAYLIST = '/r/bench/live/opus64.m3u8';
const doorProgram = fileURLToPath(new URL('hls-door.ts', import.meta.url));
const place = cores(1);

using workshop = new Workshop();
const requests = workshop.compile('requests');

interface Window {
  readonly open: number;
  readonly failed: number;
  readonly answers_per_s: number;
  readonly late: number;
  readonly cpu_us_per_request: number;
  readonly cores: number;
  readonly wait_p50_ms: number;
  readonly wait_p99_ms: number;
  readonly wait_max_ms: number;
  readonly rss_kb_per_connection: number;
}

async function startDoor(
  args: readonly string[],
  cpu: string,
): Promise<{ port: number; child: ChildProcess }> {
  const child = on(cpu, process.execPath, [doorProgram, ...args]);
  if (!child.stdout) throw new Error('no output');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()), child };
}
const fetched = async (port: number, path: string): Promise<Buffer> => {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return Buffer.from(await reply.arrayBuffer());
};

interface Open extends Server {
  readonly part: string;
}
async function door(): Promise<Open> {
  const { port, child } = await startDoor(['still'], place.servers);
  const listed = (await fetched(port, PLAYLIST)).toString().matchAll(/^#EXT-X-PART:.*URI="([^"]+)"/gm);
  const part = `/r/bench/live/${[...listed].at(-1)?.[1]}`;
  return { ports: [port], path: PLAYLIST, part, pids: [child.pid ?? 0], stop: () => end([child]) };
}
/** nginx with the same two files, in memory. */
async function nginx(): Promise<Open> {
  const source = await door();
  const folder = '/dev/shm';
  const own = join(folder, `earshot-bench-${process.pid}`);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'playlist'), await fetched(source.ports[0] ?? 0, source.path));
  writeFileSync(join(own, 'part'), await fetched(source.ports[0] ?? 0, source.part));
  await source.stop();
  const port = await freePort();
  const config = join(workshop.folder, 'static.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${workshop.folder}/${name};`)
    .join(' ');
  writeFileSync(
    config,
    `${isRoot ? 'user nobody nogroup;' : ''} daemon off; pid ${workshop.folder}/static.pid; error_log ${workshop.folder}/static.log crit;
worker_processes 1; worker_rlimit_nofile 20000; events { worker_connections 19900; }
http { access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000; ${temporary}
server { listen 127.0.0.1:${port} backlog=4096; root ${own}; default_type application/octet-stream; } }`,
  );
  const child = on(place.servers, 'nginx', ['-c', config, '-p', workshop.folder]);
  await reachable(port);
  return {
    ports: [port],
    path: '/playlist',
    part: '/part',
    pids: family(child.pid ?? 0),
    async stop() {
      await end([child]);
      const { rmSync } = await import('node:fs');
      rmSync(own, { recursive: true, force: true });
    },
  };
}

const BLOCKING = {
  path: `${PLAYLIST}?_HLS_msn=%ld&_HLS_part=%ld`,
  part: '/r/bench/live/opus64/%ld.%ld.m4s',
};
/** Zero of the program of a live door, 41 s before the door starts. */
const zeroOf = (started: number): number => started - 8 * 16 * 320;
async function doorBlock(started: number, cpu = place.servers): Promise<Open> {
  const { port, child } = await startDoor(['live', String(started)], cpu);
  return { ports: [port], ...BLOCKING, pids: [child.pid ?? 0], stop: () => end([child]) };
}
/** Varnish on the servers' core, with our door as its origin on a core of the load generator. */
async function varnishBlock(started: number): Promise<Open> {
  const origin = await doorBlock(started, place.crowd);
  const port = await freePort();
  const vcl = join(workshop.folder, 'bench.vcl');
  writeFileSync(
    vcl,
    `vcl 4.1; backend default { .host = "127.0.0.1"; .port = "${origin.ports[0]}"; .first_byte_timeout = 20s; }
sub vcl_backend_response { set beresp.grace = 0s; }`,
  );
  const state = join(workshop.folder, 'varnish');
  const child = on(place.servers, 'varnishd', [
    ...['-F', '-n', state, '-f', vcl, '-a', `127.0.0.1:${port}`, '-s', 'malloc,256m'],
    ...['-p', 'thread_queue_limit=20000', '-p', 'timeout_linger=0', '-p', 'thread_pool_max=5000'],
    ...['-p', 'listen_depth=4096', '-p', 'timeout_idle=60', '-p', 'http_gzip_support=off', '-j', 'none'],
  ]);
  await reachable(port);
  await pause(1000);
  return {
    ...{ ports: [port], ...BLOCKING },
    pids: family(child.pid ?? 0),
    async stop() {
      await end([child]);
      await origin.stop();
    },
  };
}

const PEERS: Record<string, { name: string; blocks: boolean; open: (started: number) => Promise<Open> }> = {
  door: { name: 'Earshot door', blocks: false, open: door },
  nginx: { name: 'nginx, static files in memory', blocks: false, open: nginx },
  'door-block': { name: 'Earshot door', blocks: true, open: doorBlock },
  'varnish-block': { name: 'Varnish in front of our door', blocks: true, open: varnishBlock },
};

async function measure(key: string): Promise<Window[]> {
  const peer = PEERS[key];
  if (!peer) throw new Error(`no peer ${key}: ${Object.keys(PEERS).join(', ')}`);
  const started = Date.now();
  const server = await peer.open(started);
  try {
    await pause(1000);
    const child = on(
      place.crowd,
      requests,
      [
        peer.blocks ? 'block' : 'paced',
        server.ports[0],
        values.connections,
        peer.blocks ? zeroOf(started) : PERIOD,
        values.window,
        values.windows,
        server.pids.join(','),
        server.path,
        server.part,
      ].map(String),
    );
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

const rows = new Map<string, Window[]>();
const names = values.peers.split(',');
for (let start = 0; start < Number(values.starts); start += 1)
  for (const key of names) rows.set(key, [...(rows.get(key) ?? []), ...(await measure(key))]);
for (const blocks of [false, true]) {
  const mine = [...rows].filter(([key]) => PEERS[key]?.blocks === blocks);
  if (mine.length === 0) continue;
  console.log(
    blocks
      ? `\n${values.connections} players wait for each playlist and fetch each part (640 ms); release = arrival of the playlist after the part was made\n`
      : `\n${values.connections} connections, ${1000 / PERIOD} requests a second each, playlist and part in turn\n`,
  );
  console.log(
    '| server | CPU µs per request (min–max) | answers/s | cores | open | failed | late | p50 | p99 | max | RSS kB per connection |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const [key, windows] of mine) {
    const of = (field: keyof Window): number => middle(windows.map((w) => w[field]));
    const all = windows.map((w) => w.cpu_us_per_request);
    console.log(
      `| ${PEERS[key]?.name} | ${of('cpu_us_per_request').toFixed(1)} (${Math.min(...all).toFixed(1)}–${Math.max(...all).toFixed(1)}) | ${of('answers_per_s')} | ${of('cores').toFixed(2)} | ${of('open')} | ${of('failed')} | ${of('late')} | ` +
        `${of('wait_p50_ms')} ms | ${of('wait_p99_ms')} ms | ${of('wait_max_ms')} ms | ${of('rss_kb_per_connection').toFixed(1)} |`,
    );
  }
}
console.log(`\n${JSON.stringify({ node: process.version, rows: [...rows] })}`);
