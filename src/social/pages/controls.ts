import { escapeHtml } from '../../base/plain-text.ts';
import type { SocialWords } from '../words/social-words.ts';

/** A label with its control, and perhaps a hint. */
export function labelled(label: string, id: string, control: string, hint = ''): string {
  const said = hint === '' ? '' : `<p class="hint small" id="${id}-hint">${escapeHtml(hint)}</p>`;
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label>${control}${said}</div>`;
}

const named = (id: string, name: string, hint: string): string =>
  `id="${id}" name="${name}"${hint === '' ? '' : ` aria-describedby="${id}-hint"`}`;

/** A line of text. */
export const lineField = (
  label: string,
  id: string,
  name: string,
  value: string,
  more = '',
  hint = '',
): string =>
  labelled(
    label,
    id,
    `<input ${named(id, name, hint)} dir="auto" autocomplete="off" value="${escapeHtml(value)}" ${more}>`,
    hint,
  );

/** A longer text. */
export const textField = (
  label: string,
  id: string,
  name: string,
  value: string,
  more = '',
  hint = '',
): string =>
  labelled(
    label,
    id,
    `<textarea ${named(id, name, hint)} dir="auto" rows="4" ${more}>\n${escapeHtml(value)}</textarea>`,
    hint,
  );

/** A choice of one. */
export const choice = (
  label: string,
  id: string,
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  now = '',
): string =>
  labelled(
    label,
    id,
    `<select id="${id}" name="${name}">${options
      .map(
        ([value, text]) =>
          `<option value="${escapeHtml(value)}"${value === now ? ' selected' : ''}>${escapeHtml(text)}</option>`,
      )
      .join('')}</select>`,
  );

/** A form that is sent to a page of ours. */
export function sentTo(
  action: string,
  hidden: Readonly<Record<string, string | undefined>>,
  inside: string,
  kind = 'card',
): string {
  const fields = Object.entries(hidden)
    .filter(([, value]) => value !== undefined)
    .map(([name, value = '']) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`);
  return `<form method="post" action="${escapeHtml(action)}" class="${kind}">${fields.join('')}${inside}</form>`;
}

/** The button of a form. */
export const pressed = (text: string, quiet = false, more = ''): string =>
  `<button class="button${quiet ? ' quiet' : ''}"${more}>${escapeHtml(text)}</button>`;

/** A refusal, read aloud at once. */
export const refusedNote = (text: string | undefined): string =>
  text === undefined ? '' : `<p role="alert" class="bad">${escapeHtml(text)}</p>`;

/** What was done. */
export const doneNote = (text: string | undefined): string =>
  text === undefined ? '' : `<p role="status" class="told">${escapeHtml(text)}</p>`;

/** A person's text in its own direction. */
export const own = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`;

const locale = ({ language }: Pick<SocialWords, 'language'>): string => (language === 'fr' ? 'fr' : 'en-GB');

/** A moment as people write it, in UTC. */
export const moment = (words: Pick<SocialWords, 'language'>, at: number): string =>
  `${new Intl.DateTimeFormat(locale(words), { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;

/** A day as people write it. */
export const day = (words: Pick<SocialWords, 'language'>, at: number | string): string =>
  new Intl.DateTimeFormat(locale(words), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at));

/** A moment with its machine-readable form. */
export const time = (words: Pick<SocialWords, 'language'>, at: number): string =>
  `<time datetime="${new Date(at).toISOString()}">${moment(words, at)}</time>`;
