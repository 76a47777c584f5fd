/**
 * `/operate.json`: what every process of an installation is doing. It is public, so it holds no address of a person, no
 * link, no path and no title: rooms by the names that their addresses have anyway.
 */
export interface Operations {
  readonly v: 1;
  /** Wall-clock ms when it was gathered. */
  readonly at: number;
  readonly version: string;
  readonly ready: boolean;
  /** The parts that are watched, as `/readyz` says them. */
  readonly checks: readonly { readonly part: string; readonly ok: boolean; readonly says?: string }[];
  readonly processes: readonly WorkingProcess[];
  /** The rooms with most listeners, then those that cost most. */
  readonly rooms: readonly WorkingRoom[];
  readonly doors: readonly WorkingDoor[];
  /** The networks (/24, /48) that cost the doors most, by names that mean nothing outside. */
  readonly prefixes: readonly ExpensiveNetwork[];
  /** The disk of the data folder; absent while it is not known. */
  readonly disk?: WatchedDisk;
  /** Rooms with their doors open, those of them that are live, and their connections: all of them, not only those in `rooms`. */
  readonly counts?: { readonly rooms: number; readonly live: number; readonly listeners: number };
  /** What the doors' defence counts, by its metrics; empty where nothing is counted. */
  readonly defence: readonly { readonly name: string; readonly labels: string; readonly value: number }[];
}

/** The disk of the data folder, in bytes. */
export interface WatchedDisk {
  readonly free: number;
  readonly size: number;
  /** Seconds until it is full at the pace of the last hour; absent while it is not filling up, or not known. */
  readonly fullIn?: number;
}

/** One process. A figure that is not known is absent. */
export interface WorkingProcess {
  readonly name: string;
  readonly role: string;
  /** `asleep`: it is not needed now. */
  readonly state: 'up' | 'starting' | 'silent' | 'asleep';
  readonly pid?: number;
  readonly restarts: number;
  /** Seconds since it was started. */
  readonly seconds?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly memoryLimit?: number;
  /** Share of a core since the gathering before. */
  readonly cpu?: number;
  /** Longest event-loop delay, seconds. */
  readonly late?: number;
}

/** One running room. */
export interface WorkingRoom {
  readonly slug: string;
  readonly live: boolean;
  /** Connections, not people. */
  readonly listeners: number;
  /** The rung in force: 0 is full service. */
  readonly rung: number;
  readonly speakers: number;
  readonly resting: boolean;
  /** Seconds of unintended silence. */
  readonly deadAir: number;
  /** Share of its cell's time, without encoders, since the gathering before. */
  readonly busy?: number;
  /** Its cell. */
  readonly process: string;
}

/** A network that costs a door more than a hundredth of a core. */
export interface ExpensiveNetwork {
  readonly door: string;
  /** Drawn by that door when it starts: nobody can work out the network. `rest`: all who found no place in its table. */
  readonly name: string;
  /** Share of a core, mean of 15 s. */
  readonly cost: number;
  /** As far as they are known. */
  readonly listeners: number;
  /** What is done about it: `serve`, `defer`, `slow`, `wait` or `refuse`. */
  readonly step: string;
}

/** One door. */
export interface WorkingDoor {
  readonly name: string;
  readonly connections: number;
  readonly streams: number;
  /** Mean wait of requests, seconds. */
  readonly wait: number;
  /** Share of the requests that is let in. */
  readonly admitted: number;
  /** Requests put off so far. */
  readonly putOff: number;
}
