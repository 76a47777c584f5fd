/** The pages beside the room's own that share its script: loaded by whoever is not in a room. */
import { allWordsOf, type ListenWords, language } from '../../kit/words.ts';

/** Opens the page of a room that is closed to strangers, or the home page. */
export async function otherPage(main: HTMLElement, words: ListenWords): Promise<void> {
  if (main.id === 'closed') await (await import('./closed.ts')).closedPage(main, language());
  else (await import('../home/home.ts')).homePage(main, await allWordsOf(words));
}
