import { element } from '../kit/element.ts';
import { localHost } from '../kit/local-address.ts';
import type { AllWords } from '../kit/words.ts';

/** Says that a link works on this computer only; undefined for a link that others can open. */
export function localNote(link: string, words: AllWords): HTMLElement | undefined {
  const host = localHost(link);
  return host === undefined ? undefined : element('p', { class: 'local small ash' }, words.localOnly(host));
}
