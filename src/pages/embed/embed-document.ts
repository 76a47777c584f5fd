import { escapeHtml } from '../../base/plain-text.ts';
import type { EmbedWish } from '../../wire/listening/embed-wish.ts';

/** A link out of the frame: into a window of its own, which knows nothing of the page around. */
export const away = (to: string, says: string): string =>
  `<a href="${escapeHtml(to)}" target="_blank" rel="noopener">${says}</a>`;

/** A page inside a page of another site. `tags`: what it loads; `main`: the element, safe as HTML. */
export const embedDocument = (
  { language, theme }: EmbedWish,
  title: string,
  tags: string,
  main: string,
): string => `<!doctype html>
<html lang="${language}"${theme ? ` data-theme="${theme}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="color-scheme" content="${theme ?? 'light dark'}">
<meta name="robots" content="noindex">
${tags}
</head>
<body>
${main}
</body>
</html>
`;
