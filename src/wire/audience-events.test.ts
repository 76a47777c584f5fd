import { expect, test } from 'vitest';
import { MAX_EVENTS, MAX_REPORT_BYTES, readEventReport } from './audience-events.ts';

const KEY = 'AAAAAAAAAAA';
const read = (value: unknown) => readEventReport(JSON.stringify(value));

test('a report with every kind of event is read as it was sent', () => {
  const report = {
    v: 1,
    session: 'token',
    events: [
      ['visit', KEY],
      ['attempt', KEY],
      ['retry', KEY, '3'],
      ['success', KEY],
      ['failure', KEY, 'network'],
      ['impression', KEY],
      ['embed-impression', KEY],
    ],
  };
  expect(read(report)).toEqual(report);
  expect(read({ v: 1, events: [['visit', KEY]] })).toEqual({ v: 1, events: [['visit', KEY]] });
});

test('one wrong event, an unknown field or another version voids the whole report', () => {
  const good = ['visit', KEY];
  for (const events of [
    [],
    'visit',
    [good, ['visit']],
    [good, ['visit', 'short']],
    [good, ['visit', `${KEY}!`]],
    [good, ['visit', KEY, 'more']],
    [good, ['visit', KEY, undefined, 1]],
    [good, ['applause', KEY]],
    [good, ['toString', KEY]],
    [good, ['failure', KEY]],
    [good, ['failure', KEY, 'ddos']],
    [good, ['retry', KEY, '0']],
    [good, ['retry', KEY, 2]],
    [good, null],
    Array.from({ length: MAX_EVENTS + 1 }, () => good),
  ])
    expect(read({ v: 1, events }), JSON.stringify(events)).toBeUndefined();
  expect(read({ v: 2, events: [good] })).toBeUndefined();
  expect(read({ v: 1, events: [good], more: 1 })).toBeUndefined();
  expect(read({ v: 1, events: [good], session: 7 })).toBeUndefined();
  expect(read({ v: 1, events: [good], session: 'x'.repeat(257) })).toBeUndefined();
  for (const text of ['', '{', 'null', '[]', '7', 'x'.repeat(MAX_REPORT_BYTES + 1)])
    expect(readEventReport(text)).toBeUndefined();
});
