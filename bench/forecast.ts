/**
 * How often the intervals of forecasts are right, on simulated rooms that the model has not seen (docs/forecast.md).
 *
 *   node bench/forecast.ts [--hosts 2000] [--seed 1] [--json]
 */
import { parseArgs } from 'node:util';
import { coverageOf } from '../src/syndication/forecast/model/coverage.ts';
import { WORLDS } from '../src/syndication/forecast/model/simulated.ts';
import { chance } from '../test/chance.ts';

const { values } = parseArgs({
  options: {
    hosts: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});
const [hosts, seed] = [Number(values.hosts), Number(values.seed)];
const percent = (part: number, of: number): string =>
  of === 0 ? '–' : `${((100 * part) / of).toFixed(1)} %`;
const rows: object[] = [];
const say = (line: string): void => void (values.json || console.log(line));

say(
  '| world | rooms seen before | other hosts | peak inside | below | above | upper / lower | heard | worst minute |',
);
say('|---|---|---|---|---|---|---|---|---|');
for (const world of WORLDS)
  for (const [before, others] of [
    [0, 0],
    [0, 20],
    [2, 20],
    [8, 20],
    [20, 0],
  ] as const) {
    const only = world.surprises > 0 ? (['usual', 'surprising'] as const) : [undefined];
    for (const which of only) {
      const tried = coverageOf({
        ...{ world, before, others, moment: 'hour', hosts: which === 'surprising' ? hosts * 4 : hosts },
        ...{ chance: chance(seed), ...(which ? { only: which } : {}) },
      });
      const { rooms, inside, below, above, wide } = tried.peak;
      const name = which
        ? `${world.name}, ${which === 'usual' ? 'on other nights' : 'on their night'}`
        : world.name;
      rows.push({ world: name, before, others, ...tried });
      say(
        `| ${name} | ${before} | ${others} | ${percent(inside, rooms)} | ${percent(below, rooms)} | ${percent(above, rooms)} | ${wide.toFixed(1)} | ${percent(tried.heard.inside, rooms)} | ${percent(tried.worst.inside, rooms)} |`,
      );
    }
  }
if (values.json) console.log(JSON.stringify({ hosts, seed, rows }));
