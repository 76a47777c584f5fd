/**
 * Fan-out of one stream: our door beside a C send() loop and Icecast, on the same core in the same run.
 *
 *   node bench/fanout.ts [--sizes 5000,18500] [--windows 3] [--periods 5] [--starts 1] [--peers c,door,icecast,door-320]
 *
 * Needs gcc, taskset and, for its row, icecast2. Everything is on the loopback.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '5000,18500' },
    windows: { type: 'string', default: '3' },
    periods: { type: 'string', default: '5' },
    starts: { type: 'string', default: '1' },
    peers: { type: 'string', default: 'c,door,icecast' },
  },
});
const FRAGMENT = 2048;
const PERIOD = 960;
const WRITE = (FRAGMENT * PERIOD) / 320;
/** Icecast's listen queue is 5: a faster crowd is turned away again and again. */
const JOINS_PER_S = { icecast: 600, other: 4000 };
const root = process.getuid?.() === 0;
const here = fileURLToPath(new URL('.', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'earshot-fanout-'));
const cores = cpus().length;
const serverCore = '0';
const crowdCores = cores >= 4 ? '2,3' : `${cores - 1}`;

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
interface Server {
  readonly port: number;
  readonly path: string;
  readonly child: ChildProcess;
  stop(): void;
}

const compile = (name: string): string => {
  const out = join(dir, name);
  execFileSync('gcc', ['-O2', '-Wall', '-o', out, join(here, 'fanout', `${name}.c`)], { stdio: 'inherit' });
  return out;
};
const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
};
/** Runs on given cores and, as root, before the machine's other work: a starved server's figures say nothing. */
const on = (cpus: string, command: string, args: readonly string[]): ChildProcess =>
  spawn('taskset', ['-c', cpus, ...(root ? ['nice', '-n', '-10'] : []), command, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const pinned = (command: string, args: readonly string[]): ChildProcess => on(serverCore, command, args);
const reachable = async (port: number): Promise<void> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const ok = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (ok) return;
    await pause(100);
  }
  throw new Error(`nothing listens on ${port}`);
};

const openLimit = (program: string) => async (): Promise<Server> => {
  const port = await freePort();
  const child = pinned(program, [String(port), String(PERIOD), String(WRITE)]);
  await reachable(port);
  return { port, path: '/', child, stop: () => child.kill() };
};
const openDoor = (period: number) => async (): Promise<Server> => {
  const child = pinned(process.execPath, [join(here, 'fanout-door.ts'), String(FRAGMENT), String(period)]);
  if (!child.stdout) throw new Error('no output');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(line.toString()), path: '/r/bench/stream', child, stop: () => child.kill() };
};
async function openIcecast(): Promise<Server> {
  const port = await freePort();
  const config = join(dir, 'icecast.xml');
  writeFileSync(
    config,
    `<icecast><limits><clients>19900</clients><sources>2</sources><queue-size>524288</queue-size><client-timeout>30</client-timeout>
<header-timeout>15</header-timeout><source-timeout>10</source-timeout><burst-on-connect>0</burst-on-connect><burst-size>0</burst-size></limits>
<authentication><source-password>s</source-password><admin-user>a</admin-user><admin-password>a</admin-password></authentication>
<hostname>localhost</hostname><listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>${dir}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>1</loglevel></logging>
<security><chroot>0</chroot>${root ? '<changeowner><user>nobody</user><group>nogroup</group></changeowner>' : ''}</security></icecast>`,
  );
  if (root) chownSync(dir, 65534, 65534);
  chmodSync(dir, 0o755);
  const child = pinned('icecast2', ['-c', config]);
  await reachable(port);
  const source = connect(port, '127.0.0.1');
  source.on('error', () => {});
  const login = Buffer.from('source:s').toString('base64');
  source.write(`SOURCE /live HTTP/1.0\r\nAuthorization: Basic ${login}\r\nContent-Type: audio/mpeg\r\n\r\n`);
  await once(source, 'data');
  const sound = Buffer.alloc(WRITE, 0x55);
  const start = performance.now();
  let writes = 0;
  const timer = setInterval(() => {
    while (performance.now() - start >= writes * PERIOD) {
      source.write(sound);
      writes += 1;
    }
  }, 20);
  return {
    port,
    path: '/live',
    child,
    stop() {
      clearInterval(timer);
      source.destroy();
      child.kill();
    },
  };
}

const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function measure(open: () => Promise<Server>, listeners: number, joins: number): Promise<Window[]> {
  const server = await open();
  try {
    await pause(1000);
    const args = [
      server.port,
      server.path,
      listeners,
      joins,
      3,
      Number(values.periods) * PERIOD,
      values.windows,
      server.child.pid ?? 0,
    ].map(String);
    const crowd = on(crowdCores, join(dir, 'crowd'), args);
    let out = '';
    crowd.stdout?.on('data', (chunk) => {
      out += chunk;
    });
    await once(crowd, 'close');
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Window);
  } finally {
    server.stop();
    await once(server.child, 'close');
    await pause(2000);
  }
}

try {
  compile('crowd');
  const peers: Record<string, { name: string; open: () => Promise<Server>; joins: number }> = {
    c: { name: 'C, epoll and send()', open: openLimit(compile('limit')), joins: JOINS_PER_S.other },
    door: { name: 'Earshot door', open: openDoor(PERIOD), joins: JOINS_PER_S.other },
    'door-640': { name: 'Earshot door, write every 640 ms', open: openDoor(640), joins: JOINS_PER_S.other },
    'door-320': { name: 'Earshot door, write every 320 ms', open: openDoor(320), joins: JOINS_PER_S.other },
    icecast: { name: 'Icecast', open: openIcecast, joins: JOINS_PER_S.icecast },
  };
  const results: Record<string, unknown>[] = [];
  for (const size of values.sizes.split(',').map(Number)) {
    const rows: { key: string; name: string; windows: Window[] }[] = [];
    for (let start = 0; start < Number(values.starts); start += 1) {
      for (const key of values.peers.split(',')) {
        const peer = peers[key];
        if (!peer) throw new Error(`no peer ${key}: ${Object.keys(peers).join(', ')}`);
        const windows = await measure(peer.open, size, peer.joins);
        const row = rows.find((known) => known.key === key);
        if (row) row.windows.push(...windows);
        else rows.push({ key, name: peer.name, windows });
      }
    }
    const cpu = (key: string): number =>
      middle(rows.find((row) => row.key === key)?.windows.map((w) => w.cpu_us_per_listener_s) ?? []);
    console.log(
      `\n${size} listeners, ${WRITE} bytes every ${PERIOD} ms, server on core ${serverCore}, medians of ${Number(values.starts) * Number(values.windows)} windows of ${(Number(values.periods) * PERIOD) / 1000} s\n`,
    );
    console.log(
      '| server | CPU µs per listener-second (min–max) | × C | × Icecast | open | kB/s | p99 gap | p99 first byte | RSS kB per listener | join CPU µs |',
    );
    console.log('|---|---|---|---|---|---|---|---|---|---|');
    for (const { key, name, windows } of rows) {
      const of = (field: keyof Window): number => middle(windows.map((w) => w[field]));
      const all = windows.map((w) => w.cpu_us_per_listener_s);
      const own = cpu(key);
      const ratio = (to: string): string => (Number.isNaN(cpu(to)) ? '–' : (own / cpu(to)).toFixed(2));
      console.log(
        `| ${name} | ${own.toFixed(1)} (${Math.min(...all).toFixed(1)}–${Math.max(...all).toFixed(1)}) | ${ratio('c')} | ${ratio('icecast')} | ${of('open')} | ` +
          `${(of('bytes_per_listener_s') / 1000).toFixed(2)} | ${of('gap_p99_ms')} ms | ${of('first_p99_ms')} ms | ${of('rss_kb_per_listener').toFixed(1)} | ${of('join_cpu_us').toFixed(0)} |`,
      );
      results.push({ size, key, windows });
    }
  }
  console.log(`\n${JSON.stringify({ node: process.version, cores, cpu: cpus()[0]?.model, results })}`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
