import { ERRORS } from '../base/errors.ts';
import { escapeHtml } from '../base/plain-text.ts';
import { ENGLISH_ONLY } from './plan-page.ts';

/** The head of the page of all refusals. */
export const ERRORS_HEAD = {
  ...{ title: 'Error codes', about: 'Every refusal of Earshot and its code.', path: '/errors' },
} as const;

/** Its main part: every code with its status and meaning. */
export function errorsMain(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
  );
  return `<main class="plain page"><h1>What Earshot can refuse</h1>
${ENGLISH_ONLY}
<p>Every refusal carries one of these codes, in the field <code>code</code> of an <code>application/problem+json</code> body.</p>
<table class="folds"><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></main>`;
}
