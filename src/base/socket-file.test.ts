import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from './log.ts';
import { answers, listenAt } from './socket-file.ts';

let dir: string;
let path: string;
let said: string[];
let clock: ReturnType<typeof manualClock>;
let stack: AsyncDisposableStack;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'socket-'));
  mkdirSync(join(dir, 'run'));
  path = join(dir, 'run', 'a.sock');
  said = [];
  clock = manualClock();
  stack = new AsyncDisposableStack();
});
afterEach(async () => {
  await stack.disposeAsync();
  rmSync(dir, { recursive: true });
});

const log = {
  ...silentLog,
  warn: (_fields: object, message: string) => said.push(`warn: ${message}`),
  error: (_fields: object, message: string) => said.push(`error: ${message}`),
};
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
/** A server that sends its name. Servers close in the order in which their owners do. */
async function named(name: string, lost?: () => void): Promise<AsyncDisposable> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(name));
  const file = await listenAt(path, server, { clock, log, ...(lost && { lost }) });
  let over: Promise<void> | undefined;
  const made = {
    [Symbol.asyncDispose]: () => {
      over ??= Promise.resolve(file[Symbol.asyncDispose]()).then(() => closed(server));
      return over;
    },
  };
  stack.use(made);
  return made;
}
const who = (): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    connect(path)
      .on('data', (chunk) => {
        text += chunk;
      })
      .on('error', reject)
      .on('close', () => resolve(text));
  });
/** Runs one check to its end. */
async function look(): Promise<void> {
  clock.advance(2000);
  await new Promise((resolve) => setTimeout(resolve, 30));
}
test('a removed file is created again, with its folder if need be, and is gone after closing', async () => {
  const mine = await named('mine');
  for (const gone of [path, join(dir, 'run')]) {
    rmSync(gone, { recursive: true });
    await look();
    expect(await who()).toBe('mine');
  }
  expect(said).toEqual(Array(2).fill('warn: a socket file was removed: it has been recreated'));
  await mine[Symbol.asyncDispose]();
  expect(existsSync(path)).toBe(false);
});

test('a folder that is created again is as private as before; one that others may write to is not used', async () => {
  await named('mine');
  const run = join(dir, 'run');
  rmSync(run, { recursive: true });
  await look();
  expect(statSync(run).mode & 0o777).toBe(0o700);
  rmSync(run, { recursive: true });
  mkdirSync(run);
  chmodSync(run, 0o777);
  await look();
  expect(existsSync(path)).toBe(false);
  expect(said.at(-1)).toMatch(/^warn: a socket file was removed and cannot be recreated yet; trying again/);
  rmSync(run, { recursive: true });
  await look();
  expect(await who()).toBe('mine');
});

test('a file that another live server has put there is reported once, and stays when this one ends', async () => {
  const lost = vi.fn();
  const old = await named('old', lost);
  rmSync(path);
  await named('new');
  for (let i = 0; i < 3; i += 1) await look();
  expect(said).toEqual([expect.stringMatching(/^error: another Earshot has taken over this socket/)]);
  expect(lost).toHaveBeenCalledTimes(1);
  await old[Symbol.asyncDispose]();
  expect(await who()).toBe('new');
});

test('a substitute that ends leaves the file of another live server as well', async () => {
  const old = await named('old');
  rmSync(path);
  await look();
  rmSync(path);
  await named('new');
  await old[Symbol.asyncDispose]();
  expect(await who()).toBe('new');
});

test('a path that is in use is refused and left as it is', async () => {
  await named('first');
  await expect(named('second')).rejects.toMatchObject({ code: 'EADDRINUSE' });
  expect(await who()).toBe('first');
});

test('a failure to listen again is logged once, and once more after it has worked in between', async () => {
  await named('mine');
  const run = join(dir, 'run');
  for (let i = 0; i < 2; i += 1) {
    rmSync(run, { recursive: true });
    writeFileSync(run, 'no folder');
    for (let n = 0; n < 3; n += 1) await look();
    rmSync(run);
    await look();
    expect(await who()).toBe('mine');
  }
  const episode = [
    expect.stringMatching(/cannot be recreated yet/),
    'warn: a socket file was removed: it has been recreated',
  ];
  expect(said).toEqual([...episode, ...episode]);
});

test('only a refused connection proves that no server is there', async () => {
  expect(await answers(path)).toBe(false);
  writeFileSync(path, '');
  expect(await answers(path)).toBe(false);
  rmSync(path);
  await named('mine');
  expect(await answers(path)).toBe(true);
  writeFileSync(join(dir, 'run', 'file'), '');
  expect(await answers(join(dir, 'run', 'file', 'a.sock'))).toBeUndefined();
});

test('while it is unclear whether a server is there, the file is left alone', async () => {
  await named('mine');
  rmSync(path);
  const full = createServer();
  await new Promise<void>((resolve) => full.listen({ path, backlog: 1 }, resolve));
  const { ino } = statSync(path);
  const nobody = vi.spyOn(Socket.prototype, 'connect');
  nobody.mockImplementation(function (this: Socket) {
    process.nextTick(() =>
      this.emit('error', Object.assign(new Error('too many open files'), { code: 'EMFILE' })),
    );
    return this;
  });
  await look();
  nobody.mockRestore();
  expect(statSync(path).ino).toBe(ino);
  expect(said).toEqual([]);
  await closed(full);
});
