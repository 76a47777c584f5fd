import type { PageLanguage } from '../base/negotiation.ts';
import { type Load, type Manifest, openShell } from './page-shell.ts';
import { plainWords } from './plain-words.ts';

/** What pages of profiles and posts load: scripts apply the chosen theme, copy code for other sites, and count what is seen. */
const SOCIAL: Load = {
  sources: [
    'web/kit/style.css',
    'web/people/people.css',
    'web/people/social.css',
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
      /** A script of this page alone, by its source. */
      readonly script?: string;
    },
  ): string => {
    const { title, about, path, main, listed = false, script } = page;
    const load = script === undefined ? SOCIAL : { ...SOCIAL, sources: [...SOCIAL.sources, script] };
    const extra = listed ? '' : '<meta name="robots" content="noindex">\n';
    return shell(plainWords(language), { title: `${title} · Earshot`, about, path, extra }, load, main);
  };
}
