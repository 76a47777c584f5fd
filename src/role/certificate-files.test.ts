import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { selfSigned } from '../../test/certificate.ts';
import { load } from '../config/index.ts';
import { lastGoodCertificate } from './certificate-files.ts';

test('the fallback page keeps the last usable certificate, and says what is wrong with the files', () => {
  const dir = mkdtempSync(join(tmpdir(), 'earshot-last-'));
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const read = lastGoodCertificate(load({ flags: [`--tls-cert=${cert}`, `--tls-key=${key}`], cores: 1 }));
  const write = (pair: { cert: string; key: string }): void => {
    writeFileSync(cert, pair.cert);
    writeFileSync(key, pair.key);
  };
  expect(read?.()).toEqual({ fault: expect.stringContaining(`${cert} with ${key}: ENOENT`), later: false });
  const [first, second] = [selfSigned(), selfSigned()];
  write(first);
  expect(read?.()).toEqual({
    pair: { cert: Buffer.from(first.cert), key: Buffer.from(first.key) },
    later: false,
  });
  write(second);
  expect(read?.().pair?.cert.toString()).toBe(second.cert);
  write({ cert: second.cert, key: first.key });
  const mixed = read?.();
  expect(mixed?.pair?.key.toString()).toBe(second.key);
  expect(mixed?.fault).toMatch(/key values mismatch/i);
  writeFileSync(cert, 'noise');
  expect(read?.().pair?.cert.toString()).toBe(second.cert);
  expect(lastGoodCertificate(load({ cores: 1 }))).toBeUndefined();
  rmSync(dir, { recursive: true });
});
