import type { PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import type { EmbedWish } from '../wire/listening/embed-wish.ts';
import type { MetricId } from '../wire/metrics.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { Operations } from '../wire/operations/operations.ts';
import type { Clip } from '../wire/replay/edits.ts';
import type { ReplayOutline } from '../wire/replay/outline.ts';
import { isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import { clipPage } from './clip-page.ts';
import { closedEmbed, closedHead, closedMain } from './closed/closed-page.ts';
import { clipEmbed } from './embed/clip-embed.ts';
import { oembedLinks } from './embed/oembed-links.ts';
import { roomEmbed } from './embed/room-embed.ts';
import { ERRORS_HEAD, errorsMain } from './errors-page.ts';
import { homeMain } from './home-page.ts';
import { numbersWords } from './numbers/catalogue.ts';
import { figureCard } from './numbers/figure-card.ts';
import { headline, numbersMain } from './numbers/numbers-main.ts';
import { postNumbersHead, postNumbersMain } from './numbers/post-numbers.ts';
import { operatePage } from './operate-page.ts';
import {
  EMBED,
  LISTEN,
  loadTags,
  type Manifest,
  NUMBERS,
  openShell,
  PLAIN,
  type Shell,
  STUDIO,
} from './page-shell.ts';
import { type PlainWords, plainWords } from './plain-words.ts';
import { planMain } from './plan-page.ts';
import { cardPath, roomPreview } from './preview/room-preview.ts';
import { privacyHead, privacyMain } from './privacy-page.ts';
import { waitsByItself } from './room/take-part.ts';
import { roomMain } from './room-page.ts';
import { isolated, nameData, nameOf, titleOf } from './room-words.ts';
import { sentence } from './sentence.ts';
import { type VerifyFiles, verifyMain, verifyPolicy, verifyTags } from './verify-page.ts';

/**
 * Renders pages: the same HTML for everyone with the same language (English by default), useful without scripts,
 * enhanced by the scripts of the web build.
 */
export interface Pages {
  home(cards: readonly RoomCard[], language?: PageLanguage): string;
  /** `asked`: when (wall-clock ms), and by which origin, for previews of its link where no public address is set. */
  room(
    card: RoomCard,
    state?: RoomState,
    language?: PageLanguage,
    outline?: ReplayOutline,
    asked?: { readonly now?: number; readonly spoken?: string },
  ): string;
  /**
   * A clip; undefined: one that is gone. `spoken`: the origin by which it was asked for, for previews of its link where no
   * public address is set.
   */
  clip(card: RoomCard, clip: Clip | undefined, language?: PageLanguage, at?: number, spoken?: string): string;
  /** The player of a room for pages of other sites. */
  embed(card: RoomCard, state?: RoomState, wish?: EmbedWish): string;
  /** A clip there; undefined: one that is gone. */
  clipEmbed(card: RoomCard, clip: Clip | undefined, wish?: EmbedWish): string;
  studio(card: RoomCard, language?: PageLanguage): string;
  numbers(card: RoomCard, numbers: RoomNumbers | undefined, language?: PageLanguage): string;
  /** One figure as an SVG image, by default with the drawing of its unit; undefined when no such figure is known. */
  figureCard(
    id: string,
    card: RoomCard,
    numbers: RoomNumbers,
    language?: PageLanguage,
    drawn?: boolean,
  ): string | undefined;
  notFound(language?: PageLanguage): string;
  /** What stands where no room is open to whoever asks: there is none, or it is private. */
  closed(slug: string, language?: PageLanguage): string;
  /** The same inside another site's page. */
  closedEmbed(wish?: EmbedWish): string;
  /** What is kept about listeners, and for how long. */
  privacy(language?: PageLanguage): string;
  /** What the numbers under a post mean. */
  postNumbers(language?: PageLanguage): string;
  /** What every process is doing, and what scripts add with the operator's key. */
  operate(told: Operations | undefined, language?: PageLanguage): string;
  errors(): string;
  /** The calculator, with the values its form was submitted with. */
  plan(query: URLSearchParams): string;
  /** The page that checks bundles: one file, with everything in it. */
  verify(language?: PageLanguage): string;
  /** Whether the pages are offered as an app, and browsers keep a page for moments without a connection. */
  readonly installable: boolean;
  /** Its own content security policy; undefined where it is not built, and has no scripts. */
  readonly verifyPolicy: string | undefined;
}

/** The favicon: an arc of seats over a point on the stage. */
export const FAVICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#11131a"/>' +
  '<g fill="none" stroke="#ff8a5c" stroke-width="2.6" stroke-linecap="round"><path d="M5 22a11 11 0 0 1 22 0"/>' +
  '<path d="M10.5 22a5.5 5.5 0 0 1 11 0" opacity=".65"/></g><circle cx="16" cy="22" r="2.4" fill="#f1ece1"/></svg>';

/** A frame whose page around says nothing. */
const ENGLISH: EmbedWish = { language: 'en' };

const NOINDEX = '<meta name="robots" content="noindex">\n';

/** The feeds of a page: for podcast programs, and for readers. `path`: without its ending. */
const feedLink = (path: string, title: string): string =>
  [
    ['application/rss+xml', 'xml'],
    ['application/atom+xml', 'atom'],
  ]
    .map(
      ([type, ending]) =>
        `<link rel="alternate" type="${type}" href="${path}.${ending}" title="${escapeHtml(title)}">\n`,
    )
    .join('');

/** The text of robots.txt. */
export const ROBOTS =
  'User-agent: *\nDisallow: /api/\nDisallow: /r/*/stream\nDisallow: /r/*/radio.\nDisallow: /r/*/studio\n';

/** Who hosts a room, and what happens there, as plain text. */
function aboutOf(card: RoomCard, what: string, words: PlainWords): string {
  const hosts = card.hosts.length > 0 ? words.with(card.hosts.map(isolated).join(', ')) : '';
  return [hosts, what.replace(/<[^>]*>/g, ''), card.about].filter(Boolean).join('. ');
}

/** What previews of a room's link show. */
function linkOf(card: RoomCard, what: string, now: number, words: PlainWords) {
  const { language } = words;
  const { state, mark, when, title } = roomPreview(card, now, language);
  const about = aboutOf(card, state === 'late' ? `${mark}. ${when}` : what, words);
  // A stranger is told nothing of a private room, the image of its link included.
  if (card.access === 'private') return { about };
  const image = { path: cardPath(card, now, language), says: `${mark}: ${isolated(title)}. ${when}` };
  return { about, image };
}

/** What the head of a room's page tells other programs. */
function roomLinks(card: RoomCard, title: string, base: string): string {
  // What is private is for nobody else's pages, and its address is written without the key.
  if (card.access === 'private') return NOINDEX;
  const at = `/r/${card.slug}`;
  const sound =
    base && isRunning(card.status)
      ? `<meta property="og:audio" content="${escapeHtml(base + at)}/radio.mp3">\n<meta property="og:audio:type" content="audio/mpeg">\n`
      : base && card.status === 'ended'
        ? `<meta property="og:audio" content="${escapeHtml(base + at)}/replay.m4a">\n<meta property="og:audio:type" content="audio/mp4">\n`
        : '';
  const found = base ? oembedLinks(base, base + at, title) : '';
  return `${sound}${found}${feedLink(`${at}/feed`, title)}${card.access ? NOINDEX : ''}`;
}

/** What stands in pages of other sites. */
function embedPages(manifest: Manifest): Pick<Pages, 'embed' | 'clipEmbed'> {
  const plain = loadTags(manifest, { ...EMBED, scripted: false }, 'en');
  return {
    embed: (card, state, wish = ENGLISH) =>
      roomEmbed(card, state, plainWords(wish.language), wish, loadTags(manifest, EMBED, wish.language)),
    clipEmbed: (card, clip, wish = ENGLISH) => clipEmbed(card, clip, plainWords(wish.language), wish, plain),
  };
}

/** The pages of rooms that are closed to strangers. */
const closedPages = (shell: Shell, embedTags: string): Pick<Pages, 'closed' | 'closedEmbed'> => ({
  closed(slug, language = 'en') {
    const head = { ...closedHead(language), path: '/', extra: NOINDEX };
    return shell(plainWords(language), head, LISTEN, closedMain(slug, language));
  },
  closedEmbed: (wish = ENGLISH) => closedEmbed(wish, embedTags),
});

/** Opens the renderer. `asksForLink`: not everybody may start rooms. `installable`: as an app. `publicUrl` without a trailing slash; it is used in link previews only. */
export function openPages(deps: {
  manifest: Manifest;
  verify?: VerifyFiles | undefined;
  publicUrl?: string;
  asksForLink?: boolean;
  installable?: boolean;
}): Pages {
  const verifyLoad = deps.verify ? { ...PLAIN, tags: verifyTags(deps.verify) } : PLAIN;
  const base = (deps.publicUrl ?? '').replace(/\/+$/, '');
  const shell = openShell(deps.manifest, base, deps.installable === true);
  return {
    home(cards, language = 'en') {
      const words = plainWords(language);
      const main = homeMain(cards, words, deps.asksForLink === true);
      const extra = feedLink('/feed', words.homeAbout);
      return shell(words, { title: words.homeAbout, about: words.homeLead, path: '/', extra }, LISTEN, main);
    },
    clip(card, clip, language = 'en', at, spoken = '') {
      const own =
        base === '' && spoken !== ''
          ? { base: spoken, shell: openShell(deps.manifest, spoken, deps.installable === true) }
          : { base, shell };
      return clipPage(own, card, clip && { ...clip, at }, plainWords(language));
    },
    room(card, state, language = 'en', outline, { now = state?.at ?? 0, spoken } = {}) {
      const words = plainWords(language);
      const what = sentence(card, state, words);
      const title = titleOf(card, words);
      const main = roomMain(card, state, what, words, outline);
      const { about, image } = linkOf(card, what, now, words);
      const extra = waitsByItself(card) + roomLinks(card, isolated(title), base || (spoken ?? ''));
      const path = `/r/${nameOf(card.slug).slug}`;
      const head = { title: isolated(title), about, path, extra, spoken, ...(image ? { image } : {}) };
      return shell(words, head, LISTEN, main);
    },
    ...embedPages(deps.manifest),
    studio(card, language = 'en') {
      const words = plainWords(language);
      const title = titleOf(card, words);
      // A translator takes texts out of the page's hands: what it shows would no longer be what is.
      const main = `<main id="studio" class="notranslate" translate="no" ${nameData(card.slug)} data-title="${escapeHtml(card.title)}">
<h1 dir="auto">${escapeHtml(title)}</h1>
<noscript><p>${words.studioPlain(`/r/${card.slug}`)}</p></noscript>
</main>`;
      const head = {
        title: words.studio(isolated(title)),
        about: words.studioAbout,
        path: `/r/${nameOf(card.slug).slug}/studio`,
        extra: NOINDEX,
      };
      return shell(words, head, STUDIO, main);
    },
    numbers(card, numbers, language = 'en') {
      const words = plainWords(language);
      const own = numbersWords(language);
      const title = titleOf(card, words);
      const head = {
        title: own.title(isolated(title)),
        about: own.about(isolated(title)),
        path: `/r/${nameOf(card.slug).slug}/numbers`,
        ...(numbers?.metrics.peak_concurrent
          ? {
              image: {
                path: `/r/${card.slug}/numbers/peak_concurrent.png`,
                says: headline(numbers, own),
              },
            }
          : {}),
      };
      return shell(words, head, NUMBERS, numbersMain(card, numbers, words, own));
    },
    figureCard: (id, card, numbers, language = 'en', drawn = true) =>
      figureCard(id as MetricId, card, numbers, numbersWords(language), drawn),
    notFound(language = 'en') {
      const words = plainWords(language);
      // The language that somebody has chosen is known to their browser only, so the other one stands below.
      const other = plainWords(language === 'fr' ? 'en' : 'fr');
      return shell(
        words,
        {
          title: words.missingTitle,
          about: words.missingAbout,
          path: '/',
          extra: NOINDEX,
        },
        PLAIN,
        `<main class="plain page"><h1>${words.missing}</h1><p>${words.missingWay}</p>
<section lang="${other.language}"><h2>${other.missing}</h2><p>${other.missingWay}</p></section></main>`,
      );
    },
    ...closedPages(shell, loadTags(deps.manifest, { ...EMBED, scripted: false }, 'en')),
    privacy: (language = 'en') =>
      shell(plainWords(language), privacyHead(language), PLAIN, privacyMain(language)),
    postNumbers: (language = 'en') =>
      shell(plainWords(language), postNumbersHead(language), PLAIN, postNumbersMain(language)),
    operate: (told, language = 'en') => operatePage(shell, plainWords(language), told),
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
    installable: deps.installable === true,
    verifyPolicy: deps.verify && verifyPolicy(deps.verify),
    verify(language = 'en') {
      const words = plainWords(language);
      const head = { title: words.verifyTitle, about: words.verifyAbout, path: '/verify' };
      return shell(words, head, verifyLoad, verifyMain(words, deps.verify !== undefined));
    },
    errors: () => shell(plainWords('en'), ERRORS_HEAD, PLAIN, errorsMain()),
  };
}
