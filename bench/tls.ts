/**
 * The cost of TLS in the door: CPU and memory of a listener with and without it, on the same cores in one run.
 *
 *   node bench/tls.ts [--listeners 5000] [--windows 3] [--periods 5] [--starts 3] [--joins 500]
 *
 * Needs gcc, libssl-dev and taskset. A listener does the handshake (TLS 1.3, AES-128-GCM, P-256), and discards
 * everything after it; a write is 6,144 bytes every 960 ms. Memory is that of the door process alone (Rss).
 */
import { once } from 'node:events';
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selfSigned, writeCertificate } from '../test/certificate.ts';
import { cores, end, middle, on, Workshop } from './peers/rig.ts';

const { values } = parseArgs({
  options: {
    listeners: { type: 'string', default: '5000' },
    windows: { type: 'string', default: '3' },
    periods: { type: 'string', default: '5' },
    starts: { type: 'string', default: '3' },
    joins: { type: 'string', default: '500' },
  },
});
const PERIOD = 960;
const FRAGMENT = 2048;
const doorProgram = fileURLToPath(new URL('./fanout-door.ts', import.meta.url));

interface Window {
  readonly open: number;
  readonly failed: number;
  readonly join_cpu_us: number;
  readonly cpu_us_per_listener_s: number;
  readonly bytes_per_listener_s: number;
  readonly gap_p99_ms: number;
  readonly first_p99_ms: number;
  readonly rss_kb_per_listener: number;
}

using workshop = new Workshop();
const crowd = workshop.compile('crowd', ['-DTLS', '-lssl', '-lcrypto']);
writeCertificate(workshop.folder, selfSigned());
const place = cores(1);

async function measure(secure: boolean): Promise<Window[]> {
  const certificate = secure ? [workshop.folder] : [];
  const door = on(place.servers, process.execPath, [
    doorProgram,
    String(FRAGMENT),
    String(PERIOD),
    '0',
    ...certificate,
  ]);
  try {
    if (!door.stdout) throw new Error('no output');
    const [said] = await once(door.stdout, 'data');
    await pause(1000);
    const duration = String(Number(values.periods) * PERIOD);
    const what = [
      String(said).trim(),
      '/r/bench/stream',
      values.listeners,
      values.joins,
      '3',
      duration,
      values.windows,
    ];
    const child = on(place.crowd, secure ? 'env' : crowd, [
      ...(secure ? ['CROWD_TLS=1', crowd] : []),
      ...what,
      String(door.pid),
    ]);
    let out = '';
    child.stdout?.on('data', (chunk) => (out += chunk));
    await once(child, 'close');
    return out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Window);
  } finally {
    await end([door]);
  }
}

const rows: Record<'plain' | 'tls', Window[]> = { plain: [], tls: [] };
for (let start = 0; start < Number(values.starts); start += 1) {
  rows.plain.push(...(await measure(false)));
  rows.tls.push(...(await measure(true)));
}
const of = (row: Window[], field: keyof Window): number => middle(row.map((window) => window[field]));
console.log(
  `\n${values.listeners} listeners, ${3 * FRAGMENT} bytes every ${PERIOD} ms, door on core ${place.servers}, listeners on ${place.crowd}, medians of ${values.starts} starts × ${values.windows} windows\n`,
);
console.log(
  '| | CPU µs per listener-second | memory kB per listener | CPU µs per join | p99 gap | p99 first byte | open |',
);
console.log('|---|---|---|---|---|---|---|');
for (const [name, row] of Object.entries(rows))
  console.log(
    `| ${name} | ${of(row, 'cpu_us_per_listener_s').toFixed(1)} | ${of(row, 'rss_kb_per_listener').toFixed(1)} | ${of(row, 'join_cpu_us').toFixed(0)} | ${of(row, 'gap_p99_ms')} ms | ${of(row, 'first_p99_ms')} ms | ${of(row, 'open')} |`,
  );
const ratio = of(rows.tls, 'cpu_us_per_listener_s') / of(rows.plain, 'cpu_us_per_listener_s');
console.log(`| TLS / plain | ${ratio.toFixed(2)} (goal ≤ 2) | goal ≤ 30 | | | | |`);
console.log(`\n${JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, rows })}`);
