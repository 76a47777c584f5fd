import { z } from 'zod';
import { plainText } from '../base/plain-text.ts';
import {
  LONGEST_CLIP_MS,
  MOST_CLIP_TEXT,
  MOST_LINK,
  MOST_TITLE,
  SHORTEST_CLIP_MS,
} from '../wire/replay/edits.ts';

const words = (most: number, what: string) =>
  z
    .string(`use 1 to ${most} characters`)
    .max(4 * most, `use 1 to ${most} characters`)
    .transform((text, context) => {
      const tidy = plainText(text, most);
      if (tidy !== undefined) return tidy;
      context.issues.push({ code: 'custom', message: `use 1 to ${most} characters`, input: text });
      return z.NEVER;
    })
    .meta({ description: what, minLength: 1, maxLength: most });

const LINK = `use an address that begins with https:// or http://, of at most ${MOST_LINK} characters`;
const link = z
  .string(LINK)
  .max(MOST_LINK, LINK)
  .transform((text, context) => {
    const tidy = text.trim();
    const url = /^https?:\/\//i.test(tidy) && URL.canParse(tidy) ? new URL(tidy) : undefined;
    // An address with a password in it is shown to everybody.
    if (url && url.username === '' && url.password === '' && url.href.length <= MOST_LINK) return url.href;
    context.issues.push({ code: 'custom', message: LINK, input: text });
    return z.NEVER;
  })
  .meta({ description: 'Where to read more' });

const WHEN = 'use a time with its offset, such as 2026-12-01T20:14:03.250+01:00';
const moment = z.iso
  .datetime({ offset: true, error: WHEN })
  .transform((text) => Date.parse(text))
  .meta({ description: 'A moment of the evening' });

const title = words(MOST_TITLE, 'What it is about');
const SHORTEST = `a clip lasts ${SHORTEST_CLIP_MS / 1000} to ${LONGEST_CLIP_MS / 1000} seconds`;
const text = words(MOST_CLIP_TEXT, 'Shown below the title');

/** A chapter at a moment; by default now. */
export const NEW_CHAPTER = z.strictObject({ title, link: link.optional(), at: moment.optional() });
/** What may be mended of a chapter; a link of null is taken away. */
export const MENDED_CHAPTER = z
  .strictObject({ title: title.optional(), link: link.nullable().optional(), at: moment.optional() })
  .refine((change) => Object.keys(change).length > 0, 'give a title, a link or a moment');

/** A clip between two moments, or of the last seconds. */
export const NEW_CLIP = z
  .strictObject({
    ...{ title, text: text.optional(), from: moment.optional(), to: moment.optional() },
    last: z
      .number(SHORTEST)
      .min(SHORTEST_CLIP_MS / 1000, SHORTEST)
      .max(LONGEST_CLIP_MS / 1000, SHORTEST)
      .optional()
      .meta({ description: 'Seconds before now, or before `to`' }),
  })
  .refine(
    ({ from, to, last }) =>
      from === undefined ? last !== undefined : to !== undefined && last === undefined,
    'give from and to, or last',
  )
  .refine(({ from, to }) => {
    if (from === undefined || to === undefined) return true;
    return to - from >= SHORTEST_CLIP_MS && to - from <= LONGEST_CLIP_MS;
  }, SHORTEST)
  .meta({ example: { title: 'A word', last: 30 } });
/** What may be mended of a clip; a text of null is taken away. */
export const MENDED_CLIP = z
  .strictObject({ title: title.optional(), text: text.nullable().optional() })
  .refine((change) => Object.keys(change).length > 0, 'give a title or a text');

/** Characters of a trim's note: it goes into an entry of the evidence log together with the hash. */
export const MOST_TRIM_NOTE = 100;
/** A stretch to leave out, and why. */
export const NEW_TRIM = z
  .strictObject({ from: moment, to: moment, note: words(MOST_TRIM_NOTE, 'Why; everybody reads it') })
  .refine(({ from, to }) => to - from >= 1_000, 'leave out a second or more: to lies behind from');

const DAYS = 'use a whole number of days from 1 to 3650, or null for as long as the server keeps it';
/** How long the recording is kept. */
export const KEEP = z.strictObject({ days: z.int(DAYS).min(1, DAYS).max(3_650, DAYS).nullable() });
