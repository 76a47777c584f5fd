import { escapeHtml } from '../../base/plain-text.ts';
import { shortPage } from './short-page.ts';

/**
 * The page for somebody whose address takes more than its share of a strained server, often because of somebody else
 * behind the same address. `target` is loaded after `seconds`, without a script, and answered then.
 */
export function waitPage(target: string, seconds: number): string {
  const there = escapeHtml(target);
  return shortPage({
    title: 'a moment, please',
    head: `<meta http-equiv="refresh" content="${seconds};url=${there}">`,
    main: `<h1>A moment, please</h1><p>Very many requests come from your address or network, perhaps not from you. So that everyone is served, this page waits for ${seconds} seconds and then loads by itself.</p><p><a href="${there}">Go on after ${seconds} seconds</a></p>`,
    french: `<h2>Un instant, s’il vous plaît</h2><p>Un très grand nombre de demandes vient de votre adresse ou de votre réseau, peut-être pas de vous. Pour que tout le monde soit servi, cette page attend ${seconds} secondes, puis la suite vient d’elle-même.</p><p><a href="${there}">Continuer après ${seconds} secondes</a></p>`,
  });
}
