import { OPERATE, type Shell } from './page-shell.ts';
import type { PlainWords } from './plain-words.ts';

/** The operator's page. It is empty without scripts: everything on it comes with the operator's key. */
export function operatePage(shell: Shell, words: PlainWords): string {
  const head = {
    ...{ title: words.operate, about: words.operateAbout, path: '/operate' },
    extra: '<meta name="robots" content="noindex">\n',
  };
  const main = `<main class="operate page"><h1>${words.operate}</h1><noscript><p>${words.operatePlain}</p></noscript></main>`;
  return shell(words, head, OPERATE, main);
}
