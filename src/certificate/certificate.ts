import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { EarshotError } from '../base/errors.ts';

/** Where a certificate (PEM, with its chain) and its private key (PEM) are. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that matches its key. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** The names it is for. */
  readonly names: readonly string[];
  /** Wall-clock ms. */
  readonly from: number;
  /** Wall-clock ms. */
  readonly until: number;
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
}

/** A larger file is not a certificate. */
const MOST_BYTES = 256 * 1024;

async function pem(path: string, setting: string): Promise<Buffer> {
  try {
    if ((await stat(path)).size > MOST_BYTES) throw new Error('it is too large to be a certificate or key');
    return await readFile(path);
  } catch (cause) {
    throw new EarshotError('bad-config', `${setting} = ${path}: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Reads a certificate and its key and checks that they belong together.
 * @throws EarshotError `bad-config` with the file and the reason.
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([pem(files.cert, 'tlsCert'), pem(files.key, 'tlsKey')]);
  const refuse = (path: string, cause: unknown): never => {
    throw new EarshotError('bad-config', `${path}: ${(cause as Error).message}`, { cause });
  };
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(cert);
    createSecureContext({ cert });
  } catch (cause) {
    return refuse(files.cert, cause);
  }
  try {
    if (!leaf.checkPrivateKey(createPrivateKey(key)))
      throw new Error('the key belongs to another certificate');
  } catch (cause) {
    return refuse(files.key, cause);
  }
  return {
    ...{ cert, key },
    names: (leaf.subjectAltName ?? leaf.subject.replace(/^CN=/, ''))
      .split(', ')
      .map((name) => name.replace(/^DNS:/, '')),
    from: leaf.validFromDate.getTime(),
    until: leaf.validToDate.getTime(),
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** Changes when one of the files does: its place on disk, size or time; undefined while one is missing. */
export async function certificateStamp(files: CertificateFiles): Promise<string | undefined> {
  try {
    const [cert, key] = await Promise.all([stat(files.cert), stat(files.key)]);
    return [cert, key].map((file) => `${file.ino}/${file.size}/${file.mtimeMs}`).join(' ');
  } catch {
    return undefined;
  }
}
