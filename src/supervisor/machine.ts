import type { Clock } from '../base/clock.ts';
import type { Check } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { CertificateWatch } from './certificate-watch.ts';
import { DiskWatch, type Space, spaceOf } from './disk-watch.ts';
import { type ProcessorTicks, ProcessorWatch, ticksOf } from './processor-watch.ts';

/** Dependencies of watching the machine. */
export interface MachineDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The data folder: its disk is watched. */
  readonly data: string;
  /** Reads the certificate from disk, where TLS is used. @throws while it cannot be used. */
  certificate?(): Promise<Pick<Certificate, 'until'>>;
  /** Default: the system's word. */
  space?(folder: string): Promise<Space>;
  /** Default: the system's word. */
  ticks?(): ProcessorTicks | undefined;
}

/** Disk, certificate, and whether the machine gives its processes the time they need. */
export interface Machine extends Disposable {
  checks(): Check[];
  /** Prometheus text. */
  metrics(): string;
}

const SECOND = ms(1000);
const DISK_EVERY = 5;
const CERTIFICATE_EVERY = 60;

/** Opens the watch, which samples once a second. */
export function openMachine(deps: MachineDeps): Machine {
  const { clock, log, data, space = spaceOf, ticks = ticksOf } = deps;
  const disk = new DiskWatch(clock, () => space(data));
  const certificate = new CertificateWatch(clock, deps.certificate?.bind(deps));
  const processor = new ProcessorWatch(clock, log, SECOND, ticks);
  void disk.look();
  void certificate.look();
  let n = 0;
  const timer = clock.every(SECOND, () => {
    n += 1;
    processor.look();
    if (n % DISK_EVERY === 0) void disk.look();
    if (n % CERTIFICATE_EVERY === 0) void certificate.look();
  });
  return {
    checks: () => [disk.check(), ...certificate.checks()],
    metrics: () => exposition([...disk.metrics(), ...certificate.metrics(), ...processor.metrics()]),
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
