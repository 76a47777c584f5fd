import type { Clock } from '../base/clock.ts';
import type { Check } from '../base/health.ts';
import type { Metric } from '../base/metrics.ts';
import type { Certificate } from '../certificate/certificate.ts';

/** Watches how long the certificate of the public port is valid. */
export class CertificateWatch {
  readonly #clock: Clock;
  readonly #read: (() => Promise<Pick<Certificate, 'until'>>) | undefined;
  #until: number | undefined;
  #unusable = false;

  /** `read`: reads the certificate from disk; undefined without TLS. */
  constructor(clock: Clock, read: (() => Promise<Pick<Certificate, 'until'>>) | undefined) {
    this.#clock = clock;
    this.#read = read;
  }

  async look(): Promise<void> {
    try {
      this.#until = (await this.#read?.())?.until;
      this.#unusable = false;
    } catch {
      this.#unusable = true;
    }
  }

  /** None without TLS. */
  checks(): Check[] {
    const part = 'certificate';
    if (!this.#read) return [];
    const [until, unusable] = [this.#until, this.#unusable];
    if (until === undefined)
      return [{ part, ok: !unusable, ...(unusable && { says: 'there is no usable one' }) }];
    const day = new Date(until).toISOString().slice(0, 10);
    if (until < this.#clock.wall()) return [{ part, ok: false, says: `expired on ${day}` }];
    const doubt = unusable ? 'its files cannot be read now; the last good one is valid ' : '';
    return [{ part, ok: true, says: `${doubt}until ${day}` }];
  }

  metrics(): Metric[] {
    return [
      {
        name: 'earshot_certificate_expiry_timestamp_seconds',
        kind: 'gauge',
        help: 'When the certificate of the public port expires, Unix time; absent without TLS',
        value: this.#until === undefined ? Number.NaN : this.#until / 1000,
      },
    ];
  }
}
