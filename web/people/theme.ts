/**
 * Puts the theme that somebody chose on a page of accounts, posts or moderation; without a choice the system decides. It
 * reads what `web/kit/theme.ts` keeps, by itself, so that these pages load nothing else.
 */
try {
  const theme = localStorage.getItem('earshot-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
} catch {
  // A browser that stores nothing has no choice to apply.
}

export {};
