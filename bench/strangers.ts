/**
 * The effect of other people's costly requests on listeners, on a complete server that knows 2,200 rooms: the p99 of
 * the gaps between writes to a listener divided by the write period, at rest and under load, and the processor time of
 * each process.
 *
 *   node bench/strangers.ts [edits offers largest downloads musics] [--seconds 20]
 *
 * `edits`: 100 accepted changes per second by hosts. `offers`: ten offers of 64 kB per second; `largest`: ten of the
 * largest that are accepted. `downloads`: the normalised files of 20 rooms of an hour, four at a time, repeatedly.
 * `musics`: 40 hosts send 8 MB of WAV at once, repeatedly. Goal: 1.1. As root the listeners have priority over other
 * work of the machine.
 */
import { fork } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer } from '../e2e/rig/server.ts';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { readSecret } from '../src/keys/secret.ts';
import { openTokens } from '../src/keys/token.ts';
import { paths } from '../src/role/paths.ts';
import { open as openStore } from '../src/store/index.ts';
import { OFFER } from '../test/mutations.ts';
import { wavFile } from '../test/sound-file.ts';
import { makeHours } from './made-recording.ts';
import { isRoot } from './peers/rig.ts';
import type { Gaps } from './strangers-listeners.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '20' } },
});
const SECONDS = Number(values.seconds);
const GOAL = 1.1;
const PERIOD_MS = 320;
const KNOWN = 2_200;
const EDITS = 100;
const OFFERS = 10;
const RECORDED = 20;
const MUSICS = 40;
const LISTENERS = 20;
const TICKS_PER_SECOND = 100;
const STRANGER = '127.77.0.2';

const data = mkdtempSync(join(tmpdir(), 'earshot-strangers-'));
const at = paths(data);
const slugOf = (i: number): string => `evening-${i}`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

{
  await using store = await openStore({ url: `sqlite:${at.database}` });
  for (let i = 0; i < KNOWN; i++) {
    const created = Date.now() - (KNOWN - i) * 60_000 - 3_600_000;
    const open = i >= KNOWN - MUSICS;
    await store.db
      .insertInto('room')
      .values({
        ...{ id: randomUUIDv7(), slug: slugOf(i), title: `An evening, number ${i}`, hosts: '["Ana"]' },
        ...(open
          ? { status: 'scheduled', start: Date.now() + 86_400_000, opened: null, ended: null, zero: null }
          : { status: 'ended', start: null, opened: created, ended: created + 3_600_000, zero: created }),
        ...{ first_audio: open ? null : created, first_speech: open ? null : created },
        ...{ cell: null, cap: null, welcome: 0, created, spared: null, modified: null, removed: null },
      })
      .execute();
  }
}

await makeHours(
  at.archive,
  join(data, 'shared'),
  Array.from({ length: RECORDED }, (_, i) => ({
    slug: slugOf(i),
    zero: Date.now() - (KNOWN - i) * 60_000 - 3_600_000,
  })),
);

const tokens = openTokens(readSecret(at.secret));
const linkOf = (slug: string): Promise<string> =>
  tokens.sign({ slug: slug as Slug, role: 'host', speaker: 'host' as SpeakerId, name: '' });
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

const listeners = fork(fileURLToPath(new URL('./strangers-listeners.ts', import.meta.url)), [
  `${server.url}/r/${room.slug}/stream`,
  String(LISTENERS),
]);
if (isRoot) setPriority(listeners.pid ?? 0, -10);
async function heard(): Promise<Gaps> {
  listeners.send('tell');
  const [gaps] = (await once(listeners, 'message')) as [Gaps];
  return gaps;
}

const agent = new Agent({ keepAlive: true, maxSockets: 50 });
let answers = new Map<string, number>();
let bytes = 0;
/** Sends a request, reads the answer to its end, and counts it. */
const ask = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string | Uint8Array,
): Promise<void> =>
  new Promise((resolve) => {
    const told = (what: string): void => {
      answers.set(what, (answers.get(what) ?? 0) + 1);
      resolve();
    };
    const asked = request(`${server.url}${path}`, { method, agent, headers, localAddress: STRANGER });
    asked.on('response', (answer) => {
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
      answer.on('end', () => told(String(answer.statusCode)));
      answer.on('error', () => told('broken'));
    });
    asked.on('error', () => told('refused'));
    asked.end(body);
  });
/** Starts `what` at this rate until `leave`. */
async function often(perSecond: number, leave: AbortSignal, what: (n: number) => void): Promise<void> {
  const began = performance.now();
  for (let n = 0; !leave.aborted; n++) {
    what(n);
    await pause(Math.max(0, began + ((n + 1) * 1000) / perSecond - performance.now()));
  }
}

const sdp = (length: number, line: (n: number) => string): string => {
  let text = OFFER;
  for (let n = 0; text.length < length; n++) text += line(n);
  return text.slice(0, length);
};
const offers = async (leave: AbortSignal, body: string): Promise<void> => {
  const headers = { authorization: `Bearer ${room.token}`, 'content-type': 'application/sdp' };
  await often(OFFERS, leave, () => void ask('POST', `/r/${room.slug}/whip?takeover=1`, headers, body));
};

const ROWS: Record<string, { readonly what: string; attack(leave: AbortSignal): Promise<void> }> = {
  edits: {
    what: `${EDITS} edits a second`,
    attack: async (leave) => {
      const links = await Promise.all(Array.from({ length: EDITS }, (_, i) => linkOf(slugOf(i + RECORDED))));
      await often(EDITS, leave, (n) => {
        const i = n % EDITS;
        const headers = { authorization: `Bearer ${links[i]}`, 'content-type': 'application/json' };
        const title = JSON.stringify({ title: `An evening, renamed ${n}` });
        void ask('PATCH', `/api/rooms/${slugOf(i + RECORDED)}`, headers, title);
      });
    },
  },
  offers: {
    what: `${OFFERS} offers of 64 kB a second`,
    attack: (leave) =>
      offers(
        leave,
        sdp(64_000, (n) => `a=x-${n}:${'y'.repeat(40)}\r\n`),
      ),
  },
  largest: {
    what: `${OFFERS} offers a second of the largest size that is read`,
    attack: (leave) =>
      offers(
        leave,
        sdp(31_900, (n) => `a=candidate:${n} 1 udp 2 192.0.2.${n % 250} 9 typ host\r\n`),
      ),
  },
  downloads: {
    what: `normalised downloads of ${RECORDED} rooms, four at a time`,
    attack: async (leave) => {
      let next = 0;
      const one = async (): Promise<void> => {
        while (!leave.aborted)
          await ask('GET', `/r/${slugOf(next++ % RECORDED)}/replay.m4a?loudness=normalised`, {});
      };
      await Promise.all(Array.from({ length: 4 }, one));
    },
  },
  musics: {
    what: `${MUSICS} musics of 8 MB at once`,
    attack: async (leave) => {
      const seconds = 82;
      const samples = Float32Array.from({ length: 48_000 * seconds }, (_, i) => 0.3 * Math.sin(i / 17));
      const file = wavFile(samples, 1);
      const links = await Promise.all(
        Array.from({ length: MUSICS }, (_, i) => linkOf(slugOf(KNOWN - 1 - i))),
      );
      const send = (link: string, i: number): Promise<void> =>
        ask(
          'PUT',
          `/api/rooms/${slugOf(KNOWN - 1 - i)}/music`,
          { authorization: `Bearer ${link}`, 'content-type': 'audio/wav', 'x-file-name': 'mine.wav' },
          file,
        );
      while (!leave.aborted) await Promise.all(links.map(send));
    },
  },
};

async function stretch(attack?: (leave: AbortSignal) => Promise<void>): Promise<string> {
  await heard();
  [answers, bytes] = [new Map(), 0];
  const before = ROLES.map(cpu);
  const leave = new AbortController();
  const under = attack?.(leave.signal).catch(() => undefined);
  await pause(SECONDS * 1000);
  const spent = ROLES.map(
    (role, i) => `${role} ${Math.round(((cpu(role) - (before[i] ?? 0)) / SECONDS) * 100)} %`,
  );
  const { p50, p99, worst, count, lost } = await heard();
  const said = [...answers].map(([status, times]) => `${times} × ${status}`).join(', ');
  leave.abort();
  // Requests in progress continue at their own pace.
  await Promise.race([under, pause(15_000)]);
  const sent = bytes > 1e6 ? `; ${Math.round(bytes / 1e6)} MB` : '';
  return `${p50} ms | ${p99} ms | ${worst} ms | ${(p99 / PERIOD_MS).toFixed(2)} | ${count}${lost > 0 ? `, ${lost} lost` : ''} | ${spent.join(', ')} | ${said || 'none'}${sent} |`;
}

await pause(5000);
console.log(
  `${KNOWN} rooms known, ${LISTENERS} listeners of a live room, a write every ${PERIOD_MS} ms, ${SECONDS} s each; goal ${GOAL}\n`,
);
console.log('| what | p50 gap | p99 gap | worst | p99 ÷ period | gaps | processor time | answers |');
console.log('|---|---|---|---|---|---|---|---|');
console.log(`| at rest | ${await stretch()}`);
for (const name of positionals.length > 0 ? positionals : Object.keys(ROWS)) {
  const row = ROWS[name];
  if (!row) throw new Error(`no such row: ${name}; there are ${Object.keys(ROWS).join(', ')}`);
  console.log(`| ${row.what} | ${await stretch(row.attack)}`);
  await pause(5000);
}
console.log(`| at rest | ${await stretch()}`);
listeners.disconnect();
agent.destroy();
await server[Symbol.asyncDispose]();
rmSync(data, { recursive: true, force: true });
process.exit();
