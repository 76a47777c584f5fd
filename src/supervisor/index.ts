/** Keeps the roles running on one machine: starts, watches, restarts with back-off, stops in order. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { Child, type ChildSpec, type Notice, type Order } from './child.ts';
import type { Floor } from './floor.ts';

export type { ChildSpec, Notice, Order } from './child.ts';
export { claim } from './claim.ts';
export { type Floor, type FloorCertificate, type FloorDeps, openFloor } from './floor.ts';

/** What the supervisor needs. */
export interface SupervisorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The program every child runs, with its own arguments. */
  readonly entry: string;
  /** Started together; stopped in this order, one group after the other. */
  readonly groups: readonly (readonly ChildSpec[])[];
  /** What answers on the public port while none of the children that `serve` is up. */
  readonly floor?: Floor;
}

/** The running family of processes. */
export interface Supervisor extends AsyncDisposable {
  /** Resolves when every child has reported ready once. */
  readonly ready: Promise<void>;
  /** Name, process id and restarts of each child. */
  status(): { name: string; pid: number | undefined; restarts: number; ready: boolean }[];
}

const AWAKE_MS = 60_000;
/** So long no door is up before the floor is laid: less than a person notices, more than a hand-over takes. */
const FLOOR_AFTER = ms(150);

/** Starts all children. Disposing stops the groups in order and waits. */
export function open(deps: SupervisorDeps): Supervisor {
  const waiting = new Set(deps.groups.flat().map((spec) => spec.name));
  let resolve: () => void = () => undefined;
  const ready = new Promise<void>((done) => {
    resolve = done;
  });
  let stopping = false;
  let served = false;
  let laying: Disposable | undefined;
  const underfoot = (): void => {
    const { floor } = deps;
    const doors = children.filter((child) => child.serves);
    if (!floor || doors.length === 0) return;
    laying?.[Symbol.dispose]();
    const up = doors.some((door) => door.isReady);
    served ||= up;
    if (stopping || up) floor.lift(up);
    else if (!floor.laid) laying = deps.clock.after(FLOOR_AFTER, () => floor.lay(!served));
  };
  const heard = (name: string): void => {
    underfoot();
    waiting.delete(name);
    if (waiting.size === 0) resolve();
  };
  const groups = deps.groups.map((group) =>
    group.map((spec) => new Child(spec, { ...deps, ready: heard, ended: underfoot })),
  );
  const children = groups.flat();
  // The clock's timers keep no process alive, and between two lives of the only child nothing else would.
  const awake = setInterval(() => undefined, AWAKE_MS);
  for (const child of children) child.start();
  underfoot();
  return {
    ready,
    status: () => children.map((c) => ({ name: c.name, pid: c.pid, restarts: c.restarts, ready: c.isReady })),
    async [Symbol.asyncDispose]() {
      stopping = true;
      underfoot();
      for (const group of groups) await Promise.all(group.map((child) => child.stop()));
      clearInterval(awake);
    },
  };
}

/** The child's side: tells the supervisor when ready, answers its pings, resolves when asked to stop or orphaned. */
export function supervised(): { ready(): void; readonly stop: Promise<void> } {
  let resolve: () => void = () => undefined;
  const stop = new Promise<void>((done) => {
    resolve = done;
  });
  process.on('message', (message: Order) => {
    if (message.order === 'stop') resolve();
    else process.send?.({ notice: 'pong', n: message.n } satisfies Notice);
  });
  process.on('disconnect', () => resolve());
  process.on('SIGTERM', () => resolve());
  // The terminal sends SIGINT to the whole family; only the supervisor decides the order of stopping.
  process.on('SIGINT', () => undefined);
  return { ready: () => void process.send?.({ notice: 'ready' } satisfies Notice), stop };
}
