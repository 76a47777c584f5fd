import type { PageLanguage } from '../base/negotiation.ts';
import { type Load, type Manifest, openShell } from './page-shell.ts';
import { type PlainWords, plainWords } from './plain-words.ts';

/** What pages of accounts load: the scripts for the chosen theme and for passkeys, without which everything else works. */
const PEOPLE: Load = {
  sources: ['web/kit/style.css', 'web/people/people.css', 'web/people/theme.ts', 'web/people/passkeys.ts'],
  scripted: true,
};

/** The ways to what somebody has here; a stranger's lead to what everybody may read, and to an account. */
function waysHtml(
  { ways, posts, account, signIn }: PlainWords,
  at: string,
  isStranger: boolean,
  unseen: number,
): string {
  const isNew = unseen === 0 ? '' : ` (${unseen >= 100 ? '99+' : unseen})`;
  const own = [
    ...[
      ['/following', ways.following] as const,
      ['/posts', ways.here] as const,
      ['/search', ways.search] as const,
    ],
    ...[['/notifications', ways.notifications + isNew] as const, ['/settings', ways.settings] as const],
    ['/account', account] as const,
  ];
  const everybodys = [
    ...[['/posts', ways.here] as const, ['/search', ways.search] as const],
    [`/sign-in?next=${encodeURIComponent(at)}`, signIn] as const,
  ];
  const links = (isStranger ? everybodys : own).map(
    ([path, text]) => `<li><a href="${path}"${path === at ? ' aria-current="page"' : ''}>${text}</a></li>`,
  );
  return `<nav aria-label="${posts}"><ul class="ways">${links.join('')}</ul></nav>`;
}

/** The main part of a page with the ways where they stand on pages of posts: first in what the page is about. */
export const withWays = (
  words: PlainWords,
  main: string,
  at: string,
  isStranger = false,
  unseen = 0,
): string => main.replace(/^<main[^>]*>/, (open) => open + waysHtml(words, at, isStranger, unseen));

/** The frame of pages of accounts, which are never kept and never found by search engines. */
export function accountFrame(manifest: Manifest) {
  const shell = openShell(manifest, '');
  return (
    language: PageLanguage,
    {
      title,
      main,
      own,
      isStranger,
      unseen,
    }: { title: string; main: string; own?: string; isStranger?: boolean; unseen?: number },
  ): string => {
    const head = { title: `${title} · Earshot`, about: title, path: '/account' };
    const extra = '<meta name="robots" content="noindex">\n';
    const words = plainWords(language);
    const inside = own === undefined ? main : withWays(words, main, own, isStranger, unseen);
    return shell(words, { ...head, extra }, PEOPLE, inside);
  };
}
