import { z } from 'zod';
import { ABUSE_REASONS, ABUSE_WORDS_LENGTH } from '../../wire/moderation/moderation.ts';
import { NOTIFICATION_KINDS } from '../notifications/notification.ts';
import { ALT_LENGTH, MOST_IMAGES } from '../posts/post-images.ts';
import { postKeyOf } from '../posts/post-key.ts';
import { HANDLE } from '../text/facets.ts';
import { BIO_LENGTH, POST_LENGTH, type TextFault, tidyOptional } from '../text/post-text.ts';

/** Links in a profile. */
export const MOST_LINKS = 5;
/** The longest reason for a deletion, in grapheme clusters. */
export const REASON_LENGTH = 200;

const FAULTS: Readonly<Record<TextFault, string>> = {
  empty: 'nothing of it can be read',
  'too-long': 'it is too long',
  'too-many-marks': 'more than 8 marks are on one letter, or one character is made of more than 40 parts',
  broken: 'it has half of a surrogate pair',
};
const person = (most: number) =>
  z.string().transform((sent, context) => {
    const tidy = tidyOptional(sent, most);
    if ('text' in tidy) return tidy.text;
    context.issues.push({ code: 'custom', message: FAULTS[tidy.fault], input: sent });
    return z.NEVER;
  });
/** The address of a post, as its number. */
const post = z.string().transform((id, context) => {
  const key = postKeyOf(id);
  if (key !== undefined) return key;
  context.issues.push({ code: 'custom', message: 'use the id of a post', input: id });
  return z.NEVER;
});
const slug = z.string().regex(/^[a-z0-9-]{3,64}$/, 'use the address of a room');
/** Neither a name before the host nor what nobody sees is in it: both make one address look like another. */
function isPlainLink(url: string): boolean {
  if (!/^https?:\/\/[^\s<>"\p{C}]+$/iu.test(url) || !URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username === '' && password === '';
}
const link = z.string().max(300).refine(isPlainLink, 'use an address with https://');

/** Chooses one's address. */
export const NEW_PROFILE = z.strictObject({
  handle: z.string().regex(HANDLE, 'use 2 to 30 of a-z, 0-9 and _').describe('The name in /@name; it stays'),
});
/** Changes what one shows; what is absent stays. */
export const PROFILE_CHANGE = z.strictObject({
  bio: person(BIO_LENGTH).optional().describe(`At most ${BIO_LENGTH} characters`),
  links: z.array(link).max(MOST_LINKS).optional(),
  pinnedPost: post.nullable().optional(),
  pinnedRoom: slug.nullable().optional(),
});
/** A new post. The text itself is looked at where it is kept. */
export const NEW_POST = z.strictObject({
  text: z
    .string()
    .max(40 * POST_LENGTH)
    .describe(`At most ${POST_LENGTH} characters as people count them (grapheme clusters)`),
  replyTo: post.optional(),
  quoteOf: post.optional(),
  images: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[0-9a-f]{32}$/, 'use the id of an image that was uploaded'),
        alt: z
          .string()
          .max(40 * ALT_LENGTH)
          .default('')
          .describe(
            `What is to be seen on it, for people who cannot see it: at most ${ALT_LENGTH} characters`,
          ),
      }),
    )
    .max(MOST_IMAGES)
    .optional()
    .describe('Images that POST /api/images has taken; with one, the text may be empty'),
  room: slug.optional().describe('The room whose card it carries; default: the first that it links to'),
  clip: z
    .string()
    .regex(/^\w{1,20}$/)
    .optional(),
});
/** An edit. Without `images` those of the post stay. */
export const POST_EDIT = NEW_POST.pick({ text: true, images: true });
/** Why a post is deleted; shown on its tombstone. */
export const DELETION = z.strictObject({
  reason: person(REASON_LENGTH).describe('Stands on the tombstone; empty: none'),
});
/** A complaint about a post or a profile. */
export const NEW_COMPLAINT = z.strictObject({
  reason: z.enum(ABUSE_REASONS),
  words: person(ABUSE_WORDS_LENGTH).optional(),
});

/** Up to when notifications were seen. */
export const SEEN = z.strictObject({
  until: z.iso
    .datetime()
    .meta({ description: 'The `at` of the newest that was read', example: '2026-12-01T20:00:00Z' }),
});
/** Changes what one is told; what is absent stays. */
export const SETTINGS_CHANGE = z.strictObject({
  off: z.array(z.enum(NOTIFICATION_KINDS)).max(NOTIFICATION_KINDS.length).optional(),
  people: z.enum(['all', 'followed']).optional(),
  mail: z.boolean().optional(),
  language: z.enum(['en', 'fr']).nullable().optional().describe('Null: that of the browser'),
});
