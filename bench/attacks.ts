/**
 * The effect of one attacker's costly requests on listeners: the p99 of the gaps between their writes, divided by the
 * write period.
 *
 *   node bench/attacks.ts [handshakes …] [--listeners 200] [--seconds 20]
 *
 * Without a name every row is measured. Needs gcc, libssl-dev and taskset. Door and attackers get one core each if
 * there are two. Listeners connect by TLS from 127.0.1.0/24 on, the attacker from 127.77.0.2. Each row is measured
 * twice, at rest and under attack; goal: 1.1 periods. On a busy machine run `chrt -r 6 node bench/attacks.ts --behind`
 * as root. The attacker then has a lower priority than the listeners on their core, so that the listeners' own lateness
 * is not measured.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { selfSigned, writeCertificate } from '../test/certificate.ts';
import { cores, end, on, Workshop } from './peers/rig.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    listeners: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '20' },
    period: { type: 'string', default: '320' },
    rate: { type: 'string', default: '600' },
    behind: { type: 'boolean', default: false },
  },
});
const GOAL = 1.1;
const FRAGMENT = 2048;
const STRANGER = '127.77.0.2';
const doorProgram = fileURLToPath(new URL('./fanout-door.ts', import.meta.url));
const seconds = Number(values.seconds);
const period = Number(values.period);

/** The needs and the result of a row. */
interface Row {
  readonly what: string;
  /** Attacks the door on a port for this many seconds. Returns a summary of the attacker's view. */
  attack(port: number, seconds: number): Promise<string>;
}

using workshop = new Workshop();
const crowd = workshop.compile('crowd', ['-DTLS', '-lssl', '-lcrypto']);
const shakes = workshop.compile('shakes', ['-lssl', '-lcrypto']);
writeCertificate(workshop.folder, selfSigned());
const place = cores(1);

/** The complete output of a process. */
async function output(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.on('data', (chunk) => (text += chunk));
  await once(child, 'close');
  return text.trim();
}

const rows: Record<string, Row> = {
  handshakes: {
    what: `${values.rate} handshakes a second from one address`,
    attack: async (port, length) => {
      const words = [shakes, String(port), values.rate, String(length), STRANGER];
      return output(
        values.behind
          ? on(place.crowd, 'chrt', ['-r', '2', ...words])
          : on(place.crowd, shakes, words.slice(1)),
      );
    },
  },
};

interface Heard {
  readonly gap_p99_ms: number;
  readonly open: number;
  readonly lost: number;
}
/** Gaps of the listeners at rest and under attack, on one door. */
async function measure(row: Row): Promise<{ rest: Heard; attacked: Heard; attacker: string }> {
  const door = on(place.servers, process.execPath, [
    doorProgram,
    String(FRAGMENT),
    String(period),
    '0',
    workshop.folder,
  ]);
  try {
    if (!door.stdout) throw new Error('no output');
    const [said] = await once(door.stdout, 'data');
    const port = Number(String(said).trim());
    await pause(1000);
    const listen = [port, '/r/bench/stream', values.listeners, 100, 4, seconds * 1000, 2, door.pid];
    const child = on(place.crowd, 'env', ['CROWD_TLS=1', crowd, ...listen.map(String)]);
    const windows: Heard[] = [];
    let attacking: Promise<string> | undefined;
    let buffered = '';
    child.stdout?.on('data', (chunk) => {
      buffered += chunk;
      for (let at = buffered.indexOf('\n'); at >= 0; at = buffered.indexOf('\n')) {
        windows.push(JSON.parse(buffered.slice(0, at)) as Heard);
        buffered = buffered.slice(at + 1);
        // The second window begins now.
        if (windows.length === 1) attacking = row.attack(port, seconds);
      }
    });
    await once(child, 'close');
    const [rest, attacked] = windows;
    if (!rest || !attacked || !attacking) throw new Error('the crowd did not measure');
    return { rest, attacked, attacker: await attacking };
  } finally {
    await end([door]);
  }
}

console.log(
  `${values.listeners} listeners by TLS, a write every ${period} ms, ${seconds} s each; door on core ${place.servers}\n`,
);
console.log('| attack | p99 gap at rest | under attack | ÷ period | goal | open | attacker |');
console.log('|---|---|---|---|---|---|---|');
for (const name of positionals.length > 0 ? positionals : Object.keys(rows)) {
  const row = rows[name];
  if (!row) throw new Error(`no such row: ${name}; there are ${Object.keys(rows).join(', ')}`);
  const { rest, attacked, attacker } = await measure(row);
  const ratio = attacked.gap_p99_ms / period;
  console.log(
    `| ${row.what} | ${rest.gap_p99_ms} ms | ${attacked.gap_p99_ms} ms | ${ratio.toFixed(2)} | ${GOAL} | ${attacked.open} | ${attacker} |`,
  );
}
