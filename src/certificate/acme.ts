import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a certificate is requested with. */
export interface AcmeOrder {
  readonly directory: string;
  readonly domains: readonly string[];
  readonly email: string | undefined;
  /** Where the account's key is kept, mode 0600. */
  readonly accountKey: string;
  /** Where answers to challenges are put, for the doors. */
  readonly challenges: string;
}

/** The form of an authority's token, which becomes a file name. Spec: RFC 8555, 8.3. */
const TOKEN = /^[\w-]{1,128}$/;

/** The file for the answer to a challenge. @throws when the token is not one that an authority may send. */
export function challengeFile(folder: string, token: string): string {
  if (!TOKEN.test(token)) throw new Error('the certificate authority sent an invalid token (RFC 8555, 8.3)');
  return join(folder, token);
}

/** Retries of one request of an order, and the seconds between them. */
const RETRIES = { retryMaxAttempts: 1, retryDefaultDelay: 2 };
/** An order takes longer than this only when the authority does not answer. */
const PATIENCE_MS = 180_000;

/**
 * Obtains a certificate by HTTP-01: its chain and then its key, as PEM.
 * @throws with the authority's reason. Spec: RFC 8555.
 */
export async function obtain(order: AcmeOrder): Promise<string> {
  // Loaded by those who need it alone: it is large.
  const acme = await import('acme-client');
  acme.axios.defaults.timeout = 30_000;
  // Whoever asked tries again, ever more slowly: one layer owns each retry.
  Object.assign(acme.axios.defaults, { acmeSettings: { ...RETRIES } });
  const client = new acme.Client({
    directoryUrl: order.directory,
    // How often it is asked whether it has looked; it doubles.
    backoffMin: 1_000,
    accountKey: await accountKey(order.accountKey, () => acme.crypto.createPrivateEcdsaKey('P-256')),
  });
  const [key, csr] = await acme.crypto.createCsr(
    subjectOf(order.domains),
    await acme.crypto.createPrivateEcdsaKey('P-256'),
  );
  await mkdir(order.challenges, { recursive: true });
  const chain = client.auto({
    csr,
    ...(order.email === undefined ? {} : { email: order.email }),
    termsOfServiceAgreed: true,
    challengePriority: ['http-01'],
    // The authority looks by itself; from inside, the public name often leads nowhere.
    skipChallengeVerification: true,
    challengeCreateFn: (_authorization, challenge, answer) =>
      writeFile(challengeFile(order.challenges, challenge.token), answer),
    challengeRemoveFn: (_authorization, challenge) =>
      rm(challengeFile(order.challenges, challenge.token), { force: true }),
  });
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error('the certificate authority did not answer in time')),
    PATIENCE_MS,
  );
  try {
    return `${(await Promise.race([chain, late.promise])).trim()}\n${key}`;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Limit of a common name in characters; the names that count are the alternative ones. Spec: RFC 5280, A.1; RFC 9525,
 * 1.3.
 */
const LONGEST_COMMON_NAME = 64;

/** The names to request: all as alternative names, and the first that fits as common name, or none. */
export function subjectOf(domains: readonly string[]): { altNames: string[]; commonName?: string } {
  const commonName = domains.find((name) => name.length <= LONGEST_COMMON_NAME);
  return { altNames: [...domains], ...(commonName === undefined ? {} : { commonName }) };
}

async function accountKey(path: string, make: () => Promise<Buffer>): Promise<Buffer> {
  const kept = await readFile(path).catch(() => undefined);
  if (kept && kept.length > 0) return kept;
  const made = await make();
  await writeFile(path, made, { mode: 0o600, flush: true });
  return made;
}
