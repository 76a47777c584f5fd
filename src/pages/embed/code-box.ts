import { escapeHtml } from '../../base/plain-text.ts';
import type { PlainWords } from '../plain-words.ts';

const WORDS = {
  en: { code: 'Code for another site', copy: 'Copy the code', copied: 'Code copied' },
  fr: { code: 'Code pour un autre site', copy: 'Copier le code', copied: 'Code copié' },
} as const;

/** Code for another site, to be copied by hand, or by a button where scripts run (`web/people/copy-code.ts`). */
export function codeBox(code: string, { language }: Pick<PlainWords, 'language'>): string {
  const words = WORDS[language];
  return `<details class="code"><summary>${words.code}</summary><textarea class="code" readonly rows="4" dir="ltr" spellcheck="false" aria-label="${words.code}" data-copy="${words.copy}" data-copied="${words.copied}">${escapeHtml(code)}</textarea></details>\n`;
}
