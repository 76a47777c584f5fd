/**
 * A whole server under attacks from 5,000 addresses: what those who listen still hear, and who gets in meanwhile.
 *
 *   node bench/under-attack.ts [keepalive random joins slow-heads slow-bodies slow-readers half-open tokens beacons whip]
 *       [--listeners 100] [--joins 5] [--seconds 25] [--connections 300] [--slow 3000]
 *   node bench/under-attack.ts --behind-one 2000 [--bots 5]
 *
 * `earshot start` with a live room and a speaker; people and attackers have processes of their own, each with its own
 * loopback addresses: doors take a /24 as a network. Goals: 99 % of the sound, 95 % of those who come hear it
 * within 30 s, and the middle one at most 10 s later than at rest. `--behind-one` lets so many people come from one address
 * within the seconds, beside five bots at the same address that ask as fast as they can. Answers of people that were not 200
 * are named. On a busy machine the figures are those of the machine.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { loadavg, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEvening } from './peers/evening.ts';
import { isRoot } from './peers/rig.ts';
import { AttackerProcess, type Attackers } from './under-attack/attackers.ts';
import { DoorMemory, INSPECTED, residentOf } from './under-attack/door-memory.ts';
import type { Heard, ToPeople } from './under-attack/people.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    listeners: { type: 'string', default: '100' },
    joins: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '25' },
    connections: { type: 'string', default: '300' },
    slow: { type: 'string', default: '3000' },
    'behind-one': { type: 'string' },
    bots: { type: 'string', default: '5' },
  },
});
const SECONDS = Number(values.seconds);
const KINDS = [
  ...['keepalive', 'random', 'joins', 'slow-heads', 'slow-bodies', 'slow-readers', 'half-open'],
  ...['tokens', 'beacons', 'whip'],
];
const SLOW = ['slow-heads', 'slow-bodies', 'slow-readers', 'half-open'];
/** Those who came last get the time they may take. */
const PATIENCE_MS = 30_000;
const TICKS_PER_SECOND = 100;

const file = (name: string): string => fileURLToPath(new URL(`./under-attack/${name}.ts`, import.meta.url));
await using evening = await openEvening('Under attack', { EARSHOT_DOORS: '1', ...INSPECTED });
const { server, room } = evening;

const people = fork(file('people'), [room.url, values.listeners]);
if (isRoot) setPriority(people.pid ?? 0, -10);
const gone = once(people, 'exit').then(([code, signal]) => {
  throw new Error(`the people's process ended with ${signal ?? code}`);
});
gone.catch(() => {});
const say = (told: ToPeople): boolean => people.send(told);
async function heard(): Promise<Heard> {
  say({ say: 'tell' });
  const [told] = (await Promise.race([once(people, 'message'), gone])) as [Heard];
  return told;
}

const attackers = (kind: string, connections: number, ...more: readonly string[]): AttackerProcess =>
  new AttackerProcess([kind, server.url, room.slug, String(connections), ...more]);

const door = (): number => server.child('door', 0) ?? 0;
/** CPU seconds of the door. Spec: proc(5). */
function cpu(): number {
  const stat = readFileSync(`/proc/${door()}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
const memory = await DoorMemory.open(server, door());

interface Stretch {
  readonly heard: Heard;
  readonly late: Heard;
  readonly busy: number;
  /** Of the door, MB: at the end of the stretch. */
  readonly resident: number;
}
/** People come for the seconds; what those who came last got is waited for. */
async function stretch(perSecond: number, behind = 0): Promise<Stretch> {
  await heard();
  const before = cpu();
  say({ say: 'come', perSecond, behind });
  await pause(SECONDS * 1000);
  const told = await heard();
  const busy = (cpu() - before) / SECONDS;
  const resident = residentOf(door());
  say({ say: 'come', perSecond: 0 });
  return { heard: told, late: await settled(told), busy, resident };
}
/** Joins of a stretch that were decided after it. */
async function settled(told: Heard): Promise<Heard> {
  const until = performance.now() + PATIENCE_MS;
  let sum = told;
  while (sum.joined < sum.joins && performance.now() < until) {
    await pause(1_000);
    const more = await heard();
    sum = { ...sum, joined: sum.joined + more.joined, joins: sum.joins + more.joins };
    if (more.joined > 0 && Number.isNaN(sum.firstP50))
      sum = { ...sum, firstP50: more.firstP50, firstP95: more.firstP95 };
  }
  return sum;
}
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const listed = (answers: Readonly<Record<string, number>>): string =>
  Object.entries(answers)
    .map(([what, times]) => `${times} × ${what}`)
    .join(', ') || 'none';

const HEAD =
  '| what | door | memory; afterwards | sound heard | worst | longest silence | joined within 30 s | first sound p50, p95 | page p50, p99 | refusals of people | attackers |';
function row(what: string, { heard: told, late, busy, resident }: Stretch, after = '–', by = '–'): string {
  const sound = `${percent(told.goodput)} | ${percent(told.worst)} | ${told.silence} ms`;
  const came = `${late.joined} of ${late.joins} | ${late.firstP50}, ${late.firstP95} ms | ${late.pageP50}, ${late.pageP99} ms`;
  return `| ${what} | ${percent(busy)} | ${resident.toFixed(0)} MB; ${after} | ${sound} | ${came} | ${listed(told.refusals)} | ${by} |`;
}
const closedAfter = ({ held }: Attackers): string =>
  held.includes(null) ? 'none closed' : `closed after ${held.join(', ')} ms`;
const byWhom = (seen: Attackers | string): string =>
  typeof seen === 'string'
    ? seen
    : `${(seen.requests / seen.seconds).toFixed(0)}/s, ${seen.open} of ${seen.opened} open, ` +
      `${closedAfter(seen)}; ${listed(seen.answers)}`;
/** What the door holds once an attack is over and its garbage collected, MB. */
async function afterwards(): Promise<string> {
  await pause(8_000);
  const { resident, heapUsed, external } = await memory.look(true);
  return `${resident.toFixed(0)} (heap ${heapUsed.toFixed(0)}, external ${external.toFixed(0)})`;
}

// The delayed stream, which those who are put off get, is there after half a minute.
await pause(Number(values.listeners) * 5 + 45_000);
console.log(
  `${values.listeners} listeners, ${SECONDS} s each, load of the machine ${loadavg()[0]?.toFixed(1)}\n`,
);
console.log(HEAD);
console.log(`|${'---|'.repeat(HEAD.split('|').length - 2)}`);
const joins = Number(values.joins);
if (values['behind-one'] === undefined) {
  console.log(row('at rest', await stretch(joins), await afterwards()));
  for (const kind of positionals.length > 0 ? positionals : KINDS) {
    const attacking = attackers(kind, Number(SLOW.includes(kind) ? values.slow : values.connections));
    await pause(5_000);
    const seen = await stretch(joins);
    const by = byWhom(await attacking.end());
    console.log(row(kind, seen, await afterwards(), by));
  }
  console.log(row('at rest', await stretch(joins), await afterwards()));
} else {
  const perSecond = Number(values['behind-one']) / SECONDS;
  console.log(row('behind one address, no bots', await stretch(perSecond, 1)));
  await pause(5_000);
  // Each bot has one connection on which it asks as fast as it is answered; all share the people's address.
  const attacking = attackers('keepalive', Number(values.bots), '30', '1');
  const seen = await stretch(perSecond, 1);
  console.log(row(`beside ${values.bots} bots`, seen, await afterwards(), byWhom(await attacking.end())));
}
console.log(`\nload of the machine at the end: ${loadavg()[0]?.toFixed(1)}`);
memory[Symbol.dispose]();
people.disconnect();
