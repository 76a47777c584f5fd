import { escapeHtml } from '../../base/plain-text.ts';
import type { IncidentWords } from '../words/incident-words.ts';

/** Where a page is among the published files, and what its head says. */
export interface PageFrame {
  readonly title: string;
  readonly about: string;
  /** Its address on this server. */
  readonly path: string;
  /** Its file in the other language, as a link from this one. */
  readonly other: string;
  /** From the page to the folder of what belongs to the pages: `` or `incidents/`. */
  readonly folder: string;
  /** The address of the server, without a slash at its end; empty: that of whoever serves the page. */
  readonly base: string;
}

/** A whole page. It loads its style from beside it, so that a copy of the folder works anywhere; no script. */
export function framed(frame: PageFrame, words: IncidentWords, main: string): string {
  const { title, about, path, other, folder, base } = frame;
  const { language, dossier } = words;
  const otherLanguage = language === 'fr' ? 'en' : 'fr';
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(about)}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f7f3ea" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#11131a" media="(prefers-color-scheme: dark)">
<meta property="og:site_name" content="Earshot">
<meta property="og:title" content="${escapeHtml(title)}">
<meta property="og:description" content="${escapeHtml(about)}">
${base === '' ? '' : `<link rel="canonical" href="${escapeHtml(base + path)}">\n`}<link rel="alternate" hreflang="${otherLanguage}" href="${other}">
<link rel="alternate" type="application/atom+xml" href="${folder}feed.xml" title="${escapeHtml(words.title)}">
<link rel="stylesheet" href="${folder}style.css">
</head>
<body>
<header class="top page"><a class="home" href="${escapeHtml(base)}/">Earshot</a></header>
${main}
<footer class="foot page small ash"><p><a href="${escapeHtml(base)}/">${dossier.home}</a> <a href="${folder}feed.xml">${words.feed}</a> <a href="${other}" lang="${otherLanguage}" hreflang="${otherLanguage}">${dossier.otherLanguage}</a></p></footer>
</body>
</html>
`;
}
