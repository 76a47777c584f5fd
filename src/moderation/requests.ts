import { z } from 'zod';
import { plainText } from '../base/plain-text.ts';
import { MOST_BLOCK_RULE } from '../wire/moderation/block-words.ts';
import {
  ABUSE_REASONS,
  ABUSE_WORDS_LENGTH,
  DECISION_ACTS,
  DECISION_REASON_LENGTH,
} from '../wire/moderation/moderation.ts';

const line = (most: number) =>
  z.string().transform((text, context) => {
    const tidy = plainText(text.slice(0, 20_000), most);
    if (tidy !== undefined) return tidy;
    context.issues.push({ code: 'custom', message: `use 1 to ${most} characters`, input: text });
    return z.NEVER;
  });
/** Empty, or something that can be seen: what somebody told must not get lost unnoticed. */
const isReadable = (text: string): boolean =>
  text.trim() === '' || plainText(text, 4 * ABUSE_WORDS_LENGTH) !== undefined;
const UNREADABLE = 'nothing of it can be read';
/** No id and no address has anything else; PostgreSQL takes no NUL. */
const isName = (text: string): boolean => /^[\w.-]+$/.test(text);
const reason = line(DECISION_REASON_LENGTH);
const until = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .optional();

/** A report: `about` is `room`, `person:ID` of the stage, `clip:ID` or `question:ID`. */
export const NEW_REPORT = z.strictObject({
  about: z
    .string()
    .regex(/^(?:room|(?:person|clip|question):[\w-]{0,64})$/, 'use room, person:ID, clip:ID or question:ID')
    .default('room'),
  name: z.string().max(1_000).refine(isReadable, UNREADABLE).optional(),
  reason: z.enum(ABUSE_REASONS),
  words: z
    .string()
    .max(4 * ABUSE_WORDS_LENGTH)
    .refine(isReadable, UNREADABLE)
    .optional(),
  /** Minutes ago. */
  ago: z.int().min(0).max(10_080).optional(),
  /** Second of the recording. */
  t: z.int().min(0).max(999_999).optional(),
  operatorOnly: z.boolean().optional(),
});
/** What is done about a report. */
export const REPORT_CHOICE = z.strictObject({ choice: z.enum(['dismiss', ...DECISION_ACTS]), reason, until });
/** A decision without a report. */
export const NEW_DECISION = z.strictObject({
  act: z.enum(DECISION_ACTS),
  room: z.string().max(64).refine(isName, 'use the address of a room').optional(),
  target: z
    .string()
    .min(1)
    .max(64)
    .refine(isName, 'use the id of a speaker, a clip, a question or an account')
    .optional(),
  /** The address of the account, instead of its id as the target. */
  email: z.string().min(3).max(254).optional(),
  name: line(60).optional(),
  ...{ reason, until },
});
/** Why something is taken back. */
export const LIFTED = z.strictObject({ reason });
/** A suspended account, by its address, and why it is so no longer. */
export const UNSUSPENDED = z.strictObject({ email: z.string().min(3).max(254), reason });
/** A rule of a list of words. */
export const NEW_RULE = z.strictObject({ name: line(MOST_BLOCK_RULE), pattern: line(MOST_BLOCK_RULE) });
