import { escapeHtml } from '../base/plain-text.ts';

/** What a control has beside its label and its name. */
export interface ControlExtras {
  /** Unique on the page; absent: `f-` and the name. */
  readonly id?: string;
  readonly value?: string;
  readonly hint?: string;
}

/** A label with its control, and perhaps a hint. */
export function labelled(label: string, id: string, control: string, hint = ''): string {
  const said = hint === '' ? '' : `<p class="hint small" id="${id}-hint">${escapeHtml(hint)}</p>`;
  return `<div class="field"><label for="${id}">${escapeHtml(label)}</label>${control}${said}</div>`;
}

/** The attributes by which a control names its hint. */
export const named = (id: string, name: string, hint = ''): string =>
  `id="${id}" name="${name}"${hint === '' ? '' : ` aria-describedby="${id}-hint"`}`;

/** A line with its label; `attributes` say what belongs into it. */
export const field = (
  label: string,
  name: string,
  attributes: string,
  { id = `f-${name}`, value = '', hint = '' }: ControlExtras = {},
): string =>
  labelled(label, id, `<input ${named(id, name, hint)} value="${escapeHtml(value)}" ${attributes}>`, hint);

/** A line of people's own words, in its own direction. */
export const lineField = (label: string, name: string, more = '', extras: ControlExtras = {}): string =>
  field(label, name, `dir="auto" autocomplete="off" ${more}`.trimEnd(), extras);

/** A longer text of theirs. */
export const textField = (
  label: string,
  name: string,
  more = '',
  { id = `f-${name}`, value = '', hint = '' }: ControlExtras = {},
): string =>
  labelled(
    label,
    id,
    // A line break right after the tag is not part of the text. Spec: HTML, 13.1.2.5.
    `<textarea ${named(id, name, hint)} dir="auto" rows="4" ${more}>\n${escapeHtml(value)}</textarea>`,
    hint,
  );

/** A choice of one. */
export const choice = (
  label: string,
  name: string,
  options: readonly (readonly [value: string, text: string])[],
  { id = `f-${name}`, value = '', hint = '' }: ControlExtras = {},
): string =>
  labelled(
    label,
    id,
    `<select ${named(id, name, hint)}>${options
      .map(
        ([one, text]) =>
          `<option value="${escapeHtml(one)}"${one === value ? ' selected' : ''}>${escapeHtml(text)}</option>`,
      )
      .join('')}</select>`,
    hint,
  );

/** A box to tick; it is sent as `value` where it is ticked. */
export const checkBox = (
  label: string,
  name: string,
  on: boolean,
  { id = `f-${name}`, value = '1', hint = '' }: ControlExtras = {},
): string =>
  `<div class="field"><label class="check"><input type="checkbox" ${named(id, name, hint)} value="${escapeHtml(value)}"${on ? ' checked' : ''}> ${escapeHtml(label)}</label>${
    hint === '' ? '' : `<p class="hint small" id="${id}-hint">${escapeHtml(hint)}</p>`
  }</div>`;

/** A form that is sent to a page of ours; hidden fields by name. */
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

/** The same with files in it. */
export const sentWithFiles = (...form: Parameters<typeof sentTo>): string =>
  sentTo(...form).replace('<form ', '<form enctype="multipart/form-data" ');

/** The button of a form; `kind`: more classes, such as `quiet`. */
export const button = (text: string, kind = '', more = ''): string =>
  `<button class="button${kind === '' ? '' : ` ${kind}`}"${more === '' ? '' : ` ${more}`}>${escapeHtml(text)}</button>`;

/** The same on a line of its own. */
export const buttonLine = (text: string, kind = ''): string => `<p>${button(text, kind)}</p>`;

/** A button of one row of many; `of` says to screen readers which. */
export const rowButton = (text: string, of: string): string =>
  button(text, 'quiet', `aria-label="${escapeHtml(`${text}: ${of}`)}"`);

/** A refusal, read aloud at once. */
export const refusedNote = (text: string | undefined): string =>
  text === undefined ? '' : `<p role="alert" class="bad">${escapeHtml(text)}</p>`;

/** What was done. */
export const doneNote = (text: string | undefined): string =>
  text === undefined ? '' : `<p role="status" class="told">${escapeHtml(text)}</p>`;

/** A person's text in its own direction. */
export const own = (text: string): string => `<bdi>${escapeHtml(text)}</bdi>`;

/** What a text is written in. */
interface Written {
  readonly language: 'en' | 'fr';
}

const locale = ({ language }: Written): string => (language === 'fr' ? 'fr' : 'en-GB');

/** A moment as people write it, in UTC. */
export const moment = (words: Written, at: number | string): string =>
  `${new Intl.DateTimeFormat(locale(words), { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(at))} UTC`;

/** A day as people write it. */
export const day = (words: Written, at: number | string): string =>
  new Intl.DateTimeFormat(locale(words), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at));

/** A moment with its machine-readable form. */
export const time = (words: Written, at: number): string =>
  `<time datetime="${new Date(at).toISOString()}">${moment(words, at)}</time>`;
