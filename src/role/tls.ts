import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { CertificateFiles } from '../base/certificate.ts';
import type { Config } from '../config/index.ts';
import { paths } from './paths.ts';

/** Where the certificate of this configuration is, and whether it may come later; undefined without TLS. */
export function certificateOf(config: Config): { files: CertificateFiles; later: boolean } | undefined {
  const { tlsCert, tlsKey } = config;
  if (tlsCert !== undefined && tlsKey !== undefined)
    return { files: { cert: tlsCert, key: tlsKey }, later: false };
  if (config.acmeDomains.length === 0) return undefined;
  const { certificate } = paths(config.data);
  return { files: { cert: certificate, key: certificate }, later: true };
}

/** The certificate as it is this moment, for the page of last resort; undefined without TLS or while it cannot be used. */
export function certificateNow(config: Config): { cert: Buffer; key: Buffer } | undefined {
  const of = certificateOf(config);
  if (!of) return undefined;
  try {
    const pair = { cert: readFileSync(of.files.cert), key: readFileSync(of.files.key) };
    createSecureContext(pair);
    return pair;
  } catch {
    return undefined;
  }
}

/** What a door says to a challenge for a certificate: the site has put it into a file. `token` holds letters, digits, - and _ only. */
export async function challengeAnswer(folder: string, token: string): Promise<string | undefined> {
  return readFile(join(folder, token), 'utf8').catch(() => undefined);
}
