/**
 * A wall clock that nobody can set while it runs, the same in all processes of a machine: what was counted in minutes
 * must not be counted again, nor vanish, because somebody corrects the date.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import { type EpochMs, epochMs } from '../base/time.ts';

/** Larger steps of the machine's clock are not followed; smaller ones change no minute. */
export const STEP_MS = 2_000;
/** The file says at most this much too little or too much. */
const TOLD_MS = 500;
/** How often it is looked whether the file is still there, ms. */
const LOOK_MS = 2_000;

/** What it needs; the machine's own by default. */
export interface SteadyWallDeps {
  readonly clock: Pick<Clock, 'wall'>;
  /** Where processes find what the first of them found; undefined: each has its own. */
  readonly path?: string;
  /** Called once for each step that is not followed: by how many ms the machine's clock is ahead of this one. */
  stepped?(ahead: number): void;
  /** Milliseconds that all processes of the machine count alike; they stand still while it sleeps. */
  monotonic?(): number;
  /** Milliseconds since the machine started, with those in which it slept; NaN where nobody says. */
  uptime?(): number;
  /** Different after each start of the machine. */
  boot?(): string;
}

/** What the file says. */
interface Told {
  readonly boot: string;
  /** Wall clock without `monotonic`. */
  readonly offset: number;
  /** `uptime` without `monotonic`. */
  readonly slept: number;
}

/** The clock. */
export interface SteadyWall {
  wall(): EpochMs;
}

/** Opens it: as the processes before have it, or as the machine's clock is now. */
export function openSteadyWall(deps: SteadyWallDeps): SteadyWall {
  const { clock, path, monotonic = machineTime, uptime = machineUptime, boot = bootId } = deps;
  const id = boot();
  const known = path === undefined ? undefined : toldIn(path, id);
  let offset = known?.offset ?? clock.wall() - monotonic();
  let slept = known?.slept ?? uptime() - monotonic();
  let told = known?.offset ?? Number.NaN;
  let reported = 0;
  let looked = monotonic();
  /** A file that somebody has removed is written again: whoever starts later must count by the same time. */
  const look = (at: number): void => {
    if (path === undefined || at - looked < LOOK_MS) return;
    looked = at;
    if (existsSync(path)) return;
    told = Number.NaN;
    tell();
  };
  const tell = (): void => {
    if (path === undefined || Math.abs(offset - told) < TOLD_MS) return;
    told = offset;
    try {
      const own = `${path}.${process.pid}`;
      writeFileSync(own, JSON.stringify({ boot: id, offset, slept } satisfies Told), { mode: 0o600 });
      renameSync(own, path);
    } catch {
      // Each process has its own then: they agree as long as nobody sets the clock.
    }
  };
  tell();
  return {
    wall() {
      const real = clock.wall();
      const at = monotonic();
      look(at);
      let ahead = real - (at + offset);
      if (Math.abs(ahead) > STEP_MS) {
        // A machine that slept was not set.
        const more = uptime() - at - slept;
        if (more > STEP_MS) {
          slept += more;
          offset += more;
          ahead -= more;
        }
      }
      if (Math.abs(ahead) <= STEP_MS) {
        offset = real - at;
        reported = 0;
        tell();
        return real;
      }
      if (Math.abs(ahead - reported) > STEP_MS) {
        reported = ahead;
        deps.stepped?.(Math.round(ahead));
      }
      return epochMs(at + offset);
    },
  };
}

/**
 * Follows the machine's clock again, where it was set forward: to be called before any process is started. It never
 * goes back while the machine runs.
 */
export function followWallClock(path: string, clock: Pick<Clock, 'wall'>): void {
  const known = toldIn(path, bootId());
  if (!known || machineTime() + known.offset <= clock.wall()) rmSync(path, { force: true });
}

function toldIn(path: string, boot: string): Told | undefined {
  try {
    const told = JSON.parse(readFileSync(path, 'utf8')) as Told;
    return told.boot === boot && Number.isFinite(told.offset) ? told : undefined;
  } catch {
    return undefined;
  }
}

/** Spec: clock_gettime(2), CLOCK_MONOTONIC. */
const machineTime = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Spec: proc_uptime(5). */
function machineUptime(): number {
  try {
    return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000;
  } catch {
    return Number.NaN;
  }
}

/** Spec: proc_sys_kernel(5), random. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
