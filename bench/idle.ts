/**
 * Resources of an Earshot that nobody uses: a default installation, measured after its start. Reports processor time
 * and memory of each process and of all together. `node bench/idle.ts [seconds] [--after SECONDS]`; goals: 3 % of a
 * core, 350 MB. Needs Linux, after `npm run build`. The welcome room pauses one minute after its last listener has
 * left, so the measurement begins after that.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from '../e2e/rig/server.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { after: { type: 'string' }, log: { type: 'boolean' } },
});
const SECONDS = Number(positionals[0] ?? 60);
const AFTER = Number(values.after ?? 90);
const TICKS_PER_SECOND = 100;

/** Spec: proc(5), /proc/PID/stat. */
function stat(pid: number): { parent: number; cpu: number } {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(fields[1]), cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND };
}

/** A process and all its descendants. */
function family(root: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [{ pid: Number(name), parent: stat(Number(name)).parent }];
      } catch {
        return [];
      }
    });
  const found = [root];
  for (const pid of found) for (const one of all) if (one.parent === pid) found.push(one.pid);
  return found;
}

/** Megabytes: resident, and with shared pages counted once. Spec: proc(5), smaps_rollup. */
function memory(pid: number): { rss: number; pss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const of = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024;
  return { rss: of('Rss'), pss: of('Pss') };
}

const titleOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 40);

// A default installation, except for its own folders and ports; `npm start` and bin/earshot also name the folder.
await using server = await startServer({
  ...{ EARSHOT_WELCOME: 'yes', EARSHOT_LOG_LEVEL: 'info' },
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../.runtime/compiled', import.meta.url)),
});
await sleep(AFTER * 1000);
const before = new Map(family(server.pid).map((pid) => [pid, stat(pid).cpu]));
await sleep(SECONDS * 1000);
const rows = family(server.pid).map((pid) => ({
  title: titleOf(pid),
  percent: ((stat(pid).cpu - (before.get(pid) ?? 0)) / SECONDS) * 100,
  ...memory(pid),
}));
rows.push({
  title: 'all together',
  percent: rows.reduce((sum, row) => sum + row.percent, 0),
  rss: rows.reduce((sum, row) => sum + row.rss, 0),
  pss: rows.reduce((sum, row) => sum + row.pss, 0),
});
console.log(`over ${SECONDS} s, ${AFTER} s after the start`);
console.log('process                                    % of a core   resident MB   shared counted once MB');
for (const { title, percent, rss, pss } of rows)
  console.log(
    `${title.padEnd(42)} ${percent.toFixed(2).padStart(11)} ${rss.toFixed(0).padStart(13)} ${pss.toFixed(0).padStart(24)}`,
  );
if (values.log) console.log(server.output());
