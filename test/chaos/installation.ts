/** The Earshot of a chaos run: its processes, what it says of them, and how it is started again when all of it died. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { freePort, type Server, startServer } from '../../e2e/rig/server.ts';
import type { Absence } from './judge.ts';
import { instant } from './listeners/listener.ts';
import type { Setup, Target } from './schedule.ts';

/** One process that is expected to be there. */
export interface Member {
  readonly role: Target;
  readonly index: number;
}

/** A running Earshot. */
export interface Installation extends AsyncDisposable {
  readonly server: Server;
  readonly members: readonly Member[];
  readonly udpPort: number;
  pidOf(member: Member): number | undefined;
  /** Kills the supervisor, waits, and starts all of it again. */
  killSupervisor(pause: number): Promise<void>;
  /** What it printed, of all its lives. */
  output(): string;
  /** The children that are away, by `/readyz` of the supervisor. Resolves within two seconds. */
  away(): Promise<readonly Absence[]>;
}

const PATIENCE_MS = 2_000;
const AWAY = /is starting|ended and is being restarted|does not answer/;
/** Says nothing about whether it is there now. */
const OFTEN = /ended \d+ times within a minute/;

/** Starts it in a data folder. */
export async function openInstallation(
  data: string,
  setup: Setup,
  settings: Readonly<Record<string, string>>,
): Promise<Installation> {
  const udpPort = await freePort();
  const fixed = {
    ...{ EARSHOT_DATA: data, EARSHOT_PORT: String(await freePort()) },
    ...{ EARSHOT_METRICS_PORT: String(await freePort()), EARSHOT_UDP_PORT: String(udpPort) },
    ...{ EARSHOT_DOORS: String(setup.doors), EARSHOT_CELLS: String(setup.cells) },
    // All listeners are on this machine.
    EARSHOT_SHARED_NETWORKS: '127.0.0.0/8',
    ...settings,
  };
  let server = await startServer(fixed);
  const printed: string[] = [];
  const members: Member[] = [
    ...Array.from({ length: setup.doors }, (_, index) => ({ role: 'door', index }) as const),
    ...Array.from({ length: setup.cells }, (_, index) => ({ role: 'studio', index }) as const),
    ...[
      { role: 'site', index: 0 } as const,
      { role: 'tally', index: 0 } as const,
      { role: 'press', index: 0 } as const,
    ],
  ];
  const since = new Map<string, number>();
  return {
    get server() {
      return server;
    },
    members,
    udpPort,
    pidOf: ({ role, index }) => server.child(role, index),
    async killSupervisor(pause) {
      printed.push(server.output());
      process.kill(server.pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, pause));
      server = await startServer(fixed);
    },
    output: () => [...printed, server.output()].join('\n'),
    async away() {
      const at = instant();
      const ask = (path: string): Promise<string | undefined> =>
        fetch(`http://127.0.0.1:${server.metricsPort}${path}`, {
          signal: AbortSignal.timeout(PATIENCE_MS),
        }).then(
          (answer) => answer.text(),
          () => undefined,
        );
      const text = await ask('/readyz');
      const metrics = text !== undefined && OFTEN.test(text) ? await ask('/metrics') : undefined;
      for (const { role, index } of members) {
        const name = `${role}-${index}`;
        const line = text?.split('\n').find((one) => one.startsWith(`${name} `));
        const isDown =
          line !== undefined &&
          OFTEN.test(line) &&
          new RegExp(`^earshot_process_up\\{process="${name}".* 0$`, 'm').test(metrics ?? '');
        if (line === undefined || AWAY.test(line) || isDown) since.set(name, since.get(name) ?? at);
        else since.delete(name);
      }
      return [...since].map(([process, from]) => ({ process, since: from }));
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Megabytes that a process has in memory; undefined when it has ended. */
export function residentMegabytes(pid: number): number | undefined {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}

/** The far ends (`address:port`) of the connections to `port` that a process holds. */
export function connectionsOf(pid: number, port: number): Set<string> {
  const sockets = new Set<string>();
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const name of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${name}`))?.[1];
      if (inode) sockets.add(inode);
    } catch {
      // It was closed while we read the list.
    }
  }
  const ends = new Set<string>();
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local = '', remote = ''] = fields;
    if (!local.endsWith(`:${wanted}`) || !sockets.has(fields[9] ?? '')) continue;
    const [address = '', far = ''] = remote.split(':');
    const bytes = address
      .match(/../g)
      ?.reverse()
      .map((byte) => Number.parseInt(byte, 16));
    ends.add(`${bytes?.join('.')}:${Number.parseInt(far, 16)}`);
  }
  return ends;
}
