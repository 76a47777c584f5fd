/** Facts that are stated in two places must agree: the operator's documents and the files of deploy/. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { paths } from '../../src/role/paths.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');
const pages = [
  'README.md',
  'SECURITY.md',
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test('the systemd unit is in deploy/ alone', () => {
  for (const page of pages) expect([page, /^\[Service\]$/m.test(read(page))]).toEqual([page, false]);
});

test('the table of the data folder has everything that Earshot makes there', () => {
  const table = read('docs/operator.md');
  const at = paths('/data');
  const made = Object.values(at)
    .filter((path) => typeof path === 'string' && path.startsWith('/data/'))
    .map((path) => (path as string).slice('/data/'.length).split('/')[0] ?? '');
  for (const name of new Set(made))
    expect([
      name,
      table.includes(`| \`${basename(name)}\``) || table.includes(`| \`${basename(name)}/\``),
    ]).toEqual([name, true]);
});

test('each kernel setting that the documents or doctor ask for is in deploy/99-earshot.conf', () => {
  const conf = read('deploy/99-earshot.conf');
  const sources = [...pages.map(read), read('src/cli/doctor.ts'), read('src/cli/doctor/tls.ts')].join('\n');
  // For a user without permission for ports below 1024, or a kernel without io_uring, which is the user's choice.
  const choices = ['net.ipv4.ip_unprivileged_port_start', 'kernel.io_uring_disabled'];
  for (const [, name] of sources.matchAll(/sysctl ((?:net|fs|kernel|vm)\.[\w.]+)/g))
    if (!choices.includes(name ?? '')) expect([name, conf.includes(`${name} =`)]).toEqual([name, true]);
});

test('compose names its own cache as the one proxy that is believed', () => {
  const compose = read('deploy/compose.yaml');
  const proxy = /EARSHOT_TRUSTED_PROXIES: ([\d.]+)/.exec(compose)?.[1] ?? '';
  const cache = compose.slice(compose.indexOf('  cache:\n'));
  expect(cache).toContain(`ipv4_address: ${proxy}`);
  expect(compose).toContain(`subnet: ${proxy.replace(/\.\d+$/, '.0/24')}`);
  // Docker's own addresses are no proxies.
  expect(/acl nearby \{[^}]*\}/.exec(read('deploy/earshot.vcl'))?.[0]).not.toMatch(/"(?:10|172|192)\./);
});

test('alerts and dashboard name only metrics that the code has', () => {
  const code = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => read(`src/${name}`))
    .join('\n');
  const text = read('deploy/earshot.rules.yml') + read('deploy/grafana-dashboard.json');
  expect(JSON.parse(read('deploy/grafana-dashboard.json'))).toMatchObject({ title: 'Earshot' });
  for (const [full] of text.matchAll(/earshot_[a-z0-9_]+/g)) {
    const name = full.replace(/_bucket$/, '');
    // Some are composed of a part and a word.
    const word = name.replace(/^earshot_(?:room|door|ladder|mixer)_/, '').replace(/_total$/, '');
    expect([
      name,
      code.includes(name) || code.includes(`'${word}`) || code.includes(`'${word}_total'`),
    ]).toEqual([name, true]);
  }
});
