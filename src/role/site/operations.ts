import type { Exposed } from '../../base/metrics.ts';
import type {
  ExpensiveNetwork,
  Operations,
  WatchedDisk,
  WorkingDoor,
  WorkingProcess,
  WorkingRoom,
} from '../../wire/operations/operations.ts';

/** Rooms that are told. */
const MOST_ROOMS = 50;
/** Networks that are told. */
const MOST_PREFIXES = 20;
/** Samples of the defence that are told. */
const MOST_DEFENCE = 100;
const SAMPLE = /^([a-z_][\w]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** One sample of a process's metrics. */
interface ProcessSample {
  readonly process: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What the supervisor knows of a child. */
export interface ChildStatus {
  readonly name: string;
  readonly pid: number | undefined;
  readonly restarts: number;
  readonly ready: boolean;
  readonly asleep: boolean;
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Bytes. */
  readonly memory: number | undefined;
}

/** What is gathered at one moment. */
export interface Gathered {
  /** Monotonic and wall-clock ms. */
  readonly now: number;
  readonly wall: number;
  readonly version: string;
  readonly children: readonly ChildStatus[];
  /** The text of `/readyz`. */
  readonly readiness: string;
  readonly metrics: readonly Exposed[];
}

function* samplesOf(metrics: readonly Exposed[]): Generator<ProcessSample> {
  for (const { labels: own, text } of metrics)
    for (const line of text.split('\n')) {
      const found = line.startsWith('#') ? undefined : SAMPLE.exec(line);
      if (!found) continue;
      const [, name = '', inside = '', number] = found;
      const labels = Object.fromEntries([...inside.matchAll(LABEL)].map(([, key, value]) => [key, value]));
      yield { process: String(own.process ?? labels.process ?? ''), name, labels, value: Number(number) };
    }
}

/** `/readyz` as data. */
const checksOf = (readiness: string): Operations['checks'] =>
  readiness
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, part = '', state, says] = /^(\S+)\s+(ok|failed)(?:\s+(.*))?$/.exec(line) ?? [];
      return part === '' ? [] : [{ part, ok: state === 'ok', ...(says ? { says } : {}) }];
    });

/** Makes `/operate.json` of the metrics of all processes; remembers counters, so that it can tell shares. */
export class OperationsDesk {
  #counters = new Map<string, number>();
  #at: number | undefined;

  /** The installation now. */
  gather({ now, wall, version, children, readiness, metrics }: Gathered): Operations {
    const samples = [...samplesOf(metrics)];
    const seconds = this.#at === undefined ? undefined : (now - this.#at) / 1000;
    const counters = new Map<string, number>();
    /** What a counter grew by per second since the gathering before. */
    const rate = (key: string, value: number | undefined): number | undefined => {
      if (value === undefined) return undefined;
      counters.set(key, value);
      const before = this.#counters.get(key);
      if (before === undefined || seconds === undefined || seconds < 0.2 || value < before) return undefined;
      return (value - before) / seconds;
    };
    const byProcess = Map.groupBy(samples, ({ process }) => process);
    const processes = children.map((child) => processOf(child, byProcess.get(child.name) ?? [], now, rate));
    const rooms = roomsOf(samples, rate);
    const disk = diskOf(samples);
    const told: Operations = {
      ...{ v: 1, at: wall, version, ready: readiness.startsWith('ready') },
      checks: checksOf(readiness),
      processes,
      counts: {
        ...{ rooms: rooms.length, live: rooms.filter(({ live }) => live).length },
        listeners: rooms.reduce((sum, { listeners }) => sum + listeners, 0),
      },
      rooms: rooms.slice(0, MOST_ROOMS),
      doors: children
        .filter(({ name }) => name.startsWith('door-'))
        .flatMap(({ name }) => doorOf(name, byProcess.get(name) ?? [])),
      prefixes: prefixesOf(samples),
      ...(disk ? { disk } : {}),
      defence: defenceOf(samples),
    };
    this.#counters = counters;
    this.#at = now;
    return told;
  }
}

function processOf(
  child: ChildStatus,
  samples: readonly ProcessSample[],
  now: number,
  rate: (key: string, value: number | undefined) => number | undefined,
): WorkingProcess {
  const { name, pid, restarts, ready, asleep, startedAt, memory: memoryLimit } = child;
  const value = (what: string): number | undefined =>
    samples.find((one) => one.name === `earshot_process_${what}`)?.value;
  const [memory, late] = [value('resident_memory_bytes'), value('late_seconds')];
  const cpu = rate(`cpu ${name} ${pid}`, value('cpu_seconds_total'));
  return {
    ...{ name, role: name.replace(/-\d+$/, ''), restarts },
    state: asleep ? 'asleep' : !ready ? 'starting' : memory === undefined ? 'silent' : 'up',
    ...(pid === undefined ? {} : { pid, seconds: Math.round((now - startedAt) / 1000) }),
    ...(memory === undefined ? {} : { memory }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(late === undefined ? {} : { late }),
  };
}

function roomsOf(
  samples: readonly ProcessSample[],
  rate: (key: string, value: number | undefined) => number | undefined,
): WorkingRoom[] {
  const ofRooms = samples.filter(
    ({ name, process }) => name.startsWith('earshot_room_') && process.startsWith('studio-'),
  );
  const rooms = [...Map.groupBy(ofRooms, ({ labels }) => labels.room ?? '')].map(
    ([slug, own]): WorkingRoom => {
      const value = (what: string): number =>
        own.find(({ name }) => name === `earshot_room_${what}`)?.value ?? 0;
      const process = own[0]?.process ?? '';
      const busy = rate(`room ${process} ${slug}`, value('busy_seconds_total'));
      return {
        ...{ slug, live: value('live') === 1, listeners: value('listeners'), rung: value('ladder_level') },
        ...{
          speakers: value('speakers'),
          resting: value('resting') === 1,
          deadAir: value('dead_air_seconds'),
        },
        ...(busy === undefined ? {} : { busy }),
        process,
      };
    },
  );
  return rooms
    .filter(({ slug }) => slug !== '')
    .sort((a, b) => b.listeners - a.listeners || (b.busy ?? 0) - (a.busy ?? 0));
}

/** The disk as the supervisor watches it; undefined while it does not know. */
function diskOf(samples: readonly ProcessSample[]): WatchedDisk | undefined {
  const [free, size, fullIn] = ['free_bytes', 'size_bytes', 'full_seconds'].map((what) => {
    const value = samples.find(({ name }) => name === `earshot_disk_${what}`)?.value;
    return Number.isFinite(value) ? value : undefined;
  });
  if (free === undefined || size === undefined) return undefined;
  return { free, size, ...(fullIn === undefined ? {} : { fullIn }) };
}

function doorOf(name: string, samples: readonly ProcessSample[]): WorkingDoor[] {
  if (samples.length === 0) return [];
  const sum = (what: string): number =>
    samples.filter((one) => one.name === `earshot_door_${what}`).reduce((all, { value }) => all + value, 0);
  return [
    {
      ...{ name, connections: sum('open_connections'), streams: sum('streams') },
      ...{
        wait: sum('queueing_wait_seconds'),
        admitted: sum('admitted_ratio'),
        putOff: sum('put_off_total'),
      },
    },
  ];
}

/** The networks that cost most, of all doors. */
function prefixesOf(samples: readonly ProcessSample[]): ExpensiveNetwork[] {
  const of = (what: string): ProcessSample[] =>
    samples.filter(({ name }) => name === `earshot_door_defence_prefix_${what}`);
  const listeners = new Map(
    of('listeners').map(({ process, labels, value }) => [`${process} ${labels.prefix}`, value]),
  );
  return of('cost_ratio')
    .map(({ process: door, labels: { prefix: name = '', step = '' }, value: cost }) => ({
      ...{ door, name, cost, step },
      listeners: listeners.get(`${door} ${name}`) ?? 0,
    }))
    .sort((a, b) => b.cost - a.cost)
    .slice(0, MOST_PREFIXES);
}

/** What the defence of all doors counts, added up; labels that could name a network are hashes there. */
function defenceOf(samples: readonly ProcessSample[]): Operations['defence'] {
  const sums = new Map<string, { readonly name: string; readonly labels: string; value: number }>();
  for (const { name, labels, value } of samples) {
    const short = /^earshot_door_defence_(\w+)$/.exec(name)?.[1];
    if (short === undefined || short.startsWith('prefix_')) continue;
    const said = Object.entries(labels)
      .filter(([key]) => key !== 'process')
      .map(([key, word]) => `${key} ${word}`)
      .join(', ');
    const known = sums.get(`${short} ${said}`) ?? { name: short, labels: said, value: 0 };
    known.value += value;
    sums.set(`${short} ${said}`, known);
  }
  return [...sums.values()].slice(0, MOST_DEFENCE);
}
