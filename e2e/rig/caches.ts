/** Real caches in front of an origin on the loopback, run with the configurations that `earshot edge` prints. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration } from '../../src/edge/index.ts';
import { freePort } from './server.ts';

/** A program that runs until it is disposed of. */
export interface Cache extends AsyncDisposable {
  readonly url: string;
  /** Everything printed so far. */
  output(): string;
}

const START_LIMIT_MS = 20_000;

/** The caches that are tested. */
export type CacheName = 'nginx' | 'varnish' | 'haproxy';

/** Starts a cache in front of `originPort` and waits until it accepts connections. */
export async function startCache(name: CacheName, originPort: number): Promise<Cache> {
  const dir = mkdtempSync(join(tmpdir(), `earshot-${name}-`));
  const port = await freePort();
  const text = configuration(name, {
    origin: { host: '127.0.0.1', port: originPort },
    listen: `127.0.0.1:${port}`,
    folder: join(dir, 'cache'),
    megabytes: 64,
  });
  const file = join(dir, 'conf');
  const [program, ...args] = COMMANDS[name](dir, file, port);
  writeFileSync(file, name === 'nginx' ? aroundNginx(dir, text) : text);
  const child = spawn(program as string, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (printed += chunk));
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start:\n${printed}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    output: () => printed,
    async [Symbol.asyncDispose]() {
      await stop(child);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const COMMANDS: Readonly<Record<CacheName, (dir: string, file: string, port: number) => string[]>> = {
  nginx: (dir, file) => ['/usr/sbin/nginx', '-p', dir, '-c', file, '-e', join(dir, 'error.log')],
  varnish: (dir, file, port) => [
    ...['/usr/sbin/varnishd', '-F', '-j', 'none', '-n', join(dir, 'work'), '-f', file],
    ...['-a', `127.0.0.1:${port}`, '-s', 'malloc,64M', '-p', 'thread_pool_min=50', '-p', 'timeout_linger=0'],
  ],
  haproxy: (_, file) => ['/usr/sbin/haproxy', '-db', '-f', file],
};

/** A complete nginx configuration around the file in `conf.d`. */
function aroundNginx(dir: string, text: string): string {
  mkdirSync(join(dir, 'temp'));
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(dir, 'temp', name)};`,
  );
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user} daemon off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 4096; }
http { access_log off; ${temp.join(' ')}
${text}
}`;
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(hard);
}
