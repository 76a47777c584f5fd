declare const kind: unique symbol;

/** The public name of a room in its URL: 3 to 64 of `a-z 0-9 -`. */
export type Slug = string & { readonly [kind]: 'Slug' };
/** One speaker's place in one room; it survives reconnects. Letters, digits, `-` and `_`, up to 40. */
export type SpeakerId = string & { readonly [kind]: 'SpeakerId' };

const SLUG = /^[a-z0-9](?:[a-z0-9-]{1,62})[a-z0-9]$/;
const SPEAKER = /^[A-Za-z0-9_-]{1,40}$/;

/** The text as a slug, or undefined when it is not one. */
export const asSlug = (text: string): Slug | undefined => (SLUG.test(text) ? (text as Slug) : undefined);
/** The text as a speaker id, or undefined when it is not one. */
export const asSpeakerId = (text: string): SpeakerId | undefined =>
  SPEAKER.test(text) ? (text as SpeakerId) : undefined;
