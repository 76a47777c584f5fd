import { expect, test } from 'vitest';
import { EXCLUSIONS, JOIN_FAILURES, METRICS, type MetricId } from '../../wire/metrics.ts';
import type { Figure, RoomNumbers } from '../../wire/numbers.ts';
import type { RoomCard } from '../../wire/room.ts';
import { openPages } from '../pages.ts';
import { numbersWords } from './catalogue.ts';

const pages = openPages({ manifest: {} });
const CARD: RoomCard = {
  ...{ slug: 'hall', title: 'Q&A <live>', hosts: ['Ana'], status: 'live', clocks: {} },
};
const figure = (id: MetricId, value: number, more: Partial<Figure> = {}): Figure => ({
  value,
  unit: METRICS.find((each) => each.id === id)?.unit ?? 'events',
  ...{ net: value, gross: value, method: 'counted', definition: `/r/hall/numbers#${id}` },
  ...more,
});
const NUMBERS: RoomNumbers = {
  ...{
    v: 1,
    room: 'hall',
    at: Date.UTC(2026, 11, 1, 20, 41),
    status: 'reconciled',
    state: 'live',
    sampling: 1,
  },
  metrics: {
    listeners_now: figure('listeners_now', 1_402_117, { gross: 1_500_000, entry: 41 }),
    peak_concurrent: figure('peak_concurrent', 1_410_000, { error: 2_000, method: 'sampled' }),
    listening_seconds: figure('listening_seconds', 7_384, { parts: { stage: 7_000, standby: 384 } }),
    listens_total: figure('listens_total', 24, { parts: { live: 20, replay: 4 } }),
    join_failures: figure('join_failures', 12),
  },
  excluded: { bot: 3, 'dense-ip': 20 },
  failures: { network: 12 },
};

test('the sentence comes first, each figure says its unit, its method, its error and its entry', () => {
  const html = pages.numbers(CARD, NUMBERS);
  expect(html).toContain('1,402,117 listening now. At its busiest moment 1,410,000 listened at once.');
  expect(html.indexOf('id="headline"')).toBeLessThan(html.indexOf('id="evening"'));
  expect(html).toContain('sessions (one player each)');
  expect(html).toContain('counted, not estimated; 1,500,000 before exclusions');
  expect(html).toContain('± 2,000 (95 %)');
  expect(html).toContain('href="/evidence/entry/41"');
  expect(html).toContain('2 h 3 min');
  expect(html).toContain('speech 1 h 56 min, hold music 6 min 24 s');
});

test('live and replay are never one number, and a figure that is not known is not there', () => {
  const html = pages.numbers(CARD, NUMBERS);
  expect(html).toContain('20 live + 4 replay');
  expect(html).not.toContain('id="post_impressions"');
  expect(html).not.toMatch(/data-metric="listens_total">24</);
});

test('what was left out and what failed stand with their reasons', () => {
  const html = pages.numbers(CARD, NUMBERS);
  expect(html).toContain('<th scope="row">fewer than 20 each: a known robot</th><td>3</td>');
  expect(html).toContain('<th scope="row">fewer than 20 each: the connection failed</th><td>12</td>');
  expect(pages.numbers(CARD, { ...NUMBERS, excluded: {} })).toContain('Nothing was left out.');
});

test('a range replaces the headline where two counts differ too much', () => {
  const now = figure('listeners_now', 100, { low: 100, high: 180 });
  const html = pages.numbers(CARD, { ...NUMBERS, status: 'range', metrics: { listeners_now: now } });
  expect(html).toContain('Between 100 and 180');
  expect(html).toContain('data-metric="listeners_now">100 – 180<');
});

test('before the first listener the page says so, in both languages, without a figure', () => {
  expect(pages.numbers(CARD, undefined)).toContain('Nothing has been counted yet.');
  const french = pages.numbers(CARD, undefined, 'fr');
  expect(french).toContain('Rien n’a encore été compté.');
  expect(french).not.toContain('data-metric');
});

test('a title never becomes markup, on the page or on a card', () => {
  const card = pages.figureCard('peak_concurrent', CARD, NUMBERS);
  for (const text of [pages.numbers(CARD, NUMBERS), card]) expect(text).not.toContain('<live>');
  expect(card).toContain('Q&amp;A &lt;live&gt;');
});

test('a card carries its figure with unit, method, meaning and entry; unknown figures have none', () => {
  const card = pages.figureCard('listeners_now', CARD, NUMBERS) ?? '';
  expect(card).toContain('1,402,117');
  expect(card).toContain('sessions (one player each); counted, not estimated');
  expect(card).toContain('log entry 41');
  expect(card).toContain('at least half of the sound');
  for (const id of ['post_reach', 'constructor', 'nothing'])
    expect(pages.figureCard(id, CARD, NUMBERS)).toBeUndefined();
});

test('units look unlike: each has a drawing and a frame of its own', () => {
  const html = pages.numbers(CARD, NUMBERS);
  const drawing = (id: string): string =>
    new RegExp(`id="${id}">\\n<h3>(<svg.*?</svg>)`).exec(html)?.[1] ?? id;
  const drawings = ['listeners_now', 'listening_seconds', 'listens_total', 'join_failures'].map(drawing);
  expect(new Set(drawings).size).toBe(4);
  expect(drawing('peak_concurrent')).toBe(drawing('listeners_now'));
});

test('both catalogues have words for every figure, unit and reason', () => {
  for (const language of ['en', 'fr'] as const) {
    const words = numbersWords(language);
    for (const { id, unit } of METRICS)
      expect([words.names[id], words.rules[id], words.units[unit]].every((text) => text.length > 3)).toBe(
        true,
      );
    for (const reason of EXCLUSIONS.slice(1)) expect(words.exclusions[reason].length).toBeGreaterThan(3);
    for (const reason of JOIN_FAILURES) expect(words.failureNames[reason].length).toBeGreaterThan(3);
  }
});
