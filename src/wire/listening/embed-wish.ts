import type { PageLanguage } from '../../base/negotiation.ts';

/** What the page around says of how a frame looks: `?theme=`. */
export type EmbedTheme = 'light' | 'dark';

/** How a frame was asked for. */
export interface EmbedWish {
  readonly language: PageLanguage;
  /** Absent: the reader's own. */
  readonly theme?: EmbedTheme;
}

/** What a query says of a frame; `usual`: the language that the reader's browser prefers. */
export function embedWish(query: string, usual: PageLanguage): EmbedWish {
  const asked = new URLSearchParams(query.slice(0, 400));
  const [language, theme] = [asked.get('lang'), asked.get('theme')];
  return {
    language: language === 'en' || language === 'fr' ? language : usual,
    ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
  };
}
