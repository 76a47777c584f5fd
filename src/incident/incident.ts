/** `/incidents/:id.json`: what went wrong, as the measurements say it, and what they support. */

import type { IncidentMinute } from './minutes/incident-minute.ts';
import type { RequestFinding } from './request-finding.ts';
import type { FindingReasons } from './words/finding-reasons.ts';

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
  | 'process'
  /** The requests of the doors have risen, and a good part of them behaves like an attack. */
  | 'hostile-requests'
  /** Nothing was measured: a person says that something is wrong, from now until they close it. */
  | 'person';

/** One measured sign. */
export interface IncidentSign {
  readonly kind: SignKind;
  /** The room it is about; absent when it is about the whole server. */
  readonly room?: string;
  /** Wall-clock ms; `to` is absent while it lasts. */
  readonly from: number;
  readonly to?: number;
  /** The rung, the cause of a silence, the process and how it ended, how many joins of how many failed, a person's words. */
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

/** Who writes beside an incident: the operator of the server, or the host of a room in it. */
export type IncidentAuthor = 'operator' | 'host';

/** What somebody wrote beside it: a statement of that person, never a measurement. */
export interface IncidentNote {
  readonly at: number;
  readonly author: IncidentAuthor;
  /** Of a host: the room. */
  readonly room?: string;
  readonly text: string;
}

/** One version of the operator's account of it; later ones stand above, none is removed. */
export interface IncidentPostmortem {
  readonly at: number;
  readonly author: IncidentAuthor;
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
  /** The same by their codes and numbers, for other languages. */
  readonly reasons: FindingReasons;
  /** False when this process was away for a part of it, or requests of the time are missing. */
  readonly complete: boolean;
  /** The hostile share of what the doors were asked for, with its range; `share` is null where it is not known. */
  readonly hostile: RequestFinding['hostile'];
  /** What each family of features says by itself. */
  readonly families: RequestFinding['families'];
  /** Clients by cost, the most costly first, and attackers; by hashes of a salt that is destroyed each day. */
  readonly clients: RequestFinding['clients'];
  /** Signs that came when five hundred were listed already: they are only counted. */
  readonly unlisted?: number;
  /** Everything else that the requests support; absent where none are known. */
  readonly requests?: RequestFinding;
  readonly signs: readonly IncidentSign[];
  readonly rooms: readonly string[];
  readonly audience?: IncidentAudience;
  /** Minute by minute, from five minutes before it began; twelve hours at most. */
  readonly minutes: readonly IncidentMinute[];
  /** What the person called it who opened it; absent when it was opened by measurement. */
  readonly title?: string;
  readonly notes: readonly IncidentNote[];
  /** Oldest first. */
  readonly postmortems: readonly IncidentPostmortem[];
}
