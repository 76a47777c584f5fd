/** The supervisor: reads the settings, starts the processes of the chosen roles, waits, and stops them, doors first. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import project from '../package.json' with { type: 'json' };
import { systemClock } from './base/clock.ts';
import { EarshotError } from './base/errors.ts';
import { makeFolder, makePrivateFolder } from './base/folder.ts';
import type { OpenRole } from './base/health.ts';
import { openLineWriter } from './base/line-writer.ts';
import { LINES_LOST, line, openLog, readable } from './base/log.ts';
import { type Exposed, exposition } from './base/metrics.ts';
import { sharesPorts } from './base/port.ts';
import { releasePages } from './base/release-pages.ts';
import { lockFolder } from './base/socket-file.ts';
import { memoryPossible, openSpareMemory } from './base/spare-memory.ts';
import { type Ms, ms } from './base/time.ts';
import { readCertificate } from './certificate/certificate.ts';
import type { Config } from './config/index.ts';
import { type Entry, openJournal, openLostEntries } from './journal/index.ts';
import { readSecret } from './keys/secret.ts';
import { certificateOf, lastGoodCertificate } from './role/certificate-files.ts';
import { resetCountingClock } from './role/counting-clock.ts';
import { serveInner } from './role/inner-http.ts';
import { paths } from './role/paths.ts';
import { openProcessMetrics } from './role/process-metrics.ts';
import { OperationsDesk } from './role/site/operations.ts';
import { readMark } from './role/studio/room-marks.ts';
import { ROLES, type RoleName } from './roles.ts';
import {
  type ChildSpec,
  compiledFolder,
  keepPidFile,
  openFallbackPage,
  openMachine,
  openMonitor,
  type Supervisor,
  open as supervise,
  supervised,
} from './supervisor/index.ts';

const ENTRY = fileURLToPath(new URL('./cli/index.ts', import.meta.url));

/** Doors stop first, so that what they still owe their listeners is still being made. */
const STOP_ORDER: readonly RoleName[] = ['door', 'tally', 'site', 'studio', 'press'];
/** Two of these on one data folder would write over each other's files and take each other's sockets. */
const WRITERS: readonly RoleName[] = ['site', 'studio', 'tally'];
/** What a role that is not a door needs to close files and connections. */
const CLOSE_TIME = ms(4000);
/**
 * Megabytes of heap: many times what each needs, and little enough that a leak ends its process and not the machine.
 */
const HEAP: Readonly<Record<RoleName, number>> = {
  door: 2048,
  site: 1024,
  studio: 1024,
  tally: 1024,
  press: 128,
};

const BUILD = exposition([
  {
    name: 'earshot_build_info',
    kind: 'gauge',
    help: 'Always 1; the labels say what runs',
    value: [[{ version: project.version, node: process.version }, 1]],
  },
]);

/** A studio process holds at most a quarter of the machine's memory divided by their number, within these bytes. */
const LEAST_CELL = 512_000_000;
const MOST_CELL = 1_500_000_000;
/** Of that, codecs and connections are outside of the heap; bytes. */
const OUTSIDE_HEAP = 400_000_000;
const LEAST_HEAP = 192;

/** What one studio process may hold: all memory, bytes, and of it heap, megabytes. */
function cellMemory(config: Config): { readonly memory: number; readonly heap: number } {
  const share = memoryPossible() / 4 / config.cells;
  const memory = config.cellMemory ?? Math.max(LEAST_CELL, Math.min(MOST_CELL, share));
  const heap = Math.floor((memory - OUTSIDE_HEAP) / 2 ** 20);
  return { memory, heap: Math.max(LEAST_HEAP, config.cellMemory ? heap : Math.min(HEAP.studio, heap)) };
}

/** Each thread's own heap of the C library keeps what the thread has freed: 40 MB after some threads have ended. */
const FOR_CHILDREN = { MALLOC_ARENA_MAX: '2' };

/** What every process is doing is gathered at most so often, ms. */
const OPERATIONS_KEPT = 2_000;
/** Beyond it the journal of processes becomes the older part: some 20,000 deaths each. */
const MAX_PROCESSES_BYTES = 4_000_000;
/** Entries that may wait for the disk: what a family of processes can die in minutes. */
const MAX_PROCESSES_WAITING = 1_000;

/** Makes the environment of a child; `environmentWith` of the configuration fits. */
type Environment = (
  more: Readonly<Record<string, string>>,
  instead?: Readonly<Record<string, string>>,
) => Record<string, string | undefined>;

/** The processes of the chosen roles on this machine. */
function family(config: Config, roles: readonly RoleName[], environmentWith: Environment): ChildSpec[][] {
  const at = paths(config.data);
  const compiled = compiledFolder(at.root, at.compiled);
  const env = environmentWith(FOR_CHILDREN, compiled === undefined ? {} : { NODE_COMPILE_CACHE: compiled });
  return STOP_ORDER.filter((role) => roles.includes(role)).map((role) =>
    Array.from(
      // Behind the cells there is one more, which runs while it has rooms.
      { length: ROLES[role].count(config) + (role === 'studio' ? 1 : 0) },
      (_, index): ChildSpec => ({
        name: `${role}-${index}`,
        args: ['role', role, String(index)],
        ...{ config, env },
        grace: (role === 'door' ? config.shutdownGrace + CLOSE_TIME : CLOSE_TIME) as Ms,
        heap: HEAP[role],
        tells: ROLES[role].tells,
        ...(role === 'door' ? { serves: true as const } : {}),
        ...(role === 'studio' ? cellMemory(config) : {}),
        ...(role === 'studio' ? { room: () => readMark(at.cellMarks(index)) } : {}),
        ...(role === 'studio' && index === config.cells ? { wanted: () => existsSync(at.quarantine) } : {}),
      }),
    ),
  );
}

/** What every process is doing, as JSON; whoever asks within two seconds gets the same. */
function openOperations(children: Supervisor, metrics: () => Promise<Exposed[]>): () => Promise<string> {
  const desk = new OperationsDesk();
  let told: { readonly at: number; readonly text: Promise<string> } | undefined;
  const gather = async (): Promise<string> => {
    const gathered = await metrics();
    const [now, wall] = [systemClock.now(), systemClock.wall()];
    const readiness = children.readiness().text;
    const known = { now, wall, version: project.version, children: children.status(), readiness };
    return JSON.stringify(desk.gather({ ...known, metrics: gathered }));
  };
  return () => {
    if (!told || systemClock.now() - told.at > OPERATIONS_KEPT)
      told = { at: systemClock.now(), text: gather() };
    return told.text;
  };
}

/**
 * Runs the chosen roles under supervision until `stop`; `ready` is called when all are up.
 * @throws EarshotError `bad-config` while another Earshot writes in the data folder, or when one has begun to: the
 * newer one stays.
 */
export async function start(
  config: Config,
  roles: readonly RoleName[],
  environmentWith: Environment,
  stop: Promise<void>,
  ready: () => void,
): Promise<void> {
  const at = paths(config.data);
  try {
    makeFolder(at.root);
    // Below the data folder whoever can write could write to the recordings as well.
    makePrivateFolder(at.run, at.run.startsWith(`${at.root}/`));
  } catch (cause) {
    const { message } = cause as Error;
    throw new EarshotError(
      'bad-config',
      `the data folder ${config.data} cannot be used: ${message}. Choose another: --data DIR`,
      { cause },
    );
  }
  const writer = openLineWriter(2, (dropped) =>
    line(
      { time: new Date().toISOString(), level: 'warn', process: 'supervisor', dropped, msg: LINES_LOST },
      writer.terminal,
    ),
  );
  const root = openLog(config.logLevel, { process: 'supervisor' }, { writer });
  const log = root.part('supervisor');
  const lost = Promise.withResolvers<void>();
  await using locks = new AsyncDisposableStack();
  for (const role of WRITERS.filter((writer) => roles.includes(writer))) {
    const held = await lockFolder(at.lock(role), { clock: systemClock, log, lost: lost.resolve });
    if (!held)
      throw new EarshotError(
        'bad-config',
        `another Earshot is using the data folder ${config.data}. Stop it, or choose another folder: npm start -- --data data2`,
      );
    locks.use(held);
  }
  locks.use(keepPidFile(at.pid, systemClock));
  // Roles of one data folder may run under several supervisors: each has a chain of its own.
  const by = `supervisor ${roles.join(' ')}`;
  const lostEntries = openLostEntries(['processes']);
  const processes = locks.use(
    openJournal({
      ...{ path: at.processes, by, keepsOlder: true },
      ...{ maxBytes: MAX_PROCESSES_BYTES, maxWaiting: MAX_PROCESSES_WAITING },
      onLost: lostEntries.of('processes'),
      failed: (error, lost) =>
        log.warn(
          { error: String(error), lost },
          'the journal of processes could not be written: its entries are tried again with the next one, and this log has the same events',
        ),
    }),
  );
  const record = (happened: Entry): void => processes.write({ at: systemClock.wall(), by, ...happened });
  record({ event: 'started', pid: process.pid, version: project.version });
  // Without this entry before the next start, the supervisor itself was killed.
  locks.defer(() => record({ event: 'stopped', pid: process.pid }));
  readSecret(at.secret);
  if (roles.includes('tally')) resetCountingClock(at);
  const certificate = lastGoodCertificate(config);
  const files = certificateOf(config)?.files;
  const machine = locks.use(
    openMachine({
      ...{ clock: systemClock, log, data: config.data },
      ...(files && roles.includes('door') ? { certificate: () => readCertificate(files) } : {}),
    }),
  );
  await using family_ = supervise({
    clock: systemClock,
    log,
    checks: machine.checks,
    record: (happened) => record({ ...happened }),
    // For a person the lines of children are made readable here, where the terminal is.
    output: (text) => writer.write(writer.terminal ? readable(text) : text),
    entry: ENTRY,
    groups: family(config, roles, environmentWith),
    ...(roles.includes('door') && sharesPorts
      ? {
          fallback: openFallbackPage({
            clock: systemClock,
            log,
            port: config.port,
            host: config.host,
            random: Math.random,
            ...(certificate && { certificate }),
          }),
        }
      : {}),
  });
  const own = openProcessMetrics(root);
  locks.use(openSpareMemory({ clock: systemClock, trim: releasePages }));
  const metrics = async (): Promise<Exposed[]> => [
    { labels: {}, text: BUILD },
    { labels: {}, text: machine.metrics() },
    ...(await family_.metrics()),
    { labels: { process: 'supervisor' }, text: own() + lostEntries.metrics() },
  ];
  const operations = openOperations(family_, metrics);
  await using _monitor = await openMonitor({
    ...{ clock: systemClock, log, port: config.metricsPort, host: config.metricsHost },
    ...{ readiness: family_.readiness, metrics, operations },
  });
  // Where roles of one data folder run under several supervisors, the one with the site is asked.
  if (roles.includes('site'))
    locks.use(
      await serveInner(at.supervisorHttp, async () => new Response(await operations()), {
        ...{ clock: systemClock, log },
      }),
    );
  const taken = lost.promise.then(() => {
    throw new EarshotError(
      'bad-config',
      `another Earshot has taken over the data folder ${config.data}, because its run folder was removed: this one stops`,
    );
  });
  await Promise.race([family_.ready.then(ready), stop, taken]);
  await Promise.race([stop, taken]);
}

/**
 * Runs one role in this process, as a child of the supervisor; `open` is called once it is ready. Resolves with the
 * exit code.
 */
export async function runRole(
  config: Config,
  role: RoleName,
  index: number,
  open: () => void,
): Promise<number> {
  const parent = supervised();
  const log = openLog(config.logLevel, { process: `${role}-${index}` });
  await using parts = new AsyncDisposableStack();
  let opened: OpenRole;
  try {
    opened = parts.use(await ROLES[role].open(config, index, log));
  } catch (error) {
    // What we know how to say is one line of the log like any other; the supervisor tries again.
    if (!(error instanceof EarshotError)) throw error;
    log.error({ code: error.code }, error.message);
    return 1;
  }
  const own = openProcessMetrics(log);
  parts.use(openSpareMemory({ clock: systemClock, idle: () => opened.idle?.() ?? true, trim: releasePages }));
  parent.ready({ ...opened, metrics: () => own() + (opened.metrics?.() ?? '') });
  open();
  await parent.stop;
  return 0;
}
