import { keep, kept } from './words.ts';

/** How the pages look; without a choice the system decides. */
export type Theme = 'light' | 'dark';

const KEY = 'earshot-theme';

/** The person's choice, where they made one. */
export function keptTheme(): Theme | undefined {
  const theme = kept(KEY);
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

/** Remembers the choice for every page of this server. */
export const keepTheme = (theme: Theme): void => keep(KEY, theme);

/** The other look than the one that is seen now, whoever chose it. */
export const otherTheme = (now: Theme | undefined): Theme =>
  (now ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
    ? 'light'
    : 'dark';
