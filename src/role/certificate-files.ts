import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { CertificateFiles } from '../certificate/certificate.ts';
import type { Config } from '../config/index.ts';
import { paths } from './paths.ts';

/** The certificate files of this configuration, and whether they may appear later; undefined without TLS. */
export function certificateOf(config: Config): { files: CertificateFiles; later: boolean } | undefined {
  const { tlsCert, tlsKey } = config;
  if (tlsCert !== undefined && tlsKey !== undefined)
    return { files: { cert: tlsCert, key: tlsKey }, later: false };
  if (config.acmeDomains.length === 0) return undefined;
  const { certificate } = paths(config.data);
  return { files: { cert: certificate, key: certificate }, later: true };
}

type Pair = { readonly cert: Buffer; readonly key: Buffer };

/**
 * Reads the certificate for the supervisor's static page at each call; undefined without TLS. While the files cannot
 * be used, it returns the last usable pair and what is wrong now. `later`: Earshot obtains the certificate itself,
 * and doors start without it.
 */
export function lastGoodCertificate(
  config: Config,
): (() => { pair?: Pair; fault?: string; later: boolean }) | undefined {
  const of = certificateOf(config);
  if (!of) return undefined;
  const { files, later } = of;
  let good: Pair | undefined;
  return () => {
    try {
      const pair = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
      createSecureContext(pair);
      good = pair;
      return { pair, later };
    } catch (error) {
      const place = files.cert === files.key ? files.cert : `${files.cert} with ${files.key}`;
      return { ...(good && { pair: good }), fault: `${place}: ${(error as Error).message}`, later };
    }
  };
}

/**
 * A door's answer to an ACME challenge, read from the file that the site wrote; undefined when there is none. `token`
 * holds letters, digits, - and _ only.
 */
export async function challengeAnswer(folder: string, token: string): Promise<string | undefined> {
  return readFile(join(folder, token), 'utf8').catch(() => undefined);
}
