import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { type Certificate, readCertificate } from './certificate.ts';

/** Dependencies of keeping a certificate. */
export interface CertificateDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The file with chain and key; replaced in one step, mode 0600. */
  readonly path: string;
  /** Where the last attempt is recorded, for `doctor`. */
  readonly status: string;
  readonly domains: readonly string[];
  /** 0 ≤ n < 1: spreads renewals. */
  readonly random: () => number;
  /** Obtains chain and key as PEM. @throws with the reason. */
  obtain(): Promise<string>;
}

/** What `doctor` reads. */
export interface CertificateStatus {
  /** Wall-clock ms of the last attempt. */
  readonly at: number;
  /** Why it failed; absent when it did not. */
  readonly error?: string;
  /** Wall-clock ms of the next. */
  readonly next: number;
}

/** A certificate that is kept. */
export interface KeptCertificate extends Disposable {
  /** Checks whether it is time; resolves when a renewal that is due has been tried. */
  look(): Promise<void>;
}

const LOOK_EVERY = ms(60_000);
/** A certificate is renewed after this part of its life, and up to a twentieth of it later. */
const RENEW_AT = 2 / 3;
const SPREAD = 1 / 20;
const FIRST_RETRY = 60_000;
/** Longest pause between attempts: authorities count failures, so there are only a few a day. */
const LAST_RETRY = 6 * 3_600_000;

/** When a certificate is due for renewal, wall-clock ms; at once when it is not for all names. */
export function renewalDue(
  certificate: Certificate | undefined,
  domains: readonly string[],
  random: number,
): number {
  if (!certificate || !domains.every((name) => certificate.names.includes(name))) return 0;
  const { from, until } = certificate;
  return from + (until - from) * (RENEW_AT + SPREAD * random);
}

/**
 * Obtains the certificate and renews it in time. A failure is logged and recorded for `doctor`; nothing stops.
 */
export async function keepCertificate(deps: CertificateDeps): Promise<KeptCertificate> {
  const { clock, log, path, domains } = deps;
  const draw = deps.random();
  const files = { cert: path, key: path };
  const current = await readCertificate(files).catch(() => undefined);
  let next = renewalDue(current, domains, draw);
  let retry = FIRST_RETRY;
  let running: Promise<void> | undefined;

  const tell = (error?: string): Promise<void> => {
    const status: CertificateStatus = { at: clock.wall(), next, ...(error === undefined ? {} : { error }) };
    return writeFile(deps.status, `${JSON.stringify(status)}\n`).catch(() => undefined);
  };
  async function renew(): Promise<void> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const made = `${path}.new`;
      await writeFile(made, await deps.obtain(), { mode: 0o600, flush: true });
      const certificate = await readCertificate({ cert: made, key: made });
      await rename(made, path);
      retry = FIRST_RETRY;
      // A clock or an authority that is wrong must not make us ask without end.
      next = Math.max(renewalDue(certificate, domains, draw), clock.wall() + LAST_RETRY);
      log.info(
        { names: certificate.names, until: new Date(certificate.until).toISOString() },
        'certificate obtained',
      );
      await tell();
    } catch (error) {
      const reason = (error as Error).message;
      next = clock.wall() + retry * (0.5 + deps.random());
      retry = Math.min(LAST_RETRY, retry * 4);
      log.error(
        { error: reason, domains, retry: new Date(next).toISOString() },
        'no certificate could be obtained: trying again at `retry`; a certificate that is still valid stays in use',
      );
      await tell(reason);
    }
  }
  const look = (): Promise<void> => {
    if (clock.wall() < next) return running ?? Promise.resolve();
    running ??= renew().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = clock.every(LOOK_EVERY, () => void look());
  return { look, [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
