import { escapeHtml } from '../../base/plain-text.ts';

/** What a script shows where the browser has passkeys, with what it says. */
export const passkeyBox = (
  words: { readonly passkeyEnded: string; readonly passkeyFailed: string; readonly passkeyKnown: string },
  does: 'add' | 'sign-in',
  inside: string,
): string =>
  `<div data-passkey="${does}" data-ended="${escapeHtml(words.passkeyEnded)}" data-failed="${escapeHtml(words.passkeyFailed)}" data-known="${escapeHtml(words.passkeyKnown)}" hidden>${inside}<p role="status"></p></div>`;
