import type { Evening } from '../../src/wire/evening.ts';
import { element } from '../kit/element.ts';
import type { PictureWords } from './words.ts';

/** At most so many rows: a table of a month would be no help. */
const MOST_ROWS = 240;

/** The chart as a table: one row for each minute or longer step, with the events of that time. */
export function eveningTable(evening: Evening, words: PictureWords): HTMLElement {
  const { points, joins, events, step } = evening;
  const first = points[0]?.[0] ?? 0;
  const span = (points.at(-1)?.[0] ?? first) - first;
  const each = Math.max(60, step, Math.ceil(span / MOST_ROWS / 60) * 60);
  const rows = new Map<number, { m: number; s: number; heard: number; failed: number; what: string[] }>();
  const row = (at: number) => {
    const start = at - (at % each);
    const found = rows.get(start) ?? { m: 0, s: 0, heard: 0, failed: 0, what: [] };
    rows.set(start, found);
    return found;
  };
  for (const [at, s, , m] of points) {
    const found = row(at);
    found.m = Math.max(found.m, m);
    found.s = Math.max(found.s, s);
  }
  for (const { at, successes, failures } of joins) {
    const found = row(at);
    found.heard += successes;
    found.failed += Object.values(failures).reduce((sum, n) => sum + n, 0);
  }
  for (const { at, what, detail } of events) {
    const said =
      what === 'dead-air' && detail
        ? (words.causes[detail] ?? detail)
        : what === 'rung' || what === 'note'
          ? detail
          : '';
    row(at).what.push([words.events[what], said].filter(Boolean).join(' '));
  }
  const time = new Intl.DateTimeFormat(words.locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const count = new Intl.NumberFormat(words.locale);
  const head = [words.time, words.proven, words.delivered, words.heard, words.failed, ''];
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': words.asTable },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
      element(
        'tbody',
        {},
        ...[...rows]
          .sort(([a], [b]) => a - b)
          .map(([at, { m, s, heard, failed, what }]) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, time.format(at * 1000)),
              ...[m, s, heard, failed].map((n) => element('td', {}, count.format(n))),
              element('td', {}, what.join(', ')),
            ),
          ),
      ),
    ),
  );
}
