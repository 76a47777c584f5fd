import { escapeHtml } from '../../base/plain-text.ts';
import type { ModerationWords } from '../words/moderation-words.ts';

/** A page: its title and its main part. */
export interface ModerationPage {
  readonly title: string;
  readonly main: string;
}

/** A page in the frame of forms. */
export const wrapped = (title: string, inside: string): ModerationPage => ({
  title,
  main: `<main class="page people"><h1>${escapeHtml(title)}</h1>${inside}</main>`,
});

/** A label with what belongs to it. */
export function labelled(label: string, id: string, control: string, hint = ''): string {
  const said = hint === '' ? '' : `<p class="hint small" id="${id}-hint">${escapeHtml(hint)}</p>`;
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label>${control}${said}</div>`;
}

/** The attributes by which a control names its hint. */
export const named = (id: string, name: string, hint = ''): string =>
  `id="${id}" name="${name}"${hint === '' ? '' : ` aria-describedby="${id}-hint"`}`;

/** A line of text. */
export const textField = (label: string, id: string, name: string, more: string, hint = ''): string =>
  labelled(label, id, `<input ${named(id, name, hint)} dir="auto" autocomplete="off" ${more}>`, hint);

/** A longer text. */
export const wordsField = (
  label: string,
  id: string,
  name: string,
  value: string,
  most: number,
  hint = '',
  more = '',
): string =>
  labelled(
    label,
    id,
    `<textarea ${named(id, name, hint)} dir="auto" rows="3" maxlength="${most}" ${more}>${escapeHtml(value)}</textarea>`,
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
    `<select ${named(id, name)}>${options
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
export const pressed = (text: string, quiet = false): string =>
  `<p><button class="button${quiet ? ' quiet' : ''}">${escapeHtml(text)}</button></p>`;

/** A refusal, read aloud at once. */
export const refusedNote = (text: string | undefined): string =>
  text === undefined ? '' : `<p role="alert" class="bad">${escapeHtml(text)}</p>`;

/** What was done. */
export const doneNote = (text: string | undefined): string =>
  text === undefined ? '' : `<p role="status" class="told">${escapeHtml(text)}</p>`;

/** A person's text in its own direction. */
export const own = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`;

/** A day and time as people write them, in UTC. */
export const moment = ({ language }: Pick<ModerationWords, 'language'>, at: number): string =>
  `${new Intl.DateTimeFormat(language === 'fr' ? 'fr' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
