import { escapeHtml } from '../../base/plain-text.ts';

/** A field with its label and, where there is one, its hint. */
export function field(
  label: string,
  name: string,
  attributes: string,
  { value = '', hint = '' }: { value?: string; hint?: string } = {},
): string {
  const id = `f-${name}`;
  const described = hint === '' ? '' : ` aria-describedby="${id}-hint"`;
  const said = hint === '' ? '' : `<p class="hint small" id="${id}-hint">${escapeHtml(hint)}</p>`;
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label><input id="${id}" name="${name}" value="${escapeHtml(value)}"${described} ${attributes}>${said}</div>`;
}

/** A form that is sent to a page of ours; hidden fields by name. */
export function form(
  action: string,
  hidden: Readonly<Record<string, string>>,
  inside: string,
  kind = 'card',
): string {
  const fields = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
  );
  return `<form method="post" action="${action}" class="${kind}">${fields.join('')}${inside}</form>`;
}

/** The button of a form. */
export const button = (text: string, kind = ''): string =>
  `<p><button class="button${kind === '' ? '' : ` ${kind}`}">${escapeHtml(text)}</button></p>`;

/** A button of one row of many; `of` says to screen readers which. */
export const rowButton = (text: string, of: string): string =>
  `<button class="button quiet" aria-label="${escapeHtml(text)}: ${escapeHtml(of)}">${escapeHtml(text)}</button>`;

/** What was done, or why not: read aloud at once when it is a refusal. */
export const said = (text: string | undefined, wrong = false): string =>
  text === undefined
    ? ''
    : `<p role="${wrong ? 'alert' : 'status'}" class="${wrong ? 'bad' : 'told'}">${escapeHtml(text)}</p>`;

/** What a script shows where the browser has passkeys, with what it says. */
export const passkeyBox = (
  words: { readonly passkeyEnded: string; readonly passkeyFailed: string; readonly passkeyKnown: string },
  does: 'add' | 'sign-in',
  inside: string,
): string =>
  `<div data-passkey="${does}" data-ended="${escapeHtml(words.passkeyEnded)}" data-failed="${escapeHtml(words.passkeyFailed)}" data-known="${escapeHtml(words.passkeyKnown)}" hidden>${inside}<p role="status"></p></div>`;

/** A person's text in its own direction. */
export const bdi = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`;

/** A day and time as people write them, in UTC. */
export const when = (language: 'en' | 'fr', at: number | string): string =>
  `${new Intl.DateTimeFormat(language === 'fr' ? 'fr' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;
