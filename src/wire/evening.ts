/** `/r/:slug/evening.json`: what the numbers page draws, from the evidence entries of the room. */

/** One point: seconds since 1970, then S, C, M and gross; the largest of each within the step. */
export type EveningPoint = readonly [at: number, s: number, c: number, m: number, gross: number];

/** The joins of one minute. */
export interface EveningJoins {
  /** Seconds since 1970. */
  readonly at: number;
  readonly attempts: number;
  readonly successes: number;
  /** By reason. */
  readonly failures: Readonly<Record<string, number>>;
}

/** Something that happened at a moment. */
export interface EveningEvent {
  /** Seconds since 1970. */
  readonly at: number;
  readonly what:
    | 'scheduled'
    | 'opened'
    | 'first-audio'
    | 'first-speech'
    | 'ended'
    | 'dead-air'
    | 'rung'
    | 'note';
  /** A rung's number, a cause of dead air, a host's note. */
  readonly detail?: string;
  /** Index of its entry in the evidence log. */
  readonly entry?: number;
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

/** Points of a picture; a longer evening has a longer step, and each point is the largest value in it. */
export const MAX_POINTS = 2_000;
/** Events of a picture: the first ones and the clocks stay. */
export const MAX_EVENTS = 500;
