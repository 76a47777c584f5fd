/** The door: the public HTTP surface of the crowd on one port. Stateless: pages, the stream, and the way to the others. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { FRAGMENT_MS, type Ms, ms } from '../base/time.ts';
import type { Assets } from './assets.ts';
import { exposition, openCounters } from './counters.ts';
import { openFanout } from './fanout.ts';
import { openFaults } from './faults.ts';
import { openFront } from './front.ts';
import { openGate } from './gate.ts';
import { handOver } from './hand-over.ts';
import { connectionsPossible, type Limits } from './limits.ts';
import { openOrdinary } from './ordinary.ts';
import type { DoorOrigin } from './origin-port.ts';
import type { Pages } from './pages.ts';
import { openQuick } from './quick.ts';
import { type DoorStrain, openStrain } from './strain.ts';
import type { DoorQueue } from './queue-port.ts';
import { openWatchdog } from './watchdog.ts';

export type { Asset, Assets } from './assets.ts';
export { loadAssets } from './assets.ts';
export type { Limits } from './limits.ts';
export { LIMITS } from './limits.ts';
export type { DoorOrigin, Joined } from './origin-port.ts';
export type { Pages } from './pages.ts';
export { loadManifest, openPages } from './pages.ts';
export type { DoorQueue } from './queue-port.ts';
export type { DoorStrain } from './strain.ts';

/** What a door needs. */
export interface DoorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The public TCP port; 0 takes a free one. */
  readonly port: number;
  /** Address to bind; default all of IPv4. */
  readonly host?: string;
  /** True when several doors share the port (SO_REUSEPORT). */
  readonly reusePort: boolean;
  /** This door's name in logs. */
  readonly name: string;
  readonly origin: DoorOrigin;
  /** The UNIX socket on which the site speaks HTTP. */
  readonly site: { readonly socketPath: string };
  /** The UNIX socket on which a studio cell speaks HTTP. */
  cell(index: number): { readonly socketPath: string };
  readonly assets: Assets;
  readonly pages: Pages;
  readonly limits: Limits;
  /** The line for the live edge; without it everyone is live. */
  readonly queue?: DoorQueue;
  /** Length of the listen queue; 4,096 holds a flash crowd of one second. */
  readonly backlog: number;
  /** Base URLs of caches in front that pages may fetch sound from; default none. */
  readonly caches?: readonly string[];
  /** Milliseconds between two writes of a room's stream, a multiple of 320; default 320. */
  period?(slug: string): Ms;
  /** Addresses of proxies in front whose X-Forwarded-* fields are believed; default none. */
  readonly trustedProxies?: readonly string[];
}

/** An open door. */
export interface Door extends AsyncDisposable {
  readonly port: number;
  /** Streams per room right now. */
  presence(): ReadonlyMap<string, number>;
  /** What strained this door since the last call; for the ladder alone, about once a second. */
  strain(): DoorStrain;
  /** Prometheus text, `earshot_door_…`. */
  metrics(): string;
  /**
   * Stops in order: no new connection; each listener gets the rest of the running segment (5.12 s), at the latest what
   * there is when `grace` is over, and then FIN; requests in flight are answered within `grace`.
   */
  close(grace: Ms): Promise<void>;
}

/** Opens the door. @throws the system's error when the port cannot be bound. */
export async function open(deps: DoorDeps): Promise<Door> {
  const { clock, origin } = deps;
  const log = deps.log.part('door');
  const possible = await connectionsPossible();
  const limits = { ...deps.limits, connections: Math.min(deps.limits.connections, possible) };
  if (possible < deps.limits.connections)
    log.warn(
      { connections: possible },
      'the limit of open files (ulimit -n) holds this door to fewer connections',
    );
  const counters = openCounters();
  const fault = openFaults({ clock, log, counters });
  const gate = openGate(limits);
  const watchdog = openWatchdog(limits);
  const period = deps.period ?? (() => ms(FRAGMENT_MS));
  const fanout = openFanout({ clock, origin, limits, counters, fault, period });
  const ordinary = openOrdinary({
    ...{ clock, limits, counters, fanout, fault, origin },
    ...{ assets: deps.assets, pages: deps.pages, site: deps.site, cell: deps.cell },
    ...(deps.caches ? { caches: deps.caches } : {}),
    trusted: new Set(deps.trustedProxies),
    ...(deps.queue ? { queue: deps.queue } : {}),
  });
  const quick = openQuick({
    ...{ clock, limits, counters, origin },
    back: (socket, bytes) => handOver(ordinary, socket, bytes),
  });
  const front = openFront({ clock, limits, counters, gate, fanout, quick, ordinary });
  await new Promise<void>((resolve, reject) => {
    front.server.once('error', reject);
    front.server.listen(
      { port: deps.port, host: deps.host ?? '0.0.0.0', backlog: deps.backlog, reusePort: deps.reusePort },
      resolve,
    );
  });
  front.server.on('error', (error) =>
    log.error({ door: deps.name, error: error.message }, 'accepting failed'),
  );
  const sweeper = clock.every(ms(1_000), () => {
    front.sweep();
    quick.sweep();
    watchdog.sweep(clock.now(), gate.sockets, (socket) => {
      if (fanout.drop(socket, 'stalled')) return;
      counters.stalledRequests += 1;
      socket.resetAndDestroy();
    });
  });
  const address = front.server.address();
  const port = typeof address === 'object' && address ? address.port : deps.port;
  log.info({ door: deps.name, port }, 'open');

  let closing: Promise<void> | undefined;
  const shut = async (grace: Ms): Promise<void> => {
    const gone = new Promise<void>((resolve) => front.server.close(() => resolve()));
    ordinary.closeIdleConnections();
    quick.closeIdle();
    if (grace > 0) {
      using _idle = clock.every(ms(100), () => {
        ordinary.closeIdleConnections();
        quick.closeIdle();
      });
      fanout.drain(ms(clock.now() + grace));
      const patience = Promise.withResolvers<void>();
      using _timer = clock.after(grace, () => patience.resolve());
      await Promise.race([Promise.all([fanout.empty, gone]), patience.promise]);
    }
    for (const socket of gate.sockets) socket.destroy();
    ordinary.close();
    await gone;
    sweeper[Symbol.dispose]();
    log.info({ door: deps.name, port }, 'closed');
  };
  const close = (grace: Ms): Promise<void> => {
    closing ??= shut(grace);
    return closing;
  };
  return {
    port,
    presence: () => fanout.presence(),
    strain: openStrain({ clock, counters, sockets: gate.sockets }),
    metrics: () => exposition(counters, gate.sockets.size, fanout.presence()),
    close,
    [Symbol.asyncDispose]: () => close(ms(0)),
  };
}
