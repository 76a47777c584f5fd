/**
 * All measurements of the listeners' path beside other servers, one after the other on this machine, with a picture of
 * the ratios.
 *
 *   node bench/any-crowd.ts [--starts 3] [--many-starts N, default as many] [--out docs]
 *       [--only fanout,hls,joins,tls,fanout-many]
 *
 * With three starts it takes about 40 minutes and needs a quiet machine. Writes OUT/any-crowd.md (the printed tables)
 * and OUT/any-crowd.svg (measured ratio against its goal).
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Goal, goalsPicture } from './peers/goals-picture.ts';
import { middle } from './peers/rig.ts';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '3' },
    'many-starts': { type: 'string' },
    only: { type: 'string', default: 'fanout,hls,joins,tls,fanout-many' },
    out: { type: 'string', default: fileURLToPath(new URL('../docs', import.meta.url)) },
  },
});
const here = fileURLToPath(new URL('.', import.meta.url));

type Windows = readonly Readonly<Record<string, number>>[];
/** The last output of a bench, as far as it is read here. */
interface Printed {
  readonly results?: readonly { size: number; name: string; windows: Windows }[];
  readonly rows?: unknown;
}
interface Run {
  readonly title: string;
  readonly command: readonly string[];
  goals(printed: Printed): Goal[];
}

const of = (windows: Windows | undefined, field: string): number =>
  middle((windows ?? []).map((window) => window[field] ?? Number.NaN));

function fanoutGoals({ results = [] }: Printed): Goal[] {
  return [...new Set(results.map(({ size }) => size))].flatMap((size) => {
    const windows = (name: string) => results.find((row) => row.size === size && row.name === name)?.windows;
    const cpu = (name: string) => of(windows(name), 'cpu_us_per_listener_s');
    const thousands = `${size / 1000}k`;
    return [
      { name: `stream ${thousands}, CPU × Icecast`, measured: cpu('door') / cpu('icecast'), goal: 0.35 },
      { name: `stream ${thousands}, CPU × nchan`, measured: cpu('door') / cpu('nchan'), goal: 1 },
      { name: `stream ${thousands}, CPU × C send()`, measured: cpu('door') / cpu('c'), goal: 1.15 },
      {
        name: `stream ${thousands}, p99 gap × write period`,
        measured: of(windows('door'), 'gap_p99_ms') / 960,
        goal: 1.1,
      },
      {
        name: `stream ${thousands}, kB per listener ÷ 5 kB`,
        measured: of(windows('door'), 'rss_kb_per_listener') / 5,
        goal: 1,
      },
    ];
  });
}

function hlsGoals({ rows }: Printed): Goal[] {
  const by = new Map(rows as [string, Windows][]);
  const ratio = (a: string, b: string, field: string) => of(by.get(a), field) / of(by.get(b), field);
  return [
    {
      name: 'HLS paced, CPU × nginx static',
      measured: ratio('door', 'nginx', 'cpu_us_per_request'),
      goal: 1.2,
    },
    {
      name: 'blocking playlist, p99 × Varnish',
      measured: ratio('door-block', 'varnish-block', 'wait_p99_ms'),
      goal: 0.35,
    },
  ];
}

function joinGoals({ rows }: Printed): Goal[] {
  const by = rows as Record<string, { closed: Windows; paced: Windows }>;
  const reached = (name: string) => of(by[name]?.closed, 'joins_per_s');
  return [
    {
      name: 'joins/s on one core × Icecast',
      measured: reached('door') / reached('icecast'),
      goal: 8,
      more: true,
    },
    {
      name: 'p99 first sound at 2,000 joins/s ÷ 300 ms',
      measured: of(by.door?.paced, 'first_p99_ms') / 300,
      goal: 1,
    },
  ];
}

function tlsGoals({ rows }: Printed): Goal[] {
  const { plain, tls } = rows as Record<string, Windows>;
  const cpu = 'cpu_us_per_listener_s';
  return [
    { name: 'stream over TLS, CPU × plain', measured: of(tls, cpu) / of(plain, cpu), goal: 2 },
    { name: 'TLS, kB per listener ÷ 30 kB', measured: of(tls, 'rss_kb_per_listener') / 30, goal: 1 },
  ];
}

const RUNS: Readonly<Record<string, Run>> = {
  fanout: {
    title: 'The stream',
    command: ['fanout.ts', '--sizes', '5000,18500', '--starts', values.starts],
    goals: fanoutGoals,
  },
  'fanout-many': {
    title: 'The stream, three processes',
    command: ['fanout.ts', '--sizes', '55000', '--starts', values['many-starts'] ?? values.starts],
    goals: fanoutGoals,
  },
  hls: { title: 'HLS', command: ['hls.ts', '--starts', values.starts], goals: hlsGoals },
  joins: { title: 'Joining', command: ['joins.ts', '--starts', values.starts], goals: joinGoals },
  tls: {
    title: 'TLS',
    command: ['tls.ts', '--starts', values.starts],
    goals: tlsGoals,
  },
};

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: here, encoding: 'utf8' }).trim();
const sections: string[] = [];
const goals: Goal[] = [];
for (const name of values.only.split(',')) {
  const run = RUNS[name];
  if (!run) throw new Error(`no run ${name}: ${Object.keys(RUNS).join(', ')}`);
  const [file = '', ...args] = run.command;
  const before = loadavg()[0] ?? 0;
  console.error(`${name}: node bench/${run.command.join(' ')}`);
  const { stdout, status } = spawnSync(process.execPath, [join(here, file), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 << 20,
  });
  const lines = stdout.trim().split('\n');
  const last = lines.at(-1)?.startsWith('{') ? lines.pop() : undefined;
  sections.push(
    `## ${run.title}\n\n\`node bench/${run.command.join(' ')}\`, load of the machine before: ${before.toFixed(1)}${status === 0 ? '' : '; **the run ended badly**'}\n\n${lines.join('\n').trim()}\n`,
  );
  console.log(lines.join('\n'));
  if (last)
    goals.push(...run.goals(JSON.parse(last) as Printed).filter(({ measured }) => Number.isFinite(measured)));
}
const day = new Date().toISOString().slice(0, 10);
const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}, ${day}`;
const table = goals.map(
  ({ name, measured, goal, more }) =>
    `| ${name} | ${more ? '≥' : '≤'} ${goal} | ${measured.toFixed(2)} | ${(more ? measured >= goal : measured <= goal) ? 'reached' : '**missed**'} |`,
);
writeFileSync(
  join(values.out, 'any-crowd.md'),
  `# Any crowd, beside the others\n\nMade by \`npm run bench -- any-crowd\` on ${machine}. Ratios within one run count; the microseconds do not travel.\nWhat the method cannot tell is in [performance.md](performance.md).\n\n![Measured ratios against their goals](any-crowd.svg)\n\n| figure | goal | measured | |\n|---|---|---|---|\n${table.join('\n')}\n\n${sections.join('\n')}`,
);
writeFileSync(join(values.out, 'any-crowd.svg'), goalsPicture(goals, machine));
console.log(`\n${table.join('\n')}`);
