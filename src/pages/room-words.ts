import { escapeHtml } from '../base/plain-text.ts';
import type { RoomCard } from '../wire/room.ts';
import type { PlainWords } from './plain-words.ts';

/** Names, each isolated in its own text direction. Spec: HTML, 4.5.24. */
export const byline = (card: RoomCard, words: PlainWords): string =>
  card.hosts.length > 0
    ? words.with(card.hosts.map((name) => `<bdi>${escapeHtml(name)}</bdi>`).join(', '))
    : '';

/** Matches letters of right-to-left scripts. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Text written by people, isolated in its own direction where there is no markup. Spec: UAX 9, 3.1.4 (FSI, PDI). */
export const isolated = (text: string): string => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

/** The title of a room. The demo room's name is ours, so it is shown in the reader's language. */
export const titleOf = (card: RoomCard, words: PlainWords): string =>
  card.welcome ? words.welcome : card.title;

/** A room's name in its addresses, taken apart: behind `~` stands the key to a private room. */
export function nameOf(name: string): { readonly slug: string; readonly key?: string } {
  const [slug = '', key] = name.split('~');
  return key === undefined ? { slug } : { slug, key };
}

/** The same for scripts, as attributes. */
export function nameData(name: string): string {
  const { slug, key } = nameOf(name);
  return `data-slug="${slug}"${key === undefined ? '' : ` data-key="${key}"`}`;
}
