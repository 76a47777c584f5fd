/**
 * A storm of joins on a complete server: N real connections within half a minute, by a generator in C on its own cores,
 * while ten listeners who were there before are observed fragment by fragment.
 *
 *   npm run bench -- storm [--listeners 50000] [--ramp 30] [--hold 30] [--server-cores 0,1,2 --crowd-cores 3]
 *
 * The server is `earshot start` with a door for each core but one, a cell with a speaker, and a working ladder. The
 * generator (crowd.c) counts who gets sound and when, lost connections, and the time between arrivals. It does not read
 * the fragments; `npm run bench -- rehearsal` does. Needs gcc and taskset.
 */
import { once } from 'node:events';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openEvening } from './peers/evening.ts';
import { on, Workshop } from './peers/rig.ts';

const all = availableParallelism();
const { values } = parseArgs({
  options: {
    listeners: { type: 'string', default: '50000' },
    ramp: { type: 'string', default: '30' },
    hold: { type: 'string', default: '30' },
    'server-cores': { type: 'string', default: all > 1 ? `0-${all - 2}` : '0' },
    'crowd-cores': { type: 'string', default: String(all - 1) },
  },
});
const LISTENERS = Number(values.listeners);
const BEFORE = 10;
const BEFORE_S = 12;
const WARM_S = 3;

interface Heard {
  readonly open: number;
  readonly failed: number;
  readonly lost: number;
  readonly join_s: number;
  readonly bytes_per_listener_s: number;
  readonly gap_p99_ms: number;
  readonly first_p99_ms: number;
  readonly rss_kb_per_listener: number;
}

const doors = Math.max(1, all - 1);
const load = loadavg()[0]?.toFixed(1);
using workshop = new Workshop();
const program = workshop.compile('crowd');
await using evening = await openEvening(
  'Storm',
  { EARSHOT_DOORS: String(doors), EARSHOT_REHEARSAL: `${BEFORE},1h` },
  values['server-cores'],
);
const { server, room } = evening;
const stay = BEFORE_S + Number(values.ramp) + WARM_S + Number(values.hold);
const before = evening.crowd(
  ['--listeners', String(BEFORE), '--curve', 'step', '--hold', `${stay}s`, '--from', '127.0.200.1'],
  values['crowd-cores'],
);
await pause(BEFORE_S * 1000);
const pids = Array.from({ length: doors }, (_, i) => server.child('door', i));
const child = on(
  values['crowd-cores'],
  program,
  [
    ...[server.port, `/r/${room.slug}/stream`, LISTENERS, LISTENERS / Number(values.ramp), WARM_S],
    ...[Number(values.hold) * 1000, 1, pids.join(',')],
  ].map(String),
);
let out = '';
child.stdout?.on('data', (chunk) => {
  out += chunk;
});
const rungs: number[] = [];
const watch = setInterval(
  () => void evening.state().then((state) => state && rungs.push(state.delivery.level)),
  1000,
);
await once(child, 'close');
clearInterval(watch);
const heard = JSON.parse(out) as Heard;
const { outcome } = await before;

console.log(`
${LISTENERS} connections in ${values.ramp} s, server on cores ${values['server-cores']} (${doors} doors), generator on ${values['crowd-cores']}, load before ${load}

| figure | value |
|---|---|
| open, with sound / asked | ${heard.open} / ${LISTENERS} |
| connections lost on the way, refused for good | ${heard.lost}, ${heard.failed} |
| all had joined after | ${heard.join_s.toFixed(1)} s |
| first sound, p99 | ${heard.first_p99_ms} ms |
| time between arrivals afterwards, p99 | ${heard.gap_p99_ms} ms |
| bytes per listener and second | ${heard.bytes_per_listener_s} |
| memory of the doors per listener | ${heard.rss_kb_per_listener.toFixed(1)} kB |
| highest level of the ladder | ${Math.max(0, ...rungs)} |
| ten there before: stalls, gaps, repeats, errors | ${outcome.stalls}${outcome.doubtfulStalls > 0 ? ` (${outcome.doubtfulStalls} of them while the generator itself was late)` : ''}, ${outcome.gaps}, ${outcome.repeats}, ${Object.keys(outcome.errors).length} |
`);
console.log(
  JSON.stringify({
    ...{ bench: 'storm', cpus: `${all} × ${cpus()[0]?.model}`, ...heard, rungs },
    before: { stalls: outcome.stalls, stallMs: outcome.stallMs, gaps: outcome.gaps, errors: outcome.errors },
  }),
);
