import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { continuity, rawListener } from './rig/raw-listener.ts';
import { freePort, type Server, startServer, until } from './rig/server.ts';
import { countStops } from './rig/stops.ts';

/**
 * Total slow connections, a third of each kind; `EARSHOT_SLOW=10000` is more than a test machine should have to open.
 */
const SLOW = Number(process.env.EARSHOT_SLOW ?? 2000);
const ATTACK_S = 9;

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Debian's slowhttptest with as many open files as are allowed. */
function slow(url: string, ...kind: string[]): Promise<number | null> {
  const rate = String(Math.ceil(SLOW / 3 / 4));
  const args = [
    '-c',
    String(Math.ceil(SLOW / 3)),
    '-r',
    rate,
    '-l',
    String(ATTACK_S),
    '-p',
    '5',
    '-u',
    url,
    ...kind,
  ];
  const child = spawn('sh', ['-c', 'ulimit -n $(ulimit -Hn); exec slowhttptest "$@"', 'slow', ...args], {
    stdio: 'ignore',
  });
  children.push(child);
  return new Promise((resolve) => child.once('close', resolve));
}

const memory = (server: Server): number => {
  const pid = server.child('door', 0);
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
};

/** Milliseconds until a page is complete. */
function visit(url: string): Promise<number> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const call = get(url, { agent: false }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      response.resume();
      response.on('end', () => resolve(performance.now() - began));
      response.on('error', reject);
    });
    call.setTimeout(15_000, () => call.destroy(new Error(`${url}: no answer`)));
    call.on('error', reject);
  });
}

test('thousands of connections that send or read slowly: visitors and listeners notice nothing, memory does not grow, and they are closed', async () => {
  const metrics = await freePort();
  const settings = { EARSHOT_DOORS: '1', EARSHOT_CELLS: '1', EARSHOT_METRICS_PORT: String(metrics) };
  await using server = await startServer(settings);
  const room = await server.room('Slow');
  await server.cli('room', 'open', room.slug);
  using listener = rawListener(server.url, room.slug);
  await until('sound', () => listener.received.length > 5, 40_000);
  for (let i = 0; i < 50; i++) await visit(`${server.url}/r/${room.slug}`);
  const before = memory(server);
  const door = server.child('door', 0);

  const attacks = Promise.all([
    slow(`${server.url}/`, '-H', '-i', '3', '-x', '24'),
    slow(`${server.url}/api/rooms`, '-B', '-i', '3', '-s', '8192', '-x', '10'),
    slow(`${server.url}/r/${room.slug}`, '-X', '-w', '256', '-y', '512', '-n', '5', '-z', '32', '-k', '3'),
  ]);
  let attacking = true;
  void attacks.then(() => {
    attacking = false;
  });
  const all: number[] = [];
  const undisturbed: number[] = [];
  const stops = countStops();
  /** What a visit takes says something about the door only while the machine itself did not stand still. */
  const timed = async (url: string): Promise<void> => {
    const before = stops();
    const took = await visit(url);
    all.push(took);
    if (stops() === before) undisturbed.push(took);
  };
  let most = 0;
  let open = 0;
  while (attacking) {
    await timed(`${server.url}/r/${room.slug}`);
    await timed(`${server.url}/healthz`);
    most = Math.max(most, memory(server));
    open = Math.max(open, connections(server.port));
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const times = (undisturbed.length > 30 ? undisturbed : all).sort((a, b) => a - b);
  const p99 = times[Math.floor(times.length * 0.99)] ?? Number.POSITIVE_INFINITY;
  console.log(
    `${SLOW} slow connections (most at once: ${open}): ${all.length} visits, ${undisturbed.length} undisturbed, p99 ${p99.toFixed(0)} ms; door ${before.toFixed(0)} → ${most.toFixed(0)} MB`,
  );
  // Shows that it was an attack, otherwise the test proves nothing. Connections beyond the limits are closed early, so
  // the total is counted, not the open ones.
  const told = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
  const came = Number(/^earshot_door_connections_total(?:\{[^}]*\})? (\d+)$/m.exec(told)?.[1]);
  expect(came - all.length).toBeGreaterThan(SLOW / 2);
  expect(open).toBeGreaterThan(SLOW / 10);
  expect(times.length).toBeGreaterThan(30);
  expect(p99).toBeLessThan(1_000);
  // A connection with an unfinished head or small body has no parser and no upstream; a slow reader is owed an answer.
  const third = SLOW / 3;
  expect(most - before).toBeLessThan(40 + (2 * third * 10 + third * 40) / 1024);
  const heard = listener.received.length;
  await until('the listener hears on', () => listener.received.length > heard + 6);
  expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
  expect(listener.reconnects).toBe(0);
  expect(server.child('door', 0)).toBe(door);
  // Silent connections have been closed, so only the listener is left.
  await until('the slots are free', () => connections(server.port) <= 4);
});

/** Established connections to a port, from the kernel's own table. */
function connections(port: number): number {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  let count = 0;
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local, , state] = line.trim().split(/\s+/);
    if (local?.endsWith(`:${wanted}`) && state === '01') count += 1;
  }
  return count;
}
