import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { envName, KEYS } from '../config/index.ts';
import { configuration } from './index.ts';

/** What is looked at of a service. */
interface Service {
  readonly restart: string;
  readonly ulimits: { readonly nofile: { readonly soft: number } };
  readonly volumes: readonly string[];
}

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
const read = (name: string): string => readFileSync(join(deploy, name), 'utf8');

test('the VCL of compose.yaml is what `earshot edge varnish --origin earshot:8080` prints', () => {
  expect(read('earshot.vcl').trimEnd()).toBe(
    configuration('varnish', { origin: { host: 'earshot', port: 8080 } }).trimEnd(),
  );
});

test('files for deployment name only settings that exist', () => {
  const known = new Set(KEYS.map(envName));
  for (const name of ['compose.yaml', 'earshot.service', 'Dockerfile'])
    for (const [variable] of read(name).matchAll(/EARSHOT_[A-Z_]+/g))
      expect([name, variable, known.has(variable)]).toEqual([name, variable, true]);
});

const yaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;
test('the unit allows ports below 1024 by two lines that belong together, and has no capability without them', () => {
  const lines = read('earshot.service').split('\n');
  const first = lines.indexOf('CapabilityBoundingSet=');
  // A right that is not in the bounding set cannot be had.
  expect(lines.slice(first + 1, first + 3)).toEqual([
    '#CapabilityBoundingSet=CAP_NET_BIND_SERVICE',
    '#AmbientCapabilities=CAP_NET_BIND_SERVICE',
  ]);
});

test.runIf(yaml)('compose.yaml is YAML, and its services have limits, a volume, ports and a way back', () => {
  const text = execFileSync('python3', [
    '-c',
    'import json,sys,yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))',
    join(deploy, 'compose.yaml'),
  ]);
  const { services, volumes } = JSON.parse(text.toString());
  expect(Object.keys(services)).toEqual(['earshot', 'cache']);
  for (const service of Object.values<Service>(services)) {
    expect(service.restart).toBe('always');
    expect(service.ulimits.nofile.soft).toBeGreaterThanOrEqual(131_072);
    for (const volume of service.volumes) {
      const [from = ''] = volume.split(':');
      expect(from.startsWith('./') ? existsSync(join(deploy, from)) : from in volumes).toBe(true);
    }
  }
  // Each studio cell speaks UDP on a port of its own.
  const udp = services.earshot.ports.find((port: string) => port.endsWith('/udp'));
  const [first, last] = udp.split(':')[1].split('/')[0].split('-').map(Number);
  expect(last - first + 1).toBeGreaterThanOrEqual(Number(services.earshot.environment.EARSHOT_CELLS));
  expect(services.cache.depends_on.earshot.condition).toBe('service_healthy');
  expect(read('Dockerfile')).toContain('HEALTHCHECK');
});

test.runIf(existsSync('/usr/bin/systemd-analyze')).each(['earshot.service', 'earshot-varnish.service'])(
  'systemd takes %s without a complaint',
  (name) => {
    const dir = mkdtempSync(join(tmpdir(), 'earshot-unit-'));
    try {
      const unit = join(dir, name);
      // What it starts is not installed here.
      writeFileSync(
        unit,
        read(name)
          .replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true')
          .replace(/^Documentation=.*\n/m, ''),
      );
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
        encoding: 'utf8',
      });
      const about = stderr.split('\n').filter((line) => line.includes(name));
      expect([status, about]).toEqual([0, []]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
);
