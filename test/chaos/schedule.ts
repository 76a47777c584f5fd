/** What a chaos run does and when, drawn from its seed alone: equal seeds give equal schedules. */
import { chance } from '../chance.ts';

/** Processes of Earshot that a fault may meet. */
export type Target = 'door' | 'site' | 'tally' | 'studio' | 'press';

/** One fault. Times in seconds. */
export type Fault =
  | { readonly kind: 'kill'; readonly role: Target; readonly index: number }
  | { readonly kind: 'kill-doors' }
  | { readonly kind: 'kill-supervisor' }
  | { readonly kind: 'stop'; readonly role: Target; readonly index: number; readonly lasts: number }
  | { readonly kind: 'disk-stands'; readonly lasts: number }
  | { readonly kind: 'disk-slow'; readonly lasts: number }
  | { readonly kind: 'disk-full'; readonly lasts: number }
  | { readonly kind: 'database-away'; readonly lasts: number }
  | { readonly kind: 'clock-jumps'; readonly ahead: number; readonly lasts: number }
  | { readonly kind: 'packets-lost'; readonly share: number; readonly lasts: number }
  | { readonly kind: 'speaker-cut'; readonly lasts: number }
  | { readonly kind: 'network-stalls'; readonly lasts: number }
  | { readonly kind: 'network-delays'; readonly delay: number; readonly lasts: number }
  | { readonly kind: 'network-resets' }
  | { readonly kind: 'flood'; readonly of: Flood; readonly lasts: number }
  | { readonly kind: 'no-descriptors'; readonly role: Target; readonly index: number; readonly lasts: number }
  | { readonly kind: 'port-taken'; readonly lasts: number };

/** What a flood consists of. */
export type Flood = 'random-urls' | 'joins-and-leaves' | 'slow-heads' | 'beacons';
export type FaultKind = Fault['kind'];

/** A fault and when it begins, in seconds from the beginning of the schedule. */
export interface Planned {
  readonly at: number;
  readonly fault: Fault;
}

/** The installation that a schedule is for. */
export interface Setup {
  readonly doors: number;
  readonly cells: number;
  readonly database: 'sqlite' | 'postgres';
}

/** Everything that a seed decides. */
export interface Plan {
  readonly seed: number;
  readonly seconds: number;
  readonly setup: Setup;
  readonly faults: readonly Planned[];
}

/** How often a kind is drawn, relative to the others. */
const WEIGHTS: Readonly<Record<FaultKind, number>> = {
  kill: 6,
  'kill-doors': 1,
  'kill-supervisor': 1,
  stop: 4,
  'disk-stands': 2,
  'disk-slow': 2,
  'disk-full': 2,
  'database-away': 3,
  'clock-jumps': 2,
  'packets-lost': 2,
  'speaker-cut': 1,
  'network-stalls': 2,
  'network-delays': 1,
  'network-resets': 1,
  flood: 4,
  'no-descriptors': 2,
  'port-taken': 1,
};
/** All kinds of faults. */
export const FAULT_KINDS = Object.keys(WEIGHTS) as readonly FaultKind[];

/** Seconds in which nothing begins: at the start, between a fault's end and the next, and at the end. */
const FIRST = 5;
const BETWEEN = [5, 10] as const;
const LAST = 15;
/** So often the next fault begins while this one lasts. */
const TOGETHER = 0.2;
/** A role that was killed is back within this; until then a kill lasts. */
const RETURN = 3;

/** A room whose studio dies a third time within a minute is kept apart: that is no accident, and has tests of its own. */
const DEATHS = { most: 2, within: 75 } as const;
/** A process that stands still for longer is replaced. */
const HANGS = 5;

const FLOODS: readonly Flood[] = ['random-urls', 'joins-and-leaves', 'slow-heads', 'beacons'];

/** Seconds that a fault lasts. */
export const lasting = (fault: Fault): number => ('lasts' in fault ? fault.lasts : RETURN);

/** True for what ends a studio. */
const endsStudio = (fault: Fault): boolean =>
  fault.kind === 'port-taken' ||
  fault.kind === 'kill-supervisor' ||
  (fault.kind === 'kill' && fault.role === 'studio') ||
  (fault.kind === 'stop' && fault.role === 'studio' && fault.lasts > HANGS);

/** Draws the schedule of a seed. `only`: kinds to choose from; default: all that the setup has. */
export function planChaos(seed: number, seconds: number, only: readonly FaultKind[] = FAULT_KINDS): Plan {
  const random = chance(seed);
  const between = (low: number, high: number): number => round(low + random() * (high - low));
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const setup: Setup = {
    doors: 2,
    cells: one([1, 2]),
    database: one(['sqlite', 'postgres']),
  };
  const target = (): { role: Target; index: number } => {
    const role = one<Target>(['door', 'site', 'tally', 'studio', 'press']);
    const count = { door: setup.doors, studio: setup.cells, site: 1, tally: 1, press: 1 }[role];
    return { role, index: Math.floor(random() * count) };
  };
  const draw: { readonly [K in FaultKind]: () => Extract<Fault, { kind: K }> } = {
    kill: () => ({ kind: 'kill', ...target() }),
    'kill-doors': () => ({ kind: 'kill-doors' }),
    'kill-supervisor': () => ({ kind: 'kill-supervisor' }),
    stop: () => ({ kind: 'stop', ...target(), lasts: one([between(0.5, 4), between(4, 15)]) }),
    'disk-stands': () => ({ kind: 'disk-stands', lasts: between(1, 5) }),
    'disk-slow': () => ({ kind: 'disk-slow', lasts: between(5, 15) }),
    'disk-full': () => ({ kind: 'disk-full', lasts: between(5, 20) }),
    'database-away': () => ({ kind: 'database-away', lasts: between(3, 25) }),
    'clock-jumps': () => ({
      kind: 'clock-jumps',
      ahead: one([-1, 1]) * between(1, 90),
      lasts: between(5, 15),
    }),
    'packets-lost': () => ({ kind: 'packets-lost', share: one([0.05, 0.1, 0.2]), lasts: between(5, 20) }),
    'speaker-cut': () => ({ kind: 'speaker-cut', lasts: between(2, 12) }),
    'network-stalls': () => ({ kind: 'network-stalls', lasts: between(0.5, 6) }),
    'network-delays': () => ({ kind: 'network-delays', delay: between(0.2, 2), lasts: between(5, 15) }),
    'network-resets': () => ({ kind: 'network-resets' }),
    flood: () => ({ kind: 'flood', of: one(FLOODS), lasts: between(5, 15) }),
    'no-descriptors': () => ({ kind: 'no-descriptors', ...target(), lasts: between(2, 10) }),
    'port-taken': () => ({ kind: 'port-taken', lasts: between(2, 8) }),
  };
  const bag = only
    .filter((kind) => kind !== 'database-away' || setup.database === 'postgres')
    .flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
  const faults: Planned[] = [];
  for (let at: number = FIRST; bag.length > 0; ) {
    const fault = draw[one(bag)]();
    const deaths = faults.filter((past) => endsStudio(past.fault) && at - past.at < DEATHS.within);
    if (endsStudio(fault) && deaths.length >= DEATHS.most) {
      // With kinds that are all of this sort time has to pass first.
      at = round(at + 1);
      continue;
    }
    if (at + lasting(fault) + LAST > seconds) break;
    faults.push({ at, fault });
    const both = random() < TOGETHER;
    at = round(at + (both ? between(0.5, 3) : lasting(fault) + between(...BETWEEN)));
  }
  return { seed, seconds, setup, faults };
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;

/** A fault in words, for the timeline. */
export function describeFault(fault: Fault): string {
  const lasts = 'lasts' in fault ? ` for ${fault.lasts} s` : '';
  switch (fault.kind) {
    case 'kill':
      return `kill -9 of ${fault.role}-${fault.index}`;
    case 'kill-doors':
      return 'kill -9 of all doors at once';
    case 'kill-supervisor':
      return 'kill -9 of the supervisor, which is started again a second later';
    case 'stop':
      return `${fault.role}-${fault.index} is stopped (SIGSTOP)${lasts}`;
    case 'disk-stands':
      return `the disk takes nothing${lasts}`;
    case 'disk-slow':
      return `the disk takes nothing half of the time${lasts}`;
    case 'disk-full':
      return `the disk is full${lasts}`;
    case 'database-away':
      return `the database stands still${lasts}`;
    case 'clock-jumps':
      return `the clock jumps by ${fault.ahead} s and back after ${fault.lasts} s`;
    case 'packets-lost':
      return `${fault.share * 100} % of a speaker's packets are lost each way${lasts}`;
    case 'speaker-cut':
      return `nothing comes from a speaker's network${lasts}`;
    case 'network-stalls':
      return `the network of some listeners stands still${lasts}`;
    case 'network-delays':
      return `the network of some listeners takes ${fault.delay} s${lasts}`;
    case 'network-resets':
      return 'the network of some listeners cuts every connection';
    case 'flood':
      return `a flood of ${fault.of}${lasts}`;
    case 'no-descriptors':
      return `${fault.role}-${fault.index} gets no more file descriptors${lasts}`;
    case 'port-taken':
      return `kill -9 of studio-0, and another program takes its UDP port${lasts}`;
  }
}
