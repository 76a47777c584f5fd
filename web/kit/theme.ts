import { keep, kept } from './words.ts';

/** How the pages look; without a choice the system decides. */
export type Theme = 'light' | 'dark';

const KEY = 'earshot-theme';

/** The person's choice, if they made one. */
export function keptTheme(): Theme | undefined {
  const theme = kept(KEY);
  return theme === 'light' || theme === 'dark' ? theme : undefined;
}

/** Remembers the choice for every page of this server. */
export const keepTheme = (theme: Theme): void => keep(KEY, theme);

/** The theme that is not shown now, whether the person or the system chose the current one. */
export const otherTheme = (now: Theme | undefined): Theme =>
  (now ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
    ? 'light'
    : 'dark';
