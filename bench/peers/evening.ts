/** A complete server with one live room and a speaker in it, for crowds to join. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MadeRoom, outside, type Server, startServer, until } from '../../e2e/rig/server.ts';
import { writeSpeech } from '../../e2e/rig/sound.ts';
import type { RehearsalCertificate, RehearsalResult } from '../../src/rehearsal/index.ts';
import type { RoomState } from '../../src/wire/room.ts';

const ENTRY = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url));
const BOTS = fileURLToPath(new URL('../bots.ts', import.meta.url));
const TEXT = 'Whoever speaks is heard by everyone who comes, a second later, and the program never stops.';
const STAGE_LIMIT_MS = 60_000;

/** The result of `earshot crowd`. */
export interface Crowd extends RehearsalResult {
  readonly outcome: RehearsalCertificate;
}

/** A running server. */
export interface Evening extends AsyncDisposable {
  readonly server: Server;
  readonly room: MadeRoom;
  state(): Promise<RoomState | undefined>;
  /** Runs `earshot crowd` to its end; its exit code is part of the result. */
  crowd(args: readonly string[], cores?: string): Promise<Crowd>;
}

/** Pins a program to some cores, in the notation of taskset; no pinning when empty. */
const pinned = (cores: string): string[] => (cores === '' ? [] : ['taskset', '-c', cores]);

/**
 * Starts the server: one cell, a rehearsal allowed, a bot on stage. `settings` are EARSHOT_… variables of the server,
 * which runs on `cores`.
 */
export async function openEvening(
  title: string,
  settings: Readonly<Record<string, string>>,
  cores = '',
): Promise<Evening> {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const voice = join(dir, 'voice.wav');
  writeSpeech(voice, TEXT, 'en');
  const server = await startServer({ EARSHOT_CELLS: '1', ...settings }, pinned(cores));
  const room = await server.room(title);
  await server.cli('room', 'live', room.slug);
  const bot = spawn(process.execPath, [BOTS, server.url, room.slug, '1', server.data, voice], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const state = async (): Promise<RoomState | undefined> => {
    const response = await fetch(`${room.url}/state.json`).catch(() => undefined);
    return response?.ok ? ((await response.json()) as RoomState) : undefined;
  };
  let crowds = 0;
  const evening: Evening = {
    ...{ server, room, state },
    async crowd(args, on = '') {
      crowds += 1;
      const out = join(dir, String(crowds));
      const words = [process.execPath, ENTRY, 'crowd', room.url, ...args, '--json', '-o', out];
      const [program = '', ...rest] = [...pinned(on), ...words];
      const child = spawn(program, rest, {
        env: { ...outside(), EARSHOT_DATA: server.data },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let problem = '';
      child.stderr.on('data', (chunk) => (problem += chunk));
      const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
      if (code === null || code === 2 || problem !== '')
        throw new Error(`crowd ${args.join(' ')}: ${code} ${problem}`);
      return JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as Crowd;
    },
    async [Symbol.asyncDispose]() {
      bot.kill('SIGTERM');
      await server[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    await until('the bot is on stage', async () => ((await state())?.stage.length ?? 0) > 0, STAGE_LIMIT_MS);
  } catch (error) {
    await evening[Symbol.asyncDispose]();
    throw error;
  }
  return evening;
}
