import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';
const START_LIMIT_MS = 20_000;

/** A PostgreSQL for one test, on 127.0.0.1, with an empty data folder. */
export interface Postgres extends AsyncDisposable {
  readonly url: string;
  /** The process that starts the others. */
  readonly pid: number;
  /** Stops all its processes, as if the network swallowed everything. */
  stand(): void;
  /** Continues them. */
  go(): void;
}

/**
 * Starts Debian's newest PostgreSQL. It refuses to run as root, so root starts it as nobody. `durable`: what it
 * acknowledges is on the disk, as a server is run; tests need no such promise.
 */
export async function startPostgres({ durable = false } = {}): Promise<Postgres> {
  const newest = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))[0]
    : undefined;
  if (!newest)
    throw new Error('this test needs PostgreSQL: apt-get install -y --no-install-recommends postgresql');
  const bin = join(DEBIAN, newest, 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'earshot-postgres-'));
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  const group = Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' }));
  const as = process.getuid?.() === 0 ? { uid: nobody, gid: group } : {};
  chmodSync(folder, 0o700);
  if ('uid' in as) chownSync(folder, nobody, group);
  const data = join(folder, 'data');
  const options = { ...as, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'earshot', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...options,
    stdio: 'pipe',
  });
  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      folder,
      '-c',
      `fsync=${durable ? 'on' : 'off'}`,
      '-c',
      'max_connections=40',
    ],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  let words = '';
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`PostgreSQL did not start:\n${words}`)), START_LIMIT_MS);
    server.stderr.on('data', (chunk) => {
      words += chunk;
      if (!words.includes('ready to accept connections')) return;
      clearTimeout(limit);
      resolve();
    });
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${words}`)));
  });
  const signal = (name: 'SIGSTOP' | 'SIGCONT'): void => {
    const family = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    for (const pid of [server.pid ?? 0, ...family.map(Number)]) {
      try {
        process.kill(pid, name);
      } catch (error) {
        // A server process of a connection that has just closed.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  };
  return {
    stand: () => signal('SIGSTOP'),
    go: () => signal('SIGCONT'),
    pid: server.pid ?? 0,
    url: `postgres://earshot@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      signal('SIGCONT');
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
