/**
 * The cost of one room for its studio cell: CPU and memory with 1, 5 and 12 speakers who all talk at once, with every
 * rendition coded; and the bytes that boxes with the room's state add to the sound. It uses a real server, real WebRTC
 * from another process, and figures from /proc. `npm run bench -- room [seconds] [speakers,…]`. With
 * `NODE_OPTIONS="--cpu-prof --cpu-prof-dir=DIR"` every process and thread leaves a profile in DIR.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, until } from '../e2e/rig/server.ts';
import { writeSpeech } from '../e2e/rig/sound.ts';
import { STATE_SCHEME } from '../src/wire/state-box.ts';

const SECONDS = Number(process.argv[2] ?? 20);
const CROWDS = (process.argv[3] ?? '0,1,5,12').split(',').map(Number);
const TEXT =
  'The whole way from a microphone to an ear is one grid of time. Whoever speaks is heard by everyone who comes, a second later, and the program never stops.';
const TICKS_PER_SECOND = 100;

interface Usage {
  readonly cpu: number;
  readonly rssMb: number;
}

/** CPU seconds and resident memory of a process, threads included. Spec: proc(5). */
function usage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND, rssMb: Number(rss) / 1024 };
}

/** Listens to a room's stream and counts the bytes of boxes with the room's state, and of all boxes. */
async function listen(url: string, signal: AbortSignal, count: { news: number; all: number }): Promise<void> {
  const response = await fetch(url, { signal });
  let pending = Buffer.alloc(0);
  for await (const chunk of response.body ?? []) {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 8 && pending.length >= pending.readUInt32BE(0)) {
      const size = pending.readUInt32BE(0);
      count.all += size;
      if (pending.includes(STATE_SCHEME, 8) && pending.toString('latin1', 4, 8) === 'emsg')
        count.news += size;
      pending = pending.subarray(size);
    }
  }
}

const dir = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
const voices = ['en', 'en-us', 'en-gb-scotland', 'en-gb-x-rp', 'en-029'];
const files = voices.map((voice, i) => {
  const path = join(dir, `voice-${i}.wav`);
  writeSpeech(path, TEXT, voice);
  return path;
});

await using server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
const cell = server.child('studio', 0) ?? 0;
const rows: string[] = [];
for (const speakers of CROWDS) {
  const room = await server.room(`Bench with ${speakers}`);
  await server.cli('room', 'live', room.slug);
  const bots: ChildProcess | undefined =
    speakers > 0
      ? spawn(
          process.execPath,
          [
            fileURLToPath(new URL('./bots.ts', import.meta.url)),
            server.url,
            room.slug,
            String(speakers),
            server.data,
            ...files,
          ],
          { stdio: ['ignore', 'inherit', 'inherit'] },
        )
      : undefined;
  await until(
    `${speakers} speakers on stage`,
    async () => {
      const state = (await (await fetch(`${server.url}/r/${room.slug}/state.json`)).json()) as {
        stage?: unknown[];
      };
      return (state.stage?.length ?? 0) === speakers;
    },
    60_000,
  );
  const gone = new AbortController();
  const sent = { news: 0, all: 0 };
  const heard = listen(`${server.url}/r/${room.slug}/stream?codec=opus`, gone.signal, sent).catch(
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const at = { ...sent };
  const before = usage(cell);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const after = usage(cell);
  const share = (after.cpu - before.cpu) / ((performance.now() - began) / 1000);
  const kbit = (bytes: number): string => ((bytes * 8) / (performance.now() - began)).toFixed(2);
  const news = `${kbit(sent.news - at.news)} of ${kbit(sent.all - at.all)}`;
  rows.push(`| ${speakers} | ${(share * 100).toFixed(1)} % | ${after.rssMb.toFixed(0)} MB | ${news} |`);
  gone.abort();
  await heard;
  bots?.kill('SIGTERM');
  await server.cli('room', 'end', room.slug);
  await new Promise((resolve) => setTimeout(resolve, 3000));
}
console.log(
  `\n| speakers at once | CPU of the cell, % of one core | resident memory | kbit/s of news in the stream |\n|---|---|---|---|\n${rows.join('\n')}`,
);
