/**
 * 1.4 million people come to an announced room: the real ladder, steering and queue on a model of the doors.
 *
 *   npm run bench -- simulate [--people 1500000] [--doors 24] [--egress 40] [--caches no] [--cap N] [--seed 1]
 *       [--picture FILE]
 *
 * `--egress` is in Gbit/s, over all doors. It uses one process and no sockets. docs/ladder.md lists the model's
 * assumptions.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { announcedEvening } from './simulate/arrivals.ts';
import { simulate } from './simulate/evening.ts';
import { picture } from './simulate/picture.ts';
import { summary, table } from './simulate/summary.ts';

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '1500000' },
    doors: { type: 'string', default: '24' },
    egress: { type: 'string', default: '40' },
    caches: { type: 'string', default: 'no' },
    cap: { type: 'string' },
    seed: { type: 'string', default: '1' },
    picture: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const begun = process.cpuUsage();
const evening = simulate(
  announcedEvening(Number(values.people), Number(values.seed)),
  {
    doors: Number(values.doors),
    egress: Number(values.egress) * 125e6,
    caches: values.caches === 'yes',
    ...(values.cap === undefined ? {} : { cap: Number(values.cap) }),
  },
  Number(values.seed),
);
const { user, system } = process.cpuUsage(begun);
const result = summary(evening);
if (values.picture) writeFileSync(values.picture, picture(evening));
if (values.json) process.stdout.write(`${JSON.stringify({ ...result, turns: evening.turns }, null, 2)}\n`);
else {
  process.stdout.write(`${table(evening)}\n`);
  for (const [name, value] of Object.entries(result)) process.stdout.write(`${name.padEnd(34)} ${value}\n`);
}
process.stderr.write(`${((user + system) / 1e6).toFixed(1)} s of CPU\n`);
