import { drawing, element } from '../kit/element.ts';
import { keepTheme, keptTheme, otherTheme, type Theme } from '../kit/theme.ts';
import { chooseLanguage, type ListenWords } from '../kit/words.ts';

/** Puts the chosen theme on the page; without a choice the system decides. */
export function applyTheme(): void {
  const theme = keptTheme();
  if (theme) document.documentElement.dataset.theme = theme;
}

/** Our logo: an arc over a point. */
export const sign = (): SVGSVGElement =>
  drawing(
    'svg',
    { viewBox: '0 0 32 32', class: 'sign', 'aria-hidden': 'true', focusable: 'false' },
    drawing('path', {
      d: 'M4 23a12 12 0 0 1 24 0',
      fill: 'none',
      'stroke-width': 3,
      'stroke-linecap': 'round',
    }),
    drawing('path', {
      d: 'M10.5 23a5.5 5.5 0 0 1 11 0',
      fill: 'none',
      'stroke-width': 3,
      'stroke-linecap': 'round',
    }),
    drawing('circle', { cx: 16, cy: 25, r: 2.6 }),
  );

/** Makes the header and the footer around `main`, in place of the server's plain ones. */
export function frame(main: HTMLElement, words: ListenWords, skip: string): void {
  for (const old of document.querySelectorAll('body > header, body > footer, body > .skip')) old.remove();
  main.id ||= 'main';
  main.tabIndex = -1;
  const theme = element(
    'button',
    {
      type: 'button',
      class: 'button quiet bare',
      onclick: () => {
        // Decided by the theme that is shown, so that it also works in a browser that stores nothing.
        const next = otherTheme(document.documentElement.dataset.theme as Theme | undefined);
        keepTheme(next);
        document.documentElement.dataset.theme = next;
      },
      'aria-label': words.theme,
      title: words.theme,
    },
    drawing(
      'svg',
      { viewBox: '0 0 20 20', 'aria-hidden': 'true' },
      drawing('circle', { cx: 10, cy: 10, r: 7, fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6 }),
      drawing('path', { d: 'M10 3a7 7 0 0 1 0 14Z', fill: 'currentColor' }),
    ),
  );
  const other = words.locale === 'en' ? 'fr' : 'en';
  const tongue = element(
    'button',
    {
      type: 'button',
      class: 'button quiet bare',
      lang: other,
      onclick: () => {
        chooseLanguage(other);
        location.reload();
      },
    },
    words.otherLanguage,
  );
  main.before(
    element('a', { class: 'skip', href: `#${main.id}` }, skip),
    element(
      'header',
      { class: 'top page' },
      element('a', { class: 'house', href: '/' }, sign(), element('span', {}, 'Earshot')),
      element('nav', { 'aria-label': 'Earshot' }, tongue, theme),
    ),
  );
  main.after(
    element(
      'footer',
      { class: 'foot page small ash' },
      element('p', {}, `${words.footer} `, element('a', { href: '/privacy' }, words.privacy)),
    ),
  );
  document.documentElement.lang = words.locale;
}
