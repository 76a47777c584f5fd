import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { EarshotError } from '../base/errors.ts';

const SECRET_BYTES = 32;

/**
 * The installation's signing secret: read from `path`, or made once with mode 0600.
 * @throws EarshotError `bad-config` when the file is there but shorter than 32 bytes.
 */
export function readSecret(path: string): Uint8Array {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // `wx` fails when another process was first: then its secret is the secret.
    writeFileSync(path, randomBytes(SECRET_BYTES), { flag: 'wx', mode: 0o600, flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const secret = readFileSync(path);
  if (secret.length < SECRET_BYTES)
    throw new EarshotError(
      'bad-config',
      `${path} is damaged (${secret.length} bytes): remove it; all old links end`,
    );
  return secret;
}
