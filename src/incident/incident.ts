/** `/incidents/:id.json`: what went wrong, as the measurements say it, and what they support. */

/** What an incident is opened by. */
export type SignKind =
  /** A room is on rung 2 of the ladder or above. */
  | 'rung'
  /** The program is silent although the stage should be heard. */
  | 'dead-air'
  /** A running room has no studio: doors play standby. */
  | 'studio-away'
  /** The announced start has passed, and nobody has spoken. */
  | 'late-start'
  /** Of those who pressed Listen many did not hear anything. */
  | 'failed-joins'
  /** A process of this server ended unexpectedly. */
  | 'process';

/** One measured sign. */
export interface IncidentSign {
  readonly kind: SignKind;
  /** The room it is about; absent when it is about the whole server. */
  readonly room?: string;
  /** Wall-clock ms; `to` is absent while it lasts. */
  readonly from: number;
  readonly to?: number;
  /** The rung, the cause of a silence, the process and how it ended, how many joins of how many failed. */
  readonly detail?: string;
}

/** What the evidence supports. */
export type IncidentLabel = 'NO_OVERLOAD' | 'CROWD' | 'ATTACK' | 'MIXED' | 'INTERNAL_FAULT' | 'UNDETERMINED';

/** What the audience did meanwhile, summed over the rooms of this server; proven listeners, net. */
export interface IncidentAudience {
  /** The middle value of the fifteen minutes before; absent when less than three of them are known. */
  readonly before?: number;
  readonly most: number;
  readonly least: number;
  /** Presses on Listen, those that failed, and sessions that do not count, while it lasted. */
  readonly attempts: number;
  readonly failures: number;
  readonly excluded: number;
}

/** What somebody wrote beside it. */
export interface IncidentNote {
  readonly at: number;
  readonly author: string;
  readonly text: string;
}

/** One incident. */
export interface Incident {
  readonly v: 1;
  readonly id: string;
  /** Wall-clock ms of its first sign, and of the end of its last one; absent while it lasts. */
  readonly window: { readonly from: number; readonly to?: number };
  readonly label: IncidentLabel;
  /** Whether an attack caused it; null when that cannot be known. */
  readonly caused: boolean | null;
  /** What speaks for the label, and what against it, in English. */
  readonly for: readonly string[];
  readonly against: readonly string[];
  /** False when this process was away for a part of it. */
  readonly complete: boolean;
  readonly signs: readonly IncidentSign[];
  readonly rooms: readonly string[];
  readonly audience?: IncidentAudience;
  readonly notes: readonly IncidentNote[];
}
