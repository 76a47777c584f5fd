/**
 * What the evidence log costs, beside a program that appends the same lines to a file: entries a second with group
 * commit and one fsync for each, what ten rooms cost for a minute, the p99 of a group, and how long a log of a year takes
 * to open. `node bench/evidence.ts [--dir DIR] [--rounds 5] [--minute 240] [--storm 6]`; DIR must be on the disk that is
 * meant (default: the current folder). The two take turns in one run. The pace of ten rooms is measured for `--minute`
 * seconds, and once more while `--storm` processes write megabytes to the same disk and wait for it. Goal: at most 3 % of
 * a core for ten rooms.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open as openFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { openLog } from '../src/base/log.ts';
import { type EvidenceDeps, open, type RoomEntry } from '../src/evidence/index.ts';
import { GrowingTree } from '../src/evidence/tree/merkle.ts';

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: '.' },
    rounds: { type: 'string', default: '5' },
    minute: { type: 'string', default: '240' },
    storm: { type: 'string', default: '6' },
  },
});
const ROUNDS = Number(values.rounds);
const MINUTE_S = Number(values.minute);
const folder = mkdtempSync(join(values.dir, 'evidence-bench-'));
// The log's timers alone do not keep a process alive.
const alive = setInterval(() => {}, 1_000);

/** An entry as large as that of a room with listeners: 24 figures with net and gross. */
function minuteEntry(n: number): RoomEntry {
  const figure = { net: 1_400_000 + n, gross: 1_523_112 + n, method: 'counted' } as const;
  const names =
    'listeners_now peak_concurrent avg_concurrent in_room_now tuned_in_live drop_ins join_attempts join_success join_failures listening_seconds replay_plays replay_listeners impressions embeds downloads';
  const total = Object.fromEntries(names.split(' ').map((name) => [name, figure]));
  const samples = Array.from({ length: 6 }, (_, i) => [1_796_000_000 + n * 60 + i * 10, n, n, n, n] as const);
  return {
    ...{
      v: 1,
      kind: 'minute',
      minute: 29_933_333 + n,
      status: 'agreed',
      samples,
      total,
      excluded: { bot: n },
    },
    ...{ seconds: { stage: 83_000_000 + n, standby: 1_000 }, sampling: 1_000_000 },
    definitions: createHash('sha256').update('definitions').digest('hex'),
  } as unknown as RoomEntry;
}

const deps = (name: string): EvidenceDeps => ({
  ...{
    dir: join(folder, name),
    lock: join(folder, `${name}.lock`),
    clock: systemClock,
    log: openLog('error'),
  },
  origin: 'bench.example.org/evidence',
});
const percentile = (list: number[], p: number): number =>
  list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * p))] ?? Number.NaN;
const median = (list: number[]): number => percentile(list, 0.5);

/** So many entries at once: seconds until all are on the disk. */
async function ours(count: number, round: number): Promise<number> {
  await using log = await open(deps(`burst-${round}`));
  const from = performance.now();
  const all = Array.from({ length: count }, (_, n) => log.appendOf(`room-${n % 10}`, minuteEntry(n)));
  const kept = await Promise.all(all);
  if (!kept.every((one) => one.kept)) throw new Error('entries were refused');
  return (performance.now() - from) / 1000;
}

/** The same entries as lines of a file, 256 with each fsync, or each with its own. */
async function plain(count: number, round: number, perSync: number): Promise<number> {
  const file = await openFile(join(folder, `plain-${perSync}-${round}.jsonl`), 'a');
  const from = performance.now();
  for (let n = 0; n < count; n += perSync) {
    const lines = Array.from({ length: Math.min(perSync, count - n) }, (_, i) =>
      JSON.stringify({
        ...minuteEntry(n + i),
        room: `room-${i % 10}`,
        seq: n,
        previous: randomBytes(32).toString('hex'),
      }),
    );
    await file.appendFile(`${lines.join('\n')}\n`);
    await file.datasync();
  }
  const took = (performance.now() - from) / 1000;
  await file.close();
  return took;
}

const BURST = 4_000;
const SINGLE = 200;
const figures = { ours: [] as number[], grouped: [] as number[], single: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  figures.ours.push(BURST / (await ours(BURST, round)));
  figures.grouped.push(BURST / (await plain(BURST, round, 256)));
  figures.single.push(SINGLE / (await plain(SINGLE, round, 1)));
}
const per = (list: number[]): string => Math.round(median(list)).toLocaleString('en').padStart(9);
console.log(
  `${BURST} entries of ${JSON.stringify(minuteEntry(1)).length} bytes, ${ROUNDS} rounds by turns, median`,
);
console.log(`the log, 256 in a group, Merkle tree and indices   ${per(figures.ours)} entries/s`);
console.log(
  `plain lines, an fsync for 256                      ${per(figures.grouped)} entries/s   the log: ${(median(figures.ours) / median(figures.grouped)).toFixed(2)} ×`,
);
console.log(
  `plain lines, an fsync for each                     ${per(figures.single)} entries/s   the log: ${(median(figures.ours) / median(figures.single)).toFixed(1)} ×`,
);

/** Writes and waits for the disk without end. */
const WRITER = `const { openSync, writeSync, fsyncSync } = require('node:fs');
const file = openSync(process.argv[1], 'w');
const bytes = Buffer.alloc(4 << 20, 1);
for (let at = 0; ; at = (at + bytes.length) % (256 << 20)) { writeSync(file, bytes, 0, bytes.length, at); fsyncSync(file); }`;

/** Ten rooms: each second one of them has something to write, which is six times as often as they have. */
async function pace(name: string, storm: number): Promise<void> {
  const writers = Array.from(
    { length: storm },
    (_, i): ChildProcess =>
      spawn(process.execPath, ['-e', WRITER, join(folder, `storm-${i}`)], { stdio: 'ignore' }),
  );
  await using log = await open(deps(name));
  const groups: number[] = [];
  const cpu = process.cpuUsage();
  const from = performance.now();
  let bytes = 0;
  for (let second = 0; second < MINUTE_S; second++) {
    const began = performance.now();
    const entry = minuteEntry(second);
    bytes += JSON.stringify(entry).length + 150;
    await log.appendOf(`room-${second % 10}`, entry);
    // Without the 200 ms in which entries gather.
    groups.push(performance.now() - began - 200);
    await sleep(Math.max(0, from + (second + 1) * 1000 - performance.now()));
  }
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - from) / 1000;
  for (const writer of writers) writer.kill('SIGKILL');
  console.log(
    `${storm > 0 ? `while ${storm} processes write to the same disk: ` : ''}an entry a second for ${Math.round(seconds)} s, a head every 10 s: ${((user + system) / 10_000 / seconds).toFixed(2)} % of a core; group median ${median(groups).toFixed(1)} ms, p99 ${percentile(groups, 0.99).toFixed(1)} ms`,
  );
  console.log(
    `ten rooms with an entry a minute each: ${((bytes / MINUTE_S) * 600 * 1e-6).toFixed(2)} MB an hour, ${((bytes / MINUTE_S) * 14_400 * 1e-6).toFixed(1)} MB a day, and 32 bytes of hash for each entry`,
  );
}
await pace('minute', 0);
await pace('storm', Number(values.storm));

{
  // A long log, in bursts.
  const LONG = 100_000;
  {
    await using log = await open(deps('long'));
    for (let n = 0; n < LONG; n += 4_000)
      await Promise.all(
        Array.from({ length: 4_000 }, (_, i) => log.appendOf(`room-${i % 10}`, minuteEntry(n + i))),
      );
    const from = performance.now();
    let length = 0;
    await log.checkpoint();
    for await (const line of (await log.bundle('room-3')) ?? []) length += line.length;
    console.log(
      `a bundle of ${LONG / 10} entries out of ${LONG}: ${((performance.now() - from) / 1000).toFixed(2)} s, ${(length * 1e-6).toFixed(1)} MB, ${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    );
  }
  const opened: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = performance.now();
    await using _log = await open(deps('long'));
    opened.push(performance.now() - from);
  }
  console.log(
    `opening a log of ${LONG} entries: ${median(opened).toFixed(0)} ms; one that was just begun needs no less`,
  );
}

{
  const leaf = randomBytes(32);
  const tree = new GrowingTree();
  const from = performance.now();
  for (let n = 0; n < 1_000_000; n++) tree.append(leaf);
  console.log(`a million leaves into the tree: ${((performance.now() - from) / 1000).toFixed(2)} s`);
}
clearInterval(alive);
rmSync(folder, { recursive: true });
