import { expect, test } from 'vitest';
import type { Evening } from '../../../src/wire/evening.ts';
import { type MetricId, metricOf } from '../../../src/wire/metrics.ts';
import type { Figure, RoomNumbers } from '../../../src/wire/numbers.ts';
import { figuresEnglish } from '../../../src/words/figures-english.ts';
import { numbersEnglish } from '../words/numbers-english.ts';
import { figureRows, lateAndSilent } from './figure-rows.ts';

const figure = (id: MetricId, value: number, more: Partial<Figure> = {}): Figure => ({
  ...{ value, net: value, gross: value, unit: metricOf(id).unit, method: 'counted', definition: '' },
  ...more,
});
const NUMBERS: RoomNumbers = {
  ...{ v: 1, room: 'hall', at: 0, status: 'reconciled', state: 'live', sampling: 1 },
  metrics: {
    listeners_now: figure('listeners_now', 412, { low: 408, high: 415, gross: 430 }),
    join_failures: figure('join_failures', 12),
    listens_total: figure('listens_total', 24, { parts: { live: 20, replay: 4 } }),
  },
  excluded: { bot: 3, 'dense-ip': 20 },
  failures: { network: 9, capacity: 3 },
};

test('each figure has its public name, the range of the two counts, and its reasons', () => {
  const rows = figureRows(NUMBERS, figuresEnglish, numbersEnglish);
  expect(rows.map(({ name, value, notes }) => [name, value, notes])).toEqual([
    ['Listening now', '412', ['the two counts give 408 to 415', '430 before exclusions']],
    ['Listens, live and replay', '20 live + 4 replay', []],
    ['Joins that failed', '12', ['fewer than 20 each: the connection failed, no capacity was left: 12']],
    [
      'Left out',
      '23',
      ['more than 20 listener keys from one small network: 20', 'fewer than 20 each: a known robot: 3'],
    ],
  ]);
});

test('where the two counts differ too much, the range is the figure', () => {
  const metrics = { listeners_now: figure('listeners_now', 100, { low: 100, high: 180 }) };
  const [first] = figureRows({ ...NUMBERS, metrics }, figuresEnglish, numbersEnglish);
  expect(first).toMatchObject({ value: '100 – 180', notes: [] });
});

test('lateness and silences are those of the log', () => {
  const evening = (events: Evening['events']): Evening => ({
    ...{ v: 1, room: 'hall', at: 0, step: 10, points: [], joins: [], events },
  });
  expect(lateAndSilent(evening([]))).toEqual({ late: undefined, silences: 0 });
  const events: Evening['events'] = [
    { at: 0, what: 'scheduled' },
    { at: 30, what: 'dead-air' },
    { at: 2_400, what: 'first-speech' },
    { at: 3_000, what: 'dead-air' },
  ];
  expect(lateAndSilent(evening(events))).toEqual({ late: 40, silences: 2 });
});
