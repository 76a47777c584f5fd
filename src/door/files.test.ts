import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { pause, streamGet, until, type Wire, wire } from '../../test/door.ts';
import { LIMITS } from './index.ts';
import { withinFiles } from './limits.ts';

const DOOR = fileURLToPath(new URL('../../test/low-files-door.ts', import.meta.url));
const open: Socket[] = [];
afterAll(() => {
  for (const socket of open) socket.destroy();
});

interface Told {
  readonly metrics: string;
  readonly cpu: { readonly user: number; readonly system: number };
}

/** A door in a process of its own that may have `files` open. */
async function lowDoor(files: number) {
  const child = spawn('sh', ['-c', `ulimit -n ${files}; exec "$0" "$1"`, process.execPath, DOOR], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let out = '';
  let log = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (log += chunk));
  await until(
    () => out.includes('\n'),
    () => `no door: ${log}`,
    // A process begins as fast as the machine lets it.
    20_000,
  );
  return {
    port: JSON.parse(out).port as number,
    log: () => log,
    alive: () => child.exitCode === null && child.signalCode === null,
    async tell(what: 'say' | 'eat' | 'give' = 'say'): Promise<Told> {
      child.send(what);
      return (await once(child, 'message'))[0] as Told;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

const listen = (port: number): Wire => {
  const w = wire(port, streamGet());
  open.push(w.socket);
  return w;
};
/**
 * A listener that reads what it is told before it asks. One that the machine keeps waiting would ask on a connection that
 * has been refused and closed meanwhile, and its system would forget the refusal that it had not read.
 */
const listenPatiently = (port: number): Wire => {
  const w = wire(port, '');
  open.push(w.socket);
  w.socket.once('connect', () =>
    // What has come is read between the two.
    setImmediate(() => setImmediate(() => w.bytes().length === 0 && !w.ended && w.socket.write(streamGet()))),
  );
  return w;
};
const metric = (told: Told, name: string): number =>
  Number(new RegExp(`^earshot_door_${name} (\\d+)$`, 'm').exec(told.metrics)?.[1]);

test('with 256 open files 500 come: those inside hear on, the others are told, and there is room again', async () => {
  using door = await lowDoor(256);
  const inside = Array.from({ length: 60 }, () => listen(door.port));
  await Promise.all(inside.map((w) => w.has(20)));
  const crowd = Array.from({ length: 500 }, () => listenPatiently(door.port));
  await until(() => crowd.every((w) => w.ended || w.bytes().length > 0));
  const full = await door.tell();
  const heard = crowd.filter((w) => w.text().startsWith('HTTP/1.1 200'));
  const told = crowd.filter((w) => w.text().startsWith('HTTP/1.1 503'));
  expect(heard.length).toBe(128 - 60);
  // As many as there are files for are told why and when to come again, the rest are closed.
  expect(told.length).toBeGreaterThanOrEqual(64);
  expect(told[0]?.text()).toMatch(/retry-after: 2[\s\S]*"code":"door-full"/);
  expect(metric(full, 'connections_refused_total')).toBe(500 - heard.length);
  // It does not go round in circles while it is full.
  await pause(400);
  const before = await door.tell();
  await pause(600);
  const after = await door.tell();
  expect(after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system).toBeLessThan(300_000);
  expect(door.alive()).toBe(true);
  const sizes = inside.map((w) => w.body().length);
  await until(() => inside.every((w, n) => w.body().length > (sizes[n] ?? 0)));
  for (const w of heard) w.socket.destroy();
  await until(() => heard.every((w) => w.socket.destroyed));
  let next = listen(door.port);
  await until(() => {
    if (next.ended || next.text().startsWith('HTTP/1.1 503')) next = listen(door.port);
    return next.text().startsWith('HTTP/1.1 200');
  });
  expect(door.log().match(/limit on open files \(ulimit -n\)/g)?.length).toBe(1);
});

test('when files run out all the same nothing spins, no listener is cut off, and newcomers get in once there are some', async () => {
  using door = await lowDoor(256);
  const inside = Array.from({ length: 20 }, () => listen(door.port));
  await Promise.all(inside.map((w) => w.has(20)));
  await door.tell('eat');
  const crowd = Array.from({ length: 60 }, () => listen(door.port));
  const short = /"level":"error".*out of file descriptors/g;
  await until(() => short.test(door.log()));
  const before = await door.tell();
  const sizes = inside.map((w) => w.body().length);
  await pause(600);
  const after = await door.tell();
  expect(after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system).toBeLessThan(300_000);
  expect(inside.every((w, n) => w.body().length > (sizes[n] ?? 0))).toBe(true);
  // No crowd of lines in the log.
  expect(door.log().split('\n').length).toBeLessThan(8);
  expect(metric(after, 'files_short_seconds_total')).toBeGreaterThan(0);
  // Closed, so that their players come again at once, and nobody hangs.
  await until(() => crowd.every((w) => w.ended !== undefined));
  await door.tell('give');
  const late = listen(door.port);
  await late.has(20);
  await until(() => door.log().includes('file descriptors are available again'));
  expect(door.log().match(short)?.length).toBe(1);
});

test('how many connections the limit of open files allows', () => {
  expect(withinFiles(LIMITS, Number.POSITIVE_INFINITY)).toEqual(LIMITS);
  expect(withinFiles(LIMITS, 131_072)).toEqual(LIMITS);
  expect(withinFiles(LIMITS, 4_096)).toMatchObject({ connections: 3_584, refusals: 256 });
  expect(withinFiles(LIMITS, 256)).toMatchObject({ connections: 128, refusals: 64 });
});
