/** `earshot crowd` against a real `earshot start`: its report agrees with the events. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../src/rehearsal/index.ts';
import { type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
let dir: string;
let server: Server;
let room: MadeRoom;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-crowd-'));
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '2', EARSHOT_REHEARSAL: '300,1h' });
  room = await server.room('A rehearsal');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly problem: string;
}

/** Runs `earshot crowd …`; `line` gets each line as it is printed. */
async function crowd(args: readonly string[], line: (text: string) => void = () => {}): Promise<Run> {
  const child = spawn(process.execPath, [ENTRY, 'crowd', ...args], {
    env: { ...outside(), EARSHOT_DATA: server.data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let problem = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
    for (const text of String(chunk).split('\n')) line(text);
  });
  child.stderr.on('data', (chunk) => (problem += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, problem };
}
const outcomeIn = (folder: string): Outcome =>
  JSON.parse(readFileSync(join(folder, 'certificate.json'), 'utf8'));

test('two hundred real listeners hear everything, and the certificate says so and verifies', async () => {
  const out = join(dir, 'good');
  const shape = ['--ramp', '3s', '--hold', '5s', '--pages', '0.2', '--hls', '0.1', '--processes', '2'];
  const { problem } = await crowd([room.url, '--listeners', '200', ...shape, '-o', out]);
  expect(problem).toBe('');
  const outcome = outcomeIn(out);
  expect(outcome).toMatchObject({
    arrived: 200,
    joined: 200,
    gaps: 0,
    repeats: 0,
    flips: 0,
    errors: {},
  });
  // A room this young does not have two whole segments yet for HLS listeners.
  expect(outcome.held).toBeGreaterThanOrEqual(160);
  expect(outcome.generator).toMatchObject({ processes: 2, lost: [] });
  // Eight seconds at three fragments per second, for listeners who were there all the time.
  expect(outcome.fragments).toBeGreaterThan(200 * 5 * 3);
  expect(outcome.served['rendition-opus64']).toBeGreaterThan(150);
  expect(outcome.pageMs?.count).toBeGreaterThan(20);
  expect(outcome.rungs[0]?.rung).toBe(0);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(`${outcome.held} of 200 held`);

  const path = join(out, 'certificate.json');
  const good = await crowd(['--check', path]);
  expect(good).toMatchObject({ code: 0, out: expect.stringContaining(`held ${outcome.held} of 200`) });
});

test('half the doors are killed: their listeners come back without a gap', async () => {
  const out = join(dir, 'killed');
  let killed = false;
  await crowd([room.url, '--listeners', '100', '--curve', 'step', '--hold', '9s', '-o', out], (text) => {
    if (killed || !/ 100\/100 hearing/.test(text)) return;
    killed = true;
    const pid = server.child('door', 0);
    if (pid) process.kill(pid, 'SIGKILL');
  });
  expect(killed).toBe(true);
  const outcome = outcomeIn(out);
  expect(outcome).toMatchObject({ arrived: 100, joined: 100, gaps: 0, repeats: 0, clean: false });
  expect(outcome.reconnects).toBeGreaterThan(5);
  expect(
    (outcome.errors.reset ?? 0) + (outcome.errors.torn ?? 0) + (outcome.errors.ended ?? 0),
  ).toBeGreaterThan(5);
  // The worst second: listeners who were cut off, or more of the others who waited for the remaining door.
  expect(outcome.firstToBreak).toMatch(/reset|cut|ended|closed cleanly|nothing to play/);
});

test('in a room for five, fifteen pages are live or on the delayed stream with a place in line, and move up when the cap rises', async () => {
  const out = join(dir, 'pages');
  const small = await server.room('A small room');
  const setCap = async (cap: number): Promise<void> => {
    const response = await fetch(`${server.url}/api/rooms/${small.slug}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${small.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ cap }),
    });
    expect(response.status).toBe(200);
  };
  await until('the program runs', async () => (await fetch(`${small.url}/state.json`)).ok);
  await setCap(5);
  await until('the cap is known', async () => (await fetch(`${small.url}/queue.json`)).ok);
  let second = 0;
  let grown: Promise<void> | undefined;
  await crowd(
    [small.url, '--listeners', '15', '--ramp', '1s', '--hold', '22s', '--as-page', '1', '-o', out],
    (text) => {
      // Three whole seconds in which everybody hears; listeners to the delayed stream have their places by then.
      if (/ 15\/15 hearing/.test(text)) second += 1;
      if (second === 4) grown ??= setCap(12);
    },
  );
  await grown;
  const { reached, shares, line, joined, gaps, repeats, asked } = outcomeIn(out);
  expect({ reached, joined, gaps, repeats, asPage: asked.asPage }).toEqual({
    ...{ reached: 15, joined: 15, gaps: 0, repeats: 0, asPage: 1 },
  });
  expect(line.tickets).toBeGreaterThanOrEqual(8);
  expect(line.rose).toBeGreaterThanOrEqual(1);
  expect(shares?.ring).toBeGreaterThan(0.1);
  expect(shares?.live).toBeGreaterThan(0.2);
  expect(shares?.least).toBeGreaterThan(0.8);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('in line');
}, 90_000);

test('no listener comes without the key, nor more than the consent allows; each refusal says what to do', async () => {
  const stranger = await crowd([room.url, '--listeners', '10', '--key', 'guessed', '-o', join(dir, 'no')]);
  expect(stranger).toMatchObject({ code: 1, problem: expect.stringContaining('[operator-only]') });
  const many = await crowd([room.url, '--listeners', '301', '-o', join(dir, 'no')]);
  expect(many.problem).toContain('consents to 300 listeners, not to 301');
});
