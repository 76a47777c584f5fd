/** The checks of `doctor` on the machine: disk, limits, clock. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../base/folder.ts';
import type { Config } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';
import type { Finding } from './finding.ts';
import { mostFiles, type Running } from './running.ts';

/** Below this a busy evening fills the disk: two renditions take 72 MB an hour. */
const LOW_DISK_BYTES = 2e9;
const HOUR_BYTES = 72e6;
/** Connections one door may hold, and a few for itself. */
const WANTED_FILES = 65_536;
const ASK_MS = 2000;

/** Checks that the data folder can be written, and for how long there is room. */
export async function disk(config: Config): Promise<Finding> {
  const what = `Data folder ${config.data}`;
  try {
    makeFolder(config.data);
    const probe = join(config.data, `.doctor-${process.pid}`);
    try {
      await writeFile(probe, 'x', { flush: true });
    } finally {
      await unlink(probe).catch(() => undefined);
    }
    const { bavail, bsize, files: inodes, ffree } = await statfs(config.data);
    const free = bavail * bsize;
    const found = `${(free / 1e9).toFixed(1)} GB free, about ${Math.floor(free / HOUR_BYTES)} hours of recording`;
    if (inodes > 0 && ffree < 1000)
      return {
        what,
        state: 'bad',
        found: `room for only ${ffree} more files`,
        change: 'remove files: the disk has no inodes left',
      };
    if (free >= LOW_DISK_BYTES) return { what, state: 'good', found };
    return {
      ...{ what, state: 'notice', found },
      change: 'make room: a full disk leaves a gap in the recording (the sound goes on)',
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { what, state: 'bad', found: message, change: diskAdvice(code) };
  }
}

/** What to do about a data folder that cannot be written, by the system's error code. */
export function diskAdvice(code: string | undefined): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full: remove recordings or other files; Earshot carries on by itself when there is room';
    case 'EROFS':
      return 'the disk is mounted read-only: check its state (dmesg), or choose another folder: --data DIR';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not write there: give the folder to the user that runs Earshot (chown), or choose another one: --data DIR';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'part of this path is a file: choose a folder: --data DIR';
    case 'ENAMETOOLONG':
      return 'the path is too long: choose another: --data DIR';
    case 'EIO':
    case 'ENODEV':
    case 'ENXIO':
    case 'ESTALE':
      return 'the disk itself is failing: look at dmesg and check its health before you rely on it';
    default:
      return 'choose a folder that this user may write to: --data DIR';
  }
}

/** Recordings that older versions made of the demo room, 1.8 GB a day; nothing where there are none. */
export function oldRecordings(config: Config): Finding[] {
  const folder = join(paths(config.data).archive, 'welcome');
  if (!existsSync(folder)) return [];
  return [
    {
      ...{
        what: 'Recording of the demo room',
        state: 'notice',
        found: `${folder}: an older version made it`,
      },
      change: 'the demo room is no longer recorded: this folder can be removed',
    },
  ];
}

/** The limit of open files: that of the running service, or else that of the current user. */
export function files(now: Running | undefined): Finding {
  const what = now ? 'Open files of the running Earshot' : 'Open files';
  const path = '/proc/self/limits';
  const most = now ? now.files : mostFiles(existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  if (most === undefined)
    return { what, state: 'notice', found: now ? 'unknown: run this as root' : 'unknown on this system' };
  const found = `${most} per process${now ? '' : ' for the user who runs this; a service has a limit of its own'}`;
  if (most >= WANTED_FILES) return { what, state: 'good', found };
  return {
    ...{ what, state: 'notice', found },
    change: `each listener takes one: ulimit -n ${WANTED_FILES}, or LimitNOFILE= in the systemd unit`,
  };
}

/** Compares the wall clock with the monotonic clock over half a second, to detect a clock that is being stepped. */
export async function clock(): Promise<Finding> {
  const wall = Date.now();
  const monotonic = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const off = Date.now() - wall - (performance.now() - monotonic);
  const what = 'Clock';
  if (Math.abs(off) < 50)
    return { what, state: 'good', found: `steady; it says ${new Date().toISOString()}` };
  return {
    ...{ what, state: 'bad', found: `stepped by ${off.toFixed(0)} ms in half a second` },
    change: 'let one time service set it (chrony)',
  };
}

/** Runs a program; its output, or undefined when it is not there, fails or takes too long. */
function ask(program: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', timeout: ASK_MS });
  return status === 0 ? stdout : undefined;
}

/** Whether a time service keeps the clock correct, according to systemd or chrony. */
export function timeService(asking: typeof ask = ask): Finding {
  const what = 'Time service (NTP)';
  const change =
    'install chrony, or turn on systemd-timesyncd (timedatectl set-ntp true): listeners hear a wrong clock as extra delay';
  const systemd = asking('timedatectl', 'show', '--property=NTPSynchronized', '--property=NTP');
  if (systemd?.includes('NTPSynchronized=yes'))
    return { what, state: 'good', found: 'the clock is synchronised' };
  const chrony = asking('chronyc', '-n', 'tracking');
  const leap = /^Leap status\s*:\s*(.+)$/m.exec(chrony ?? '')?.[1];
  const offset = /^System time\s*:\s*([\d.]+) seconds (\w+)/m.exec(chrony ?? '');
  if (leap === 'Normal')
    return {
      what,
      state: 'good',
      found: `chrony: ${offset ? `${offset[1]} s ${offset[2]}` : 'synchronised'}`,
    };
  if (leap !== undefined) return { what, state: 'notice', found: `chrony: ${leap}`, change };
  if (systemd !== undefined)
    return {
      ...{ what, state: 'notice', change },
      found: systemd.includes('NTP=yes') ? 'on, but not synchronised yet' : 'no time service keeps the clock',
    };
  return { what, state: 'notice', found: 'unknown: neither timedatectl nor chronyc is installed', change };
}
