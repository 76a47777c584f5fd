import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silentLog } from '../src/base/log.ts';
import { readSound, speak } from '../src/stage/index.ts';
import type { RoomState } from '../src/wire/room.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const TALK = fileURLToPath(new URL('../assets/welcome.opus', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'earshot-encoder-'));
/** While this file is there, every encoder thread ends soon after it has begun. */
const fault = join(folder, 'fault');

let server: Server;
let room: MadeRoom;
const stop = new AbortController();
/** Undefined while a door cannot answer. */
const state = async (): Promise<RoomState | undefined> => {
  const answer = await fetch(`${server.url}/r/${room.slug}/state.json`).catch(() => undefined);
  return answer?.ok ? ((await answer.json()) as RoomState) : undefined;
};

beforeAll(async () => {
  const preload = join(folder, 'preload.mjs');
  writeFileSync(
    preload,
    `import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (!isMainThread && process.argv[1]?.includes('packager'))
  setInterval(() => existsSync(${JSON.stringify(fault)}) && process.exit(1), 50).unref();
`,
  );
  server = await startServer({ NODE_OPTIONS: `--import=${preload}`, EARSHOT_CELLS: '1' });
  room = await server.room('Encoders');
  await server.cli('room', 'live', room.slug);
  void (async () => {
    while (!stop.signal.aborted)
      await speak({
        ...{ whip: `${server.url}/r/${room.slug}/whip?takeover=1`, token: room.token },
        ...{ sound: await readSound(TALK), signal: stop.signal, log: silentLog },
      }).catch(() => new Promise((resolve) => setTimeout(resolve, 300)));
  })();
  await until('the stage is heard', async () => (await state())?.program.carries === 'stage');
});
afterAll(async () => {
  stop.abort();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test('encoders that die are told as dead air with that cause, and the room is heard again when they live', async () => {
  await until('nothing is dead', async () => (await state())?.program.deadAir === undefined);
  writeFileSync(fault, '');
  await until('dead air is told', async () => (await state())?.program.deadAir?.cause === 'encoder');
  const silent = (): Promise<number> =>
    server
      .metrics()
      .then((text) => Number(/^earshot_room_dead_air_seconds\{[^}]*\} (\S+)$/m.exec(text)?.[1] ?? 0));
  await until('the metric counts it', async () => (await silent()) >= 2);
  expect(server.output()).toContain('the encoder thread ended unexpectedly; starting another');
  rmSync(fault);
  await until('nothing is dead any more', async () => {
    const now = await state();
    return (
      now !== undefined &&
      now.program.deadAir === undefined &&
      now.program.carries === 'stage' &&
      now.studio === 'here'
    );
  });
  // Another process measures that, once a second.
  await until('the metric says so', async () => (await silent()) === 0);
});
