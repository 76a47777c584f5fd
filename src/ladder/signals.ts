import type { Strain } from '../wire/delivery.ts';
import { BACKLOG, BACKLOG_LEAST, EGRESS, LOOP, type Threshold, WAIT, WORK_LEAST } from './thresholds.ts';

/** What one room costs a door. */
export interface RoomLoad {
  /** Streams served, live and delayed. */
  readonly streams: number;
  /** Of those, at the live edge. */
  readonly live: number;
}

/** The load on one door since the last call, about a second ago. */
export interface Signals {
  /**
   * How late slots of the write period were served: p99, ms; or how long connections waited in the accept queue, if
   * that is more.
   */
  readonly wait: number;
  /** Event-loop delay: p99, ms. */
  readonly loop: number;
  /** Connections with unsent bytes. */
  readonly unsent: number;
  /** Connections examined. */
  readonly connections: number;
  /** Bytes per second handed to sockets. */
  readonly egress: number;
  /** Streams begun per second. */
  readonly joins: number;
  readonly rooms: ReadonlyMap<string, RoomLoad>;
}

/** The signals combined into one assessment. */
export interface Assessment {
  /** The strongest strain, by how far it is above its threshold; absent when none is. */
  readonly why?: Strain;
  readonly severe: boolean;
  /** True when everything is below its `off`. */
  readonly calm: boolean;
}

/** What the assessment needs besides the signals. */
export interface AssessmentInput {
  /** Listeners' worth of work at rung 0, joins included. */
  readonly demand: number;
  /** Bytes/s that may be sent; Infinity when unknown. */
  readonly limit: number;
  /** The factor by which egress would grow one level lower: 1 where levels differ only in period. */
  readonly below: number;
  readonly workLeast?: number;
}

/** Share of connections with unsent bytes; 0 while there are too few of them to be meaningful. */
export const unsentShare = ({ unsent, connections }: Signals): number =>
  unsent < BACKLOG_LEAST || connections === 0 ? 0 : unsent / connections;

/** Assesses one second. */
export function assess(signals: Signals, circumstances: AssessmentInput): Assessment {
  const { demand, limit, below, workLeast = WORK_LEAST } = circumstances;
  const busy = demand >= workLeast;
  const used = Number.isFinite(limit) ? signals.egress / limit : 0;
  const rows: readonly (readonly [Strain, number, Threshold, number])[] = [
    ['wait', busy ? signals.wait : 0, WAIT, 1],
    ['loop', busy ? signals.loop : 0, LOOP, 1],
    ['backlog', unsentShare(signals), BACKLOG, 1],
    ['egress', used, EGRESS, below],
  ];
  let why: Strain | undefined;
  let worst = 0;
  let severe = false;
  let calm = true;
  for (const [strain, value, threshold, ifLower] of rows) {
    if (value * ifLower >= threshold.off) calm = false;
    if (value < threshold.on) continue;
    severe ||= value >= threshold.severe;
    if (value / threshold.on > worst) {
      worst = value / threshold.on;
      why = strain;
    }
  }
  return { ...(why === undefined ? {} : { why }), severe, calm };
}
