import type { Evening } from '../../src/wire/evening.ts';
import { element } from '../kit/element.ts';
import type { PictureWords } from './words.ts';

/** At most so many rows: a table of a month would be no help. */
const MOST_ROWS = 240;

const DAY_S = 86_400;
/** Lengths of a row that people expect, seconds. */
const ROWS = [60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400, 604_800];

/** The chart as a table of at most `most` rows: one for each minute or longer step, with the events of that time. */
export function eveningTable(evening: Evening, words: PictureWords, most = MOST_ROWS): HTMLElement {
  const { points, joins, events, step } = evening;
  const first = points[0]?.[0] ?? 0;
  const span = (points.at(-1)?.[0] ?? first) - first;
  const each = ROWS.find((length) => length >= step && span / length <= most) ?? step;
  const rows = new Map<number, { m?: number; s?: number; heard: number; failed: number; what: string[] }>();
  const row = (at: number) => {
    const start = at - (at % each);
    const found = rows.get(start) ?? { heard: 0, failed: 0, what: [] };
    rows.set(start, found);
    return found;
  };
  for (const [at, s, , m] of points) {
    const found = row(at);
    found.m = Math.max(found.m ?? 0, m);
    found.s = Math.max(found.s ?? 0, s);
  }
  for (const { at, successes, failures } of joins) {
    const found = row(at);
    found.heard += successes;
    found.failed += Object.values(failures).reduce((sum, n) => sum + n, 0);
  }
  for (const { at, what, detail } of events) {
    // Notes have a list of their own, and a step back to rung 0 is the end of another.
    if (what === 'note' || (what === 'rung' && detail === '0')) continue;
    const said =
      what === 'dead-air' && detail
        ? (words.causes[detail] ?? detail)
        : what === 'rung' || what === 'sampling' || what === 'stopped'
          ? detail
          : '';
    row(at).what.push([words.events[what], said].filter(Boolean).join(what === 'dead-air' ? ': ' : ' '));
  }
  const time = new Intl.DateTimeFormat(words.locale, {
    // An evening has one date, which the picture says.
    ...(span < DAY_S ? {} : ({ day: 'numeric', month: 'short' } as const)),
    hour: '2-digit',
    minute: '2-digit',
  });
  const count = new Intl.NumberFormat(words.locale);
  const { listeners, served, heard, failed, happened } = words.columns;
  const head = [words.time, listeners, served, heard, failed, happened];
  return element(
    'div',
    {
      class: most === MOST_ROWS ? 'scroll long' : 'scroll',
      tabindex: '0',
      role: 'region',
      'aria-label': words.asTable,
    },
    element(
      'table',
      {},
      element('caption', { class: 'small ash' }, words.eachRow(words.span(each))),
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
              ...[m, s, heard, failed].map((n) => element('td', {}, n === undefined ? '–' : count.format(n))),
              element('td', {}, what.join(', ')),
            ),
          ),
      ),
    ),
  );
}
