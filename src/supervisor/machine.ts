import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Check } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import type { Certificate } from '../certificate/certificate.ts';

/** What the watch over the machine needs. */
export interface MachineDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The data folder: its disk is watched. */
  readonly data: string;
  /** Where TLS is spoken: the certificate as it is on the disk. @throws while it cannot be used. */
  certificate?(): Promise<Pick<Certificate, 'until'>>;
  /** Bytes free and in all, of a folder's disk; default: the system's word. */
  space?(folder: string): Promise<{ free: number; size: number }>;
  /** Ticks of all processors, and those of them that other machines had (steal); default: the system's word. */
  ticks?(): { all: number; stolen: number } | undefined;
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
/** A disk that has not said within this long is not well. */
const DISK_SILENT = 30_000;
/** Below this recordings have gaps, or are about to. */
const NO_ROOM_BYTES = 64e6;
/** The pace at which a disk fills is taken over so many looks: an hour. */
const PACE_LOOKS = 720;
/** Less of it says nothing yet. */
const PACE_LEAST_MS = 600_000;
/** A second that comes this much late, or of which others had this much, was a bad one. */
const LATE_MS = 250;
const STOLEN = 0.15;
/** So many bad seconds of the last thirty are told, at most every ten minutes. */
const WINDOW = 30;
const BAD = 5;
const TOLD_EVERY = 600_000;

/** Opens the watch: one look a second. */
export function openMachine(deps: MachineDeps): Machine {
  const { clock, log, data } = deps;
  const space = deps.space ?? spaceOf;
  const ticks = deps.ticks ?? ticksOf;
  const looks: { at: number; free: number }[] = [];
  let disk: { free: number; size: number; at: number } | undefined;
  let diskError: string | undefined;
  const began = clock.now();
  let asking = false;
  let until: number | undefined;
  let unusable = false;

  const lookAtDisk = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const found = await space(data);
      const at = clock.now();
      disk = { ...found, at };
      diskError = undefined;
      looks.push({ at, free: found.free });
      if (looks.length > PACE_LOOKS) looks.shift();
    } catch (error) {
      diskError = (error as NodeJS.ErrnoException).code ?? 'failed';
    } finally {
      asking = false;
    }
  };
  const lookAtCertificate = async (): Promise<void> => {
    try {
      until = (await deps.certificate?.())?.until;
      unusable = false;
    } catch {
      unusable = true;
    }
  };
  void lookAtDisk();
  void lookAtCertificate();

  /** Seconds until the disk is full at the pace of the last hour; undefined while it does not fill. */
  const fullIn = (): number | undefined => {
    const [first] = looks;
    const last = looks.at(-1);
    if (!first || !last || last.at - first.at < PACE_LEAST_MS) return undefined;
    const pace = (first.free - last.free) / (last.at - first.at);
    return pace > 0 ? last.free / pace / 1000 : undefined;
  };

  const seconds: { late: number; stolen: number }[] = [];
  let told = Number.NEGATIVE_INFINITY;
  let before = ticks();
  let due: number = clock.now() + SECOND;
  let n = 0;
  const judge = (): void => {
    const now = clock.now();
    const late = Math.max(0, now - due);
    due = now + SECOND;
    const after = ticks();
    const passed = before && after ? after.all - before.all : 0;
    const stolen = before && after && passed > 0 ? (after.stolen - before.stolen) / passed : 0;
    before = after;
    seconds.push({ late, stolen });
    if (seconds.length > WINDOW) seconds.shift();
    const bad = seconds.filter((second) => second.late > LATE_MS || second.stolen > STOLEN);
    if (bad.length < BAD || now - told < TOLD_EVERY) return;
    told = now;
    const worst = Math.round(Math.max(...bad.map((second) => second.late)));
    const most = Math.max(...bad.map((second) => second.stolen));
    log.warn(
      { badSeconds: bad.length, of: seconds.length, lateMs: worst, stealPercent: Math.round(most * 100) },
      most > STOLEN
        ? 'this machine is too busy: the host it runs on gives its processors to other machines (steal). Listeners may hear gaps; ask the provider for dedicated processors, or move'
        : 'this machine is too busy: programs wait for a processor. Listeners may hear gaps; stop other programs, use more cores, or host fewer rooms and listeners',
    );
  };
  const timer = clock.every(SECOND, () => {
    n += 1;
    judge();
    if (n % DISK_EVERY === 0) void lookAtDisk();
    if (n % CERTIFICATE_EVERY === 0) void lookAtCertificate();
  });

  const diskCheck = (): Check => {
    const part = 'disk';
    if (diskError !== undefined) return { part, ok: false, says: `cannot be looked at (${diskError})` };
    if (clock.now() - (disk?.at ?? began) > DISK_SILENT) return { part, ok: false, says: 'does not answer' };
    if (!disk) return { part, ok: true };
    const says = `${(disk.free / 1e9).toFixed(1)} GB free`;
    return disk.free < NO_ROOM_BYTES
      ? { part, ok: false, says: `full: ${Math.round(disk.free / 1e6)} MB free` }
      : { part, ok: true, says };
  };
  const certificateCheck = (): Check[] => {
    const part = 'certificate';
    if (!deps.certificate) return [];
    if (until === undefined)
      return [{ part, ok: !unusable, ...(unusable && { says: 'there is no usable one' }) }];
    const day = new Date(until).toISOString().slice(0, 10);
    if (until < clock.wall()) return [{ part, ok: false, says: `expired on ${day}` }];
    return [
      {
        part,
        ok: true,
        says: `${unusable ? 'its files cannot be read now; the last good one is valid ' : ''}until ${day}`,
      },
    ];
  };
  return {
    checks: () => [diskCheck(), ...certificateCheck()],
    metrics: () =>
      exposition([
        {
          name: 'earshot_disk_free_bytes',
          kind: 'gauge',
          help: 'Free space on the disk of the data folder',
          value: disk?.free ?? Number.NaN,
        },
        {
          name: 'earshot_disk_size_bytes',
          kind: 'gauge',
          help: 'Size of the disk of the data folder',
          value: disk?.size ?? Number.NaN,
        },
        {
          name: 'earshot_disk_full_seconds',
          kind: 'gauge',
          help: 'Time until that disk is full at the pace of the last hour; absent while it is not filling up',
          value: fullIn() ?? Number.NaN,
        },
        {
          name: 'earshot_certificate_expiry_timestamp_seconds',
          kind: 'gauge',
          help: 'When the certificate of the public port expires, Unix time; absent without TLS',
          value: until === undefined ? Number.NaN : until / 1000,
        },
        {
          name: 'earshot_machine_steal_ratio',
          kind: 'gauge',
          help: 'Share of the processors that the host gave to other machines in the last second',
          value: seconds.at(-1)?.stolen ?? 0,
        },
        {
          name: 'earshot_machine_late_seconds',
          kind: 'gauge',
          help: 'How late the supervisor itself ran in the last second; above 0 when the machine is too busy',
          value: (seconds.at(-1)?.late ?? 0) / 1000,
        },
      ]),
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

async function spaceOf(folder: string): Promise<{ free: number; size: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, size: blocks * bsize };
}

/** Spec: proc(5), /proc/stat. */
function ticksOf(): { all: number; stolen: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const [, ...columns] = readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.trim().split(/\s+/) ?? [];
    // user, nice, system, idle, iowait, irq, softirq, steal; what follows is counted in user already.
    const numbers = columns.slice(0, 8).map(Number);
    return { all: numbers.reduce((sum, each) => sum + each, 0), stolen: numbers[7] ?? 0 };
  } catch {
    return undefined;
  }
}
