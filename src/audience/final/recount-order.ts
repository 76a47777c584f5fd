import type { CountingRules } from '../definitions.ts';
import type { StageChange } from '../stage-history.ts';

/** What a recount is to count. */
export interface RecountOrder {
  readonly rawDir: string;
  readonly slug: string;
  /** Wall-clock ms: when the room opened, and when it ended or now. */
  readonly from: number;
  readonly to: number;
  /** When the program carried the stage. */
  readonly stage: readonly StageChange[];
  readonly rules: CountingRules;
}

/** Session ids (48 bits) that do not count, and why. */
export type Exclusions = Map<number, number>;

/** One part of all listeners: those whose key leaves `number` when it is divided by `of`. */
export interface PeoplePart {
  readonly number: number;
  readonly of: number;
}

/** Different listeners with a minute of listening, by days since 1970 (UTC). */
export type PeopleByDay = Readonly<Record<number, number>>;

/** How many listeners there were. */
export interface ExactPeople {
  readonly days: PeopleByDay;
  /** Records that were looked at; each once. */
  readonly records: number;
}

/** What a thread counts: some of the parts, one after the other. */
export interface PeopleOrder {
  readonly order: RecountOrder;
  readonly exclusions: Exclusions;
  /** Into how many parts all listeners are divided, and the numbers of those that are counted here. */
  readonly parts: number;
  readonly mine: readonly number[];
}
/** What a thread answers, once. */
export type PeopleAnswer = { readonly done: ExactPeople } | { readonly error: string };
