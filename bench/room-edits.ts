/**
 * What listeners notice of hosts who change their rooms without a pause: 100 edits a second, all of them accepted, on a
 * server that knows 2,200 rooms. The p99 of the gaps between writes to a listener, and the processor time of each process,
 * at rest and meanwhile. `node bench/room-edits.ts [seconds]`; goal: 1.1 write periods.
 */
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../e2e/rig/server.ts';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { openTokens } from '../src/base/token.ts';
import { paths } from '../src/role/paths.ts';
import { readSecret } from '../src/role/secret.ts';
import { open as openStore } from '../src/store/index.ts';

const SECONDS = Number(process.argv[2] ?? 20);
const KNOWN = 2_200;
const EDITS = 100;
const LISTENERS = 20;
const TICKS_PER_SECOND = 100;

const data = mkdtempSync(join(tmpdir(), 'earshot-edits-'));
const slugOf = (i: number): string => `evening-${i}`;
{
  await using store = await openStore({ url: `sqlite:${paths(data).database}` });
  for (let i = 0; i < KNOWN; i++) {
    const created = Date.now() - (KNOWN - i) * 60_000;
    await store.db
      .insertInto('room')
      .values({
        ...{ id: randomUUIDv7(), slug: slugOf(i), title: `An evening, number ${i}`, hosts: '["Ana"]' },
        ...{ status: 'ended', start: null, opened: created, first_audio: created, first_speech: created },
        ...{ ended: created, zero: created, cell: null, cap: null, welcome: 0, created },
        ...{ spared: null, modified: null, removed: null },
      })
      .execute();
  }
}
const tokens = openTokens(readSecret(paths(data).secret));
await using server = await startServer({ EARSHOT_DATA: data, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
const room = await server.room('What is heard meanwhile');
await server.cli('room', 'live', room.slug);

const ROLES = ['door', 'studio', 'site'] as const;
/** CPU seconds of a process, threads included. Spec: proc(5). */
function cpu(role: string): number {
  const stat = readFileSync(`/proc/${server.child(role, 0)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

const gaps: number[] = [];
const leave = new AbortController();
for (let i = 0; i < LISTENERS; i++) {
  const asked = request(`${server.url}/r/${room.slug}/stream`, { agent: false, signal: leave.signal });
  asked.on('error', () => undefined);
  asked.on('response', (answer) => {
    let last = performance.now();
    answer.on('error', () => undefined);
    answer.on('data', () => {
      const now = performance.now();
      // What comes in one write may be read in two.
      if (now - last > 20) gaps.push(now - last);
      last = now;
    });
  });
  asked.end();
}

const agent = new Agent({ keepAlive: true, maxSockets: 20 });
const links = await Promise.all(
  Array.from({ length: EDITS }, (_, i) =>
    tokens.sign({ slug: slugOf(i) as Slug, role: 'host', speaker: 'host' as SpeakerId, name: '' }),
  ),
);
const answers = new Map<number, number>();
function edit(i: number, title: string): void {
  const headers = { authorization: `Bearer ${links[i]}`, 'content-type': 'application/json' };
  const asked = request(`${server.url}/api/rooms/${slugOf(i)}`, { method: 'PATCH', agent, headers });
  asked.on('response', (answer) => {
    answer.resume();
    answers.set(answer.statusCode ?? 0, (answers.get(answer.statusCode ?? 0) ?? 0) + 1);
  });
  asked.on('error', () => answers.set(0, (answers.get(0) ?? 0) + 1));
  asked.end(JSON.stringify({ title }));
}

async function window(attacked: boolean): Promise<string> {
  gaps.length = 0;
  answers.clear();
  const before = ROLES.map(cpu);
  let n = 0;
  const timer = attacked
    ? setInterval(() => {
        edit(n % EDITS, `An evening, renamed ${n}`);
        n += 1;
      }, 1000 / EDITS)
    : undefined;
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  clearInterval(timer);
  const spent = ROLES.map(
    (role, i) => `${role} ${(((cpu(role) - (before[i] ?? 0)) / SECONDS) * 100).toFixed(1)} %`,
  );
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN)} ms`;
  const said = [...answers].map(([status, count]) => `${count} × ${status}`).join(', ');
  return `p50 ${at(0.5)}, p99 ${at(0.99)} of ${gaps.length} gaps; ${spent.join(', ')}; answers: ${said || 'none asked'}`;
}

await new Promise((resolve) => setTimeout(resolve, 5000));
console.log(`${KNOWN} rooms known, ${LISTENERS} listeners, a write every 320 ms, ${SECONDS} s each`);
console.log(`at rest:          ${await window(false)}`);
console.log(`${EDITS} edits a second: ${await window(true)}`);
leave.abort();
agent.destroy();
rmSync(data, { recursive: true, force: true });
