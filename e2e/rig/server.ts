import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url));
const START_LIMIT_MS = 110_000;

/** The variable with the folder of files that are made once for all servers of a run (prepare.ts). */
export const PREPARED = 'PREPARED_INSTALLATION';

/** Links of a room created by the command line. */
export interface MadeRoom {
  readonly slug: string;
  readonly url: string;
  readonly studio: string;
  readonly whip: string;
  readonly token: string;
}

/** A complete Earshot as started by `earshot start`: supervisor, doors, site, cells. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly pid: number;
  /** Everything it printed. */
  output(): string;
  /** Process id of a child such as `door 0`, `studio 1`, `site 0`. */
  child(role: string, index: number): number | undefined;
  /** Runs the command line against this server and parses its JSON. */
  cli<T>(...args: string[]): Promise<T>;
  room(title: string, ...more: string[]): Promise<MadeRoom>;
  /** The operator's own port: metrics and readiness of all processes. */
  readonly metricsPort: number;
  /** The Prometheus text of all processes. */
  metrics(): Promise<string>;
}

/** Below the ports that Linux assigns automatically: one of those could be taken again in between. */
const PORTS = [15_000, 32_000] as const;

/** A free TCP port, chosen at random, so that files that run at once get different ones. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
}

/**
 * This process's variables for a program of ours, without those that control the tests: they would be rejected as
 * unknown settings.
 */
export const outside = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EARSHOT_')));

/** Starts Earshot with its own data folder and waits until it reports that it is up. */
export async function startServer(
  settings: Record<string, string> = {},
  prefix: string[] = [],
  address = '127.0.0.1',
): Promise<Server> {
  const data = settings.EARSHOT_DATA ?? mkdtempSync(join(tmpdir(), 'earshot-e2e-'));
  const keep = settings.EARSHOT_DATA !== undefined;
  const prepared = process.env[PREPARED];
  if (!keep && prepared !== undefined) cpSync(prepared, data, { recursive: true });
  const port = Number(settings.EARSHOT_PORT ?? (await freePort()));
  const metricsPort = Number(settings.EARSHOT_METRICS_PORT ?? (await freePort()));
  const env = {
    ...outside(),
    EARSHOT_PORT: String(port),
    EARSHOT_DATA: data,
    EARSHOT_UDP_PORT: '0',
    EARSHOT_METRICS_PORT: String(metricsPort),
    EARSHOT_WELCOME: 'no',
    EARSHOT_LOG_LEVEL: 'warn',
    ...settings,
  };
  const [command = process.execPath, ...before] = [...prefix, process.execPath];
  const child: ChildProcess = spawn(command, [...before, ENTRY, 'start'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk) => (printed += chunk));
  child.stderr?.on('data', (chunk) => (printed += chunk));
  const url = `http://${address}:${port}`;
  const deadline = Date.now() + START_LIMIT_MS;
  while (!printed.includes('Earshot is up')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      // Its children end without it.
      child.kill('SIGKILL');
      throw new Error(`Earshot did not start:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const cli = async <T>(...args: string[]): Promise<T> => {
    const [program = process.execPath, ...words] = [...prefix, process.execPath, ENTRY, ...args, '--json'];
    const run = spawn(program, words, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let problem = '';
    run.stdout.on('data', (chunk) => (out += chunk));
    run.stderr.on('data', (chunk) => (problem += chunk));
    const code = await new Promise<number | null>((resolve) => run.once('close', resolve));
    if (code !== 0) throw new Error(`earshot ${args.join(' ')} ended with ${code}:\n${problem}${out}`);
    return JSON.parse(out) as T;
  };
  return {
    url,
    port,
    data,
    pid: child.pid ?? 0,
    output: () => printed,
    child: (role, index) => childPid(child.pid ?? 0, `role ${role} ${index}`),
    cli,
    room: (title, ...more) => cli<MadeRoom>('room', 'create', '--title', title, '--url', url, ...more),
    metricsPort,
    metrics: async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        const kill = setTimeout(() => child.kill('SIGKILL'), 20_000);
        await new Promise((resolve) => child.once('close', resolve));
        clearTimeout(kill);
      }
      if (!keep) rmSync(data, { recursive: true, force: true });
    },
  };
}

/** The descendant of `parent` whose command line contains `words` (separated by spaces). */
function childPid(parent: number, words: string): number | undefined {
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const line = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (!line.includes(words)) continue;
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const ppid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      if (ppid === parent) return Number(entry);
    } catch {
      // It ended while we read its entry.
    }
  }
  return undefined;
}

/** Waits until `condition` holds; fails with `what` after `limit` ms. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limit = 45_000,
): Promise<void> {
  const end = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not within ${limit} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
