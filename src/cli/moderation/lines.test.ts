import { expect, test } from 'vitest';
import { abuseLine, decisionLine, endOf } from './lines.ts';

const NOW = Date.UTC(2026, 11, 1, 12);

test('a span is written as people say it, and anything else is refused in words', () => {
  expect(endOf('90min', NOW)).toBe('2026-12-01T13:30:00.000Z');
  expect(endOf('7d', NOW)).toBe('2026-12-08T12:00:00.000Z');
  for (const wrong of ['', '7', '0d', '-1d', '1w', '9999d', '1.5h'])
    expect(() => endOf(wrong, NOW)).toThrow('use a span such as');
});

test('what a stranger wrote cannot move the cursor or begin a line of its own', () => {
  const line = abuseLine({
    ...{ id: 'abc', room: 'hall', subject: 'person', name: 'Max\u001b[2J', reason: 'hate' },
    ...{ words: 'one\nabc  closed\u202e', created: '2026-12-01T12:00:00.000Z', choices: ['dismiss', 'ban'] },
  });
  expect(line.split('\n')).toHaveLength(3);
  for (const sign of ['\u001b', '\u202e']) expect(line).not.toContain(sign);
  expect(line).toContain('use: dismiss, ban');
});

test('a decision says since when and until when it holds', () => {
  const one = { id: 'x', act: 'ban', room: 'hall', name: 'Max', reason: 'Insults', notice: '/notice/a' };
  expect(decisionLine({ ...one, since: '2026-12-01T12:00:00.000Z' })).toBe(
    'x  ban  hall “Max”  2026-12-01 12:00, until it is taken back: Insults',
  );
});
