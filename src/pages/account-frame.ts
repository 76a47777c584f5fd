import type { PageLanguage } from '../base/negotiation.ts';
import { type Load, type Manifest, openShell } from './page-shell.ts';
import { plainWords } from './plain-words.ts';

/** What pages of accounts load: the scripts for the chosen theme and for passkeys, without which everything else works. */
const PEOPLE: Load = {
  sources: ['web/kit/style.css', 'web/people/people.css', 'web/people/theme.ts', 'web/people/passkeys.ts'],
  scripted: true,
};

/** The frame of pages of accounts, which are never kept and never found by search engines. */
export function accountFrame(manifest: Manifest) {
  const shell = openShell(manifest, '');
  return (language: PageLanguage, { title, main }: { title: string; main: string }): string => {
    const head = { title: `${title} · Earshot`, about: title, path: '/account' };
    const extra = '<meta name="robots" content="noindex">\n';
    return shell(plainWords(language), { ...head, extra }, PEOPLE, main);
  };
}
