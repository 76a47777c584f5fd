import { escapeHtml } from '../../base/plain-text.ts';
import type { FormPage } from '../../form/index.ts';

/** A page in the frame of forms. */
export const wrapped = (title: string, inside: string): FormPage => ({
  title,
  main: `<main class="page people"><h1>${escapeHtml(title)}</h1>${inside}</main>`,
});

/** A page for somebody who is signed in. */
export const wrappedOwn = (title: string, inside: string): FormPage => ({
  ...wrapped(title, inside),
  own: '/operate/reports',
});
