/**
 * A complete server and real crowds on one machine: how many listeners it holds, and what happens at ten times its
 * capacity.
 *
 *   npm run bench -- rehearsal [--listeners 50000] [--ramp 30] [--hold 60] [--as-page 0.1]
 *       [--only held,overload,surge] [--period 320ms] [--server-cores 0,1 --crowd-cores 2,3]
 *
 * Each run starts `earshot start --rehearsal` with its own data folder and one bot who speaks, then `earshot crowd`:
 *
 *   held       N listeners within the ramp, from 127.0.0.1, 127.0.0.2, …
 *   overload   `egressLimit` is a tenth of what N need on rung 0, and N come at once, before any ladder can step
 *   surge      the same, but N come within the ramp: the ladder steps meanwhile, so later ones get the delayed stream
 *
 * Ten people are there before each crowd and stay until after it; their stalls are counted separately. Prints a table
 * and one line of JSON. Needs a quiet machine and, for 50,000, `ulimit -n 200000`. With `--listeners 2000 --ramp 10
 * --hold 15` it takes five minutes (two of `--only surge`) and shows that it runs.
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { until } from '../e2e/rig/server.ts';
import { type Crowd, openEvening } from './peers/evening.ts';

const { values } = parseArgs({
  options: {
    listeners: { type: 'string', default: '50000' },
    ramp: { type: 'string', default: '30' },
    hold: { type: 'string', default: '60' },
    'as-page': { type: 'string', default: '0.1' },
    only: { type: 'string', default: 'held,overload,surge' },
    period: { type: 'string', default: '320ms' },
    'server-cores': { type: 'string', default: '' },
    'crowd-cores': { type: 'string', default: '' },
  },
});
const LISTENERS = Number(values.listeners);
/**
 * The number of doors of four cores, even if the server has two: each door may open 20,000 files on the machines this
 * was made for.
 */
const DOORS = Math.max(1, availableParallelism() - 1);
const HOLD_S = Number(values.hold);
/** A tenth of the egress of all listeners on rung 0. */
const tenth = (): Record<string, string> => ({
  EARSHOT_EGRESS_LIMIT: `${Math.max(1, Math.round((LISTENERS / 10) * EACH_BITS * 1e-6))}Mbit/s`,
});
/** The number of listeners who were there before. */
const BEFORE = 10;
const BEFORE_S = 12;
/** Egress of one listener of the best rendition on rung 0, headers included, bit/s. */
const EACH_BITS = 72_000;
/** Time that people have to begin; the begin itself is judged by the time to the first sound. Seconds. */
const BEGIN_S = 8;
const BACK_LIMIT_MS = 240_000;
/** Runs one server, the listeners who were there before, and one crowd. */
async function run(name: string, settings: Record<string, string>, args: readonly string[]) {
  process.stderr.write(`${name}: ${LISTENERS} listeners, load before ${loadavg()[0]?.toFixed(1)}\n`);
  await using evening = await openEvening(
    `Rehearsal ${name}`,
    {
      ...{ EARSHOT_DOORS: String(DOORS), EARSHOT_WRITE_PERIOD: values.period },
      ...{ EARSHOT_REHEARSAL: `${LISTENERS + BEFORE},6h`, ...settings },
    },
    values['server-cores'],
  );
  const cores = values['crowd-cores'];
  const arrivals = args.includes('step') ? 0 : Number(values.ramp);
  const stay = `${BEFORE_S + arrivals + HOLD_S + 10}s`;
  const before = evening.crowd(
    ['--listeners', String(BEFORE), '--curve', 'step', '--hold', stay, '--from', '127.0.200.1'],
    cores,
  );
  await new Promise((resolve) => setTimeout(resolve, BEFORE_S * 1000));
  const all = await evening.crowd(['--listeners', String(LISTENERS), '--hold', `${HOLD_S}s`, ...args], cores);
  const left = Date.parse(all.outcome.ended);
  const first = await before;
  const restored = async () => (await evening.state())?.delivery.rung === 0;
  // A run without limits has little to recover from.
  await until('rung 0 again', restored, name === 'held' ? 0 : BACK_LIMIT_MS).catch(() => undefined);
  const back = (await restored()) ? (Date.now() - left) / 1000 : undefined;
  return figures(all, first, back);
}

/**
 * Seconds of sound that people heard in each second, after everybody had time to begin and before the first leaves. It
 * is not the sound received in that second: with writes 2.56 s apart that is everything or nothing.
 */
function goodput({ rows }: Crowd): number[] {
  const from = (rows.findLast(({ counts }) => counts.arrived > 0)?.at ?? 0) + BEGIN_S;
  const home = (rows.find(({ counts }) => counts.arrived > 0)?.at ?? 0) + HOLD_S;
  // The last second is incomplete.
  return rows.slice(from, Math.min(home, rows.length - 1)).map(({ gauges }) => gauges.hearing + gauges.ring);
}

function figures(all: Crowd, before: Crowd, back: number | undefined) {
  const { outcome } = all;
  const served = goodput(all);
  const best = Math.max(...served);
  const errors = Object.entries(outcome.errors);
  return {
    asked: outcome.asked.listeners,
    arrived: outcome.arrived,
    joined: outcome.joined,
    reached: outcome.reached,
    held: outcome.held,
    within5s: outcome.within5s / Math.max(1, outcome.arrived),
    shares: outcome.shares,
    line: outcome.line,
    join_p50_ms: outcome.joinMs?.p50,
    join_p99_ms: outcome.joinMs?.p99,
    late_p99_ms: outcome.delayMs?.p99,
    stalls: outcome.stalls - outcome.doubtfulStalls,
    doubtful_stalls: outcome.doubtfulStalls,
    stall_ms: outcome.stallMs,
    gaps: outcome.gaps,
    repeats: outcome.repeats,
    http_5xx: errors.reduce((sum, [cause, times]) => sum + (cause.startsWith('http-5') ? times : 0), 0),
    errors: outcome.errors,
    highest_rung: Math.max(0, ...outcome.rungs.map(({ rung }) => rung)),
    rungs: outcome.rungs,
    first_to_break: outcome.firstToBreak,
    goodput_least_of_best: served.length > 0 && best > 0 ? Math.min(...served) / best : undefined,
    goodput_last_of_best: served.length > 0 && best > 0 ? (served.at(-1) ?? 0) / best : undefined,
    back_to_rung_0_s: back,
    before_stalls: before.outcome.stalls - before.outcome.doubtfulStalls,
    before_doubtful_stalls: before.outcome.doubtfulStalls,
    before_stall_ms: before.outcome.stallMs,
    before_gaps: before.outcome.gaps,
    before_errors: before.outcome.errors,
    generator_late_p99_ms: outcome.generator.latenessMs?.p99,
    generator_was_the_limit: outcome.generator.bottleneck,
  };
}

const RUNS: Readonly<Record<string, () => Promise<ReturnType<typeof figures>>>> = {
  held: () => run('held', {}, ['--ramp', `${values.ramp}s`]),
  overload: () => run('overload', tenth(), ['--curve', 'step', '--as-page', values['as-page']]),
  surge: () => run('surge', tenth(), ['--ramp', `${values.ramp}s`, '--as-page', values['as-page']]),
};

const results: Record<string, ReturnType<typeof figures>> = {};
for (const name of values.only.split(',')) {
  const one = RUNS[name];
  if (!one) throw new Error(`no run ${name}: ${Object.keys(RUNS).join(', ')}`);
  results[name] = await one();
}

const percent = (value: number | undefined): string =>
  value === undefined ? '–' : `${(Math.floor(value * 1000) / 10).toFixed(1)} %`;
const ROWS: readonly (readonly [string, (one: ReturnType<typeof figures>) => unknown])[] = [
  ['came / had sound / reached', (one) => `${one.arrived} / ${one.joined} / ${one.reached}`],
  ['held (fewest with sound)', (one) => one.held],
  ['sound within 5 s', (one) => percent(one.within5s)],
  [
    'live / delayed / in line / nothing',
    ({ shares }) =>
      shares ? [shares.live, shares.ring, shares.line, shares.nothing].map(percent).join(' / ') : '–',
  ],
  ['with one of them, at least', ({ shares }) => percent(shares?.least)],
  ['first sound p50 / p99', (one) => `${one.join_p50_ms ?? '–'} / ${one.join_p99_ms ?? '–'} ms`],
  ['stalls (doubtful beside)', (one) => `${one.stalls} (${one.doubtful_stalls})`],
  ['HTTP 5xx', (one) => one.http_5xx],
  ['other errors', (one) => JSON.stringify(one.errors)],
  ['highest rung', (one) => one.highest_rung],
  ['goodput, least of best', (one) => percent(one.goodput_least_of_best)],
  [
    'rung 0 again after',
    (one) => (one.back_to_rung_0_s === undefined ? 'not seen' : `${one.back_to_rung_0_s.toFixed(0)} s`),
  ],
  [
    'there before: stalls (doubtful), gaps',
    (one) => `${one.before_stalls} (${one.before_doubtful_stalls}), ${one.before_gaps}`,
  ],
  [
    'generator late p99',
    (one) =>
      `${one.generator_late_p99_ms ?? '–'} ms${one.generator_was_the_limit ? ', IT WAS THE LIMIT' : ''}`,
  ],
];
const names = Object.keys(results);
console.log(`\n| ${LISTENERS} listeners | ${names.join(' | ')} |\n|---|${names.map(() => '---|').join('')}`);
for (const [title, cell] of ROWS)
  console.log(
    `| ${title} | ${Object.values(results)
      .map((one) => cell(one))
      .join(' | ')} |`,
  );
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  encoding: 'utf8',
}).trim();
console.log(
  JSON.stringify({
    bench: 'rehearsal',
    commit,
    cpus: `${availableParallelism()} × ${cpus()[0]?.model}`,
    ...results,
  }),
);
