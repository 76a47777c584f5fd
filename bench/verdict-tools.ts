/**
 * Real tools against Debian's nginx on the loopback, and the verdict about its real log:
 * `node bench/verdict-tools.ts [--seconds 12]`. Needs nginx, and whichever of these are installed: ab (apache2-utils),
 * siege, wrk, slowhttptest, h2load (nghttp2-client). A quiet minute with page loads comes first.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dice } from '../test/evening/logged.ts';
import { BROWSERS, makeSite } from '../test/evening/people.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '12' },
    quiet: { type: 'string', default: '60' },
    port: { type: 'string', default: '18931' },
  },
});
const seconds = Number(values.seconds);
const port = Number(values.port);
const folder = mkdtempSync(join(tmpdir(), 'earshot-verdict-tools-'));
const site = makeSite(dice(3));
for (const path of [
  ...site.pages.flatMap((page) => [page.path === '/' ? '/index.html' : page.path, ...page.files]),
  ...site.shared,
]) {
  const file = join(folder, 'www', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(
    file,
    '<!doctype html><title>x</title><link rel="stylesheet" href="/static/site.css"><img src="/static/logo.svg">'.padEnd(
      3000,
    ),
  );
}
const log = join(folder, 'access.log');
writeFileSync(
  join(folder, 'nginx.conf'),
  `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 2048; }
http { client_header_timeout 5s; client_body_timeout 5s; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; default_type text/html;
access_log ${log} combined; server { listen 127.0.0.1:${port} backlog=4096; root ${folder}/www; } }`,
);
execFileSync('chmod', ['-R', 'a+rX', folder]);
const base = `http://127.0.0.1:${port}`;

/** One request from an address of the loopback. */
const ask = (path: string, from: string, agent: string, referer: string): Promise<void> =>
  new Promise((resolve) => {
    const headers = { 'user-agent': agent, ...(referer ? { referer } : {}) };
    const sent = request(`${base}${path}`, { localAddress: from, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    sent.on('error', () => resolve());
    sent.end();
  });

/** People on addresses of their own until a signal: pages with files, and time to read. */
async function people(until: AbortSignal): Promise<void> {
  const d = dice(11);
  const running: Promise<void>[] = [];
  while (!until.aborted) {
    running.push(
      (async () => {
        const who = `127.${1 + d.below(200)}.${d.below(250)}.${1 + d.below(250)}`;
        const agent = d.pick(BROWSERS);
        for (let i = 0; i < 1 + d.below(3) && !until.aborted; i++) {
          const page = d.pick(site.pages);
          await ask(page.path, who, agent, i === 0 ? '' : `${base}/`);
          for (const file of i === 0 ? [...site.shared, ...page.files] : page.files)
            await ask(file, who, agent, `${base}${page.path}`);
          await new Promise((resolve) => setTimeout(resolve, d.between(1500, 9000)));
        }
      })(),
    );
    await new Promise((resolve) => setTimeout(resolve, d.exponential(600)));
  }
  await Promise.all(running);
}

const TOOLS: readonly (readonly [name: string, command: string, args: readonly string[]])[] = [
  ['ab', 'ab', ['-t', `${seconds}`, '-n', '1000000', '-c', '20', '-k', `${base}/`]],
  [
    'ab, another agent',
    'ab',
    ['-t', `${seconds}`, '-n', '1000000', '-c', '20', '-H', `User-Agent: ${BROWSERS[0]}`, `${base}/`],
  ],
  ['siege', 'siege', ['-b', '-c', '15', '-t', `${seconds}S`, `${base}/`]],
  [
    'siege, a browser’s agent',
    'siege',
    ['-b', '-c', '15', '-t', `${seconds}S`, '-A', BROWSERS[1] ?? '', `${base}/`],
  ],
  ['wrk', 'wrk', ['-t', '1', '-c', '20', '-d', `${seconds}s`, `${base}/`]],
  ['h2load', 'h2load', ['--h1', '-c', '20', '-D', `${seconds}`, `${base}/`]],
  [
    'slowhttptest, headers',
    'slowhttptest',
    ['-H', '-c', '300', '-r', '100', '-i', '10', '-l', `${seconds + 8}`, '-u', `${base}/`],
  ],
  [
    'slowhttptest, body',
    'slowhttptest',
    ['-B', '-c', '300', '-r', '100', '-i', '10', '-l', `${seconds + 8}`, '-u', `${base}/`],
  ],
  [
    'slowhttptest, slow read',
    'slowhttptest',
    [
      '-X',
      '-c',
      '300',
      '-r',
      '100',
      '-w',
      '10',
      '-y',
      '20',
      '-n',
      '5',
      '-z',
      '32',
      '-l',
      `${seconds + 8}`,
      '-u',
      `${base}/`,
    ],
  ],
];

const exists = (command: string): boolean => {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
await new Promise((resolve) => setTimeout(resolve, 500));
const stop = new AbortController();
const crowd = people(stop.signal);
await new Promise((resolve) => setTimeout(resolve, Number(values.quiet) * 1000));
const quiet = readFileSync(log, 'utf8');
console.log(
  '| tool | lines of it | label | hostile share of requests | true share | attackers named | people accused |\n|---|---|---|---|---|---|---|',
);
for (const [name, command, args] of TOOLS) {
  if (!exists(command)) {
    console.log(`| ${name} | not installed | | | | | |`);
    continue;
  }
  const before = readFileSync(log, 'utf8').length;
  const child = spawn(command, args, { stdio: 'ignore', cwd: folder });
  const limit = setTimeout(() => child.kill('SIGINT'), (seconds + 12) * 1000);
  await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(limit);
  // Connections that are still held end by their timeouts.
  await new Promise((resolve) => setTimeout(resolve, command === 'slowhttptest' ? 6_000 : 500));
  const part = readFileSync(log, 'utf8').slice(before);
  const file = join(folder, 'one.log');
  // The quiet minute, moved to just before.
  const first = part.split('\n')[0] ?? '';
  writeFileSync(file, shifted(quiet, first) + part);
  const found = JSON.parse(
    execFileSync(fileURLToPath(new URL('../bin/earshot', import.meta.url)), ['verdict', file, '--json'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    }),
  );
  const lines = part.trim().split('\n');
  const [from, to] = [Date.parse(found.window.from), Date.parse(found.window.to)];
  const inside = lines.filter((line) => timeOf(line) >= from && timeOf(line) < to);
  const hostile = inside.filter((line) => line.startsWith('127.0.0.1 ')).length;
  const attackers = found.clients.filter((client: { class: string }) => client.class === 'attacker');
  const accused = attackers.filter(({ address }: { address: string }) => address !== '127.0.0.1').length;
  console.log(
    `| ${name} | ${lines.filter((line) => line.startsWith('127.0.0.1 ')).length} | ${found.label} | ${found.hostile.requests.share} (${found.hostile.requests.low} to ${found.hostile.requests.high}) | ${(hostile / Math.max(1, inside.length)).toFixed(4)} | ${attackers.length - accused} | ${accused} |`,
  );
}
stop.abort();
await crowd;
nginx.kill();
rmSync(folder, { recursive: true });

function timeOf(line: string): number {
  const [, stamp = ''] = /\[([^\]]+)\]/.exec(line) ?? [];
  return Date.parse(stamp.replace(/^(\d+)\/(\w+)\/(\d+):/, '$1 $2 $3 '));
}

/** The quiet lines with their times moved so that they end where the others begin. */
function shifted(text: string, first: string): string {
  const rows = text.trim().split('\n');
  const by = timeOf(first) - timeOf(rows.at(-1) ?? '') - 1000;
  return rows
    .map((row) =>
      row.replace(/\[([^\]]+)\]/, () => {
        const at = new Date(timeOf(row) + by);
        const [, day, month, year, clock] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
        return `[${day}/${month}/${year}:${clock} +0000]`;
      }),
    )
    .join('\n')
    .concat('\n');
}
