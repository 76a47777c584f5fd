import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { selfSigned } from '../../test/certificate.ts';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { readCertificate } from './certificate.ts';
import { type CertificateStatus, keepCertificate, renewalDue } from './renewal.ts';

const DAY = 86_400_000;
let folder = '';
let clock: ManualClock;
let asked = 0;
let answer: () => string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-acme-'));
  clock = manualClock();
  asked = 0;
  answer = made;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'tls', 'certificate.pem');
const status = (): CertificateStatus => JSON.parse(readFileSync(join(folder, 'tls', 'status.json'), 'utf8'));
function made(): string {
  const { cert, key } = selfSigned('rooms.example.org', clock.wall(), clock.wall() + 90 * DAY);
  return cert + key;
}
const keep = (domains = ['rooms.example.org'], random = 0) =>
  keepCertificate({
    ...{ clock, log: silentLog, path: path(), status: join(folder, 'tls', 'status.json'), domains },
    random: () => random,
    obtain: async () => {
      asked += 1;
      return answer();
    },
  });
/** Lets a minute-wise clock run, waiting for what it begins. */
async function days(kept: { look(): Promise<void> }, count: number, step = DAY / 4): Promise<void> {
  for (let t = 0; t < count * DAY; t += step) {
    clock.advance(step);
    await kept.look();
  }
}

test('a certificate is obtained once, kept private, and renewed after two thirds of its life', async () => {
  using kept = await keep();
  await kept.look();
  expect(asked).toBe(1);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  const first = await readCertificate({ cert: path(), key: path() });
  expect(first.until).toBe(clock.wall() + 90 * DAY);
  await days(kept, 59.75);
  expect(asked).toBe(1);
  await days(kept, 0.5);
  expect(asked).toBe(2);
  const second = await readCertificate({ cert: path(), key: path() });
  expect(second.fingerprint).not.toBe(first.fingerprint);
  expect(second.until).toBeGreaterThan(first.until);
});

test('renewals of many servers are spread over a twentieth of the life', () => {
  const { cert: _, ...times } = { cert: '', from: 0, until: 90 * DAY };
  const certificate = { ...times, names: ['a.b'], cert: Buffer.of(), key: Buffer.of(), fingerprint: '' };
  expect(renewalDue(certificate, ['a.b'], 0)).toBeCloseTo(60 * DAY, -3);
  expect(renewalDue(certificate, ['a.b'], 1)).toBeCloseTo(64.5 * DAY, -3);
  expect(renewalDue(certificate, ['a.b', 'c.d'], 0)).toBe(0);
  expect(renewalDue(undefined, ['a.b'], 0)).toBe(0);
});

test('a restart asks for nothing while the certificate is fresh; another name asks at once', async () => {
  using first = await keep();
  await first.look();
  using again = await keep();
  await again.look();
  expect(asked).toBe(1);
  using other = await keep(['rooms.example.org', 'other.example.org']);
  await other.look();
  expect(asked).toBe(2);
});

test('failures leave the certificate alone, are reported, and are retried ever more slowly', async () => {
  using kept = await keep();
  await kept.look();
  const before = readFileSync(path(), 'utf8');
  answer = () => {
    throw new Error('rate limited');
  };
  await days(kept, 60.25);
  expect(status()).toMatchObject({ error: 'rate limited' });
  const tries = asked;
  await days(kept, 10, 60_000);
  // At most four an hour at first and four or so a day after: below what authorities allow.
  expect(asked - tries).toBeGreaterThan(20);
  expect(asked - tries).toBeLessThan(90);
  expect(readFileSync(path(), 'utf8')).toBe(before);
  answer = made;
  await days(kept, 1);
  expect(readFileSync(path(), 'utf8')).not.toBe(before);
  expect(status().error).toBeUndefined();
});

test('an answer that is not a certificate for its key never replaces one that is', async () => {
  using kept = await keep();
  await kept.look();
  const before = readFileSync(path(), 'utf8');
  answer = () => selfSigned('rooms.example.org').cert + selfSigned('rooms.example.org').key;
  await days(kept, 60.25);
  expect(asked).toBeGreaterThan(1);
  expect(readFileSync(path(), 'utf8')).toBe(before);
  expect(status().error).toContain('the key belongs to another certificate');
});

test('an authority whose certificates expire at once is not asked endlessly', async () => {
  answer = () => {
    const { cert, key } = selfSigned('rooms.example.org', clock.wall() - 90 * DAY, clock.wall());
    return cert + key;
  };
  using kept = await keep();
  await kept.look();
  await days(kept, 1, 60_000);
  expect(asked).toBeLessThanOrEqual(5);
});

test('a wall clock that jumps an hour requests nothing', async () => {
  using kept = await keep();
  await kept.look();
  clock.stepWall(3_600_000);
  await kept.look();
  clock.stepWall(-7_200_000);
  await kept.look();
  expect(asked).toBe(1);
});
