import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { commandTrial } from '../../test/command-trial.ts';
import { readSecret } from '../keys/secret.ts';
import { openTokens } from '../keys/token.ts';
import { command, lineOf } from './recording.ts';

const trial = commandTrial((args) => command([...args, '--data', trial.data, '--url', url()]));
let server: Server;
let asked: { line: string; by: string | undefined }[];
let answer: { status: number; body: object };

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, by: request.headers.authorization?.slice(7) });
    response.writeHead(answer.status).end(answer.status === 204 ? undefined : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.close();
});
const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test('lists what is recorded, and leaves out rooms without a recording', async () => {
  const recording = { seconds: 5400, bytes: 107_500_000 };
  answer = {
    status: 200,
    body: {
      rooms: [
        { slug: 'quiet', title: 'Quiet' },
        { slug: 'talk', title: 'Talk', recording },
      ],
    },
  };
  expect(await trial.run('list')).toBe(0);
  expect(trial.printed).toBe(`  107.5 MB    1:30 h  ${'talk'.padEnd(32)} Talk\n`);
  expect(asked.map(({ line }) => line)).toEqual(['GET /api/rooms?limit=200']);
  await trial.run('list', '--json');
  expect(JSON.parse(trial.printed)).toEqual({ rooms: [{ slug: 'talk', title: 'Talk', recording }] });
  answer = { status: 200, body: { rooms: [] } };
  await trial.run('list');
  expect(trial.printed).toBe('nothing is recorded\n');
});

test('on the machine itself it also lists what the disk has of rooms that are too old for the list', async () => {
  const folder = join(trial.data, 'archive', 'long-ago');
  mkdirSync(join(folder, 'aac96'), { recursive: true });
  writeFileSync(join(folder, 'room.json'), '{}');
  writeFileSync(join(folder, 'aac96', '0-16.m4s'), Buffer.alloc(1_500_000));
  answer = { status: 200, body: { rooms: [] } };
  const { port } = server.address() as AddressInfo;
  vi.stubEnv('EARSHOT_PORT', String(port));
  vi.stubEnv('EARSHOT_HOST', '127.0.0.1');
  try {
    expect(await command(['list', '--data', trial.data])).toBe(0);
  } finally {
    vi.unstubAllEnvs();
  }
  expect(trial.printed).toMatch(/^ {4}1\.5 MB {4}0:00 h {2}long-ago +\(no longer in the list of rooms\)\n$/);
});

test('says when each will be removed', () => {
  const line = (more: object) => lineOf({ slug: 'x', title: 'T', recording: { seconds: 1, ...more } });
  const at = Date.UTC(2026, 0, 2, 3, 4);
  expect(line({ goesAt: at, goesBy: 'age' })).toMatch(/T {2}will be removed 2026-01-02 03:04$/);
  expect(line({ goesBy: 'quota' })).toMatch(/will be removed next: the space for recordings is nearly full$/);
  expect(line({ removedAt: at, removedBy: 'host', goesBy: 'quota' })).toMatch(/removed 2026-01-02 03:04$/);
});

test('removes with a link that the machine signs for itself, and repeats what the server refuses', async () => {
  answer = { status: 204, body: {} };
  expect(await trial.run('remove', 'talk')).toBe(0);
  expect(trial.printed).toBe('the recording of talk is removed\n');
  expect(asked[0]?.line).toBe('DELETE /api/rooms/talk/recording');
  const tokens = openTokens(readSecret(join(trial.data, 'secret')));
  expect(await tokens.check(asked[0]?.by, 'talk')).toMatchObject({ role: 'host', generation: 2 ** 31 });
  answer = {
    status: 409,
    body: {
      code: 'wrong-moment',
      title: 'Not now',
      detail: 'The room is on air or open: end it, then remove its recording.',
    },
  };
  await expect(trial.run('remove', 'talk', '--token', 'mine')).rejects.toThrow(
    'The room is on air or open: end it',
  );
  expect(asked[1]?.by).toBe('mine');
});

test('tells what it can do when it is asked for something else', async () => {
  expect(await trial.run()).toBe(2);
  expect(trial.printed).toContain('earshot recording remove SLUG');
  await expect(trial.run('erase', 'talk')).rejects.toThrow('there is no "recording erase"');
  await expect(trial.run('remove')).rejects.toThrow("needs the room's address");
  await expect(trial.run('remove', '../etc')).rejects.toThrow('is not the address of a room');
  expect(asked).toEqual([]);
});
