import { createHash } from 'node:crypto';

/** Everything that a short page looks like: it loads nothing, because nothing else may be had when it is shown. */
const STYLE =
  ':root{color-scheme:light dark;--g:#f7f3ea;--i:#1c1a17;--l:#1f5a7a}' +
  '@media(prefers-color-scheme:dark){:root{--g:#11131a;--i:#f1ece1;--l:#7cc0e4}}' +
  'body{margin:0;background:var(--g);color:var(--i);font:18px/1.5 system-ui,sans-serif}' +
  'main{max-width:34rem;margin:0 auto;padding:24px}h1{font-size:28px;line-height:1.2}h2{font-size:20px;margin-top:28px}' +
  'a{color:var(--l);display:inline-block;padding:10px 0}audio{width:100%}';

/** The style of short pages as a source of a content security policy: nothing else inline is allowed. Spec: CSP 3, 6.7.3.2. */
export const SHORT_STYLE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** What a short page says. HTML, except for `title`. */
export interface ShortPage {
  readonly title: string;
  readonly main: string;
  /** The same in French, below. */
  readonly french: string;
  /** More tags of the head. */
  readonly head?: string;
}

/** A page of a few hundred bytes, for moments in which there is no time or room for a whole one. */
export const shortPage = ({ title, main, french, head = '' }: ShortPage): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">${head}<title>Earshot: ${title}</title><style>${STYLE}</style></head>
<body><main>${main}
<section lang="fr">${french}</section></main></body></html>
`;
