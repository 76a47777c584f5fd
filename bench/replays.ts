/**
 * How long an unauthenticated request for a recording blocks a door's thread. Rooms of 24 hours and of 30 days are
 * requested in turn; each kind of request is measured without and then with cached data of the room.
 *
 *   node bench/replays.ts [--rooms 20] [--hours 24,720] [--seconds 10] [--total 170]
 *
 * `--seconds` limits each row, `--total` the whole run; "answers" is the number of requests. Goal: 20 ms. Both times
 * are of the longest turn of the thread: wall-clock time, which a busy machine makes longer, and processor time of that
 * thread alone. The recordings are synthetic (one piece, linked as often as needed; all rooms of a length share their
 * folders) and lie in the temporary folder: half a million names for 30 days and some 10 MB. The defaults above take
 * about three minutes.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { initOf } from '../src/packager/container.ts';
import { paths } from '../src/role/paths.ts';
import { ARCHIVED, RENDITIONS } from '../src/wire/renditions.ts';
import type { RoomCard } from '../src/wire/room.ts';
import { makePieces } from './made-recording.ts';
import { freePort } from './peers/rig.ts';
import type { Held } from './replays-door.ts';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '20' },
    hours: { type: 'string', default: '24,720' },
    seconds: { type: 'string', default: '10' },
    total: { type: 'string', default: '170' },
  },
});
const ROOMS = Number(values.rooms);
const HOURS = values.hours.split(',').map(Number);
const ROW_MS = Number(values.seconds) * 1000;
const TOTAL_MS = Number(values.total) * 1000;
const GOAL_MS = 20;
/** Frames of one fragment, and their size: AAC at 96 kbit/s. */
const FRAMES = 15;
const FRAME_BYTES = 256;
const SOUND = Array.from({ length: FRAMES }, (_, n) => Buffer.alloc(FRAME_BYTES, n));

const data = mkdtempSync(join(tmpdir(), 'earshot-replays-'));
const at = paths(data);
const slugOf = (hours: number, room: number): string => `hours-${hours}-room-${room}`.replace('.', '-');

/** Creates all recordings, and the site's last snapshot of the rooms. */
function makeRooms(): void {
  const cards: RoomCard[] = [];
  for (const hours of HOURS) {
    const [opened, ended] = [Date.now() - 3_600_000 * (hours + 1), Date.now() - 3_600_000];
    for (const rendition of RENDITIONS.filter(({ id }) => ARCHIVED.includes(id))) {
      const folder = join(data, 'shared', `${hours}-${rendition.id}`);
      // Nothing decodes the sound, so the second rendition shares the pieces of the first.
      const first = join(data, 'shared', `${hours}-pieces`);
      if (rendition.id === ARCHIVED[0]) makePieces(first, hours, SOUND);
      symlinkSync(first, folder);
      writeFileSync(
        join(first, 'init.mp4'),
        initOf(RENDITIONS.find(({ id }) => id === 'aac96') ?? rendition),
      );
    }
    for (let room = 0; room < ROOMS; room++) {
      const slug = slugOf(hours, room);
      const folder = join(at.archive, slug);
      mkdirSync(folder, { recursive: true });
      const renditions = RENDITIONS.filter(({ id }) => ARCHIVED.includes(id));
      writeFileSync(
        join(folder, 'room.json'),
        JSON.stringify({ v: 1, slug, title: slug, zero: opened, renditions }),
      );
      writeFileSync(
        join(folder, 'marks.jsonl'),
        `${JSON.stringify({ kind: 'status', status: 'live', at: opened })}\n`,
      );
      for (const { id } of renditions) symlinkSync(join(data, 'shared', `${hours}-${id}`), join(folder, id));
      cards.push({
        ...{ slug, title: slug, hosts: ['Ana'], status: 'ended', zero: opened },
        clocks: { opened, firstAudio: opened, firstSpeech: opened, ended },
      });
    }
  }
  writeFileSync(at.rooms, JSON.stringify(cards));
}

interface Kind {
  readonly what: string;
  readonly file: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const GZIP = { 'accept-encoding': 'gzip' };
/** Each with its label in the table. */
const KINDS: readonly Kind[] = [
  { what: '`HEAD replay.m4a`', file: 'replay.m4a', method: 'HEAD' },
  { what: '`replay.m4a`, `Range: bytes=0-0`', file: 'replay.m4a', headers: { range: 'bytes=0-0' } },
  { what: '`replay.m4a`, its last byte', file: 'replay.m4a', headers: { range: 'bytes=-1' } },
  { what: '`replay.m4a`, hung up after 64 kB', file: 'replay.m4a' },
  { what: '`replay/main.m3u8`', file: 'replay/main.m3u8' },
  { what: '`replay/aac96.m3u8`, gzip', file: 'replay/aac96.m3u8', headers: GZIP },
  { what: '`replay/aac96.m3u8`', file: 'replay/aac96.m3u8' },
  { what: '`live/aac96.m3u8`', file: 'live/aac96.m3u8' },
  { what: '`state.json`', file: 'state.json' },
];
const ENOUGH_BYTES = 65_536;

/**
 * Sends one request, each time from another network. Returns its status, or `late` when the time of the row was over.
 */
function ask(port: number, kind: Kind, slug: string, turn: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = request({
    ...{ host: '127.0.0.1', port, path: `/r/${slug}/${kind.file}`, method: kind.method ?? 'GET' },
    ...{ headers: kind.headers ?? {}, agent: false, localAddress: `127.${1 + (turn % 200)}.0.1`, signal },
  });
  call.on('error', () => resolve('late'));
  call.on('response', (answer) => {
    const status = String(answer.statusCode);
    let bytes = 0;
    answer.on('error', () => resolve(status));
    answer.on('end', () => resolve(status));
    answer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes < ENOUGH_BYTES || !kind.what.includes('hung up')) return;
      resolve(status);
      call.destroy();
    });
  });
  call.end();
  return promise;
}

/** How long the door's thread was blocked since the last call. */
async function heldBy(door: ChildProcess): Promise<Held> {
  door.send('held');
  const [held] = (await once(door, 'message')) as [Held];
  return held;
}

const ms = (value: number): string => value.toFixed(1);

/** Requests the rooms of a length in turn and prints the row. */
async function row(
  door: ChildProcess,
  port: number,
  hours: number,
  kind: Kind,
  again: boolean,
): Promise<void> {
  await heldBy(door);
  const signal = AbortSignal.timeout(ROW_MS);
  const answers = new Map<string, number>();
  const times: number[] = [];
  for (let room = 0; room < ROOMS && !signal.aborted; room++) {
    const began = performance.now();
    const answer = await ask(port, kind, slugOf(hours, room), again ? ROOMS + room : room, signal);
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    times.push(performance.now() - began);
  }
  const { wall, work } = await heldBy(door);
  const said = [...answers].map(([answer, count]) => `${count} × ${answer}`).join(', ');
  const mark = Math.min(wall, work) <= GOAL_MS ? '' : ' **over**';
  console.log(
    `| ${hours} h | ${kind.what} | ${again ? 'again' : 'first'} | ${said} | ${ms(wall)} | ${ms(work)}${mark} | ${ms(Math.max(...times))} |`,
  );
}

let door: ChildProcess | undefined;
const began = performance.now();
try {
  makeRooms();
  const port = await freePort();
  const program = fileURLToPath(new URL('./replays-door.ts', import.meta.url));
  door = fork(program, [data, String(port)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(door, 'message');
  console.log(
    `${ROOMS} rooms of each length in turn; made in ${Math.round((performance.now() - began) / 1000)} s; goal: ${GOAL_MS} ms\n`,
  );
  console.log('| length | request | | answers | longest turn, ms | of it worked, ms | longest answer, ms |');
  console.log('|---|---|---|---|---|---|---|');
  await heldBy(door);
  await new Promise((resolve) => setTimeout(resolve, Math.min(3000, ROW_MS)));
  const { wall, work } = await heldBy(door);
  console.log(`| | nothing | | | ${ms(wall)} | ${ms(work)} | |`);
  for (const hours of HOURS)
    for (const kind of KINDS)
      for (const again of [false, true])
        if (performance.now() - began < TOTAL_MS) await row(door, port, hours, kind, again);
        else console.log(`| ${hours} h | ${kind.what} | ${again ? 'again' : 'first'} | not asked | | | |`);
} finally {
  if (door && door.exitCode === null && door.signalCode === null) {
    const gone = once(door, 'exit');
    door.kill();
    await gone;
  }
  rmSync(data, { recursive: true, force: true });
}
