import { escapeHtml } from '../../base/plain-text.ts';
import { shortPage } from './short-page.ts';

/**
 * The page that is sent while this door has no time for pages: a few lines that lead to the sound and reload by
 * themselves after `pause` s.
 */
export function busyPage(slug: string | undefined, pause: number): string {
  const sound = slug === undefined ? '' : `/r/${escapeHtml(slug)}/radio.mp3`;
  const listen = (word: string): string => (sound === '' ? '' : `<p><a href="${sound}">${word}</a></p>`);
  const player = sound === '' ? '' : `<audio controls preload="none" src="${sound}"></audio>`;
  return shortPage({
    title: 'many people are arriving',
    head: `<meta http-equiv="refresh" content="${pause}">`,
    main: `<h1>Many people are arriving</h1><p>This page is short so that everyone can hear. The whole page will load by itself in ${pause} seconds.</p>${listen('Listen now')}${player}`,
    french: `<h2>Beaucoup de monde arrive</h2><p>Cette page est courte pour que tout le monde puisse entendre. La page entière viendra d’elle-même dans ${pause} secondes.</p>${listen('Écouter')}`,
  });
}
