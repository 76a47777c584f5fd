import { EarshotError } from '../base/errors.ts';
import { BOUNDS, MEASURED, type PlanWishes, plan, readWishes, spoken } from '../plan/index.ts';
import { oneOf, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { measure } from './trial/plan-measure.ts';

const HELP = `earshot plan --listeners N [--bitrate 48] [--cores 4] [--nic 10Gbit] [--tls yes|no] [--hours 2] [--json]

Machines, cores, egress, requests and memory for a crowd, with the formula of each line.
  --arrival M           half of them arrive within M minutes (3)
  --period MS           between two writes of the stream (1280)
  --cached SHARE        share of listeners behind caches, 0 to 1 (0)
  --open SHARE          share of listeners with the room's page open, 0 to 1 (1)
  --machine-hour P  --terabyte P  --million-requests P    your prices (0: not counted)
  --measure             measures a write and a join on this machine (10 s) instead of using the manual's figures`;

/** `earshot plan`: what a crowd takes. */
export const command: Command = async (args) => {
  const names = Object.keys(BOUNDS) as (keyof PlanWishes)[];
  const { values } = readArguments(
    'plan',
    args,
    {
      ...Object.fromEntries([...names, 'tls'].map((name) => [dashed(name), { type: 'string' as const }])),
      measure: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
    0,
  ) as { values: Record<string, string | boolean | undefined> };
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { wishes, wrong } = readWishes((name) => {
    const value = values[dashed(name)];
    return typeof value === 'string' ? value : undefined;
  });
  if (typeof values.tls === 'string') oneOf(values.tls, 'tls', ['yes', 'no']);
  if (wrong.length > 0)
    throw new EarshotError(
      'unprocessable',
      wrong
        .map(
          ({ name, least, most }) =>
            `--${dashed(name)} = ${values[dashed(name)]}: use a number from ${least} to ${most}`,
        )
        .join('; '),
    );
  const figures = values.measure ? { ...MEASURED, ...(await measure()) } : MEASURED;
  const result = plan(wishes, figures);
  if (values.json) {
    console.log(JSON.stringify({ wishes, figures, ...result }));
    return 0;
  }
  console.log(`${result.summary}\n`);
  const width = Math.max(...result.lines.map(({ what }) => what.length));
  for (const line of result.lines)
    console.log(`${line.what.padEnd(width)}  ${spoken(line).padStart(16)}   ${line.formula}`);
  console.log(`\nFigures: ${figures.source}.`);
  for (const note of result.notes) console.log(note);
  return 0;
};

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
