import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort, outside, type Server, startServer, until } from './rig/server.ts';

const run = promisify(execFile);
const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'earshot-defence-'));
let server: Server;

const ACT = {
  ...{
    scope: 'client',
    who: '203.0.113.7',
    step: 'refuse',
    mode: 'on',
    reason: 'costs 61.0 ms of a core per second',
  },
  cost: { cost: 61_000, cpu: 60_000, connections: 2, bytes: 9, requests: 400, slots: 2, listeners: 0 },
  ...{ since: Date.now(), until: Date.now() + 600_000 },
};
const acts = [
  ACT,
  { ...ACT, scope: 'prefix', who: '198.51.100.0/24' },
  { ...ACT, who: '2001:db8::7' },
  { ...ACT, who: '203.0.113.8', step: 'wait' },
  { ...ACT, who: '203.0.113.9', mode: 'log-only' },
];

beforeAll(async () => {
  server = await startServer({ EARSHOT_DOORS: '1', EARSHOT_CELLS: '1' });
}, 90_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** The command line, for what is not JSON. */
async function printed(data: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [ENTRY, 'defence', ...args, '--data', data], {
    env: outside(),
  });
  return stdout;
}

/** What a door answers somebody at an address of this machine; empty when the connection is closed. */
function asked(from: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port: server.port, host: '127.0.0.1', localAddress: from });
    let got = '';
    socket.on('data', (chunk) => {
      got += String(chunk);
      socket.destroy();
    });
    socket.on('error', () => {}).on('close', () => resolve(got));
    socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  });
}

test('a network that the operator denies is closed out within seconds, and is served again once it is off the list', async () => {
  expect(await asked('127.0.0.3')).toMatch(/^HTTP\/1\.1 200 /);
  await server.cli('defence', 'deny', '127.0.0.3', '--remark', 'a test');
  await until('it is closed out', async () => (await asked('127.0.0.3')) === '');
  expect(await asked('127.0.0.4')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await server.cli('defence', 'list')).toMatchObject({ acts: [], deny: ['127.0.0.3'], allow: [] });
  expect(readFileSync(join(server.data, 'defence', 'deny.txt'), 'utf8')).toContain('127.0.0.3 # a test');
  await server.cli('defence', 'allow', '127.0.0.3');
  await until('it is served again', async () => (await asked('127.0.0.3')).startsWith('HTTP/1.1 200 '));
  expect(await server.cli('defence', 'list')).toMatchObject({ deny: [], allow: ['127.0.0.3'] });
  await server.cli('defence', 'remove', '127.0.0.3');
  expect(await server.metrics()).toMatch(/earshot_door_defence_denied_total\S* [1-9]/);
});

/** A data folder in which a door has decided something. */
function decided(): string {
  const data = mkdtempSync(join(folder, 'data-'));
  mkdirSync(join(data, 'run'));
  writeFileSync(join(data, 'run', 'defence-0.json'), JSON.stringify({ acts }));
  mkdirSync(join(data, 'defence'));
  writeFileSync(join(data, 'defence', 'deny.txt'), '192.0.2.0/25 # by hand\n198.18.0.1\n');
  writeFileSync(join(data, 'defence', 'allow.txt'), '198.18.0.1\n');
  return data;
}
const NETWORKS = ['192.0.2.0/25', '198.51.100.0/24', '2001:db8::7', '203.0.113.7'];

test('nginx loads the export, and refuses exactly those networks', async () => {
  const port = await freePort();
  writeFileSync(join(folder, 'denied.conf'), await printed(decided(), 'export', 'nginx'));
  const path = join(folder, 'nginx.conf');
  writeFileSync(
    path,
    `daemon off;\npid ${folder}/pid;\nerror_log stderr;\nworker_processes 1;\nevents { worker_connections 64; }\nhttp {\naccess_log off;\nclient_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;\ngeo $http_x_from $earshot_denied { default 0; include ${folder}/denied.conf; }\nserver { listen 127.0.0.1:${port}; location / { if ($earshot_denied) { return 429; } return 204; } } }\n`,
  );
  await run('/usr/sbin/nginx', ['-t', '-c', path, '-p', folder]);
  const child = spawn('/usr/sbin/nginx', ['-c', path, '-p', folder], { stdio: 'ignore' });
  try {
    const status = async (from: string) =>
      (await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-from': from } }).catch(() => undefined))
        ?.status;
    await until('nginx answers', async () => (await status('203.0.113.1')) === 204);
    const froms = [
      '203.0.113.7',
      '198.51.100.200',
      '192.0.2.5',
      '2001:db8::7',
      '203.0.113.8',
      '203.0.113.9',
      '192.0.2.200',
      '198.18.0.1',
    ];
    expect(await Promise.all(froms.map(status))).toEqual([429, 429, 429, 429, 204, 204, 204, 204]);
  } finally {
    child.kill();
  }
});

test('HAProxy loads the export as an ACL file', async () => {
  const list = join(folder, 'denied.acl');
  writeFileSync(list, await printed(decided(), 'export', 'haproxy'));
  const path = join(folder, 'haproxy.cfg');
  const config = (file: string) =>
    `defaults\n  mode http\n  timeout client 9s\n  timeout connect 9s\n  timeout server 9s\nfrontend in\n  bind 127.0.0.1:1\n  http-request deny deny_status 429 if { src -f ${file} }\n`;
  writeFileSync(path, config(list));
  await run('/usr/sbin/haproxy', ['-c', '-f', path]);
  // The same check notices a line that is no network.
  writeFileSync(`${list}.bad`, `${readFileSync(list, 'utf8')}192.0.2.0/99\n`);
  writeFileSync(path, config(`${list}.bad`));
  await expect(run('/usr/sbin/haproxy', ['-c', '-f', path])).rejects.toThrow();
  expect(readFileSync(list, 'utf8').match(/^[^#\n]+$/gm)).toEqual(NETWORKS);
});

test('fail2ban finds the addresses with the filter that is exported beside them', async () => {
  const data = decided();
  const [log, filter] = [join(folder, 'denied.log'), join(folder, 'earshot-defence.conf')];
  writeFileSync(log, await printed(data, 'export', 'fail2ban'));
  writeFileSync(filter, await printed(data, 'export', 'fail2ban-filter'));
  const { stdout } = await run('/usr/bin/fail2ban-regex', ['--print-all-matched', log, filter]);
  expect(stdout).toMatch(/Lines: 2 lines, 0 ignored, 2 matched, 0 missed/);
  expect(stdout).toContain('refused <203.0.113.7>');
  expect(stdout).toContain('refused <2001:db8::7>');
});

test('the export for CrowdSec is what `cscli decisions import` reads', async () => {
  const decisions = JSON.parse(await printed(decided(), 'export', 'crowdsec')) as Record<string, string>[];
  expect(decisions.map(({ value }) => value)).toEqual(NETWORKS);
  expect(decisions.map(({ scope }) => scope)).toEqual(['range', 'range', 'ip', 'ip']);
  for (const { duration, origin, type, reason } of decisions) {
    expect([origin, type]).toEqual(['earshot', 'ban']);
    expect(duration).toMatch(/^\d+s$/);
    expect(reason).not.toBe('');
  }
});
