/** `/r/:slug/evening.json`: what the numbers page draws, from the evidence entries of the room. */

import type { HappeningKind } from './evidence-entry.ts';

/** One point of the chart: seconds since 1970, then S, C, M and gross; each is the largest value within the step. */
export type EveningPoint = readonly [at: number, s: number, c: number, m: number, gross: number];

/** The joins of one minute. */
export interface EveningJoins {
  /** Seconds since 1970. */
  readonly at: number;
  readonly attempts: number;
  readonly successes: number;
  /** By reason; those of fewer than 20 together, as `few`. */
  readonly failures: Readonly<Record<string, number>>;
}

/** An event at one moment of the evening. */
export interface EveningEvent {
  /** Seconds since 1970. */
  readonly at: number;
  readonly what: HappeningKind;
  /** A rung's number, the share of sessions that prove, a cause of dead air, a host's note. */
  readonly detail?: string;
  /** Index of its entry in the evidence log. */
  readonly entry?: number;
  /** Of a note: its number, who wrote it and when (seconds since 1970), and which note it answers or takes the place of. */
  readonly note?: EveningNote;
}

/** What is told of a note besides its moment and its text. */
export interface EveningNote {
  readonly seq: number;
  readonly author: string;
  readonly written: number;
  readonly answers?: number;
  readonly corrects?: number;
}

/** The whole evening in at most `MAX_POINTS` points. */
export interface Evening {
  readonly v: 1;
  readonly room: string;
  /** Wall-clock ms when it was made. */
  readonly at: number;
  /** Seconds between two points: 10, or more where the room was long. */
  readonly step: number;
  readonly points: readonly EveningPoint[];
  readonly joins: readonly EveningJoins[];
  readonly events: readonly EveningEvent[];
}

/** Most points of a chart; a longer evening has a longer step, and each point is the largest value in its step. */
export const MAX_POINTS = 2_000;
/** Most events of a chart; the clocks and the earliest events are kept. */
export const MAX_EVENTS = 500;
