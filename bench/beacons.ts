/**
 * Beacons with a proof to check, on kept connections, beside nginx that answers 204 to the same requests; by turns, on
 * one core.
 *
 *   node bench/beacons.ts [--connections 64] [--each 1200] [--turns 5]
 *
 * Needs gcc, taskset and nginx.
 */
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openSessionTokens } from '../src/door/audience/session-token.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { keyFor } from '../src/keys/signing-keys.ts';
import type { Beacon } from '../src/wire/listening/beacon.ts';
import { firstSegment, proofOf, sessionOf, WINDOW_SEGMENTS, windowAt } from '../src/wire/listening-proof.ts';
import { cores, end, freePort, isRoot, middle, on, reachable, Workshop } from './peers/rig.ts';

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '64' },
    each: { type: 'string', default: '1200' },
    turns: { type: 'string', default: '5' },
  },
});
const [connections, each, turns] = [Number(values.connections), Number(values.each), Number(values.turns)];
const SEGMENT_MS = 5_120;
const place = cores(1);
using workshop = new Workshop();
const program = workshop.compile('beacons');
const folder = join('/dev/shm', `earshot-beacons-${process.pid}`);
mkdirSync(folder);

/** Windows of a session that a live room still takes. */
const WINDOWS = 6;

/**
 * Requests of a turn: the windows of the last minutes, of one session after the other, as a door hears them in a crowd
 * whose players keep their connections.
 */
function requests(secret: Uint8Array): string {
  const tag = segmentTags(secret);
  const tags = new Map<number, Uint8Array>();
  const known = (segment: number): Uint8Array => {
    const made = tags.get(segment) ?? tag('bench', segment);
    tags.set(segment, made);
    return made;
  };
  const tokens = openSessionTokens(keyFor(secret, 'listening sessions'), Date.now);
  const newest = Math.floor(Date.now() / SEGMENT_MS);
  let text = '';
  let length = 0;
  for (let i = 0; i < (connections * each) / WINDOWS; i += 1) {
    const token = tokens.issue('bench', i);
    const session = sessionOf(token) ?? new Uint8Array(8);
    const last = windowAt(session, newest);
    for (let k = WINDOWS; k > 0; k -= 1) {
      const window = last - k;
      const proven = { session, window, segments: WINDOW_SEGMENTS };
      if (firstSegment(session, window) < 0) throw new Error('no such window');
      const beacon: Beacon = {
        ...{ session: token, way: 'stream', window, segments: WINDOW_SEGMENTS },
        ...{ proof: proofOf(proven, known) ?? '', seconds: 30.72, audible: true, hidden: false },
      };
      const body = JSON.stringify(beacon);
      const request =
        'POST /r/bench/beacon HTTP/1.1\r\nHost: bench\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0\r\n' +
        `content-type: text/plain;charset=UTF-8\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
      if (length !== 0 && request.length !== length) throw new Error('requests of different lengths');
      length = request.length;
      text += request;
    }
  }
  const path = join(folder, 'requests');
  writeFileSync(path, text, 'latin1');
  return path;
}

interface Result {
  readonly answers: number;
  readonly others: number;
  readonly per_s: number;
  readonly cpu_us: number;
  readonly cores: number;
}
async function load(port: number, path: string, pid: number): Promise<Result> {
  const child = on(place.crowd, program, [port, connections, path, each, 30, pid].map(String));
  let out = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  await once(child, 'close');
  return JSON.parse(out) as Result;
}

async function door(turn: number): Promise<Result & { readonly counted: number }> {
  const path = requests(new Uint8Array(32).fill(turn));
  const doorProgram = fileURLToPath(new URL('beacons-door.ts', import.meta.url));
  const child = on(place.servers, process.execPath, [doorProgram, String(turn)]);
  let out = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  while (!out.includes('\n')) await once(child.stdout as NodeJS.ReadableStream, 'data');
  const result = await load(Number.parseInt(out, 10), path, child.pid ?? 0);
  child.kill();
  await once(child, 'close');
  return { ...result, counted: Number(out.trim().split('\n')[1]) };
}

async function nginx(turn: number): Promise<Result> {
  const path = requests(new Uint8Array(32).fill(turn));
  const port = await freePort();
  const config = join(workshop.folder, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${workshop.folder}/${name};`)
    .join(' ');
  writeFileSync(
    config,
    `${isRoot ? 'user nobody nogroup;' : ''} daemon off; master_process off; pid ${workshop.folder}/nginx.pid;
error_log ${workshop.folder}/nginx.log crit; events { worker_connections 10000; }
http { access_log off; tcp_nodelay on; keepalive_requests 100000000; ${temporary}
server { listen 127.0.0.1:${port} backlog=4096; location / { return 204; } } }`,
  );
  const child = on(place.servers, 'nginx', ['-c', config, '-p', workshop.folder]);
  await reachable(port);
  const result = await load(port, path, child.pid ?? 0);
  await end([child]);
  return result;
}

const rows: { door: Result & { counted: number }; nginx: Result }[] = [];
for (let turn = 1; turn <= turns; turn += 1) {
  const row = { door: await door(turn), nginx: await nginx(turn) };
  rows.push(row);
  if (row.door.others + row.nginx.others > 0)
    throw new Error(`not all were answered 204: ${JSON.stringify(row)}`);
  // Whoever was under way when the time was over was not answered.
  if (Math.abs(row.door.counted - row.door.answers) > connections)
    throw new Error(`${row.door.counted} of ${row.door.answers} counted`);
}
rmSync(folder, { recursive: true });
const of = (name: 'door' | 'nginx', field: 'per_s' | 'cpu_us'): number =>
  middle(rows.map((row) => row[name][field]));
console.log(`${connections} connections, ${each} beacons each, medians of ${turns} turns\n`);
console.log('| server | beacons per second | CPU µs each | per second of CPU |\n|---|---|---|---|');
for (const name of ['door', 'nginx'] as const) {
  const cpu = of(name, 'cpu_us');
  console.log(
    `| ${name} | ${of(name, 'per_s').toFixed(0)} | ${cpu.toFixed(1)} | ${(1e6 / cpu).toFixed(0)} |`,
  );
}
console.log(
  `\ndoor / nginx: ${(of('nginx', 'cpu_us') / of('door', 'cpu_us')).toFixed(2)} by CPU, ${(of('door', 'per_s') / of('nginx', 'per_s')).toFixed(2)} by the clock`,
);
