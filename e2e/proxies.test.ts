import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../test/certificate.ts';
import { wavFile } from '../test/sound-file.ts';
import { continuity, rawListener } from './rig/raw-listener.ts';
import { freePort, type MadeRoom, outside, type Server, startServer, until } from './rig/server.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../docs/tls.md', import.meta.url)), 'utf8');
const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'earshot-proxies-'));
const own = selfSigned();
const files = writeCertificate(folder, own);
const children: ChildProcess[] = [];
let server: Server;
let room: MadeRoom;

/** The manual's configuration for a proxy, with the ports and files of this test. */
function documented(language: string, port: number): string {
  const block = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(PAGE)?.[1];
  if (!block) throw new Error(`docs/tls.md has no configuration in ${language}`);
  return block
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`)
    .replaceAll('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replaceAll('bind :443 ', `bind 127.0.0.1:${port} `)
    .replaceAll('/etc/ssl/rooms.pem', language === 'haproxy' ? join(folder, 'both.pem') : files.cert)
    .replaceAll('/etc/ssl/rooms.key', files.key)
    .replaceAll('rooms.example.org {', `https://localhost:${port} {\n  tls ${files.cert} ${files.key}`);
}

interface Running {
  printed(): string;
  readonly child: ChildProcess;
}
function run(command: string, args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (printed += chunk));
  return { printed: () => printed, child };
}

const PROXIES: Record<string, (port: number) => Running> = {
  nginx(port) {
    const at = mkdtempSync(join(folder, 'nginx-'));
    const path = join(at, 'nginx.conf');
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${at}/${name};`)
      .join('\n');
    writeFileSync(
      path,
      `daemon off;\npid ${at}/pid;\nerror_log stderr;\nworker_processes 1;\nevents { worker_connections 512; }\nhttp {\naccess_log off;\n${temporary}\n${documented('nginx', port)}}\n`,
    );
    return run('/usr/sbin/nginx', ['-c', path, '-p', at]);
  },
  caddy(port) {
    const path = join(folder, 'Caddyfile');
    writeFileSync(path, `{\n  admin off\n  auto_https off\n}\n${documented('caddyfile', port)}`);
    return run('/usr/bin/caddy', ['run', '--config', path, '--adapter', 'caddyfile'], {
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
    });
  },
  haproxy(port) {
    const path = join(folder, 'haproxy.cfg');
    writeFileSync(join(folder, 'both.pem'), own.cert + own.key);
    // As many as a test machine may have open files.
    writeFileSync(path, documented('haproxy', port).replace('maxconn 100000', 'maxconn 500'));
    return run('/usr/sbin/haproxy', ['-db', '-f', path]);
  },
};

interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}
function ask(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = get(url, { agent: false, ca: own.cert, headers }, (res) => {
      let body = '';
      res.setEncoding('utf8');
      res.on('data', (chunk) => (body += chunk));
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }));
      res.on('error', reject);
    });
    call.setTimeout(10_000, () => call.destroy(new Error('no answer')));
    call.on('error', reject);
  });
}

beforeAll(async () => {
  server = await startServer({
    EARSHOT_TRUSTED_PROXIES: '127.0.0.1',
    EARSHOT_DOORS: '1',
    EARSHOT_CELLS: '1',
  });
  room = await server.room('Behind a proxy');
  await server.cli('room', 'open', room.slug);
  await server.cli('room', 'live', room.slug);
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

test.each(Object.keys(PROXIES))(
  'behind %s as documented: the stream is not held back, a voice goes in by WHIP, and links are those of the proxy',
  async (name) => {
    const port = await freePort();
    const proxy = PROXIES[name]?.(port);
    const url = `https://localhost:${port}`;
    await until(
      `${name} answers: ${proxy?.printed()}`,
      async () => (await ask(`${url}/healthz`).catch(() => undefined))?.status === 200,
    );
    const asked = Date.now();
    using listener = rawListener(url, room.slug, 'opus', { ca: own.cert });
    await until(`${name} passes on the first sound`, () => listener.received.length >= 1);
    const first = (listener.received[0]?.at ?? Number.POSITIVE_INFINITY) - asked;

    const voice = run(
      process.execPath,
      [
        ENTRY,
        'say',
        sound(),
        '--room',
        room.slug,
        '--name',
        name,
        '--url',
        url,
        '--loop',
        '--data',
        server.data,
      ],
      { NODE_EXTRA_CA_CERTS: files.cert, EARSHOT_DATA: server.data },
    );
    await until(`the voice is on stage: ${voice.printed()}`, async () => onStage(url, name), 30_000);
    voice.child.kill('SIGINT');
    await until('more sound', () => listener.received.length >= 18, 30_000);
    expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
    expect(listener.reconnects).toBe(0);
    // A buffer of 4 kB or more would pass several fragments on at once and then none for long.
    const at = listener.received.slice(2).map((one) => one.at);
    const together = at.filter((time, i) => i > 0 && time - (at[i - 1] ?? 0) < 5).length;
    expect(together / at.length).toBeLessThan(0.34);
    expect(first).toBeLessThan(10_000);
    const gaps = at.map((time, i) => time - (at[i - 1] ?? time));
    expect(Math.max(...gaps)).toBeLessThan(10_000);

    // An address that the client invents is not believed; the proxy's address is.
    const made = await new Promise<string>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [ENTRY, 'room', 'create', '--title', name, '--url', url, '--json'],
        {
          env: { ...outside(), NODE_EXTRA_CA_CERTS: files.cert, EARSHOT_DATA: server.data },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let out = '';
      child.stdout.on('data', (chunk) => (out += chunk));
      child.once('close', () => resolve(out));
      child.once('error', reject);
    });
    expect(JSON.parse(made).url).toMatch(`${url}/r/`);
    await until('the voice has left', async () => !(await onStage(url, name)));
  },
);

/** Whether a person with this name is on the stage, as listeners see it through the proxy. */
async function onStage(url: string, name: string): Promise<boolean> {
  const { body } = await ask(`${url}/r/${room.slug}/state.json`);
  return (JSON.parse(body) as { stage: { name: string }[] }).stage.some((one) => one.name === name);
}

let written: string | undefined;
/** One second of a tone, as a WAV file. */
function sound(): string {
  if (written) return written;
  const samples = Float32Array.from(
    { length: 48_000 },
    (_, n) => 0.25 * Math.sin((2 * Math.PI * 440 * n) / 48_000),
  );
  written = join(folder, 'tone.wav');
  writeFileSync(written, wavFile(samples, 1));
  return written;
}
