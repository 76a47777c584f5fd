import { readFile } from 'node:fs/promises';
import type { PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import { APP_TAGS } from './app-manifest.ts';
import type { PlainWords } from './plain-words.ts';

/** Where one entry of the web build ended up, paths without the leading `/_/`. */
export interface BuiltFile {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}
/** Vite's manifest by source path. */
export type Manifest = Readonly<Record<string, BuiltFile>>;

/** The files of the web build that a page loads, by their source path. */
export interface Load {
  readonly sources: readonly string[];
  readonly scripted: boolean;
  /** The source of the texts in each language, of which a page loads its own. */
  readonly words?: Readonly<Record<PageLanguage, string>>;
  /** Others of whose files it loads the styles only. */
  readonly styles?: readonly string[];
  /** Tags instead of those that fetch the sources. */
  readonly tags?: string;
}

/** What the head of a page says; `path` is the page's own, `extra` more tags. */
export interface PageHead {
  readonly title: string;
  readonly about: string;
  readonly path: string;
  readonly extra?: string;
  /** Path of an image for previews of links, instead of the one that all pages share. */
  readonly image?: { readonly path: string; readonly says: string; readonly height?: number };
  /** What it is; default a page of a site. Spec: Open Graph, types. */
  readonly type?: 'article' | 'profile';
  /** The origin by which it was asked for: used where the pages have no public address. */
  readonly spoken?: string | undefined;
}

/** Everything around the main part of a page. */
export type Shell = (words: PlainWords, head: PageHead, load: Load, main: string) => string;

/** What the room's page and the home page load. */
export const LISTEN: Load = {
  sources: ['web/kit/style.css', 'web/listen/main.ts'],
  scripted: true,
  words: { en: 'web/kit/english.ts', fr: 'web/kit/french.ts' },
};
/** What the studio page loads. */
export const STUDIO: Load = { sources: ['web/kit/style.css', 'web/studio/main.tsx'], scripted: true };
/** What the player inside another site loads. */
export const EMBED: Load = { ...LISTEN, sources: [...LISTEN.sources, 'web/listen/embed/embed-page.ts'] };
/** What the numbers page loads. */
export const NUMBERS: Load = { sources: ['web/kit/style.css', 'web/numbers/main.ts'], scripted: true };
/** What the operator's page loads. */
export const OPERATE: Load = { sources: ['web/kit/style.css', 'web/operate/main.ts'], scripted: true };
/** What pages without scripts load. */
export const PLAIN: Load = { ...LISTEN, scripted: false };

/** Reads Vite's manifest under `dist`; a missing one means pages without scripts and styles. */
export async function loadManifest(dist: string): Promise<Manifest> {
  const text = await readFile(`${dist}/.vite/manifest.json`, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Manifest;
}

/**
 * The tags that load entries: their styles first, their shared chunks and the texts of the page's language preloaded; no
 * scripts for a page that needs none.
 */
export function loadTags(manifest: Manifest, load: Load, language: PageLanguage): string {
  const { sources, scripted, words, styles: others } = load;
  if (others)
    return [
      { sources: others, scripted: false },
      { sources, scripted },
    ]
      .map((one) => loadTags(manifest, one, language))
      .join('\n');
  const styles = new Set<string>();
  const scripts = new Set<string>();
  const preloads = new Set<string>();
  const visit = (source: string, top: boolean): void => {
    const entry = manifest[source];
    if (!entry || preloads.has(entry.file)) return;
    for (const imported of entry.imports ?? []) visit(imported, false);
    for (const css of entry.css ?? []) styles.add(css);
    if (entry.file.endsWith('.css')) styles.add(entry.file);
    else if (!top) preloads.add(entry.file);
    else if (scripted) scripts.add(entry.file);
  };
  for (const source of sources) visit(source, true);
  if (words) visit(words[language], false);
  if (!scripted) preloads.clear();
  return [
    ...[...styles].map((file) => `<link rel="stylesheet" href="/_/${file}">`),
    ...[...preloads].map((file) => `<link rel="modulepreload" href="/_/${file}">`),
    ...[...scripts].map((file) => `<script type="module" src="/_/${file}"></script>`),
  ].join('\n');
}

const cardImage = (base: string, words: PlainWords, own: PageHead['image']): string =>
  own
    ? `<meta property="og:image" content="${escapeHtml(base + own.path)}">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="${own.height ?? 630}">
<meta property="og:image:alt" content="${escapeHtml(own.says)}">
<meta name="twitter:card" content="summary_large_image">
`
    : `<meta property="og:image" content="${escapeHtml(base)}/_/card.png">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="${escapeHtml(words.card)}">
<meta name="twitter:card" content="summary_large_image">
`;

/**
 * Opens the frame around every page; `base` is the public address without a trailing slash, or nothing; `installable`: the
 * pages of listeners are offered as an app.
 */
export const openShell =
  (manifest: Manifest, base: string, installable = false): Shell =>
  (words, head, load, main) => {
    // Programs that preview a link take no relative address.
    const at = base === '' ? (head.spoken ?? '') : base;
    return `<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>${escapeHtml(head.title)}</title>
<meta name="description" content="${escapeHtml(head.about)}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#f7f3ea" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#11131a" media="(prefers-color-scheme: dark)">
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${installable && load === LISTEN ? APP_TAGS : ''}<meta property="og:site_name" content="Earshot">
<meta property="og:type" content="${head.type ?? 'website'}">
<meta property="og:title" content="${escapeHtml(head.title)}">
<meta property="og:description" content="${escapeHtml(head.about)}">
<meta property="og:locale" content="${words.language === 'fr' ? 'fr_FR' : 'en_GB'}">
${cardImage(at, words, head.image)}${at ? `<meta property="og:url" content="${escapeHtml(at + head.path)}">\n` : ''}${base ? `<link rel="canonical" href="${escapeHtml(base + head.path)}">\n` : ''}${head.extra ?? ''}${load.tags ?? loadTags(manifest, load, words.language)}
</head>
<body>
<header class="top page"><a class="home" href="/">Earshot</a></header>
${main}
<footer class="foot page small ash"><p><a href="/posts">${words.posts}</a> <a href="/account">${words.account}</a> <a href="/privacy">${words.privacy}</a> <a href="/claims">${words.checkNumber}</a> <a href="/verify">${words.verifyLink}</a> <a href="/incidents">${words.incidents}</a> <a href="/feed.xml">${words.feed}</a> <a href="/api">API</a></p></footer>
</body>
</html>
`;
  };
