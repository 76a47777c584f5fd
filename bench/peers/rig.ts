/** Common parts of all comparisons with other servers: a folder, compiled load generators, processes on given cores. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server under measurement. */
export interface Server {
  /** One port, or one per process for servers whose processes do not share a port. */
  readonly ports: readonly number[];
  readonly path: string;
  /** The processes whose time and memory are counted. */
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** True when processes may be given other users and priorities. */
export const isRoot = process.getuid?.() === 0;
const here = fileURLToPath(new URL('../fanout', import.meta.url));

/** A folder for one run, removed at its end. */
export class Workshop implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));

  constructor() {
    chmodSync(this.folder, 0o755);
  }

  /** Compiles one of the C programs; returns the path of the binary. */
  compile(name: string, libraries: readonly string[] = []): string {
    const out = join(this.folder, name);
    execFileSync('gcc', ['-O2', '-Wall', '-o', out, join(here, `${name}.c`), ...libraries], {
      stdio: 'inherit',
    });
    return out;
  }

  [Symbol.dispose]() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Core numbers in the notation of taskset: for the servers and, of the rest, for the load generator. */
export function cores(servers: number): { servers: string; crowd: string } {
  const all = cpus().length;
  const taken = Math.min(servers, Math.max(1, all - 1));
  const list = (from: number, to: number) =>
    Array.from({ length: Math.max(1, to - from) }, (_, i) => Math.min(all - 1, from + i)).join(',');
  // If there are enough cores, one is left free for the kernel and the machine's own work.
  return { servers: list(0, taken), crowd: list(Math.min(all - 1, taken + (all - taken > 2 ? 1 : 0)), all) };
}

/**
 * Runs on given cores and, as root, with priority over other work of the machine: the figures of a starved server are
 * useless.
 */
export function on(cores: string, command: string, args: readonly string[]): ChildProcess {
  return spawn('taskset', ['-c', cores, ...(isRoot ? ['nice', '-n', '-10'] : []), command, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** A free port. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Resolves when the port accepts connections. @throws after ten seconds. */
export async function reachable(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const socket = connect(port, '127.0.0.1');
    const ok = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (ok) return;
    await pause(100);
  }
  throw new Error(`nothing listens on ${port}`);
}

/** `pid` and all processes below it, such as a server's workers. */
export function family(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(text === '' ? [] : text.split(' ').flatMap((child) => family(Number(child))))];
}

/** Ends processes and waits until they and their sockets are gone. */
export async function end(children: readonly ChildProcess[]): Promise<void> {
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const gone = running.map((child) => once(child, 'close'));
  for (const child of running) child.kill();
  await Promise.all(gone);
  await pause(2000);
}

/** The median; NaN of an empty list. */
export const middle = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
