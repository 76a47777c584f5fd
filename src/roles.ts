import type { OpenRole } from './base/health.ts';
import type { Log } from './base/log.ts';
import type { Config } from './config/index.ts';

/** A role: its parts, what its death costs, and how the parts are opened. */
export interface Role {
  /** The parts that live in its process, in the order of a voice. */
  readonly parts: readonly string[];
  /** What people notice while it is dead. */
  readonly cost: string;
  /** What it answers for on `/readyz` beside itself. */
  readonly tells: readonly string[];
  /** How many processes of it run on one machine. */
  count(config: Config): number;
  /** Opens its parts; disposing closes them in reverse. Loaded only in the process that needs it. */
  open(config: Config, index: number, log: Log): Promise<OpenRole>;
}

/** The table of roles and their parts. */
export const ROLES = {
  studio: {
    parts: ['stage', 'mixer', 'packager', 'archive', 'queue'],
    tells: ['recording', 'udp'],
    cost: 'its rooms hear standby for some seconds, from the doors',
    count: (config) => config.cells,
    open: async (config, index, log) => (await import('./role/studio.ts')).openStudio(config, index, log),
  },
  site: {
    parts: ['store', 'room'],
    tells: ['database'],
    cost: 'changes to rooms, until it is back; nobody loses sound',
    count: () => 1,
    open: async (config, _index, log) => (await import('./role/site.ts')).openSite(config, log),
  },
  tally: {
    parts: ['audience', 'evidence'],
    tells: ['records', 'evidence'],
    cost: 'figures stand still, and are taken again from what the doors kept; nobody loses sound',
    count: () => 1,
    open: async (config, _index, log) => (await import('./role/tally.ts')).openTally(config, log),
  },
  press: {
    parts: ['press'],
    tells: [],
    cost: 'pages about incidents are read from the disk by the doors; nobody loses sound',
    count: () => 1,
    open: async (config, _index, log) => (await import('./role/press.ts')).openPress(config, log),
  },
  door: {
    parts: ['origin', 'archive', 'ladder', 'queue', 'door'],
    tells: [],
    cost: 'its own listeners reconnect, without a gap',
    count: (config) => config.doors,
    open: async (config, index, log) => (await import('./role/door.ts')).openDoor(config, index, log),
  },
} as const satisfies Record<string, Role>;

/** The name of a role. */
export type RoleName = keyof typeof ROLES;

/** The text as a role, or undefined. */
export const asRole = (text: string | undefined): RoleName | undefined =>
  text !== undefined && Object.hasOwn(ROLES, text) ? (text as RoleName) : undefined;
