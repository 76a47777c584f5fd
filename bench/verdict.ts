/**
 * Error rates of the verdict on made-up, labelled evenings: `node bench/verdict.ts [--seeds 10] [--first 1] [--only TEXT] [--live] [--verbose]`.
 * `--live`: not as lines of a log, but as slots of the doors, and evenings of listeners besides.
 * Evenings are made anew from their seeds; the generator is in test/evening. Prints one row for each kind.
 */
import { parseArgs } from 'node:util';
import { EVENING_START, makeEvening } from '../test/evening/evening.ts';
import { type JudgedEvening, judgeEvening } from '../test/evening/judged-evening.ts';
import { judgeLive } from '../test/evening/judged-live.ts';
import { KINDS, planOf, STREAM_KINDS } from '../test/evening/kinds.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    live: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const middle = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

console.log(
  '| kind | right label | within 60 s | people accused (programs) | share error, median (worst) | interval holds | attackers named | wrong cause |',
);
console.log('|---|---|---|---|---|---|---|---|');
const errors: number[] = [];
let [covered, intervals, wrongCauses, evenings] = [0, 0, 0, 0];
const kinds = values.live ? [...STREAM_KINDS, ...KINDS] : KINDS;
for (const kind of kinds.filter(({ name }) => name.includes(values.only))) {
  let [right, quick, quickOf, accused, programs, holds, of, wrong] = [0, 0, 0, 0, 0, 0, 0, 0];
  const off: number[] = [];
  const recalls: number[] = [];
  const first = Number(values.first);
  const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => first + i);
  for (const seed of seeds) {
    const plan = planOf(kind, seed);
    const requests = makeEvening(plan);
    const timed = ['microseconds', 'seconds'].includes(kind.format);
    const judge = (until?: number): JudgedEvening =>
      values.live
        ? judgeLive(requests, until, timed)
        : judgeEvening(until === undefined ? requests : requests.filter(({ at }) => at < until), kind.format);
    const { verdict, truth, accused: people, accusedPrograms, recall } = judge();
    evenings++;
    const good = kind.labels.includes(verdict.label);
    if (good) right++;
    accused += people.length;
    programs += accusedPrograms;
    recalls.push(recall);
    for (const what of ['requests', 'cost'] as const) {
      // The cost of logs with durations is another measure than the generator's.
      if (what === 'cost' && verdict.log.durations && !values.live) continue;
      const { share, low, high } = verdict.hostile[what];
      off.push(Math.abs((share ?? 0.5) - truth[what]));
      of++;
      if (truth[what] >= low - 0.005 && truth[what] <= high + 0.005) holds++;
    }
    if (verdict.caused === true && !kind.causes) wrong++;
    if (verdict.caused === false && kind.causes) wrong++;
    if (plan.attack) {
      const until = EVENING_START + plan.attack.from * 60_000 + 60_000;
      const after = plan.logged ? EVENING_START + plan.logged[0] * 60_000 + 60_000 : until;
      const early = judge(Math.max(until, after));
      quickOf++;
      if (early.recall >= 0.5 || /ATTACK|MIXED/.test(early.verdict.label)) quick++;
    }
    if (values.verbose)
      console.error(
        `${kind.name} seed ${seed}: ${verdict.label} caused ${verdict.caused} share ${verdict.hostile.requests.share} [${verdict.hostile.requests.low} ${verdict.hostile.requests.high}] truth ${truth.requests.toFixed(3)}; cost ${verdict.hostile.cost.share} truth ${truth.cost.toFixed(3)} recall ${recall.toFixed(2)} rise ${verdict.demand.rise} fault ${verdict.harm?.fault} harm ${verdict.harm?.seconds} ${good ? '' : '  <<<<'}${people.length > 0 ? ` accused ${people.slice(0, 3).join(' ; ')}: ${verdict.clients.find(({ key }) => key === people[0])?.why}` : ''}`,
      );
  }
  errors.push(...off);
  covered += holds;
  intervals += of;
  wrongCauses += wrong;
  console.log(
    `| ${kind.name} | ${percent(right / seeds.length)} | ${quickOf > 0 ? percent(quick / quickOf) : ''} | ${accused} (${programs}) | ${middle(off).toFixed(3)} (${Math.max(...off).toFixed(3)}) | ${percent(holds / of)} | ${recalls.some((recall) => recall < 1) || quickOf > 0 ? percent(middle(recalls)) : ''} | ${wrong} |`,
  );
}
console.log(
  `\n${evenings} evenings: share error median ${middle(errors).toFixed(3)}, interval holds ${percent(covered / intervals)}, wrong causes ${wrongCauses}`,
);
