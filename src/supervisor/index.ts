/** Keeps the roles running on one machine: starts, watches, restarts with back-off, stops in order. */
import type { Clock } from '../base/clock.ts';
import { type Check, type Readiness, readiness, type Telling } from '../base/health.ts';
import type { Log } from '../base/log.ts';
import { type Exposed, exposition } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import { openTicketKeys } from '../keys/ticket-keys.ts';
import { Child } from './child.ts';
import type { ChildNotice, ChildOrder, ChildSpec, ChildState, ProcessEvent } from './child-spec.ts';
import type { FallbackPage } from './fallback-page.ts';

export type {
  ChildNotice,
  ChildOrder,
  ChildSpec,
  ChildState,
  EndReason,
  ProcessEvent,
} from './child-spec.ts';
export { compiledFolder } from './compiled.ts';
export {
  type FallbackCertificate,
  type FallbackPage,
  type FallbackPageDeps,
  openFallbackPage,
} from './fallback-page.ts';
export { type Machine, type MachineDeps, openMachine } from './machine.ts';
export { type Monitor, type MonitorDeps, openMonitor } from './monitor.ts';
export { keepPidFile } from './pid-file.ts';

/** Dependencies of the supervisor. */
export interface SupervisorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The program that every child runs, each with its own arguments. */
  readonly entry: string;
  /** Started together; stopped in this order, one group after the other. */
  readonly groups: readonly (readonly ChildSpec[])[];
  /** Answers on the public port while none of the children that `serve` is up. */
  readonly fallback?: FallbackPage;
  /** Further parts that the supervisor itself reports on `/readyz`, such as the disk. */
  checks?(): readonly Check[];
  /** StepJournal what happened to a child; must not wait. Default: it is only logged. */
  record?(happened: ProcessEvent): void;
  /** Receives the lines that children write; must not wait. Default: they are dropped. */
  output?(line: string): void;
}

/** The running processes of one supervisor. */
export interface Supervisor extends AsyncDisposable {
  /** Resolves when every child has reported ready once. */
  readonly ready: Promise<void>;
  /** What is known of each child. */
  status(): ChildState[];
  /** The answer of `/readyz` now. */
  readiness(): Readiness;
  /**
   * The metrics of each process that answers within a second, and the supervisor's own: which processes there are,
   * and how often each was restarted.
   */
  metrics(): Promise<Exposed[]>;
}

const AWAKE_MS = 60_000;
/** How often it is asked which of the processes that run at times should run. */
const LOOK = ms(1000);
/**
 * How long no door is up before the static page takes over: less than people notice, longer than a hand-over.
 */
const FALLBACK_AFTER = ms(150);

/** Starts all children. Disposing stops the groups in order and waits. */
export function open(deps: SupervisorDeps): Supervisor {
  const always = deps.groups.flat().filter(({ wanted }) => wanted === undefined);
  const waiting = new Set(always.map((spec) => spec.name));
  let resolve: () => void = () => undefined;
  const ready = new Promise<void>((done) => {
    resolve = done;
  });
  let stopping = false;
  let served = false;
  let pending: Disposable | undefined;
  const watchDoors = (): void => {
    const { fallback } = deps;
    const doors = children.filter((child) => child.serves);
    if (!fallback || doors.length === 0) return;
    pending?.[Symbol.dispose]();
    const up = doors.some((door) => door.isReady);
    served ||= up;
    if (stopping || up) fallback.hide(up);
    else if (!fallback.shown) pending = deps.clock.after(FALLBACK_AFTER, () => fallback.show(!served));
  };
  const changed = (): void => {
    watchDoors();
    for (const child of children) child.tell(ready_());
  };
  const heard = (name: string): void => {
    changed();
    waiting.delete(name);
    if (waiting.size === 0) resolve();
  };
  const keys = openTicketKeys(deps.clock, () => {
    for (const child of children) child.tellTickets();
  });
  const tickets = () => keys.order;
  const ready_ = (): Readiness =>
    readiness(together([...children.flatMap((child) => child.checks()), ...(deps.checks?.() ?? [])]));
  const groups = deps.groups.map((group) =>
    group.map(
      (spec) => new Child(spec, { ...deps, tickets, ready: heard, ended: changed, readiness: ready_ }),
    ),
  );
  const children = groups.flat();
  // The clock's timers keep no process alive, and between two lives of the only child nothing else would.
  const awake = setInterval(() => undefined, AWAKE_MS);
  for (const child of children) if (!child.asleep) child.start();
  const look = (): void => {
    for (const child of children) child.look();
  };
  const looks = deps.clock.every(LOOK, look);
  look();
  watchDoors();
  return {
    ready,
    status: () => children.map((child) => child.state),
    readiness: ready_,
    metrics: () =>
      gather(
        children.filter((child) => !child.asleep),
        ready_,
      ),
    async [Symbol.asyncDispose]() {
      stopping = true;
      looks[Symbol.dispose]();
      watchDoors();
      keys[Symbol.dispose]();
      for (const group of groups) await Promise.all(group.map((child) => child.stop()));
      clearInterval(awake);
    },
  };
}

/** The metrics of all children, labelled with their names, and what the supervisor knows about them. */
async function gather(children: readonly Child[], ready: () => Readiness): Promise<Exposed[]> {
  const said = new Map(
    await Promise.all(children.map(async (child) => [child, await child.metrics()] as const)),
  );
  const of = (value: (child: Child) => number) =>
    children.map((child) => [{ process: child.name, role: child.role }, value(child)] as const);
  const own = exposition([
    {
      name: 'earshot_ready',
      kind: 'gauge',
      help: '1 when every part is well, that is, when /readyz answers 200',
      value: ready().code === 200 ? 1 : 0,
    },
    {
      name: 'earshot_process_up',
      kind: 'gauge',
      help: '1 while the process is running and answering, 0 while it is down or hangs',
      value: of((child) => Number(said.get(child) !== undefined)),
    },
    {
      name: 'earshot_process_restarts_total',
      kind: 'counter',
      help: 'How often the process ended and was restarted since Earshot started',
      value: of((child) => child.restarts),
    },
  ]);
  const texts = children.map((child) => ({ labels: { process: child.name }, text: said.get(child) ?? '' }));
  return [{ labels: {}, text: own }, ...texts];
}

/** Merges checks by part: a part is well when everything that is reported about it is. */
function together(checks: readonly Check[]): Check[] {
  const byPart = new Map<string, Check>();
  for (const check of checks) {
    const known = byPart.get(check.part);
    if (!known || (known.ok && !check.ok)) byPart.set(check.part, check);
  }
  return [...byPart.values()];
}

/** In a child: the `ChildSpec.config` that its supervisor sent. Only in a child that has one. */
export const told = <Config extends object>(): Promise<Config> =>
  new Promise((resolve) =>
    process.once('message', (first: Extract<ChildOrder, { order: 'config' }>) =>
      resolve(first.config as Config),
    ),
  );

/** In a child: reports that it is ready, answers pings, and resolves when asked to stop or orphaned. */
export function supervised(): { ready(telling?: Telling): void; readonly stop: Promise<void> } {
  let resolve: () => void = () => undefined;
  let telling: Telling = {};
  const stop = new Promise<void>((done) => {
    resolve = done;
  });
  const say = (notice: ChildNotice): void => void process.send?.(notice, undefined, {}, () => undefined);
  process.on('message', (message: ChildOrder) => {
    if (message.order === 'stop') resolve();
    else if (message.order === 'readiness') telling.told?.(message.ready);
    else if (message.order === 'metrics')
      say({ notice: 'metrics', n: message.n, text: telling.metrics?.() ?? '' });
    else if (message.order === 'ping') {
      say({ notice: 'pong', n: message.n, checks: telling.checks?.() ?? [] });
      if (message.ready) telling.told?.(message.ready);
    }
  });
  process.on('disconnect', () => resolve());
  process.on('SIGTERM', () => resolve());
  // The terminal sends SIGINT to the whole family; only the supervisor decides the order of stopping.
  process.on('SIGINT', () => undefined);
  return {
    ready(of = {}) {
      telling = of;
      say({ notice: 'ready' });
    },
    stop,
  };
}
