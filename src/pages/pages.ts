import { readFile } from 'node:fs/promises';
import { ERRORS } from '../base/errors.ts';
import type { Language } from '../base/negotiation.ts';
import { isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import { escapeHtml } from './escape.ts';
import { type PlainWords, plainWords } from './plain-words.ts';
import { planMain } from './plan-page.ts';
import { readingPart, readsAlong } from './reading-part.ts';
import { instant, sentence } from './sentence.ts';

/**
 * Renders pages: the same HTML for everyone with the same language (English by default), useful without scripts,
 * enhanced by the scripts of the web build.
 */
export interface Pages {
  home(cards: readonly RoomCard[], language?: Language): string;
  room(card: RoomCard, state?: RoomState, language?: Language): string;
  studio(card: RoomCard, language?: Language): string;
  notFound(language?: Language): string;
  errors(): string;
  /** The calculator, with the values its form was submitted with. */
  plan(query: URLSearchParams): string;
}

/** Where one entry of the web build ended up, paths without the leading `/_/`. */
export interface Entry {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
}
/** Vite's manifest by source path. */
export type Manifest = Readonly<Record<string, Entry>>;

/** The favicon: an arc of seats over a point on the stage. */
export const FAVICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#11131a"/>' +
  '<g fill="none" stroke="#ff8a5c" stroke-width="2.6" stroke-linecap="round"><path d="M5 22a11 11 0 0 1 22 0"/>' +
  '<path d="M10.5 22a5.5 5.5 0 0 1 11 0" opacity=".65"/></g><circle cx="16" cy="22" r="2.4" fill="#f1ece1"/></svg>';

/** What robots may read. */
export const ROBOTS =
  'User-agent: *\nDisallow: /api/\nDisallow: /r/*/stream\nDisallow: /r/*/radio.\nDisallow: /r/*/studio\n';

/** Reads Vite's manifest under `dist`; a missing one means pages without scripts and styles. */
export async function loadManifest(dist: string): Promise<Manifest> {
  const text = await readFile(`${dist}/.vite/manifest.json`, 'utf8').catch(() => '{}');
  return JSON.parse(text) as Manifest;
}

/** The tags that load entries: their styles first, their shared chunks preloaded; no scripts for a page that needs none. */
function tags(
  manifest: Manifest,
  { sources, scripted }: { sources: readonly string[]; scripted: boolean },
): string {
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
  if (!scripted) preloads.clear();
  return [
    ...[...styles].map((file) => `<link rel="stylesheet" href="/_/${file}">`),
    ...[...preloads].map((file) => `<link rel="modulepreload" href="/_/${file}">`),
    ...[...scripts].map((file) => `<script type="module" src="/_/${file}"></script>`),
  ].join('\n');
}

const LISTEN = { sources: ['web/kit/style.css', 'web/listen/main.ts'], scripted: true };
const STUDIO = { sources: ['web/kit/style.css', 'web/studio/main.tsx'], scripted: true };
const PLAIN = { ...LISTEN, scripted: false };

const time = (at: number, { language }: PlainWords): string =>
  `<time datetime="${new Date(at).toISOString()}">${instant(at, language)}</time>`;

const CLOCKS = ['scheduled', 'opened', 'firstAudio', 'firstSpeech'] as const;

/** The four clocks and the end. A clock without a time yet shows a dash. */
function clocks({ clocks: struck }: RoomCard, words: PlainWords): string {
  const rows = CLOCKS.map((key) => {
    const at = struck[key];
    return `<div><dt>${words.clocks[key]}</dt><dd>${at === undefined ? '—' : time(at, words)}</dd></div>`;
  });
  if (struck.ended !== undefined)
    rows.push(`<div><dt>${words.clocks.ended}</dt><dd>${time(struck.ended, words)}</dd></div>`);
  return `<dl class="clocks">${rows.join('')}</dl>`;
}

/** How many rooms of each kind the home page lists: the soonest to come, and the newest that are over. */
const MAX_LISTED = { coming: 200, over: 20 } as const;

/** Sound for browsers without scripts. */
function plainAudio(card: RoomCard, words: PlainWords): string {
  const at = `/r/${card.slug}`;
  if (isRunning(card.status))
    return (
      `<noscript><p><a class="button" href="${at}/radio.mp3">${words.listen}</a></p><audio controls preload="none"><source src="${at}/radio.mp3" type="audio/mpeg">` +
      `<source src="${at}/radio.aac" type="audio/aac"></audio></noscript>`
    );
  if (card.status === 'ended')
    return `<noscript><p><a class="button" href="${at}/replay.m4a">${words.replay}</a></p></noscript>`;
  if (card.status === 'scheduled')
    return `<noscript><p><a href="${at}/event.ics">${words.calendar}</a></p></noscript>`;
  return '';
}

/** Names, each isolated in its own text direction. Spec: HTML, 4.5.24. */
const byline = (card: RoomCard, words: PlainWords): string =>
  card.hosts.length > 0
    ? words.with(card.hosts.map((name) => `<bdi>${escapeHtml(name)}</bdi>`).join(', '))
    : '';

/** Matches letters of right-to-left scripts. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Text written by people, isolated in its own direction where there is no markup. Spec: UAX 9, 3.1.4 (FSI, PDI). */
const isolated = (text: string): string => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

/** The demo room's name is ours, so it is shown in the reader's language. */
const titleOf = (card: RoomCard, words: PlainWords): string => (card.welcome ? words.welcome : card.title);

/** The form field for the operator's link, for browsers without scripts, where not everybody may start rooms. */
const operatorField = (words: PlainWords): string =>
  `<label>${words.operator} <input name="operator" type="password" autocomplete="off" aria-describedby="operator-hint"></label>
<p class="small ash" id="operator-hint">${words.operatorHint}</p>
`;

/** Opens the renderer. `asksForLink`: not everybody may start rooms. `publicUrl` without a trailing slash; it is used in link previews only. */
export function openPages(deps: { manifest: Manifest; publicUrl?: string; asksForLink?: boolean }): Pages {
  const base = (deps.publicUrl ?? '').replace(/\/+$/, '');
  const cardImage = (words: PlainWords): string =>
    `<meta property="og:image" content="${escapeHtml(base)}/_/card.png">
<meta property="og:image:type" content="image/png">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta property="og:image:alt" content="${escapeHtml(words.card)}">
<meta name="twitter:card" content="summary_large_image">
`;
  const shell = (
    words: PlainWords,
    head: { title: string; about: string; path: string; extra?: string },
    load: { sources: readonly string[]; scripted: boolean },
    main: string,
  ): string =>
    `<!doctype html>
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
<meta property="og:site_name" content="Earshot">
<meta property="og:type" content="website">
<meta property="og:title" content="${escapeHtml(head.title)}">
<meta property="og:description" content="${escapeHtml(head.about)}">
<meta property="og:locale" content="${words.language === 'fr' ? 'fr_FR' : 'en_GB'}">
${cardImage(words)}${base ? `<meta property="og:url" content="${escapeHtml(base + head.path)}">\n<link rel="canonical" href="${escapeHtml(base + head.path)}">\n` : ''}${head.extra ?? ''}${tags(deps.manifest, load)}
</head>
<body>
<header class="top page"><a class="home" href="/">Earshot</a></header>
${main}
</body>
</html>
`;

  const listed = (card: RoomCard, words: PlainWords): string =>
    `<li class="room" data-slug="${card.slug}" data-status="${card.status}"><a href="/r/${card.slug}"><h3 dir="auto">${escapeHtml(titleOf(card, words))}</h3></a>` +
    `<p class="hosts">${byline(card, words)}</p><p class="what">${sentence(card, undefined, words)}</p></li>`;
  const section = (id: string, title: string, cards: readonly RoomCard[], words: PlainWords): string =>
    cards.length > 0
      ? `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><ul class="rooms">${cards.map((card) => listed(card, words)).join('\n')}</ul></section>`
      : '';

  return {
    home(cards, language = 'en') {
      const words = plainWords(language);
      const on = cards.filter((c) => isRunning(c.status));
      const next = cards
        .filter((c) => c.status === 'scheduled')
        .sort((a, b) => (a.clocks.scheduled ?? 0) - (b.clocks.scheduled ?? 0))
        .slice(0, MAX_LISTED.coming);
      const over = cards
        .filter((c) => c.status === 'ended')
        .sort((a, b) => (b.clocks.ended ?? 0) - (a.clocks.ended ?? 0))
        .slice(0, MAX_LISTED.over);
      const main = `<main id="home" class="home-page page">
<h1>${words.homeTitle}</h1>
<p class="lede">${words.homeLead}</p>
<div id="rooms">${section('on', words.on, on, words)}
${section('next', words.coming, next, words)}
${section('over', words.over, over, words)}${on.length + next.length + over.length === 0 ? `<p class="empty">${words.nothing}</p>` : ''}</div>
<section id="start" aria-labelledby="start-title"><h2 id="start-title">${words.start}</h2>
<form id="new-room" method="post" action="/api/rooms">
<label>${words.what} <input name="title" required maxlength="140" autocomplete="off" dir="auto"></label>
<label>${words.name} <input name="host" maxlength="60" autocomplete="name" dir="auto"></label>
<label>${words.when} <input name="start" type="datetime-local" aria-describedby="when-hint"></label>
<p class="small ash" id="when-hint">${words.whenHint}</p>
${deps.asksForLink ? operatorField(words) : ''}<button type="submit" class="button">${words.start}</button>
</form></section>
</main>`;
      return shell(words, { title: words.homeAbout, about: words.homeLead, path: '/' }, LISTEN, main);
    },
    room(card, state, language = 'en') {
      const words = plainWords(language);
      const what = sentence(card, state, words);
      const title = titleOf(card, words);
      const at = `/r/${card.slug}`;
      const main = `<main class="room-page page">
<h1 dir="auto">${escapeHtml(title)}</h1>
<p class="hosts">${byline(card, words)}</p>
<p id="what" class="what" role="status">${what}</p>
<div id="room" data-slug="${card.slug}" data-status="${card.status}" data-title="${escapeHtml(card.title)}" data-hosts="${escapeHtml(JSON.stringify(card.hosts))}" data-clocks="${escapeHtml(JSON.stringify(card.clocks))}"${card.zero === undefined ? '' : ` data-zero="${card.zero}"`}${card.welcome ? ' data-welcome="1"' : ''}></div>
${plainAudio(card, words)}
${readsAlong(state) ? `${readingPart(state)}\n` : ''}${clocks(card, words)}
</main>`;
      const sound =
        base && isRunning(card.status)
          ? `<meta property="og:audio" content="${escapeHtml(base + at)}/radio.mp3">\n<meta property="og:audio:type" content="audio/mpeg">\n`
          : '';
      const hosts = card.hosts.length > 0 ? words.with(card.hosts.map(isolated).join(', ')) : '';
      const about = [hosts, what.replace(/<[^>]*>/g, '')].filter(Boolean).join('. ');
      return shell(words, { title: isolated(title), about, path: at, extra: sound }, LISTEN, main);
    },
    studio(card, language = 'en') {
      const words = plainWords(language);
      const title = titleOf(card, words);
      // A translator takes texts out of the page's hands: what it shows would no longer be what is.
      const main = `<main id="studio" class="notranslate" translate="no" data-slug="${card.slug}" data-title="${escapeHtml(card.title)}">
<h1 dir="auto">${escapeHtml(title)}</h1>
<noscript><p>${words.studioPlain(`/r/${card.slug}`)}</p></noscript>
</main>`;
      const head = {
        title: words.studio(isolated(title)),
        about: words.studioAbout,
        path: `/r/${card.slug}/studio`,
        extra: '<meta name="robots" content="noindex">\n',
      };
      return shell(words, head, STUDIO, main);
    },
    notFound(language = 'en') {
      const words = plainWords(language);
      return shell(
        words,
        {
          title: words.missingTitle,
          about: words.missingAbout,
          path: '/',
          extra: '<meta name="robots" content="noindex">\n',
        },
        PLAIN,
        `<main class="plain page"><h1>${words.missing}</h1><p>${words.missingWay}</p></main>`,
      );
    },
    plan: (query) =>
      shell(
        plainWords('en'),
        {
          title: 'How many machines?',
          about: 'Machines, traffic and costs for a crowd, from what was measured.',
          path: '/plan',
        },
        PLAIN,
        planMain(query),
      ),
    errors() {
      const rows = Object.entries(ERRORS).map(
        ([code, { status, title }]) =>
          `<tr id="${code}"><td><a href="#${code}"><code>${code}</code></a></td><td>${status}</td><td>${escapeHtml(title)}</td></tr>`,
      );
      const main = `<main class="plain page"><h1>What Earshot can refuse</h1>
<p>Every refusal carries one of these codes, in the field <code>code</code> of an <code>application/problem+json</code> body.</p>
<table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></main>`;
      return shell(
        plainWords('en'),
        { title: 'Error codes', about: 'Every refusal of Earshot and its code.', path: '/errors' },
        PLAIN,
        main,
      );
    },
  };
}
