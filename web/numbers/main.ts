/** The numbers page: the picture of the evening, and figures that change while the room is on. */
import { roomAt } from '../kit/room-name.ts';
import 'uplot/dist/uPlot.min.css';
import './numbers.css';
import type { Evening } from '../../src/wire/evening.ts';
import { element } from '../kit/element.ts';
import { keptTheme } from '../kit/theme.ts';
import { eveningTable } from './evening-table.ts';
import { minuteForm } from './minute.ts';
import { noteList } from './note-list.ts';
import { drawEvening } from './picture.ts';
import { refreshText } from './server-text.ts';
import { pictureWords } from './words.ts';

/** How often the picture, and the figures with their sentences, are asked for, ms. */
const PICTURE_EVERY = 30_000;
const TEXT_EVERY = 10_000;

const theme = keptTheme();
if (theme) document.documentElement.dataset.theme = theme;

const words = pictureWords(document.documentElement.lang === 'fr' ? 'fr' : 'en');
const main = document.querySelector<HTMLElement>('main[data-slug]');
const place = document.querySelector<HTMLElement>('#evening');
const slug = main?.dataset.slug ?? '';
const clock = new Intl.DateTimeFormat(words.locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const count = new Intl.NumberFormat(words.locale);
/** Rows of the table that is always open. */
const FEW_ROWS = 30;
const minute = minuteForm(words);
/** What is made anew with each picture; the question about a minute stays, and what is typed there. */
const content = element('div', { class: 'content' });
let stop: (() => void) | undefined;
let shown = '';

async function read<Found>(file: string): Promise<Found | undefined> {
  try {
    const response = await fetch(`${roomAt(slug)}/${file}`);
    return response.ok ? ((await response.json()) as Found) : undefined;
  } catch {
    return undefined;
  }
}

const say = (text: string): void => {
  stop?.();
  stop = undefined;
  place?.replaceChildren(element('p', { class: 'empty', role: 'status' }, text));
};

/** What the picture shows, in a sentence: for those who do not see it, and for everyone. */
function summary({ points, events, step }: Evening): string {
  const best = points.reduce((top, point) => (point[3] > top[3] ? point : top));
  const time = (at: number): string => clock.format(at * 1000);
  const scheduled = events.find(({ what }) => what === 'scheduled')?.at;
  const spoke = events.find(({ what }) => what === 'first-speech')?.at;
  const late = scheduled !== undefined && spoke !== undefined ? Math.round((spoke - scheduled) / 60) : 0;
  return [
    words.summary(
      time(points[0]?.[0] ?? 0),
      time(points.at(-1)?.[0] ?? 0),
      count.format(best[3]),
      time(best[0]),
    ),
    late > 0 ? words.late(late) : '',
    words.band,
    step > 10 ? words.each(words.span(step)) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Puts one picture in place of the one before it. */
function show(evening: Evening): void {
  if (!place) return;
  if (evening.points.length === 0) {
    say(words.empty);
    return;
  }
  stop?.();
  const listeners = element('div', { class: 'plot', 'aria-hidden': 'true' });
  const joins = element('div', { class: 'plot', 'aria-hidden': 'true' });
  const hasJoins = evening.joins.length > 0;
  const open = place.querySelector('details')?.open === true;
  const table = element('details', {}, element('summary', {}, words.asTable), eveningTable(evening, words));
  table.open = open;
  const few = eveningTable(evening, words, FEW_ROWS);
  minute.show(evening);
  const notes = noteList(evening, words);
  if (!content.isConnected) place.replaceChildren(minute.node, content);
  content.replaceChildren(
    element(
      'figure',
      {},
      element('h3', {}, words.listeners),
      listeners,
      element('figcaption', {}, summary(evening)),
    ),
    ...(hasJoins
      ? [
          element(
            'figure',
            {},
            element('h3', {}, words.joins),
            joins,
            element('figcaption', {}, words.joinsBelow),
          ),
        ]
      : []),
    ...(notes ? [notes] : []),
    element('h3', {}, words.tableTitle),
    few,
    table,
  );
  stop = drawEvening(evening, { listeners, joins: hasJoins ? joins : undefined }, words);
}

async function picture(): Promise<void> {
  if (document.hidden) return;
  const evening = await read<Evening>('evening.json');
  if (!evening) {
    if (!stop) say(words.failing);
    return;
  }
  const { at: _at, ...what } = evening;
  const text = JSON.stringify(what);
  if (text === shown) return;
  shown = text;
  show(evening);
}

if (main && place) {
  say(words.loading);
  await picture();
  setInterval(picture, PICTURE_EVERY);
  setInterval(() => void (document.hidden || refreshText()), TEXT_EVERY);
  document.addEventListener('visibilitychange', () => void (document.hidden || picture()));
}
