/**
 * Faults as a suite: `npm run chaos -- [--seed N] [--seeds N] [--minutes M] [--only KIND,KIND] [--without KIND,KIND]
 * [--schedule] [--table]`. Exit code 1 when an invariant was broken; the folder of that run is kept. See docs/chaos.md.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { paths } from '../../src/role/paths.ts';
import { loadLoops } from '../../src/standby/standby-loops.ts';
import { removeRun, runChaos } from './run.ts';
import { describeFault, FAULT_KINDS, type FaultKind, planChaos } from './schedule.ts';
import { faultTrouble } from './staging.ts';

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const { values } = parseArgs({
  options: {
    ...{ seed: { ...text, default: '1' }, seeds: { ...text, default: '1' } },
    ...{
      minutes: { ...text, default: '2' },
      only: text,
      without: { ...text, default: '' },
      schedule: flag,
      keep: flag,
      all: flag,
      table: flag,
    },
  },
});
const [first, count, minutes] = [Number(values.seed), Number(values.seeds), Number(values.minutes)];
const listed = (names: string | undefined): readonly string[] => names?.split(',').filter(Boolean) ?? [];
const unknown = [...listed(values.only), ...listed(values.without)].filter(
  (kind) => !(FAULT_KINDS as readonly string[]).includes(kind),
);
if (![first, count, minutes].every((number) => number > 0) || unknown.length > 0) {
  console.error(
    `chaos: --seed, --seeds and --minutes are numbers; --only is some of ${FAULT_KINDS.join(', ')}`,
  );
  process.exit(2);
}

const only: readonly FaultKind[] = FAULT_KINDS.filter(
  (kind) =>
    (values.only === undefined || listed(values.only).includes(kind)) &&
    !listed(values.without).includes(kind),
);
for (const kind of only) {
  const trouble = faultTrouble(kind);
  if (!trouble || values.schedule) continue;
  console.error(`chaos: ${trouble}; without it: --without ${kind}`);
  process.exit(2);
}

const stop = new AbortController();
// What a run opened must be closed: a frozen disk, a namespace, processes.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => stop.abort(new Error('stopped')));

let [judged, starved, red] = [0, 0, 0];
const rows: string[] = [];
const inSeconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const prepared = mkdtempSync(join(tmpdir(), 'earshot-prepared-'));
process.once('exit', () => rmSync(prepared, { recursive: true, force: true }));
if (!values.schedule) await loadLoops(paths(prepared).loops);
for (let seed = first; seed < first + count; seed += 1) {
  const plan = planChaos(seed, minutes * 60, only);
  const { doors, cells, database } = plan.setup;
  console.log(
    `seed ${seed}, ${minutes} min: ${doors} doors, ${cells} studio cells, ${database}, ${plan.faults.length} faults`,
  );
  if (values.schedule) {
    for (const { at, fault } of plan.faults)
      console.log(`${at.toFixed(1).padStart(6)} s  ${describeFault(fault)}`);
    continue;
  }
  const outcome = await runChaos(plan, { say: console.log, prepared, stop: stop.signal });
  judged += outcome.judgedSeconds;
  starved += outcome.starvedSeconds;
  const { silence, back, newcomer, voice, memory } = outcome.worst;
  console.log(
    `worst: silence ${(silence / 1000).toFixed(1)} s, a role away ${(back / 1000).toFixed(1)} s, a newcomer ${(newcomer / 1000).toFixed(1)} s, voices ${(voice / 1000).toFixed(1)} s; memory ${Object.entries(
      memory,
    )
      .map(([role, mb]) => `${role} ${mb.toFixed(0)} MB`)
      .join(', ')}`,
  );
  rows.push(
    `| ${seed} | ${database}, ${cells} | ${plan.faults.length} | ${outcome.broken.length} | ${outcome.judgedSeconds} s, ${outcome.starvedSeconds} s | ${[silence, back, newcomer].map(inSeconds).join(' | ')} | ${Object.values(
      memory,
    )
      .map((mb) => mb.toFixed(0))
      .join(', ')} |`,
  );
  for (const [note, times] of Object.entries(outcome.notes)) console.log(`note, ${times} times: ${note}`);
  console.log(
    `seed ${seed}: ${outcome.broken.length} broken invariants; ${outcome.judgedSeconds} s judged, ${outcome.starvedSeconds} s not judged because the machine gave us no processor, ${outcome.unjudged.length} findings in them`,
  );
  if (outcome.broken.length === 0 && !values.keep) {
    removeRun(outcome);
    if (stop.signal.aborted) break;
    continue;
  }
  red += outcome.broken.length > 0 ? 1 : 0;
  for (const { invariant, at, says, fault } of outcome.broken.slice(0, 10))
    console.log(
      `BROKEN: ${invariant}, seed ${seed}, minute ${(at / 60).toFixed(2)}${fault === undefined ? '' : `, last fault #${fault}`}: ${says}`,
    );
  console.log(`the folder of this run: ${outcome.folder}`);
  if ((red > 0 && !values.all) || stop.signal.aborted) break;
}
if (values.table)
  console.log(
    `\n| seed | database, cells | faults | broken | judged, not judged | worst silence | a role away | somebody new | memory, MB |\n|---|---|---|---|---|---|---|---|---|\n${rows.join('\n')}\n`,
  );
if (!values.schedule)
  console.log(
    `${judged.toFixed(0)} s judged, ${starved.toFixed(0)} s not; ${red} of the seeds broke an invariant`,
  );
if (stop.signal.aborted) console.log('stopped before its end: that is neither red nor green');
process.exitCode = red > 0 ? 1 : stop.signal.aborted ? 130 : 0;
