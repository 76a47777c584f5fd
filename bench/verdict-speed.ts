/**
 * How fast `earshot verdict` reads, and in how much memory: `node bench/verdict-speed.ts [--mb 1000] [--file FILE] [--runs 3]`.
 * Makes a combined log of evenings one after the other (kept as FILE, default in the temporary folder), reads it, and
 * prints seconds, processor time, MB/s and the largest resident memory of the process (VmHWM). `wc -l` on the same file is the peer.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeEvening } from '../test/evening/evening.ts';
import { FORMATS } from '../test/evening/logged.ts';

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '1000' },
    file: { type: 'string' },
    runs: { type: 'string', default: '3' },
  },
});
const bytes = Number(values.mb) * 1e6;
const path = values.file ?? join(tmpdir(), `earshot-verdict-${values.mb}mb.log`);

/** Evenings of half an hour after each other; in the last, an attack. */
function makeLog(): void {
  const file = openSync(path, 'w');
  let written = 0;
  for (let i = 0; written < bytes; i++) {
    const evening = makeEvening({
      ...{ seed: 1000 + i, minutes: 30, visits: 400 },
      ...(written > bytes * 0.8 ? { attack: { kind: 'lowRate', from: 10, until: 20, rate: 300 } } : {}),
    });
    let text = '';
    for (const request of evening)
      text += `${FORMATS.combined({ ...request, at: request.at + i * 1_800_000 })}\n`;
    written += writeSync(file, text);
  }
  closeSync(file);
}

if (!existsSync(path)) makeLog();
const size = statSync(path).size;
const lines = Number(execFileSync('wc', ['-l', path], { encoding: 'utf8' }).split(' ')[0]);
const began = performance.now();
execFileSync('wc', ['-l', path]);
console.log(
  `${(size / 1e6).toFixed(0)} MB, ${lines} lines; wc -l takes ${((performance.now() - began) / 1000).toFixed(1)} s`,
);
for (let run = 0; run < Number(values.runs); run++) {
  const start = performance.now();
  const child = spawn(fileURLToPath(new URL('../bin/earshot', import.meta.url)), ['verdict', path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString();
  });
  let peak = 0;
  let cpu = 0;
  const watch = setInterval(() => {
    try {
      const [, kb = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peak = Math.max(peak, Number(kb) / 1024);
      // User and system time, in hundredths of a second. Spec: proc(5), fields 14 and 15.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      cpu = (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      // It has ended.
    }
  }, 100);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of processor), ${(size / 1e6 / seconds).toFixed(0)} MB/s, ${Math.round(lines / seconds).toLocaleString('en')} lines/s, at most ${peak.toFixed(0)} MiB resident: ${out.split('\n')[0]}`,
  );
}
