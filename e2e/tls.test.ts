import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../test/certificate.ts';
import { continuity, rawListener } from './rig/raw-listener.ts';
import { freePort, startServer, until } from './rig/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Starts a program and collects its output. */
function run(command: string, args: string[], env: Record<string, string> = {}): { printed(): string } {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  child.stderr.on('data', (chunk) => (printed += chunk));
  return { printed: () => printed };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}
function fetchSecure(url: string, ca: string | undefined, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(
      url,
      { method, agent: false, ...(ca ? { ca } : { rejectUnauthorized: false }) },
      (res) => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', (chunk) => (body += chunk));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, body }));
        res.on('error', reject);
      },
    );
    call.on('error', reject);
    call.setTimeout(10_000, () => call.destroy(new Error('no answer')));
    call.end();
  });
}
function shake(port: number, options: object): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...options });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

test('a whole server over TLS: the sound continues while the certificate changes, http leads to https, on the fallback page too', async () => {
  // With different subjects, because authorities are found by their name.
  const before = selfSigned('before.example.org');
  const after = selfSigned('after.example.org');
  const files = writeCertificate(folder, before);
  const authorities = join(folder, 'authorities.pem');
  writeFileSync(authorities, before.cert + after.cert);
  const httpPort = await freePort();
  await using server = await startServer({
    EARSHOT_TLS_CERT: files.cert,
    EARSHOT_TLS_KEY: files.key,
    EARSHOT_HTTP_PORT: String(httpPort),
    EARSHOT_DOORS: '2',
    EARSHOT_CELLS: '1',
    NODE_EXTRA_CA_CERTS: authorities,
  });
  const url = `https://localhost:${server.port}`;
  expect(server.output()).toContain(`Open      ${url}/`);
  const room = await server.room('Over TLS', '--url', url);
  expect(room.url).toBe(`${url}/r/${room.slug}`);
  await server.cli('room', 'open', room.slug);
  const listeners = Array.from({ length: 6 }, () =>
    rawListener(url, room.slug, 'opus', { ca: readFileSync(authorities, 'utf8') }),
  );
  await until('everyone hears', () => listeners.every(({ received }) => received.length > 10), 40_000);

  writeFileSync(files.cert, after.cert);
  writeFileSync(files.key, after.key);
  await until('both doors have the new certificate', async () => {
    for (let i = 0; i < 12; i++) {
      const socket = await shake(server.port, { ca: [before.cert, after.cert] });
      const raw = socket.getPeerCertificate().raw.toString('base64');
      socket.destroy();
      if (!after.cert.replaceAll('\n', '').includes(raw)) return false;
    }
    return true;
  });
  const heard = listeners.map(({ received }) => received.length);
  await until('they hear on', () =>
    listeners.every(({ received }, i) => received.length > (heard[i] ?? 0) + 6),
  );
  for (const listener of listeners) {
    expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
    expect(listener.reconnects).toBe(0);
  }

  const moved = await fetch(`http://127.0.0.1:${httpPort}/r/${room.slug}`, {
    redirect: 'manual',
    headers: { host: `localhost:${httpPort}` },
  });
  expect(moved.status).toBe(308);
  expect(moved.headers.get('location')).toMatch(
    new RegExp(`^https://[\\w.]+:${server.port}/r/${room.slug}$`),
  );

  await expect(
    shake(server.port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ca: after.cert }),
  ).rejects.toThrow();

  // On the machine itself the port also takes plain HTTP, for commands that know no name of the certificate.
  expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200);
  for (const listener of listeners) listener[Symbol.dispose]();

  const doors = [server.child('door', 0), server.child('door', 1)];
  let last: Answer | undefined;
  const seen = until('the page of last resort over TLS', async () => {
    for (const index of [0, 1]) {
      const pid = server.child('door', index);
      if (pid && doors.includes(pid)) process.kill(pid, 'SIGKILL');
      // Killed again as soon as it is back; each restart comes later.
      else if (pid) process.kill(pid, 'SIGKILL');
    }
    last = await fetchSecure(`${url}/r/${room.slug}`, after.cert).catch(() => undefined);
    return last?.status === 503;
  });
  await seen;
  expect(last?.body).toContain('doors');
  await until(
    'the doors are back',
    async () => {
      const answer = await fetchSecure(`${url}/healthz`, after.cert).catch(() => undefined);
      return answer?.status === 200;
    },
    60_000,
  );
});

test('a certificate is obtained from a real ACME server, served by every door, and plain HTTP serves until then', async () => {
  const own = selfSigned();
  const { cert, key } = writeCertificate(mkdtempSync(join(folder, 'pebble-')), own);
  const [directory, management, dns, dnsManagement, httpPort] = await Promise.all(
    Array.from({ length: 5 }, () => freePort()),
  );
  const config = join(folder, 'pebble.json');
  writeFileSync(
    config,
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${directory}`,
        managementListenAddress: `127.0.0.1:${management}`,
        certificate: cert,
        privateKey: key,
        httpPort,
        tlsPort: 1,
        ocspResponderURL: '',
        externalAccountBindingRequired: false,
      },
    }),
  );
  run('pebble-challtestsrv', [
    ...['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-http01', '', '-https01', '', '-tlsalpn01', ''],
    ...['-dns01', `127.0.0.1:${dns}`, '-management', `127.0.0.1:${dnsManagement}`],
  ]);
  await using server = await startServer({
    EARSHOT_ACME_DOMAINS: 'rooms.example.org,talk.example.org',
    EARSHOT_ACME_AGREE: 'yes',
    EARSHOT_ACME_DIRECTORY: `https://localhost:${directory}/dir`,
    EARSHOT_HTTP_PORT: String(httpPort),
    EARSHOT_DOORS: '2',
    EARSHOT_CELLS: '1',
    EARSHOT_LOG_LEVEL: 'info',
    NODE_EXTRA_CA_CERTS: cert,
  });
  const plain = `http://127.0.0.1:${httpPort}`;
  // The authority is not up yet: the failure is reported, and the rooms work without it.
  await until('the failure is said', () => server.output().includes('no certificate could be obtained'));
  expect((await fetch(`${plain}/`)).status).toBe(200);
  const status = JSON.parse(readFileSync(join(server.data, 'tls', 'status.json'), 'utf8'));
  expect(status.error).toBeTruthy();

  const pebble = run('pebble', ['-config', config, '-dnsserver', `127.0.0.1:${dns}`], {
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: '10',
  });
  await until('pebble listens', () => pebble.printed().includes('ACME directory available'));
  // A site tries at once when it starts.
  const site = server.child('site', 0);
  if (site) process.kill(site, 'SIGKILL');
  await until('the certificate is there', () => server.output().includes('certificate obtained'), 60_000);
  const root = (await fetchSecure(`https://localhost:${management}/roots/0`, own.cert)).body;
  const trusted = { ca: root, servername: 'rooms.example.org' };
  await until('every door has it', async () => {
    for (let i = 0; i < 12; i++) {
      const socket = await shake(server.port, trusted).catch(() => undefined);
      if (!socket) return false;
      expect(socket.getPeerCertificate().subjectaltname).toContain('DNS:talk.example.org');
      socket.destroy();
    }
    return true;
  });
  const moved = await fetch(`${plain}/r/x`, { redirect: 'manual' });
  expect(moved.status).toBe(308);
  // The connection with the certificate leads to a page.
  const home = await new Promise<number>((resolve, reject) => {
    get({ ...trusted, host: '127.0.0.1', port: server.port, path: '/', agent: false }, (res) => {
      res.resume();
      resolve(res.statusCode ?? 0);
    }).on('error', reject);
  });
  expect(home).toBe(200);
  expect(readFileSync(join(server.data, 'tls', 'certificate.pem'), 'utf8')).toContain('PRIVATE KEY');
});
