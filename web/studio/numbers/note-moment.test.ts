import { expect, test } from 'vitest';
import { momentOf } from './note-moment.ts';

const at = (text: string): number => new Date(`2026-12-01T${text}:00`).getTime();

test('a time of day is the newest moment that had it, and none that is still to come', () => {
  expect(momentOf('', at('20:41'))).toBeUndefined();
  expect(momentOf('20:40', at('20:41'))).toBe(at('20:40'));
  expect(momentOf('20:41', at('20:41'))).toBe(at('20:41'));
  expect(momentOf('21:30', at('20:41'))).toBe('later');
  expect(momentOf('23:50', at('00:10'))).toBe(at('23:50') - 86_400_000);
});
