/** Moderation: what can be told about a room, and what can be decided then. */

/**
 * What a report is about: the room as a whole, somebody on its stage, a clip, a question in text; or a post, or what
 * somebody shows of themselves (`profile`), which belong to no room.
 */
export const ABUSE_SUBJECTS = ['room', 'person', 'clip', 'question', 'post', 'profile'] as const;
/** One of them. */
export type AbuseSubject = (typeof ABUSE_SUBJECTS)[number];

/** Why somebody reports something; the last one needs words. */
export const ABUSE_REASONS = [
  'threat',
  'hate',
  'harassment',
  'sexual',
  'illegal',
  'private',
  'spam',
  'other',
] as const;
/** One of them. */
export type AbuseReason = (typeof ABUSE_REASONS)[number];

/**
 * What can be decided. `remove`: a link no longer opens the stage. `ban`: link and device. `hide-clip`, `end-room`.
 * `hide-question`: a question is out of the list. `unlist-room`: it is in no list any more. `stop-room`: stage, stream and recording are closed to everybody. `suspend`: an account cannot sign in, host or speak.
 * `remove-post`: its content goes, and a tombstone with the reason stays. `clear-profile`: what somebody shows of themselves is
 * gone, but for name and address.
 */
export const DECISION_ACTS = [
  'remove',
  'ban',
  'hide-clip',
  'hide-question',
  'end-room',
  'unlist-room',
  'stop-room',
  'suspend',
  'remove-post',
  'clear-profile',
] as const;
/** One of them. */
export type DecisionAct = (typeof DECISION_ACTS)[number];

/** What only the operator decides. */
export const OPERATOR_ACTS: readonly DecisionAct[] = [
  'unlist-room',
  'stop-room',
  'suspend',
  'remove-post',
  'clear-profile',
];

/** What cannot be taken back. */
export const LASTING_ACTS: readonly DecisionAct[] = ['end-room', 'remove-post', 'clear-profile'];

/** What was found about a report without anything being decided. */
export type AbuseOutcome = DecisionAct | 'dismiss';

/** Who decided. */
export type DeciderRole = 'operator' | 'host' | 'co-host';

/** Longest reason and longest words, in characters (code points). */
export const DECISION_REASON_LENGTH = 300;
/** Longest text of a report, an objection, and an answer to one. */
export const ABUSE_WORDS_LENGTH = 1_000;

/** The number by which somebody finds their report again, without the signs that people add. */
export const abuseNumberOf = (text: string): string | undefined => {
  const bare = text.toLowerCase().replace(/[\s-]/g, '');
  return /^[a-hj-km-np-z2-9]{12}$/.test(bare) ? bare : undefined;
};
