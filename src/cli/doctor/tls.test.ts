import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../../../test/certificate.ts';
import { type Config, load } from '../../config/index.ts';
import { certificate, kernel } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-doctor-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const DAY = 86_400_000;
const config = (...flags: string[]): Config => load({ flags: ['--data', folder, ...flags], cores: 4 });
const states = async (settings: Config): Promise<string[]> =>
  (await certificate(settings)).map(({ state, found, change }) => `${state}: ${found} → ${change ?? ''}`);

test('a certificate is judged by its end, its names and its key', async () => {
  const kinds = {
    fine: selfSigned('rooms.example.org'),
    old: selfSigned('rooms.example.org', Date.now() - 90 * DAY, Date.now() - DAY),
    soon: selfSigned('rooms.example.org', Date.now() - 80 * DAY, Date.now() + 10 * DAY),
    early: selfSigned('rooms.example.org', Date.now() + DAY, Date.now() + 90 * DAY),
    other: selfSigned('other.example.org'),
    wild: selfSigned('*.example.org'),
    broken: { cert: selfSigned().cert, key: selfSigned().key },
  };
  const told: Record<string, string> = {};
  for (const [kind, made] of Object.entries(kinds)) {
    const files = writeCertificate(mkdtempSync(join(folder, kind)), made);
    const flags = [
      '--tls-cert',
      files.cert,
      '--tls-key',
      files.key,
      '--public-url',
      'https://rooms.example.org',
    ];
    told[kind] = (await states(config(...flags))).join();
  }
  expect(told.fine).toMatch(/^good: for rooms.example.org, .*\(89 days\)/);
  expect(told.old).toMatch(/^bad: .*expired/);
  expect(told.soon).toMatch(/^notice: .*\(9 days\).*renew it/);
  expect(told.early).toMatch(/^bad: .*not valid yet/);
  expect(told.other).toMatch(/^bad: .*not for rooms.example.org/);
  expect(told.wild).toMatch(/^good: /);
  expect(told.broken).toMatch(
    /^bad: .*the key belongs to another certificate.*no Earshot will start with these files$/,
  );
});

test('without TLS nothing is reported; while a certificate is being obtained, failures are', async () => {
  expect(await states(config())).toEqual([]);
  const acme = config('--acme-domains=rooms.example.org', '--acme-agree=yes', '--http-port=80');
  expect((await states(acme)).join()).toMatch(/^notice: not obtained yet/);
  mkdirSync(join(folder, 'tls'));
  writeFileSync(
    join(folder, 'tls', 'status.json'),
    JSON.stringify({ at: 0, error: 'DNS problem', next: 60_000 }),
  );
  expect((await states(acme))[1]).toMatch(
    /^notice: failed 1970-01-01T00:00Z: DNS problem.*Next try 1970-01-01T00:01Z/,
  );
  writeFileSync(join(folder, 'tls', 'certificate.pem'), 'cut');
  expect((await states(acme))[0]).toMatch(/^bad: .*will request a new one: .*doors that start refuse TLS/);
});

test('the kernel settings for stalled readers and for waiting connections are checked', () => {
  const of = (settings: Record<string, string>) =>
    kernel(config('--doors=3'), (name) => settings[name]).map(({ state }) => state);
  expect(of({ 'net.ipv4.tcp_wmem': '4096\t16384\t4194304', 'net.ipv4.tcp_migrate_req': '1' })).toEqual([
    'good',
    'good',
  ]);
  expect(of({ 'net.ipv4.tcp_wmem': '4096\t16384\t33554432', 'net.ipv4.tcp_migrate_req': '0' })).toEqual([
    'notice',
    'notice',
  ]);
  expect(of({})).toEqual([]);
});
