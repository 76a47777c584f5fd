import { createHash, randomBytes } from 'node:crypto';
import type { PostWish } from './post-fault.ts';

/** A hidden field by which a form that is sent twice, by two taps on its button, makes one post. */
export const onceField = (): string =>
  `<input type="hidden" name="once" value="${randomBytes(16).toString('base64url')}">`;

/**
 * The name under which what a form has made is found again: of the form, and of what was written in it, since whoever goes
 * back to it and writes something else makes another post.
 */
export function formRequest(account: string, sent: URLSearchParams, wish: PostWish): string | undefined {
  const once = sent.get('once') ?? '';
  if (!/^[\w-]{22}$/.test(once)) return undefined;
  const { text, replyTo = null, quoteOf = null, images = [] } = wish;
  const parts = JSON.stringify([account, once, text, replyTo, quoteOf, images]);
  return `form-${createHash('sha256').update(parts).digest('base64url')}`;
}
