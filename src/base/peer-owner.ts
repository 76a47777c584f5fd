import { readFile } from 'node:fs/promises';
import { release } from 'node:os';
import type { Clock } from './clock.ts';
import { ms } from './time.ts';

/** A connection within this machine, identified by its two ports. */
export interface Ports {
  /** Port of the program that connected. */
  readonly from: number;
  readonly to: number;
}

/** Whether the program at the other end of a loopback connection runs under this process's own user. */
export type PeerOwner = (ports: Ports) => Promise<boolean>;

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** After reading the kernel's table, a pause of this many times the duration follows: at most a tenth of a thread. */
const REST = 9;
/**
 * States in which the asking program still has its end: TCP_ESTABLISHED, and half closed by either side. Spec:
 * linux/tcp_states.h.
 */
const OPEN: ReadonlySet<string> = new Set(['01', '04', '05', '08']);
const LOOPBACK = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;
/** On Windows, connections into its Linux come from a program of root's on behalf of the Windows user. */
const WINDOWS = /microsoft/i;

/** The owners of the sockets with these ports between loopback addresses, from a table of the kernel. */
export function ownersIn(table: string, { from, to }: Ports): number[] {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const [mine, theirs] = [`:${hex(from)} `, `:${hex(to)} `];
  const owners: number[] = [];
  for (let at = table.indexOf(mine); at >= 0; at = table.indexOf(mine, at + 1)) {
    const end = table.indexOf('\n', at);
    const line = table.slice(table.lastIndexOf('\n', at) + 1, end < 0 ? undefined : end);
    const [, local = '', remote = '', state = '', , , , uid] = line.trim().split(/\s+/);
    const address = local.slice(0, -5);
    if (!`${local} `.endsWith(mine) || !`${remote} `.endsWith(theirs)) continue;
    if (LOOPBACK.test(address) && OPEN.has(state)) owners.push(Number(uid));
  }
  return owners;
}

/**
 * Opens the check. A proxy, or another program that brings foreign requests to this port, usually runs under its own
 * user, and may add no header. Where the system does not tell (not Linux), the answer is yes. Spec: proc_net_tcp (Linux
 * kernel documentation).
 */
export function openPeerOwner(clock: Clock, read = (path: string) => readFile(path, 'latin1')): PeerOwner {
  const own = new Set([process.getuid?.() ?? -1, ...(WINDOWS.test(release()) ? [0] : [])]);
  let free: Promise<unknown> = Promise.resolve();
  let next: Promise<readonly string[] | undefined> | undefined;
  const look = (): Promise<readonly string[] | undefined> => {
    // Requests that come during a read share the next one: their connections may not be in this one.
    if (next) return next;
    let took = 0;
    const mine = free.then(async () => {
      next = undefined;
      const began = clock.now();
      const tables = await Promise.all(TABLES.map((path) => read(path).catch(() => undefined)));
      took = clock.now() - began;
      const found = tables.filter((table) => table !== undefined);
      return found.length > 0 ? found : undefined;
    });
    free = mine.then(() => new Promise<void>((resolve) => clock.after(ms(REST * took), resolve)));
    next = mine;
    return mine;
  };
  return async (ports) => {
    const tables = await look();
    if (!tables) return true;
    const owners = tables.flatMap((table) => ownersIn(table, ports));
    return owners.length > 0 && owners.every((uid) => own.has(uid));
  };
}
