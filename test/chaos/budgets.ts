/**
 * What a fault may cost, and whom: everything that is not in these tables is a broken invariant. docs/chaos.md has the
 * same tables in words, with the reason of each line.
 */
import type { ListenerKind } from './listeners/listener.ts';
import type { Fault, Target } from './schedule.ts';

/** A fault that was injected. Times in ms of the runner's clock; `to` is absent while it lasts. */
export interface Injected {
  readonly number: number;
  readonly fault: Fault;
  readonly from: number;
  to?: number;
  /** Names of the listeners whose own connection it met. */
  readonly met: ReadonlySet<string>;
}

/** Nobody is silent for longer. */
export const SILENCE_MS = 3_000;
/** Every role is back within this. */
export const BACK_MS = 10_000;
/** After a fault's end its effects may still be noticed for so long. */
export const AFTER_MS = 10_000;
/** The sound of the segment that was being written when its writer died: 16 fragments. */
export const RUNNING_SEGMENT_MS = 5_120;
/** A speaker's program comes back by itself, with pauses of 1, 2, 4 … s. */
export const VOICE_BACK_MS = 30_000;
/** Somebody new hears something within this, whatever happens. */
export const NEWCOMER_MS = 10_000;

/** Megabytes of memory that a process of a role may have. */
export const MEMORY_MB: Readonly<Record<Target, number>> = {
  door: 300,
  site: 220,
  tally: 220,
  studio: 320,
  press: 160,
};

const lasts = (fault: Fault): number => ('lasts' in fault ? fault.lasts * 1000 : 0);

/** Somebody who hears nothing, or a part of the program that somebody never gets. */
export interface Suffering {
  readonly listener: string;
  readonly kind: ListenerKind;
  readonly isHole: boolean;
  readonly from: number;
  readonly to: number;
}

/** Milliseconds of silence that a listener may have because of this fault alone. */
function silenceFor({ fault, met }: Injected, { listener, kind, isHole }: Suffering): number {
  switch (fault.kind) {
    // Their own door answers nobody until the supervisor has noticed it, and new connections may meet it as well.
    case 'stop':
      return fault.role === 'door' && met.has(listener) ? BACK_MS : SILENCE_MS;
    // Nobody serves until a door is back.
    case 'kill-doors':
      return BACK_MS;
    // All memory is gone: what a player with whole segments had not fetched yet is in the recording alone.
    case 'kill-supervisor':
      return isHole && kind === 'hls' ? BACK_MS + 2 * RUNNING_SEGMENT_MS : BACK_MS;
    // What the network holds back cannot be heard.
    case 'network-stalls':
    case 'network-delays':
      return met.has(listener)
        ? SILENCE_MS + ('delay' in fault ? fault.delay * 1000 : lasts(fault))
        : SILENCE_MS;
    default:
      return SILENCE_MS;
  }
}

/** True while the effects of a fault may be noticed between two instants. */
export const touches = ({ from, to }: Injected, begin: number, end: number): boolean =>
  from <= end && (to === undefined || to + AFTER_MS >= begin);

/** Milliseconds of silence that are allowed: the most that one fault of the time allows. */
export const allowedSilence = (injected: readonly Injected[], suffering: Suffering): number =>
  Math.max(
    SILENCE_MS,
    ...injected
      .filter((one) => touches(one, suffering.from, suffering.to))
      .map((one) => silenceFor(one, suffering)),
  );

/** Milliseconds that the recording may lack because of this fault; 0: nothing. */
export function archiveFor({ fault }: Injected): number {
  switch (fault.kind) {
    case 'kill':
    case 'stop':
      return fault.role === 'studio' ? RUNNING_SEGMENT_MS + Math.min(lasts(fault), BACK_MS) + BACK_MS : 0;
    case 'port-taken':
    case 'kill-supervisor':
      return RUNNING_SEGMENT_MS + lasts(fault) + BACK_MS;
    // What the disk does not take cannot be there; the recording says so.
    case 'disk-full':
    case 'disk-stands':
    case 'disk-slow':
      return RUNNING_SEGMENT_MS + lasts(fault) + BACK_MS;
    case 'no-descriptors':
      return fault.role === 'studio' ? RUNNING_SEGMENT_MS + lasts(fault) : 0;
    default:
      return 0;
  }
}

/** Parts of `/readyz` that this fault itself makes unwell, and that are not roles that have to come back. */
export const waitsForEnd = ({ fault }: Injected): boolean =>
  [
    ...['disk-full', 'disk-stands', 'disk-slow', 'database-away', 'no-descriptors'],
    // It cannot begin while another program has its port.
    'port-taken',
  ].includes(fault.kind);
