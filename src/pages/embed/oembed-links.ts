import { escapeHtml } from '../../base/plain-text.ts';

/** How programs find what to show for a page: in its head. Spec: oEmbed 1.0, 4. */
export const oembedLinks = (base: string, address: string, title: string): string =>
  (['json', 'xml'] as const)
    .map((format) => {
      const href = `${base}/oembed?${format === 'xml' ? 'format=xml&' : ''}url=${encodeURIComponent(address)}`;
      const type = format === 'xml' ? 'text/xml+oembed' : 'application/json+oembed';
      return `<link rel="alternate" type="${type}" href="${escapeHtml(href)}" title="${escapeHtml(title)}">\n`;
    })
    .join('');
