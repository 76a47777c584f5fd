import type { PageLanguage } from '../base/negotiation.ts';
import { escapeHtml } from '../base/plain-text.ts';
import type { LinkPreview } from '../wire/listening/link-preview.ts';
import { withWays } from './account-frame.ts';
import { oembedLinks } from './embed/oembed-links.ts';
import { type Load, type Manifest, openShell } from './page-shell.ts';
import { plainWords } from './plain-words.ts';

/** What pages of profiles and posts load: scripts apply the chosen theme, copy code for other sites, and count what is seen. */
const SOCIAL: Load = {
  sources: [
    'web/kit/style.css',
    'web/people/people.css',
    'web/kit/social.css',
    'web/people/theme.ts',
    'web/people/copy-code.ts',
    'web/audience/posts.ts',
  ],
  scripted: true,
};

/** The frame of pages of profiles and posts; `base`: the public address. Search engines list what says so. */
export function socialFrame(manifest: Manifest, base: string) {
  const shell = openShell(manifest, base);
  return (
    language: PageLanguage,
    page: {
      readonly title: string;
      readonly about: string;
      readonly path: string;
      readonly main: string;
      readonly listed?: boolean;
      readonly preview?: LinkPreview;
      /** A script of this page alone, by its source. */
      readonly script?: string;
      /** Who reads it, where the page has no ways of its own to other pages. */
      readonly reader?: 'known' | 'stranger';
      readonly feeds?: readonly { readonly type: string; readonly path: string; readonly title: string }[];
    },
  ): string => {
    const { title, about, path, reader, listed = false, preview = {}, script } = page;
    const main = reader ? withWays(plainWords(language), page.main, path, reader === 'stranger') : page.main;
    const load = script === undefined ? SOCIAL : { ...SOCIAL, sources: [...SOCIAL.sources, script] };
    const alternates = (page.feeds ?? []).map(
      (feed) =>
        `<link rel="alternate" type="${feed.type}" href="${feed.path}" title="${escapeHtml(feed.title)}">\n`,
    );
    const { spoken, image, type, isFound = false } = preview;
    const at = base || (spoken ?? '');
    const noIndex = listed ? '' : '<meta name="robots" content="noindex">\n';
    const extra =
      noIndex + alternates.join('') + (isFound && at !== '' ? oembedLinks(at, at + path, title) : '');
    return shell(
      plainWords(language),
      {
        title: `${title} · Earshot`,
        about,
        path,
        extra,
        spoken,
        ...(image ? { image } : {}),
        ...(type ? { type } : {}),
      },
      load,
      main,
    );
  };
}
