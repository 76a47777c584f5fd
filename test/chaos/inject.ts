/** Carries out the faults of a schedule. Each function resolves when its fault is over. */
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Postgres } from '../contract/postgres.ts';
import type { Disk } from './disk.ts';
import { connectionsOf, type Installation, type Member } from './installation.ts';
import type { ListenerStatus } from './listeners/listener.ts';
import type { Network } from './network.ts';
import type { Fault } from './schedule.ts';

/** What faults are done to. */
export interface Victims {
  readonly installation: Installation;
  readonly slug: string;
  readonly disk: Disk | undefined;
  readonly postgres: Postgres | undefined;
  readonly network: Network;
  /** Moves the clock of all processes of Earshot; 0: back to the right time. */
  moveClock(seconds: number): void;
  /** What the listeners said last. */
  listeners(): readonly ListenerStatus[];
}

const FLOOD = fileURLToPath(new URL('flood.ts', import.meta.url));
/** Requests a second: far more than all listeners make, and what half a processor can send. */
const FLOOD_RATE = 300;
/** A service manager starts a dead service again after about as much. */
const SUPERVISOR_PAUSE_MS = 1_000;
/** Until a role that was killed counts as back, a kill lasts. */
const POLL_MS = 50;
const RETURN_MS = 10_000;

const wait = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));

/** The listeners whose connections a fault will meet, by name. */
export function metBy(fault: Fault, { installation, listeners, network }: Victims): ReadonlySet<string> {
  if (fault.kind === 'stop' && fault.role === 'door') {
    const pid = installation.pidOf(fault);
    const ends = pid === undefined ? new Set() : connectionsOf(pid, installation.server.port);
    return new Set(
      listeners()
        .filter(({ name, address, port }) => ends.has(network.endOf(name) ?? `${address}:${port}`))
        .map(({ name }) => name),
    );
  }
  if (fault.kind.startsWith('network-')) return new Set(network.behind);
  return new Set();
}

/** Does it. Resolves when it is over. */
export async function inject(fault: Fault, victims: Victims): Promise<void> {
  const { installation, disk, postgres, network } = victims;
  switch (fault.kind) {
    case 'kill':
      return kill(victims, [fault]);
    case 'kill-doors':
      return kill(
        victims,
        installation.members.filter(({ role }) => role === 'door'),
      );
    case 'kill-supervisor':
      return installation.killSupervisor(SUPERVISOR_PAUSE_MS);
    case 'stop': {
      const pid = installation.pidOf(fault);
      if (pid === undefined) return;
      signal(pid, 'SIGSTOP');
      await wait(fault.lasts);
      // By then the supervisor may have replaced it.
      return signal(pid, 'SIGCONT');
    }
    case 'disk-stands':
      return disk?.stands(fault.lasts);
    case 'disk-slow':
      return disk?.slow(fault.lasts);
    case 'disk-full':
      disk?.fill();
      await wait(fault.lasts);
      return disk?.free();
    case 'database-away':
      postgres?.stand();
      await wait(fault.lasts);
      return postgres?.go();
    case 'clock-jumps':
      victims.moveClock(fault.ahead);
      await wait(fault.lasts);
      return victims.moveClock(0);
    case 'packets-lost':
      network.lose(fault.share);
      await wait(fault.lasts);
      return network.lose(0);
    case 'speaker-cut':
      network.lose(1);
      await wait(fault.lasts);
      return network.lose(0);
    case 'network-stalls':
      return network.stall(fault.lasts);
    case 'network-delays':
      return network.delay(fault.delay, fault.lasts);
    case 'network-resets':
      return network.reset();
    case 'flood':
      return flood(victims, fault.of, fault.lasts);
    case 'no-descriptors':
      return noDescriptors(installation.pidOf(fault), fault.lasts);
    case 'port-taken':
      return portTaken(victims, fault.lasts);
  }
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Kills at once, and waits until each has a successor. */
async function kill({ installation }: Victims, members: readonly Member[]): Promise<void> {
  const old = members.map((member) => installation.pidOf(member));
  for (const pid of old) if (pid !== undefined) signal(pid, 'SIGKILL');
  const end = performance.now() + RETURN_MS;
  const isBack = (member: Member, i: number): boolean => {
    const pid = installation.pidOf(member);
    return pid !== undefined && pid !== old[i];
  };
  while (performance.now() < end && !members.every(isBack)) await wait(POLL_MS / 1000);
}

function flood({ installation, slug }: Victims, of: string, lasts: number): Promise<void> {
  const args = [FLOOD, installation.server.url, slug, of, String(FLOOD_RATE), String(lasts)];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  return new Promise((resolve) => child.once('close', () => resolve()));
}

/** Lowers the limit of a running process to what it has open. */
async function noDescriptors(pid: number | undefined, lasts: number): Promise<void> {
  if (pid === undefined) return;
  const soft = /Max open files\s+(\d+)/.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? '1024';
  const open = readdirSync(`/proc/${pid}/fd`).length;
  const limit = (files: string): Promise<void> => {
    const child = spawn('prlimit', ['--pid', String(pid), `--nofile=${files}:`], { stdio: 'ignore' });
    return new Promise((resolve) => child.once('close', () => resolve()).once('error', () => resolve()));
  };
  await limit(String(open));
  await wait(lasts);
  await limit(soft);
}

/** The studio dies, and another program is faster with its port. */
async function portTaken({ installation }: Victims, lasts: number): Promise<void> {
  const pid = installation.pidOf({ role: 'studio', index: 0 });
  if (pid === undefined) return;
  const socket = createSocket('udp4');
  const bind = (): Promise<boolean> =>
    new Promise((resolve) => {
      socket.once('error', () => resolve(false));
      socket.bind({ port: installation.udpPort, exclusive: true }, () => resolve(true));
    });
  signal(pid, 'SIGKILL');
  let bound = false;
  for (const end = performance.now() + 1_000; !bound && performance.now() < end; ) {
    bound = await bind();
    socket.removeAllListeners('error');
    if (!bound) await wait(0.005);
  }
  await wait(lasts);
  await new Promise<void>((resolve) => socket.close(() => resolve()));
}
