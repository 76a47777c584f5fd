/** What doors did for people, counted by what it was for, so that an incident can say what worked and what did not. */

/** What people want of a server; each has an objective of its own, and is looked at for itself. */
export const ANSWER_GROUPS = ['listening', 'joining', 'speaking', 'replays', 'pages', 'numbers'] as const;
/** One of them. */
export type AnswerGroup = (typeof ANSWER_GROUPS)[number];

/** Classes of times: the last holds all that took longer. Upper ends in ms: 1, 2, 4 … 32,768. */
export const TIME_CLASSES = 16;

/** The class of a time in ms. */
export const timeClass = (took: number): number =>
  took <= 1 ? 0 : Math.min(TIME_CLASSES - 1, Math.ceil(Math.log2(took)));

/** Answers of one kind since a door's process began. */
export interface AnswerCount {
  /** What was asked for, or a plain no that is the asker's own (404, for instance). */
  readonly good: number;
  /** Refused because somebody asked too often (429). */
  readonly refused: number;
  /** A fault, or no place, or a part that was away (5xx). */
  readonly failed: number;
  /** How long answers took, by class; endless ones are in none. */
  readonly times: readonly number[];
}

/** What one door has done since its process began, and what it has room for. */
export interface DoorAnswers {
  readonly groups: Readonly<Partial<Record<AnswerGroup, AnswerCount>>>;
  /** Streams that were cut by a fault of the server. */
  readonly cut: number;
  /** From the press on Listen to the first sound, as players told it, by class. */
  readonly firstSound: readonly number[];
  /** Bytes of sound. */
  readonly bytes: number;
  /** Now: connections, and how many it takes. */
  readonly connections: number;
  readonly mostConnections: number;
  /** Bytes per second that may leave it, configured or learned; absent while it is unknown. */
  readonly egressLimit?: number;
}
